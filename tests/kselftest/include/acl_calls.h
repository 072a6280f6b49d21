/* SPDX-License-Identifier: MIT */
/*
 * Every function of the library that does something, in a setting where it
 * succeeds, and what takes it back: for tests that make it fail on the way.
 */
#ifndef TEST_ACL_CALLS_H
#define TEST_ACL_CALLS_H

#include "acl_peer.h"

#include "acl/acl_rt_memory_soma.h"
#include "acl_emu/acl_emu.h"

#define CALLS_SIZE	(64 * KIB)
#define CALLS_KEY	65

/**
 * struct calls_far - what another process shares
 * @memory:  key of a block
 * @notify:  key of a notify
 * @event:   an event whose record is still to come
 */
struct calls_far {
	char memory[CALLS_KEY];
	char notify[CALLS_KEY];
	aclrtIpcEventHandle event;
};

/**
 * struct calls - the setting
 * @block:     memory that is mapped, at its own addresses
 * @spare:     memory that is not
 * @room:      addresses without memory, 4 blocks
 * @dev:       block of the allocator
 * @host:      host memory of the library
 * @own:       memory of the program
 * @pool:      made when it is wanted, see pool_of()
 * @pooled:    block of it
 * @share:     value under which @spare was exported; @far_share: the peer's
 * @key:       key of @dev
 * @shared:    event that other processes can open; @far_event: the other process's
 * @exported:  notify that has a key; @far_notify: the other process's
 * @far:       the other process's keys
 * @made:      what a call has made, for its undoing
 */
struct calls {
	struct block block;
	aclrtDrvMemHandle spare;
	char *room;
	char *dev;
	char *host;
	char *own;
	aclrtStream stream;
	aclrtEvent event;
	aclrtNotify notify;
	aclrtCntNotify counter;
	aclrtMemPool pool;
	void *pooled;
	uint64_t share;
	uint64_t far_share;
	char key[CALLS_KEY];
	aclrtEvent shared;
	aclrtEvent far_event;
	aclrtNotify exported;
	aclrtNotify far_notify;
	struct calls_far far;
	void *made;
	uint64_t number;
	char text[CALLS_KEY];
	struct peer peer;
	pid_t exporter;
	int exporter_sock;
};

/**
 * struct call - one function
 * @name:  of the function
 * @call:  success path
 * @undo:  takes it back, NULL: nothing to take back
 * @code:  what it gives for want of memory, beside 207001; 0: nothing else
 */
struct call {
	const char *name;
	aclError (*call)(struct calls *c);
	aclError (*undo)(struct calls *c);
	aclError code;
};

struct call_table {
	const struct call *calls;
	size_t count;
};

#define TABLE(list)		{ list, sizeof(list) / sizeof((list)[0]) }

#define CALL(name, expression) \
	static aclError call_##name(struct calls *c) { (void)c; return (expression); }
#define UNDO(name, expression) \
	static aclError undo_##name(struct calls *c) { (void)c; return (expression); }
#define ONE(name)		{ #name, call_##name, NULL, 0 }
#define TWO(name)		WITH(name, name)
#define WITH(name, undo)	{ #name, call_##name, undo_##undo, 0 }

extern const struct call_table calls_vmm, calls_share, calls_memory, calls_stream, calls_pools,
	calls_device, calls_more, calls_keys, calls_rest;

void calls_open(struct __test_metadata *_metadata, struct calls *c);
void calls_close(struct __test_metadata *_metadata, struct calls *c);
aclError calls_pool_end(struct calls *c);

/* Two copies to c->dev by each form of the call. */
enum calls_batch { BATCH, BATCH_V2, BATCH_ASYNC, BATCH_ASYNC_V2 };

aclError calls_batch(struct calls *c, enum calls_batch form);

#endif /* TEST_ACL_CALLS_H */
