/* SPDX-License-Identifier: MIT */
/*
 * For the tests of what a user must not be able to do: processes that have the
 * node and nothing else, and a module whose devices are small enough to fill.
 *
 * Other programs test: who may open the node (uapi/user), answers and padding
 * (uapi/cmd), pinned pages of one process (uapi/pin), reused process numbers
 * (uapi/share), writes by read(), ptrace(), O_DIRECT and the like (uapi/access),
 * files that a child inherits (uapi/life).
 */
#ifndef UAPI_HOSTILE_H
#define UAPI_HOSTILE_H

#include "uapi_test.h"
#include "module.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define MIB		(1ull << 20)

/*
 * self->fd is a client with device 0 open of a module with these options, and
 * everybody may open the node. Before and after are looked at as in
 * UAPI_FIXTURE; the module then gets its default parameters back.
 */
#define HOSTILE_FIXTURE(name, options) \
FIXTURE(name) { \
	int fd; \
	struct uapi_before before; \
}; \
FIXTURE_SETUP(name) \
{ \
	MODULE_SETUP(options); \
	self->fd = uapi_open(); \
	ASSERT_GE(self->fd, 0); \
	ASSERT_EQ(0, chmod(UAPI_NODE, 0666)); \
	uapi_state(self->fd, &self->before); \
	ASSERT_EQ(0, uapi_device_open(self->fd, 0)); \
} \
FIXTURE_TEARDOWN_PARENT(name) \
{ \
	if (module_file() && module_loaded()) \
		uapi_expect_same(_metadata, &self->before); \
	MODULE_TEARDOWN(); \
}

/* A client of nobody with device 0 open, or -1. */
static inline int hostile_start(void)
{
	return uapi_become_nobody() ? -1 : uapi_client();
}

/* Waits for the message to continue, or for the exit of its sender. */
#define HOSTILE_WAIT(sock)	((void)uapi_recv(sock))

#endif /* UAPI_HOSTILE_H */
