/* SPDX-License-Identifier: MIT */
/*
 * Tokens: what programs hold in place of pointers to streams, events, notifies
 * and pools.
 */
#ifndef EMU_TOKEN_H
#define EMU_TOKEN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum emu_token_kind { EMU_TOKEN_STREAM, EMU_TOKEN_EVENT, EMU_TOKEN_NOTIFY, EMU_TOKEN_COUNTER,
		      EMU_TOKEN_POOL, EMU_TOKEN_KINDS };

/* Begins what a token stands for. The table holds one reference. */
struct emu_object {
	_Atomic uint32_t refs;
	uint64_t token;
	void (*free)(struct emu_object *object);
};

bool emu_token_add(enum emu_token_kind kind, struct emu_object *object);
struct emu_object *emu_token_get(enum emu_token_kind kind, uint64_t token);
struct emu_object *emu_token_next(enum emu_token_kind kind, uint32_t *cursor);
bool emu_token_remove(enum emu_token_kind kind, struct emu_object *object);
uint32_t emu_token_slot(uint64_t token);
void emu_token_forget(void);

struct emu_object *emu_object_ref(struct emu_object *object);
void emu_object_put(struct emu_object *object);

#endif
