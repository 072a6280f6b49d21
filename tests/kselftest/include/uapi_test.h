/* SPDX-License-Identifier: MIT */
/*
 * What the tests of the ioctl interface share: calls that give 0 or -errno, the
 * fixture that compares the module's stats, signals, children, /proc.
 */
#ifndef UAPI_TEST_H
#define UAPI_TEST_H

#define _GNU_SOURCE
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* Plain numbers are compared with fields of every type. */
#pragma GCC diagnostic ignored "-Wsign-compare"
/* The harness jumps out of a test for good: what a variable holds then is all one. */
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wclobbered"
#endif

#include "harness.h"
#include "acl_emu.h"

#define UAPI_NODE	"/dev/acl_emu"
#define SIZE_4K		ACL_EMU_SIZE_4K
#define SIZE_2M		ACL_EMU_SIZE_2M
#define SIZE_1G		ACL_EMU_SIZE_1G
#define NO_RIGHTS	ACL_EMU_RIGHTS_NONE
#define READ_ONLY	ACL_EMU_RIGHTS_READ
#define READ_WRITE	ACL_EMU_RIGHTS_RW
#define USER_RANGE	ACL_EMU_RANGE_USER

/* ---- calls ---- */

/* Header of the last answer of this thread. */
extern __thread struct acl_emu_head uapi_last;

