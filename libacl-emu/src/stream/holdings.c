// SPDX-License-Identifier: MIT
/*
 * Streams, events and notifies that the process has, for the report of leaks.
 * Default streams end with their contexts and are left out.
 */
#include "core/leak.h"
#include "stream/stream.h"

static void walk_streams(struct emu_leaks *leaks)
{
	struct emu_stream *s;
	uint32_t cursor = 0;

	while ((s = emu_stream_next(EMU_EVERY_DEVICE, 0, &cursor))) {
		struct emu_held held = {
			.kind = EMU_STREAM, .noun = "stream", .id = s->object.token,
			.loc = { .type = ACL_EMU_LOC_DEVICE, .id = s->device },
			.placed = true, .ends_with_device = true,
		};

		if (!s->is_default && !s->internal)
			emu_leak_add(leaks, &held);
		emu_stream_put(s);
	}
}

static void walk_tokens(struct emu_leaks *leaks, enum emu_token_kind token, enum emu_kind kind,
			const char *noun)
{
	struct emu_object *object;
	uint32_t cursor = 0;

	while ((object = emu_token_next(token, &cursor))) {
		struct emu_held held = { .kind = kind, .noun = noun, .id = object->token };

		emu_leak_add(leaks, &held);
		emu_object_put(object);
	}
}

static void walk(struct emu_leaks *leaks)
{
	walk_streams(leaks);
	walk_tokens(leaks, EMU_TOKEN_EVENT, EMU_EVENT, "event");
	walk_tokens(leaks, EMU_TOKEN_NOTIFY, EMU_NOTIFY, "notify");
	walk_tokens(leaks, EMU_TOKEN_COUNT_NOTIFY, EMU_COUNT_NOTIFY, "count notify");
}

EMU_WALK(walk);
