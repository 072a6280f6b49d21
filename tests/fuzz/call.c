// SPDX-License-Identifier: MIT
/*
 * A call of a program: its argument, where it lies, what it may answer.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>

#include "execute.h"
#include "ioctls.h"

#define PAGE		0x1000ul
#define ARENA		0x10000000ul	/* user memory; low, so that it is a pattern, too */
#define ARENA_SIZE	(4ul << 20)
#define GUARD_SIZE	(512ul << 20)	/* more than a copy can move */
#define FDS		64
#define MMAP_AREA	0x170000000000ul
#define MMAP_EACH	0x40000000ul

static uint8_t *pages;		/* of user memory: one to write, the same twice read-only */
static uint8_t *pages_alias;	/* where these can be written */
static int pipes[2];
static int fds[FDS];

/* ---- faults ---- */

static __thread sigjmp_buf jump;
static __thread bool armed;

static void on_signal(int sig)
{
	if (!armed)
		_exit(128 + sig);
	siglongjmp(jump, sig);
}

/* Copies to or from memory that may not be there. */
static bool try_copy(void *to, const void *from, size_t size)
{
	bool good = false;

	armed = true;
	if (!sigsetjmp(jump, 1)) {
		memcpy(to, from, size);
		good = true;
	}
	armed = false;
	return good;
}

/* ---- preparations ---- */

/* Two pages; the argument lies across their border or in the second. */
static int prepare_pages(void)
{
	int file = memfd_create("fuzz", MFD_CLOEXEC);

	if (file < 0 || ftruncate(file, 2 * PAGE))
		return -1;
	pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	pages_alias = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	if (pages == MAP_FAILED || pages_alias == MAP_FAILED)
		return -1;
	return mprotect(pages + PAGE, PAGE, PROT_READ);
}

int fuzz_prepare(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	void *arena = mmap((void *)(ARENA - PAGE), PAGE + ARENA_SIZE + GUARD_SIZE, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
			   -1, 0);

	if (arena == MAP_FAILED ||
	    mprotect((void *)ARENA, ARENA_SIZE, PROT_READ | PROT_WRITE))
		return -1;
	memset(fds, 0xff, sizeof(fds));
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	if (pipe2(pipes, O_CLOEXEC | O_NONBLOCK))
		return -1;
	return prepare_pages();
}

/* What programs find in user memory. */
void fuzz_refresh(void)
{
	int32_t *pids = (int32_t *)ARENA;

	for (int i = 0; i < 16; i += 4) {
		pids[i] = fuzz_shared->far_pid;
		pids[i + 1] = 0;
		pids[i + 2] = fuzz_shared->pid;
		pids[i + 3] = 0x7fffffff - i;
	}
}

int fuzz_open(const char *node)
{
	return open(node, O_RDWR | O_CLOEXEC);
}

/* ---- descriptors: a program can have those only that it made ---- */

static void remember_fd(int fd)
{
	int none;

	for (int i = 0; i < FDS; i++) {
		none = -1;
		if (__atomic_compare_exchange_n(&fds[i], &none, fd, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED))
			return;
	}
	close(fd);
}

static bool own_fd(int fd, bool take)
{
	for (int i = 0; fd >= 0 && i < FDS; i++) {
		int old = fd;

		if (take ? __atomic_compare_exchange_n(&fds[i], &old, -1, false, __ATOMIC_RELAXED,
						       __ATOMIC_RELAXED) :
			   __atomic_load_n(&fds[i], __ATOMIC_RELAXED) == fd)
			return true;
	}
	return false;
}

