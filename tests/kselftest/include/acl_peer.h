/* SPDX-License-Identifier: MIT */
/*
 * For the tests of the acl calls: a second process that does as it is told.
 *
 * peer_start() forks it; each peer_*() call below sends one order and waits for
 * the answer, which is the code of the call made over there, its result in
 * peer.value and its sentence in peer.text. It dies with the test.
 */
#ifndef TEST_ACL_PEER_H
#define TEST_ACL_PEER_H

#include "acl_test.h"

enum peer_op {
	PEER_SET_DEVICE, PEER_RESET, PEER_TGID, PEER_ALLOC, PEER_FREE, PEER_EXPORT, PEER_ALLOW,
	PEER_IMPORT, PEER_IMPORT_V2, PEER_MAP, PEER_MAP_AT, PEER_UNMAP, PEER_FILL, PEER_FILLED,
	PEER_TOUCH, PEER_LOCATION, PEER_RETAIN, PEER_GRANT_HOST, PEER_QUIT,
	PEER_MORE,		/* the first of what peer_more() does */
};

struct peer_order {
	enum peer_op op;
	uint64_t a, b, c;
	aclrtMemFabricHandle fabric;
};

struct peer_answer {
	aclError code;
	uint64_t value;
	char data[80];
	char text[400];
};

struct peer {
	pid_t pid;		/* as this process sees it */
	int fd;
	uint64_t value;
	char data[80];
	char text[400];
};

/* For orders that a test adds. Set it before the peer is started. */
extern aclError (*peer_more)(struct peer_order *o, struct peer_answer *answer);

/* @flags: of clone. @pid: the process number it gets, 0 for any. */
bool peer_start_as(struct peer *p, uint64_t flags, pid_t pid);

static inline bool peer_start(struct peer *p)
{
	return peer_start_as(p, 0, 0);
}

aclError peer_tell(struct peer *p, const struct peer_order *order);

static inline aclError peer_do(struct peer *p, enum peer_op op, uint64_t a, uint64_t b,
			       uint64_t c)
{
	struct peer_order order = { .op = op, .a = a, .b = b, .c = c };

	return peer_tell(p, &order);
}

/* The order succeeds over there. */
#define PEER(p, op, a, b, c) \
	ASSERT_EQ(ACL_SUCCESS, peer_do(p, op, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c))) \
		TH_LOG("%s: %s", #op, (p)->text)

/* The order succeeds, and its result is stored in @var. */
#define PEER_GETS(p, var, op, a, b, c) do { \
	PEER(p, op, a, b, c); \
	var = (p)->value; \
} while (0)

/* It fails there with @code_, and the sentence begins with @call: and has @word. */
#define PEER_FAILS(p, code_, op, a, b, c, call, word) do { \
	EXPECT_EQ(code_, peer_do(p, op, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c))) \
		TH_LOG("%s: %s", #op, (p)->text); \
	EXPECT_EQ(0, strncmp((p)->text, call ":", sizeof(call))) TH_LOG("%s", (p)->text); \
	EXPECT_NE(NULL, strstr((p)->text, word)) TH_LOG("%s", (p)->text); \
} while (0)

static inline int peer_quit(struct peer *p)
{
	struct peer_order order = { .op = PEER_QUIT };

	send(p->fd, &order, sizeof(order), MSG_NOSIGNAL);
	close(p->fd);
	return join(p->pid);
}

static inline int peer_kill(struct peer *p)
{
	kill(p->pid, SIGKILL);
	close(p->fd);
	return join(p->pid);
}

#endif /* TEST_ACL_PEER_H */
