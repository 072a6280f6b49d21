/* SPDX-License-Identifier: MIT */
/*
 * For the tests of the acl calls: what they all look at before and after, how a
 * failing call is judged, and memory that is allocated and mapped in one step.
 *
 * Include first. What is measured is read from the module itself and not from the
 * library that is under test. A program that needs other parameters of the module
 * defines MODULE_ARGS before it includes this; the module is loaded with them when
 * ACL_EMU_KO names its file.
 */
#ifndef TEST_ACL_H
#define TEST_ACL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "acl/acl.h"
#include "acl_codes.h"
#include "acl_emu.h"
#include "harness.h"

#define KIB	1024ul
#define MIB	(1024ul * KIB)
#define GIB	(1024ul * MIB)
#define TIB	(1024ul * GIB)
#define BLOCK	(2 * MIB)	/* the granule of all but 1 GiB pages */

#ifdef MODULE_ARGS
const char *module_args = MODULE_ARGS;
#endif

/* Runs before main(). Named here, so that every program links the file that has it. */
void module_prepare(void);
__attribute__((used)) static void (*const module_preparation)(void) = module_prepare;

/* In place of a result: marks an out parameter that was not written. */
#define UNTOUCHED	0x5ca1ab1e5ca1ab1eul

/* ---- the module ---- */

static inline int node_open(void)
{
	const char *path = getenv("ACL_EMU_DEVICE");

	return open(path ? path : "/dev/acl_emu", O_RDWR | O_CLOEXEC);
}

uint64_t module_stat(enum acl_emu_stat which);
struct acl_emu_device_info memory_of(uint32_t type, uint32_t id);

static inline uint64_t used(int device)
{
	return memory_of(ACL_EMU_LOC_DEVICE, (uint32_t)device).used;
}

static inline uint64_t host_used(void)
{
	return memory_of(ACL_EMU_LOC_HOST, 0).used;
}

static inline uint64_t capacity(int device)
{
	return memory_of(ACL_EMU_LOC_DEVICE, (uint32_t)device).capacity;
}

/* ---- a failing call ---- */

static inline void forget(void)
{
	aclrtGetLastError(ACL_RT_THREAD_LEVEL);
	aclGetRecentErrMsg();
}

/* "" if last error and sentence are those of @call failing with @code. */
const char *blame(const char *call, aclError code, const char *word, char why[512]);