void fuzz_forget_fds(void)
{
	char drain[4096];

	for (int i = 0; i < FDS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	memset(fds, 0xff, sizeof(fds));
	while (read(pipes[0], drain, sizeof(drain)) > 0)
		;
}

/* ---- ioctls ---- */

/* Good and bad places; never one of the fuzzer's own. */
static uint64_t user_address(uint64_t code)
{
	switch (code) {
	case 1: return 0;
	case 2: return ARENA + ARENA_SIZE - 64;
	case 3: return 0xffff888000001000ull;
	case 4: return (uintptr_t)(pages + PAGE);
	case 5: return FUZZ_WINDOW;
	case 6: return ARENA + PAGE + 3;
	case 7: return ARENA - 8;
	}
	return ARENA;
}

static uint64_t deadline(uint64_t value)
{
	struct timespec now;

	if (value != 2)
		return value;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec + 1000000;
}

/* The far process has to fetch a descriptor before it can name it. */
static uint64_t descriptor(const struct fuzz_value *value)
{
	int fd = fuzz_resolve(value), from;

	if (getpid() == fuzz_shared->pid || !value->ref)
		return fd;
	from = syscall(SYS_pidfd_open, fuzz_shared->pid, 0);
	fd = syscall(SYS_pidfd_getfd, from, fd, 0);
	close(from);
	if (fd >= 0)
		remember_fd(fd);
	return fd;
}

static uint64_t field_value(const struct fuzz_field *field, const struct fuzz_value *value)
{
	switch (field->kind) {
	case FUZZ_USER:
		return user_address(value->plain);
	case FUZZ_EITHER:
		return value->ref ? fuzz_resolve(value) : user_address(value->plain);
	case FUZZ_DEADLINE:
		return deadline(value->plain);
	case FUZZ_FD:
		return descriptor(value);
	}
	return fuzz_resolve(value);
}

/* Fills in the argument; its length and place come from the other values. */
static void fill_arg(const struct fuzz_call *call, uint8_t *arg, uint64_t *length,
		     uint64_t *where)
{
	const struct fuzz_call_type *type = &fuzz_types[call->type];
	uint32_t size;

	*length = 0;
	for (unsigned int n = 0; n < FUZZ_FIELDS && type->fields[n].name; n++) {
		const struct fuzz_field *field = &type->fields[n];
		uint64_t value = field_value(field, &call->values[n]);

		if (field->kind == FUZZ_LENGTH)
			*length = value;
		else if (field->kind == FUZZ_WHERE)
			*where = value;
		else
			memcpy(arg + field->offset, &value, field->size);
	}
	if (!*length)
		*length = type->size;
	size = *length;
	memcpy(arg, &size, sizeof(size));
}

/* A copy may write to user memory: not behind what is there for it. */
static bool harmless(const struct fuzz_call_type *type, const uint8_t *arg)
{
	struct acl_emu_copy copy;

	if (type->nr != ACL_EMU_NR_COPY)
		return true;
	memcpy(&copy, arg, sizeof(copy));
	return copy.head.flags & ACL_EMU_COPY_DST_MAPPED || fuzz_in_window(copy.dst, 0) ||
	       copy.dst < ARENA + ARENA_SIZE || copy.dst >= 1ull << 47;
}

static uint64_t last_address(void)
{
	uint64_t addr = 0;

	for (unsigned int i = 0; i < fuzz_shared->program.nr; i++)
		if (fuzz_types[fuzz_shared->program.calls[i].type].result == FUZZ_ADDR &&
		    fuzz_shared->results[i])
			addr = fuzz_shared->results[i];
	return addr;
}

static void *place_arg(uint64_t where, const uint8_t *arg, uint8_t *plain)
{
	uint8_t *place = plain;
	uint64_t size = 256;

	switch (where) {
	case FUZZ_WHERE_NULL:
		return NULL;
	case FUZZ_WHERE_RDONLY:
		memcpy(pages_alias + PAGE, arg, size);
		return pages + PAGE;
	case FUZZ_WHERE_TAIL_RDONLY:
		place = pages_alias + PAGE - sizeof(struct acl_emu_head);
		memcpy(place, arg, size);
		return pages + PAGE - sizeof(struct acl_emu_head);
	case FUZZ_WHERE_MAPPED:
		place = (uint8_t *)(uintptr_t)last_address();
		if (!fuzz_in_window((uintptr_t)place, size) || !try_copy(place, arg, size))
			return plain;
		return place;
	}
	return plain;
}

/* Whatever a call answers must be documented, and a failure changes nothing. */
static void judge(const struct fuzz_call_type *type, int rc, const uint8_t *before,
		  const uint8_t *after, size_t size)
{
	const size_t first = offsetof(struct acl_emu_head, pad);
	const size_t rest = sizeof(struct acl_emu_head);
	struct acl_emu_head head;

	memcpy(&head, after, sizeof(head));
	if (!rc && head.reason)
		fuzz_fault("%s: success with reason %u", type->name, head.reason);
	if (!rc)
		return;
	if (!ioctl_may_fail(type->nr, rc, head.reason))
		fuzz_fault("%s: %s with reason %u is not documented", type->name, strerror(rc),
			   head.reason);
	if (memcmp(before, after, offsetof(struct acl_emu_head, reason)) ||
	    memcmp(before + first, after + first, sizeof(head.pad)) ||
	    memcmp(before + rest, after + rest, size - rest))
		fuzz_fault("%s: fails with %s and changes its argument", type->name, strerror(rc));
}

bool fuzz_ioctl(int fd, const struct fuzz_call *call, uint64_t *result)
{
	static __thread uint8_t arg[2 * PAGE], plain[2 * PAGE];
	const struct fuzz_call_type *type = &fuzz_types[call->type];
	uint64_t length, where = 0;
	void *place;
	int rc;

	memset(arg, 0, sizeof(arg));
	fill_arg(call, arg, &length, &where);
	if (!harmless(type, arg))
		return false;
	memcpy(plain, arg, sizeof(plain));
	place = place_arg(where, arg, plain);
	rc = ioctl(fd, _IO(ACL_EMU_IOCTL_TYPE, type->nr), place) ? errno : 0;
	if (place == plain)
		judge(type, rc, arg, plain, sizeof(plain));
	if (rc || place != plain || !type->result)
		return !rc;
	memcpy(result, plain + type->result_offset, type->result_size);
	if (type->result == FUZZ_FD)
		remember_fd(*result);
	return true;
}

/* ---- other calls ---- */

static bool touch(const struct fuzz_value *value, bool write)
{
	uint64_t addr = fuzz_resolve(value), word = 0;

	/* Results lie elsewhere, too; behind them are 2 MiB of their own. */
	if (!fuzz_in_window(addr, sizeof(word)) && !(value->ref && value->plain < PAGE))
		return false;
	if (write)
		return try_copy((void *)(uintptr_t)addr, &word, sizeof(word));
	return try_copy(&word, (void *)(uintptr_t)addr, sizeof(word));
}

static bool pin(uint64_t addr)
{
	struct iovec iov = { (void *)(uintptr_t)addr, PAGE };

	return vmsplice(pipes[1], &iov, 1, SPLICE_F_NONBLOCK) > 0;
}

static bool map_fd(const struct fuzz_value *values, unsigned int at, uint64_t *result)
{
	int fd = fuzz_resolve(&values[1]);
	int kind = values[4].plain ? MAP_PRIVATE : MAP_SHARED;
	void *addr;

	if (!own_fd(fd, false) || values[2].plain > MMAP_EACH)
		return false;
	addr = mmap((void *)(MMAP_AREA + at * MMAP_EACH), values[2].plain,
		    PROT_READ | PROT_WRITE, kind | MAP_FIXED_NOREPLACE, fd, values[3].plain);
	if (addr != MAP_FAILED && kind == MAP_PRIVATE)
		fuzz_fault("a private mapping of a dma-buf");
	*result = (uintptr_t)addr;
	return addr != MAP_FAILED;
}

static bool map_node(int fd, const struct fuzz_value *values)
{
	uint64_t addr = fuzz_resolve(&values[1]), size = values[2].plain & 0xffffff;

	if (mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, addr & -PAGE) != MAP_FAILED)
		fuzz_fault("the node can be mapped");
	return false;
}