#define UAPI_ARG(type, ...) \
	((struct type){ .head = { .size = sizeof(struct type) }, ##__VA_ARGS__ })

static inline int uapi_open(void)
{
	return open(UAPI_NODE, O_RDWR | O_CLOEXEC);
}

static inline int uapi_ioctl(int fd, unsigned int nr, void *arg)
{
	int rc = ioctl(fd, _IO(ACL_EMU_IOCTL_TYPE, nr), arg) ? -errno : 0;

	memcpy(&uapi_last, arg, sizeof(uapi_last));
	return rc;
}

#define UAPI_CALL(fd, name, arg)	uapi_ioctl(fd, ACL_EMU_NR_##name, arg)

static inline struct acl_emu_location uapi_device(uint32_t id)
{
	return (struct acl_emu_location){ ACL_EMU_LOC_DEVICE, id };
}

static inline uint64_t uapi_query(int fd, uint32_t param, uint32_t index)
{
	struct acl_emu_query arg = UAPI_ARG(acl_emu_query, .param = param, .index = index);

	return UAPI_CALL(fd, QUERY, &arg) ? ~0ull : arg.value;
}

static inline uint64_t uapi_stat(int fd, enum acl_emu_stat which)
{
	return uapi_query(fd, ACL_EMU_PARAM_STAT, which);
}

static inline int uapi_device_open(int fd, uint32_t id)
{
	struct acl_emu_device arg = UAPI_ARG(acl_emu_device, .device = id);

	return UAPI_CALL(fd, DEVICE_OPEN, &arg);
}

/* A client with device 0 open, or -1. */
static inline int uapi_client(void)
{
	int fd = uapi_open();

	return fd < 0 || uapi_device_open(fd, 0) ? -1 : fd;
}

static inline int uapi_device_reset(int fd, uint32_t id)
{
	struct acl_emu_device arg = UAPI_ARG(acl_emu_device, .device = id);

	return UAPI_CALL(fd, DEVICE_RESET, &arg);
}

static inline struct acl_emu_device_info uapi_info(int fd, struct acl_emu_location loc)
{
	struct acl_emu_device_info arg = UAPI_ARG(acl_emu_device_info, .loc = loc);

	if (UAPI_CALL(fd, DEVICE_INFO, &arg))
		memset(&arg, 0xff, sizeof(arg));
	return arg;
}

static inline uint64_t uapi_used(int fd, uint32_t id)
{
	return uapi_info(fd, uapi_device(id)).used;
}

/* Bytes that may still be allocated. */
static inline uint64_t uapi_room(int fd, uint32_t id)
{
	struct acl_emu_device_info info = uapi_info(fd, uapi_device(id));

	return info.capacity - info.used;
}

int uapi_alloc_at(int fd, struct acl_emu_location loc, uint64_t size, uint32_t flags,
		  uint64_t *handle);

static inline int uapi_alloc(int fd, uint64_t size, uint32_t flags, uint64_t *handle)
{
	return uapi_alloc_at(fd, uapi_device(0), size, flags, handle);
}

static inline int uapi_free(int fd, uint64_t handle)
{
	struct acl_emu_phys_free arg = UAPI_ARG(acl_emu_phys_free, .handle = handle);

	return UAPI_CALL(fd, PHYS_FREE, &arg);
}

static inline struct acl_emu_phys_info uapi_phys_info(int fd, uint64_t handle)
{
	struct acl_emu_phys_info arg = UAPI_ARG(acl_emu_phys_info, .handle = handle);

	if (UAPI_CALL(fd, PHYS_INFO, &arg))
		memset(&arg, 0xff, sizeof(arg));
	return arg;
}

static inline int uapi_reserve_as(int fd, struct acl_emu_range_reserve *arg, uint32_t flags)
{
	arg->head = (struct acl_emu_head){ .size = sizeof(*arg), .flags = flags };
	return UAPI_CALL(fd, RANGE_RESERVE, arg);
}

static inline int uapi_reserve_flags(int fd, uint64_t size, uint32_t flags, uint64_t *addr)
{
	struct acl_emu_range_reserve arg = { .size = size };
	int rc = uapi_reserve_as(fd, &arg, flags);

	if (!rc)
		*addr = arg.addr;
	return rc;
}

static inline int uapi_reserve(int fd, uint64_t size, uint64_t *addr)
{
	return uapi_reserve_flags(fd, size, 0, addr);
}

static inline int uapi_reserve_fixed(int fd, uint64_t addr, uint64_t size)
{
	struct acl_emu_range_reserve arg = { .addr = addr, .size = size };

	return uapi_reserve_as(fd, &arg, ACL_EMU_RANGE_FIXED);
}

static inline int uapi_release_kind(int fd, uint64_t addr, uint32_t kind)
{
	struct acl_emu_range_release arg = UAPI_ARG(acl_emu_range_release,
						    .addr = addr, .kind = kind);

	int err = UAPI_CALL(fd, RANGE_RELEASE, &arg);

	if (!err && arg.size)
		munmap((void *)(uintptr_t)addr, arg.size);
	return err;
}

static inline int uapi_release(int fd, uint64_t addr)
{
	return uapi_release_kind(fd, addr, USER_RANGE);
}

static inline int uapi_map_as(int fd, struct acl_emu_map arg, uint32_t flags)
{
	arg.head = (struct acl_emu_head){ .size = sizeof(arg), .flags = flags };
	return UAPI_CALL(fd, MAP, &arg);
}

static inline int uapi_map_rights(int fd, uint64_t addr, uint64_t size, uint64_t offset,
				  uint64_t handle, uint32_t rights)
{
	return uapi_map_as(fd, (struct acl_emu_map){ .addr = addr, .size = size,
			   .offset = offset, .handle = handle, .rights = rights }, 0);
}

static inline int uapi_map(int fd, uint64_t addr, uint64_t size, uint64_t handle)
{
	return uapi_map_rights(fd, addr, size, 0, handle, READ_WRITE);
}

static inline int uapi_unmap(int fd, uint64_t addr)
{
	struct acl_emu_unmap arg = UAPI_ARG(acl_emu_unmap, .addr = addr);

	return UAPI_CALL(fd, UNMAP, &arg);
}

static inline int uapi_set_access(int fd, uint64_t addr, uint64_t size,
				  struct acl_emu_location loc, uint32_t rights, uint32_t flags)
{
	struct acl_emu_access arg = UAPI_ARG(acl_emu_access, .addr = addr, .size = size,
					     .loc = loc, .rights = rights);

	arg.head.flags = flags;
	return UAPI_CALL(fd, SET_ACCESS, &arg);
}

/* The rights, or -errno. */
static inline int uapi_get_access(int fd, uint64_t addr, struct acl_emu_location loc)
{
	struct acl_emu_access arg = UAPI_ARG(acl_emu_access, .addr = addr, .loc = loc);
	int rc = UAPI_CALL(fd, GET_ACCESS, &arg);

	return rc ? rc : (int)arg.rights;
}

int uapi_copy(int fd, uint64_t dst, uint64_t src, uint64_t size, uint32_t flags, uint64_t *done);
int uapi_export(int fd, uint64_t handle, uint32_t flags, uint64_t *key);

/* Memory of device 0 that is exported by a key. */
static inline int uapi_exported(int fd, uint64_t size, uint32_t flags, uint64_t *handle,
				uint64_t *key)
{
	int rc = uapi_alloc(fd, size, 0, handle);

	return rc ? rc : uapi_export(fd, *handle, flags, key);
}

static inline int uapi_share_close(int fd, uint64_t key)
{
	struct acl_emu_share_close arg = UAPI_ARG(acl_emu_share_close, .key = key);

	return UAPI_CALL(fd, SHARE_CLOSE, &arg);
}

/* The descriptor, or -errno. */
static inline int uapi_export_fd(int fd, uint64_t handle)
{
	struct acl_emu_export_fd arg = UAPI_ARG(acl_emu_export_fd, .handle = handle, .fd = -1);
	int rc = UAPI_CALL(fd, EXPORT_FD, &arg);

	return rc ? rc : arg.fd;
}

int uapi_import_fd(int fd, int dmabuf, uint32_t device, uint64_t *handle);

static inline int uapi_allow(int fd, uint64_t key, const int32_t *pids, uint32_t count)
{
	struct acl_emu_allow_pids arg = UAPI_ARG(acl_emu_allow_pids, .key = key,
						 .pids = (uintptr_t)pids, .count = count);

	return UAPI_CALL(fd, ALLOW_PIDS, &arg);
}

static inline int uapi_import(int fd, uint64_t key, uint32_t device, uint64_t *handle)
{
	struct acl_emu_import arg = UAPI_ARG(acl_emu_import, .key = key, .device = device);
	int rc = UAPI_CALL(fd, IMPORT, &arg);

	if (!rc)
		*handle = arg.handle;
	return rc;
}

static inline int uapi_sync(int fd, uint64_t value, uint64_t *handle)
{
	struct acl_emu_sync_create arg = UAPI_ARG(acl_emu_sync_create, .value = value);
	int rc = UAPI_CALL(fd, SYNC_CREATE, &arg);

	if (!rc)
		*handle = arg.handle;
	return rc;
}

int uapi_sync_signal(int fd, uint64_t handle, uint32_t flags, uint64_t value, uint64_t *now);
int uapi_sync_import(int fd, uint64_t key, uint64_t *handle);

static inline struct acl_emu_lookup uapi_lookup(int fd, uint64_t addr)
{
	struct acl_emu_lookup arg = UAPI_ARG(acl_emu_lookup, .addr = addr);

	if (UAPI_CALL(fd, LOOKUP, &arg))
		memset(&arg, 0xff, sizeof(arg));
	return arg;
}

/* Memory of device 0, a reservation of the same size, and one over the other. */
static inline int uapi_mapped(int fd, uint64_t size, uint32_t flags, uint64_t *addr,
			      uint64_t *handle)
{
	uint64_t room = (size + SIZE_2M - 1) & -SIZE_2M;
	int rc = uapi_alloc(fd, size, flags, handle);

	if (!rc)
		rc = uapi_reserve(fd, room, addr);
	return rc ? rc : uapi_map(fd, *addr, size, *handle);
}

/* The undoing of uapi_mapped(). */
static inline int uapi_unmapped(int fd, uint64_t addr, uint64_t handle)
{
	int rc = uapi_unmap(fd, addr);

	if (!rc)
		rc = uapi_release(fd, addr);
	return rc ? rc : uapi_free(fd, handle);
}

/* ---- expectations ---- */

#define EXPECT_WHY(why, val0, val1) do { \
	EXPECT_EQ(ACL_EMU_REASON_##why, uapi_last.reason); \
	EXPECT_EQ((uint64_t)(val0), (uint64_t)uapi_last.val[0]); \
	EXPECT_EQ((uint64_t)(val1), (uint64_t)uapi_last.val[1]); \
} while (0)

#define EXPECT_FAIL(err, why, val0, val1, call) do { \
	EXPECT_EQ(-(err), (call)); \
	EXPECT_WHY(why, val0, val1); \
} while (0)

/* Where the values are not of interest. */
#define EXPECT_FAIL_AS(err, why, call) do { \
	EXPECT_EQ(-(err), (call)); \
	EXPECT_EQ(ACL_EMU_REASON_##why, uapi_last.reason); \
} while (0)

/* ---- the fixture ---- */

struct uapi_before {
	uint64_t stat[ACL_EMU_STAT_END];
	uint64_t used[ACL_EMU_MAX_DEVICES];
};

/* All that must be as before when a test and its processes have exited. */
void uapi_state(int fd, struct uapi_before *state);

/* Expects that @after is @before. */
void uapi_expect_state(struct __test_metadata *_metadata, const struct uapi_before *before,
		       const struct uapi_before *after);

/* The same for the state now, read by a client of its own. */
void uapi_expect_same(struct __test_metadata *_metadata, const struct uapi_before *before);

/*
 * self->fd is a client with device 0 open. The end is looked at from another
 * process, since a client may live as long as the process of the test.
 */
#define UAPI_FIXTURE(name) \
FIXTURE(name) { \
	int fd; \
	struct uapi_before before; \
}; \
FIXTURE_SETUP(name) \
{ \
	self->fd = uapi_open(); \
	ASSERT_GE(self->fd, 0) TH_LOG("%s: %s", UAPI_NODE, strerror(errno)); \
	uapi_state(self->fd, &self->before); \
	ASSERT_EQ(0, uapi_device_open(self->fd, 0)); \
} \
FIXTURE_TEARDOWN_PARENT(name) { uapi_expect_same(_metadata, &self->before); }

/* A statistic now, and as the fixture found it. */
#define COUNT(name)	uapi_stat(self->fd, ACL_EMU_STAT_##name)
#define BEFORE(name)	self->before.stat[ACL_EMU_STAT_##name]

/* ---- touching ---- */

extern volatile sig_atomic_t uapi_signal_code;	/* si_code of the last signal */

/* Reads or writes a byte. Gives 0, or the signal that came instead. */
int uapi_touch(uint64_t addr, bool write);

#define UAPI_READ(addr)		uapi_touch(addr, false)
#define UAPI_WRITE(addr)	uapi_touch(addr, true)

static inline uint64_t *uapi_words(uint64_t addr)
{
	return (uint64_t *)(uintptr_t)addr;
}

/* Writes a pattern that says seed and place, one word each @step bytes. */
static inline void uapi_fill(uint64_t addr, uint64_t size, uint64_t step, uint64_t seed)
{
	for (uint64_t at = 0; at < size; at += step)
		*uapi_words(addr + at) = seed ^ (at + 1) * 0x9e3779b97f4a7c15ull;
}

/* The first offset where the pattern is not, or @size. */
static inline uint64_t uapi_differs(uint64_t addr, uint64_t size, uint64_t step, uint64_t seed)
{
	uint64_t at = 0;

	while (at < size && *uapi_words(addr + at) ==
	       (seed ^ (at + 1) * 0x9e3779b97f4a7c15ull))
		at += step;
	return at < size ? at : size;
}

/* The first offset that is not zero, or @size. */
static inline uint64_t uapi_nonzero(uint64_t addr, uint64_t size)
{
	uint64_t at = 0;

	while (at < size && !*uapi_words(addr + at))
		at += sizeof(uint64_t);
	return at;
}

/* ---- other processes ---- */

static inline int uapi_send(int sock, uint64_t value)
{
	return send(sock, &value, sizeof(value), MSG_NOSIGNAL) == sizeof(value) ? 0 : -1;
}

/* What the other side sent; ~0 if it has exited. */
static inline uint64_t uapi_recv(int sock)
{
	uint64_t value;

	if (recv(sock, &value, sizeof(value), MSG_WAITALL) != sizeof(value))
		return ~0ull;
	return value;
}

union uapi_control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

int uapi_send_fd(int sock, int fd);

int uapi_recv_fd(int sock);

/*
 * Starts fn(sock, arg) in a child; its result is the exit status, 0 for good.
 * The other end of sock is in *sock. The child dies with its parent.
 */
pid_t uapi_child(int (*fn)(int sock, void *arg), void *arg, int *sock);

/* Exit status of the child, or 1000 + the signal that ended it. */
static inline int uapi_wait(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static inline int uapi_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	return uapi_wait(pid);
}

/*
 * From here on the process has no group and no capability, and cannot get them back.
 * It dies with its parent, and its own files in /proc are its own.
 */
int uapi_become_nobody(void);

/* For functions of children, which fail by their exit status. */
#define CHILD_CHECK(cond) do { \
	if (!(cond)) { \
		fprintf(stderr, "# %s:%d: in a child: %s\n", __FILE__, __LINE__, #cond); \
		return 1; \
	} \
} while (0)

/* ---- threads ---- */

#define UAPI_THREADS	4

/*
 * Runs fn(data + i * step) in UAPI_THREADS threads; an answer that is not NULL, or
 * NULL if all are.
 */
void *uapi_threads(void *(*fn)(void *data), void *data, size_t step);

/* ---- /proc ---- */

/* Number of VMAs that touch [from, to), or of all with 0 and ~0. */
unsigned int uapi_vmas(uint64_t from, uint64_t to);

/* The number behind a key in a file of /proc or of a cgroup. */
uint64_t uapi_proc(const char *path, const char *key);

/* The number that a file holds; ~0: none. */
uint64_t uapi_read_number(const char *path);

/* Writes a string to a file; 0 or -errno. */
int uapi_write_file(const char *path, const char *text);

/* Makes a memory cgroup. False if this kernel has none with that file. */
bool uapi_make_group(const char *group, const char *file);

#endif /* UAPI_TEST_H */
