/* SPDX-License-Identifier: MIT */
/*
 * For the tests of events and notifies between processes: a peer with one
 * stream, which it can hold, and memory that both processes see.
 */
#ifndef TEST_ACL_SYNC_PEER_H
#define TEST_ACL_SYNC_PEER_H

#include "acl_peer.h"
#include "acl_stream.h"

/* What both processes see; made before the peer is. */
struct both {
	int count;		/* steps that ran */
	int first_wrong;	/* 0: none */
	int seen;
};

extern struct both *both;

enum sync_op {
	SYNC_BEGIN = PEER_MORE,	/* a: device; makes the stream */
	SYNC_END,		/* a: device */
	SYNC_HOLD, SYNC_GO_ON, SYNC_ABORT, SYNC_STOP,
	SYNC_STREAM,		/* a: milliseconds */
	SYNC_STEP,		/* a: number of the step that the stream takes */
	EVENT_MAKE, EVENT_HANDLE, EVENT_OPEN, EVENT_DROP, EVENT_RECORD, EVENT_WAIT, EVENT_QUERY,
	EVENT_SYNC,		/* b: milliseconds */
	NOTIFY_MAKE, NOTIFY_KEY, NOTIFY_ALLOW, NOTIFY_IMPORT, NOTIFY_DROP, NOTIFY_RECORD,
	NOTIFY_WAIT,		/* b: seconds */
	NOTIFY_RESET,
};

aclError step_in(aclrtStream stream, int number);

/* Before the runtime starts here: the peer must start without one. */
bool sync_peer_start(struct peer *p);

#define ASK(p, op, a, b) PEER(p, (enum peer_op)(op), a, b, 0)
#define ASK_FAILS(p, code, op, a, b, call, word) \
	PEER_FAILS(p, code, (enum peer_op)(op), a, b, 0, call, word)

/* An order with bytes in it. */
static inline aclError ask_data(struct peer *p, enum sync_op op, uint64_t b, const void *data,
				size_t size)
{
	struct peer_order order = { .op = (enum peer_op)op, .b = b };

	memcpy(&order.fabric, data, size);
	return peer_tell(p, &order);
}

/* The peer's stream does not get past what is in it. */
#define PEER_WAITS(peer) \
	ASK_FAILS(peer, TIMEOUT, SYNC_STREAM, 5, 0, "aclrtSynchronizeStreamWithTimeout", "")

#endif /* TEST_ACL_SYNC_PEER_H */
