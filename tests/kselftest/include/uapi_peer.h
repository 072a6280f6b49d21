/* SPDX-License-Identifier: MIT */
/*
 * Another process with a client of its own, which makes the calls it is told.
 */
#ifndef UAPI_PEER_H
#define UAPI_PEER_H

#include "uapi_test.h"

enum uapi_peer_op {
	PEER_ALLOC,		/* bytes of device 0 -> handle */
	PEER_EXPORT,		/* handle -> key of a share with a list */
	PEER_EXPORT_NO_LIST,	/* handle -> key of a share without one */
	PEER_EXPORT_FD,		/* handle -> fd, to be received behind the answer */
	PEER_QUERY,		/* key -> own */
	PEER_ALLOW,		/* key: allows the process that controls it */
	PEER_IMPORT,		/* key -> handle */
	PEER_IMPORT_FD,		/* nothing, behind it a fd -> handle */
	PEER_USERS,		/* handle -> user references */
	PEER_FREE,		/* handle */
	PEER_MAP,		/* handle -> address */
	PEER_UNMAP,		/* address; releases the reservation too */
	PEER_READ,		/* address -> 8 bytes */
	PEER_WRITE,		/* address: the address is written there */
	PEER_TGID,		/* nothing -> number in the root name space */
	PEER_SYNC,		/* value -> handle of a sync */
	PEER_SYNC_IMPORT,	/* key -> handle of a sync */
	PEER_SYNC_ADD,		/* handle: adds 1 -> value */
	PEER_SYNC_TAKE,		/* handle: waits for 1, takes it -> value before */
};

struct uapi_peer {
	pid_t pid;
	int sock;
	struct acl_emu_head last;	/* of the last call there */
};

/* The other process: a function for uapi_child(). */
int uapi_peer_main(int sock, void *data);
struct uapi_peer uapi_peer_start(void);
struct uapi_peer uapi_peer_start_nobody(void);

/* Lets it end; its exit status. */
static inline int uapi_peer_end(struct uapi_peer *peer)
{
	/* Children that came later have a copy of the socket. */
	shutdown(peer->sock, SHUT_RDWR);
	close(peer->sock);
	return uapi_wait(peer->pid);
}

static inline int uapi_peer_kill(struct uapi_peer *peer)
{
	kill(peer->pid, SIGKILL);
	return uapi_peer_end(peer);
}

int uapi_peer_answer(struct uapi_peer *peer, uint64_t *value);

/* What the call gave there; uapi_last is as if it had been made here. */
static inline int uapi_peer_call(struct uapi_peer *peer, enum uapi_peer_op op, uint64_t arg,
				 uint64_t *value)
{
	if (uapi_send(peer->sock, op) || uapi_send(peer->sock, arg))
		return -EPIPE;
	return uapi_peer_answer(peer, value);
}

static inline int uapi_peer_give_fd(struct uapi_peer *peer, int fd, uint64_t *handle)
{
	if (uapi_send(peer->sock, PEER_IMPORT_FD) || uapi_send(peer->sock, 0) ||
	    uapi_send_fd(peer->sock, fd))
		return -EPIPE;
	return uapi_peer_answer(peer, handle);
}

#endif /* UAPI_PEER_H */