/* @call fails with @code, and its sentence holds @word (NULL: any). */
#define FAILS(code, call, word) do { \
	char why_[512]; \
	aclError got_; \
	forget(); \
	got_ = (call); \
	EXPECT_EQ(code, got_) TH_LOG("%s", #call); \
	if (got_ == (code)) { \
		EXPECT_STREQ("", blame(#call, code, word, why_)) TH_LOG("%s", #call); \
	} \
} while (0)

#define WORKS(call) do { \
	aclError got_; \
	forget(); \
	got_ = (call); \
	ASSERT_EQ(ACL_SUCCESS, got_) TH_LOG("%s: %s", #call, aclGetRecentErrMsg()); \
} while (0)

#define EXPECT_HOLDS(text, part) \
	EXPECT_NE(NULL, strstr(text, part)) TH_LOG("'%s' is not in: %s", part, text)

/* @create fails with @code after @most objects; both calls are about many[n]. */
#define TOO_MANY(type, most, code, create, destroy) do { \
	static type many[16384]; \
	size_t n = 0; \
	while (n < 16384 && !(create)) \
		n++; \
	EXPECT_EQ(most, n); \
	FAILS(code, create, NULL); \
	while (n--) \
		WORKS(destroy); \
} while (0)

/* A number as a sentence may hold it. Good until the sixteenth next call. */
static inline const char *hex(const void *value)
{
	static __thread char text[16][32];
	static __thread unsigned int next;

	next = (next + 1) % 16;
	snprintf(text[next], sizeof(text[0]), "%#" PRIxPTR, (uintptr_t)value);
	return text[next];
}

static inline const char *dec(uint64_t value)
{
	static __thread char text[16][32];
	static __thread unsigned int next;

	next = (next + 1) % 16;
	snprintf(text[next], sizeof(text[0]), "%" PRIu64, value);
	return text[next];
}

/* ---- touching memory ---- */

/* Reads and writes a byte: 0, or the signal that came of it. */
int touch(void *addr);

/* A byte that depends on place and seed. */
static inline unsigned char pattern(size_t at, uint64_t seed)
{
	return (unsigned char)((at * 2654435761u >> 7) + seed * 37 + (at >> 12));
}

static inline void fill(void *addr, size_t size, uint64_t seed)
{
	unsigned char *p = addr;
	size_t i;

	for (i = 0; i < size; i++)
		p[i] = pattern(i, seed);
}

bool filled(const void *addr, size_t size, uint64_t seed);
bool zeroed(const void *addr, size_t size);

/* ---- objects ---- */

static inline aclrtPhysicalMemProp prop_on(aclrtMemLocationType type, uint32_t id,
					   aclrtMemAttr attr)
{
	return (aclrtPhysicalMemProp){
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.memAttr = attr, .location = { .id = id, .type = type },
	};
}

static inline aclError phys(aclrtDrvMemHandle *handle, size_t size, int device)
{
	aclrtPhysicalMemProp prop = prop_on(ACL_MEM_LOCATION_TYPE_DEVICE, (uint32_t)device,
					    ACL_HBM_MEM_HUGE);

	return aclrtMallocPhysical(handle, size, &prop, 0);
}

static inline aclError reserve(void **addr, size_t size)
{
	return aclrtReserveMemAddress(addr, size, 0, NULL, 0);
}

static inline aclError grant(void *addr, size_t size, aclrtMemLocationType type, uint32_t id)
{
	aclrtMemAccessDesc desc = {
		.flags = ACL_RT_MEM_ACCESS_FLAGS_READWRITE, .location = { .id = id, .type = type },
	};

	return aclrtMemSetAccess(addr, size, &desc, 1);
}

static inline aclError grant_host(void *addr, size_t size)
{
	return grant(addr, size, ACL_MEM_LOCATION_TYPE_HOST, 0);
}

/* Memory in a reservation of its own, open to the host. */
struct block {
	void *addr;
	size_t size;
	aclrtDrvMemHandle handle;
};

aclError block_map(struct block *b, size_t size, aclrtDrvMemHandle handle);

static inline aclError block_make(struct block *b, size_t size, int device)
{
	aclError code = phys(&b->handle, size, device);

	return code ? code : block_map(b, size, b->handle);
}

static inline aclError block_unmap(struct block *b)
{
	aclError code = aclrtUnmapMem(b->addr);

	return code ? code : aclrtReleaseMemAddress(b->addr);
}

static inline aclError block_drop(struct block *b)
{
	aclError code = block_unmap(b);

	return code ? code : aclrtFreePhysical(b->handle);
}

/* ---- before and after ---- */

#define WORLD_DEVICES	2	/* devices a test may use, those it opens */

struct world {
	uint64_t used[WORLD_DEVICES];
	uint64_t host;
	uint64_t ranges;
	uint64_t count[ACL_EMU_STAT_END];
};

/*
 * Reservations of this process that a program made. Those that aclrtMalloc()
 * carves its blocks from stay, and lie below.
 */
uint64_t own_ranges(void);
struct world world_now(void);

void world_same(struct __test_metadata *_metadata, const struct world *before);

/* Starts the runtime with devices 0 and 1 open and 0 current. */
void world_open(struct __test_metadata *_metadata, struct world *w);

/* A test must have given back everything itself, before the reset could. */
static inline void world_close(struct __test_metadata *_metadata, struct world *w)
{
	world_same(_metadata, w);
	aclrtResetDeviceForce(1);
	aclrtResetDeviceForce(0);
	aclFinalize();
}

/* A fixture with nothing of its own. */
#define WORLD_FIXTURE(name) \
	FIXTURE(name) { struct world world; }; \
	FIXTURE_SETUP(name) { world_open(_metadata, &self->world); } \
	FIXTURE_TEARDOWN(name) { world_close(_metadata, &self->world); }

/* Waits for a child: its exit status, or 128 + signal. */
static inline int join(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The exit status of a child whose status is @expr, or 128 + signal. */
#define IN_CHILD(expr) ({ \
	pid_t pid_; \
	fflush(stdout); \
	pid_ = fork(); \
	if (!pid_) { \
		int status_ = (expr); \
		fflush(stdout); \
		_exit(status_); \
	} \
	join(pid_); \
})

/* The result of a call by a new thread, which has no context. */
aclError in_new_thread(aclError (*call)(void *arg), void *arg);

#endif /* TEST_ACL_H */
