/* SPDX-License-Identifier: MIT */
/*
 * For the tests of the acl calls: what they all look at before and after, how a
 * failing call is judged, and memory that is allocated and mapped in one step.
 *
 * Include first. What is measured is read from the module itself, past the
 * library that is under test. MODULE_ARGS are the parameters a test wants; they
 * are set when ACL_EMU_KO names the module's file and nobody uses it.
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

#include <libkmod.h>

#include "acl/acl.h"
#include "acl_emu.h"
#include "harness.h"

#define KIB	1024ul
#define MIB	(1024ul * KIB)
#define GIB	(1024ul * MIB)
#define TIB	(1024ul * GIB)
#define BLOCK	(2 * MIB)	/* the granule of all but 1 GiB pages */

#ifndef MODULE_ARGS
#define MODULE_ARGS "devices=4 capacity_mb=128 host_mb=128"
#endif

/* In place of a result: tells an out parameter that nobody has written. */
#define UNTOUCHED	0x5ca1ab1e5ca1ab1eul

/* ---- the module ---- */

static inline void module_reload(const char *args)
{
	const char *path = getenv("ACL_EMU_KO");
	struct kmod_ctx *ctx = path ? kmod_new(NULL, NULL) : NULL;
	struct kmod_module *module;

	if (!ctx || kmod_module_new_from_path(ctx, path, &module))
		return;
	kmod_module_remove_module(module, 0);
	if (kmod_module_insert_module(module, 0, args))
		kmod_module_insert_module(module, 0, NULL);
	kmod_module_unref(module);
	kmod_unref(ctx);
}

__attribute__((constructor)) static void module_prepare(void)
{
	module_reload(MODULE_ARGS);
}

static inline int node_open(void)
{
	const char *path = getenv("ACL_EMU_DEVICE");

	return open(path ? path : "/dev/acl_emu", O_RDWR | O_CLOEXEC);
}

static inline uint64_t counter(enum acl_emu_stat which)
{
	struct acl_emu_query q = {
		.head.size = sizeof(q), .param = ACL_EMU_PARAM_STAT, .index = which,
	};
	int fd = node_open();

	if (fd < 0 || ioctl(fd, ACL_EMU_IOCTL(QUERY), &q))
		q.value = UNTOUCHED;
	close(fd);
	return q.value;
}

static inline struct acl_emu_device_info memory_of(uint32_t type, uint32_t id)
{
	struct acl_emu_device_info info = {
		.head.size = sizeof(info), .loc = { .type = type, .id = id },
	};
	int fd = node_open();

	if (fd < 0 || ioctl(fd, ACL_EMU_IOCTL(DEVICE_INFO), &info))
		info.used = UNTOUCHED;
	close(fd);
	return info;
}

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
static inline const char *blame(const char *call, aclError code, const char *word, char why[512])
{
	aclError last = aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL);
	const char *text = aclGetRecentErrMsg();
	size_t name = strcspn(call, "(");
	char number[24];

	snprintf(number, sizeof(number), "(%d)", code);
	why[0] = '\0';
	if (last != code)
		snprintf(why, 512, "last error is %d", last);
	else if (!text)
		snprintf(why, 512, "no sentence");
	else if (strncmp(text, call, name) || text[name] != ':')
		snprintf(why, 512, "the sentence does not begin with the call: %.400s", text);
	else if (!strstr(text, number))
		snprintf(why, 512, "the sentence lacks %s: %.400s", number, text);
	else if (word && !strstr(text, word))
		snprintf(why, 512, "the sentence lacks '%s': %.400s", word, text);
	else if (aclGetRecentErrMsg())
		snprintf(why, 512, "reading did not clear the sentence");
	return why;
}

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

static sigjmp_buf touch_back;

static inline void touch_signal(int signal)
{
	siglongjmp(touch_back, signal);
}

/* Reads and writes a byte: 0, or the signal that came of it. */
static inline int touch(void *addr)
{
	struct sigaction act = { .sa_handler = touch_signal }, bus, segv;
	volatile char *p = addr;
	int signal;

	sigaction(SIGBUS, &act, &bus);
	sigaction(SIGSEGV, &act, &segv);
	signal = sigsetjmp(touch_back, 1);
	if (!signal)
		*p = *p;
	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGSEGV, &segv, NULL);
	return signal;
}

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

static inline bool filled(const void *addr, size_t size, uint64_t seed)
{
	const unsigned char *p = addr;
	size_t i;

	for (i = 0; i < size; i++)
		if (p[i] != pattern(i, seed))
			return false;
	return true;
}

static inline bool zeroed(const void *addr, size_t size)
{
	const uint64_t *p = addr;
	size_t i;

	for (i = 0; i < size / sizeof(*p); i++)
		if (p[i])
			return false;
	return true;
}

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

static inline aclError block_map(struct block *b, size_t size, aclrtDrvMemHandle handle)
{
	aclError code = reserve(&b->addr, size);

	b->size = size;
	b->handle = handle;
	if (!code)
		code = aclrtMapMem(b->addr, size, 0, handle, 0);
	return code ? code : grant_host(b->addr, size);
}

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
static inline uint64_t own_ranges(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long first;
	uint64_t n = 0;
	char line[512];

	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx", &first) == 1 && first >= ACL_EMU_VA_USER_FIRST &&
		    first < 80 * TIB)
			n++;
	fclose(maps);
	return n;
}

static inline struct world world_now(void)
{
	struct world w = { .host = host_used(), .ranges = own_ranges() };
	int i;

	for (i = 0; i < WORLD_DEVICES; i++)
		w.used[i] = used(i);
	for (i = 0; i < ACL_EMU_STAT_END; i++)
		w.count[i] = counter((enum acl_emu_stat)i);
	return w;
}

static inline void world_same(struct __test_metadata *_metadata, const struct world *before)
{
	static const char *const name[] = {
		[ACL_EMU_STAT_HANDLES] = "handles", [ACL_EMU_STAT_PHYS] = "allocations",
		[ACL_EMU_STAT_MAPPINGS] = "mappings", [ACL_EMU_STAT_SHARES] = "shares",
		[ACL_EMU_STAT_SYNCS] = "counters",
	};
	struct world now = world_now();
	int i;

	for (i = 0; i < WORLD_DEVICES; i++) {
		EXPECT_EQ(before->used[i], now.used[i]) TH_LOG("bytes in use on device %d", i);
	}
	EXPECT_EQ(before->host, now.host) TH_LOG("bytes in use on the host");
	EXPECT_EQ(before->ranges, now.ranges) TH_LOG("reservations of this process");
	for (i = 0; i < (int)(sizeof(name) / sizeof(name[0])); i++) {
		if (!name[i])
			continue;
		EXPECT_EQ(before->count[i], now.count[i]) TH_LOG("%s", name[i]);
	}
}

/* Starts the runtime with devices 0 and 1 open and 0 current. */
static inline void world_open(struct __test_metadata *_metadata, struct world *w)
{
	struct acl_emu_device_info second = memory_of(ACL_EMU_LOC_DEVICE, 1);

	ASSERT_NE(UNTOUCHED, used(0)) TH_LOG("no /dev/acl_emu");
	ASSERT_NE(UNTOUCHED, second.used) TH_LOG("the tests need two devices");
	*w = world_now();
	WORKS(aclInit(NULL));
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtSetDevice(0));
}

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

/* Ends in the exit status of the child, or 128 + signal. */
static inline int join(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

#endif /* TEST_ACL_H */