bool fuzz_other(int fd, const struct fuzz_call *call, unsigned int at, uint64_t *result)
{
	const struct fuzz_value *values = call->values;
	const char *name = fuzz_types[call->type].name;
	uint64_t addr = fuzz_resolve(&values[1]), size = values[2].plain;
	void *place = (void *)(uintptr_t)addr;

	if (!strcmp(name, "ioctl"))
		return !ioctl(fd, values[1].plain, NULL);
	if (!strcmp(name, "read") || !strcmp(name, "write"))
		return touch(&values[1], *name == 'w');
	if (!strcmp(name, "mmap"))
		return map_fd(values, at, result);
	if (!strcmp(name, "mmap_node"))
		return map_node(fd, values);
	if (!strcmp(name, "close"))
		return own_fd(addr, true) && !close(addr);
	if (!strcmp(name, "pin"))
		return pin(addr);
	/* The rest is about addresses of the window. */
	if (!fuzz_in_window(addr, size))
		return false;
	if (!strcmp(name, "munmap"))
		return !munmap(place, size);
	if (!strcmp(name, "mprotect"))
		return !mprotect(place, size, values[3].plain & 7);
	if (!strcmp(name, "madvise"))
		return !madvise(place, size, values[3].plain % 32);
	if (!strcmp(name, "mremap") && fuzz_in_window(fuzz_resolve(&values[3]), values[4].plain))
		return mremap(place, size, values[4].plain, MREMAP_MAYMOVE | MREMAP_FIXED,
			      fuzz_resolve(&values[3])) != MAP_FAILED;
	return false;
}
