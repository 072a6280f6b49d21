/* SPDX-License-Identifier: MIT */
/*
 * Tokens: the values that programs hold for streams, events, notifies, memory pools
 * and graphs, and the reference counts of the objects behind them.
 */
#ifndef EMU_CORE_TOKEN_H
#define EMU_CORE_TOKEN_H

#include <stdatomic.h>

#include "core/common.h"

enum emu_token_kind { EMU_TOKEN_STREAM, EMU_TOKEN_EVENT, EMU_TOKEN_NOTIFY, EMU_TOKEN_COUNT_NOTIFY,
		      EMU_TOKEN_MEMPOOL, EMU_TOKEN_GRAPH, EMU_TOKEN_KINDS };

#define EMU_TOKEN_SLOTS	16384	/* objects of a kind */

/* The member "object" of each kind of object. The table holds one reference. */
struct emu_object {
	_Atomic uint32_t refs;
	uint64_t token;
	void (*free)(struct emu_object *object);
};

#define emu_container(object_, type_) \
	((type_ *)(void *)((char *)(object_) - offsetof(type_, object)))

aclError emu_token_add(enum emu_token_kind kind, struct emu_object *object);
aclError emu_token_publish(enum emu_token_kind kind, struct emu_object *object, aclError code,
			   void **token);
/* Without a lock: the answer is about one moment of the call. */
bool emu_token_valid(enum emu_token_kind kind, uint64_t token);
struct emu_object *emu_token_get(enum emu_token_kind kind, uint64_t token);
aclError emu_token_lookup(enum emu_token_kind kind, const void *token, struct emu_object **object);
aclError emu_token_first(enum emu_token_kind kind, const void *token, aclError code);
struct emu_object *emu_token_next(enum emu_token_kind kind, uint32_t *cursor);
bool emu_token_remove(enum emu_token_kind kind, struct emu_object *object);
uint32_t emu_token_slot(uint64_t token);

/*
 * Finds the object of a token; @out is a pointer to a pointer to its type. On
 * success the caller has a reference.
 */
#define emu_token_find(kind_, token_, out_) ({ \
	struct emu_object *object_ = NULL; \
	aclError code_ = emu_token_lookup(kind_, token_, &object_); \
	if (!code_) \
		*(out_) = emu_container(object_, __typeof__(**(out_))); \
	code_; \
})

void *emu_object_new(size_t size, size_t offset, const char *what,
		     void (*free)(struct emu_object *object));
struct emu_object *emu_object_ref(struct emu_object *object);
void emu_object_put(struct emu_object *object);

/* A zeroed object with one reference; NULL: no memory, and the message is written. */
#define EMU_OBJECT_NEW(type_, what_, free_) \
	((type_ *)emu_object_new(sizeof(type_), offsetof(type_, object), what_, free_))

#endif
