/* SPDX-License-Identifier: MIT */
/*
 * For the tests of what a user must not be able to do: processes that have the
 * node and nothing else, and a module whose devices are small enough to fill.
 *
 * What is not here has its test elsewhere: who may open the node in uapi_user,
 * answers and padding in uapi_cmd, pinned pages one process at a time in
 * uapi_pin, numbers of processes given again in uapi_share, stores by read(),
 * ptrace(), O_DIRECT and their kin in uapi_access, heirs of a file in uapi_life.
 */
#ifndef UAPI_HOSTILE_H
#define UAPI_HOSTILE_H

#include "uapi_test.h"
#include "module.h"

#include <grp.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define HOSTILE_NOBODY	65534
#define MIB		(1ull << 20)

/*
 * self->fd is a context with device 0 open of a module with these options, and
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
	struct uapi_before after; \
	int fd; \
\
	if (module_file() && module_loaded()) { \
		fd = uapi_open(); \
		ASSERT_GE(fd, 0); \
		uapi_state(fd, &after); \
		close(fd); \
		UAPI_EXPECT_STATE(&self->before, &after); \
	} \
	MODULE_TEARDOWN(); \
}

/* From here on the process has no group, no capability and no way back. */
int hostile_become_nobody(void);

/* A context of one's own with device 0 open; -1 if there is none. */
static inline int hostile_context(void)
{
	int fd = uapi_open();

	return fd < 0 || uapi_device_open(fd, 0) ? -1 : fd;
}

/* The same as nobody. */
static inline int hostile_start(void)
{
	return hostile_become_nobody() ? -1 : hostile_context();
}

/* Waits for the word to go, or the end of who gives it. */
#define HOSTILE_WAIT(sock)	((void)uapi_recv(sock))

#endif /* UAPI_HOSTILE_H */
