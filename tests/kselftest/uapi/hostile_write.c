// SPDX-License-Identifier: MIT
/*
 * A process cannot write to memory that is read-only to it by any system call.
 * (uapi/access has read(), vmsplice(), ptrace(), O_DIRECT, /proc/self/mem and
 * process_vm_writev().)
 */
#include "uapi_hostile.h"
#include "uffd.h"

#include <linux/aio_abi.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#define SIZE	(2 * SIZE_2M)

FIXTURE_VARIANT(rdonly) {
	uint32_t flags;
};
HOSTILE_FIXTURE(rdonly, "devices=2 capacity_mb=64 host_mb=64")
FIXTURE_VARIANT_ADD(rdonly, huge) { 0 };
FIXTURE_VARIANT_ADD(rdonly, small) { ACL_EMU_PHYS_4K };

/* Where to store, and the client it belongs to. */
struct target {
	int fd;
	uint64_t addr;
};

/* ---- ways: each stores something other than what is there, if it can ---- */

static void by_readv(const struct target *t)
{
	struct iovec iov = { (void *)t->addr, 8 };
	int pipes[2];

	if (pipe(pipes))
		return;
	if (write(pipes[1], "readv...", 8) == 8 && readv(pipes[0], &iov, 1) != 8)
		errno = EFAULT;
	close(pipes[0]);
	close(pipes[1]);
}

static void by_recvmsg(const struct target *t)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		return;
	send(pair[1], "recvmsg.", 8, 0);
	recv(pair[0], (void *)t->addr, 8, 0);
	close(pair[0]);
	close(pair[1]);
}

static void by_getrandom(const struct target *t)
{
	if (getrandom((void *)t->addr, 8, 0) < 0)
		return;
}

/* The end that is read into lies in the caller. */
static void by_process_vm_readv(const struct target *t)
{
	struct iovec to = { (void *)t->addr, 8 }, from = { "vmreadv.", 8 };

	process_vm_readv(getpid(), &to, 1, &from, 1, 0);
}

static void by_aio(const struct target *t)
{
	struct iocb cb = { .aio_lio_opcode = IOCB_CMD_PREAD, .aio_buf = t->addr,
			   .aio_nbytes = 8 };
	struct iocb *list = &cb;
	struct io_event event;
	aio_context_t ctx = 0;
	int file = memfd_create("aio", 0);

	if (file < 0 || write(file, "aio.....", 8) != 8 || syscall(SYS_io_setup, 1, &ctx))
		return;
	cb.aio_fildes = file;
	if (syscall(SYS_io_submit, ctx, 1, &list) == 1)
		syscall(SYS_io_getevents, ctx, 1, 1, &event, NULL);
	syscall(SYS_io_destroy, ctx);
	close(file);
}

/* Adds to the word, whatever its value. */
static void by_futex_wake_op(const struct target *t)
{
	static uint32_t other;

	syscall(SYS_futex, &other, FUTEX_WAKE_OP_PRIVATE, 1, 1, t->addr,
		FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_EQ, 0));
}

/* The kernel enters the thread's number in a word that is zero. */
static void by_futex_lock_pi(const struct target *t)
{
	struct timespec now = { 0, 1 };

	syscall(SYS_futex, t->addr + 8, FUTEX_LOCK_PI_PRIVATE, 0, &now, NULL, 0);
}

static int do_nothing(void *data)
{
	(void)data;
	return 0;
}

/* The kernel tells parent and child, and clears the word when the child ends. */
static void by_clone(const struct target *t)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid = clone(do_nothing, stack + sizeof(stack), SIGCHLD | CLONE_VM |
			  CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID,
			  NULL, (pid_t *)(t->addr + 4), NULL, (pid_t *)t->addr);

	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void ignore_signal(int sig)
{
	(void)sig;
}

/* The kernel stores the frame of a signal on the stack. */
static void by_signal_frame(const struct target *t)
{
	struct sigaction action = { .sa_handler = ignore_signal, .sa_flags = SA_ONSTACK };
	stack_t stack = { .ss_sp = (void *)(t->addr & -SIZE_2M), .ss_size = SIZE_2M };
	pid_t pid;

	/* A process without room for its signal frame is killed. */
	pid = vfork();
	if (!pid) {
		sigaltstack(&stack, NULL);
		sigaction(SIGUSR1, &action, NULL);
		kill(getpid(), SIGUSR1);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

/* Another process of the same user, by two ways. */
static void from_a_child(const struct target *t, bool by_file)
{
	pid_t parent = getpid(), pid = fork();
	struct iovec to = { (void *)t->addr, 8 }, from = { "child...", 8 };
	char path[32];
	int mem;

	if (!pid) {
		snprintf(path, sizeof(path), "/proc/%d/mem", parent);
		mem = by_file ? open(path, O_RDWR) : -1;
		if (by_file && mem >= 0 && pwrite(mem, "procmem.", 8, t->addr) != 8)
			_exit(1);
		if (!by_file)
			process_vm_writev(parent, &from, 1, &to, 1, 0);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void by_childs_process_vm(const struct target *t)
{
	from_a_child(t, false);
}

static void by_childs_proc_mem(const struct target *t)
{
	from_a_child(t, true);
}

/* Rights of the VMA are not rights to the memory. */
static void by_mprotect(const struct target *t)
{
	uint64_t start = uapi_lookup(t->fd, t->addr).range_addr;

	mprotect((void *)start, 4 * SIZE, PROT_READ);
	mprotect((void *)start, 4 * SIZE, PROT_READ | PROT_WRITE);
	UAPI_WRITE(t->addr);
}

static void by_populate(const struct target *t)
{
	madvise((void *)(t->addr & -SIZE_4K), SIZE_4K, MADV_POPULATE_WRITE);
	UAPI_WRITE(t->addr);
}

/* What is dropped from the page table comes back with the same rights. */
static void by_dontneed(const struct target *t)
{
	madvise((void *)(t->addr & -SIZE_2M), SIZE_2M, MADV_DONTNEED);
	UAPI_WRITE(t->addr);
}

static void by_child_with_the_addresses(const struct target *t)
{
	uint64_t start = uapi_lookup(t->fd, t->addr).range_addr;
	pid_t pid;

	madvise((void *)start, 4 * SIZE, MADV_DOFORK);
	pid = fork();
	if (!pid) {
		UAPI_WRITE(t->addr);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	madvise((void *)start, 4 * SIZE, MADV_DONTFORK);
}

static void by_copy(const struct target *t)
{
	uint64_t word = 0x79706f63;

	uapi_copy(t->fd, t->addr, (uintptr_t)&word, 8, ACL_EMU_COPY_DST_MAPPED, NULL);
}

static void by_fill(const struct target *t)
{
	uapi_copy(t->fd, t->addr, 0x6c6c6966, 8, ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_FILL,
		  NULL);
}

/* The copy goes to "user memory" that is this memory. */
static void by_copy_to_user(const struct target *t)
{
	uint64_t from = t->addr + SIZE_2M;

	uapi_copy(t->fd, t->addr, from, 8, ACL_EMU_COPY_SRC_MAPPED, NULL);
}

/* The answer of an ioctl; prepare() has stored its argument there. */
static void by_answer(const struct target *t)
{
	ioctl(t->fd, ACL_EMU_IOCTL(GET_TGID), t->addr + 64);
}

static const struct way {
	const char *name;
	void (*store)(const struct target *t);
	bool stores;		/* false: not even into memory that is writable */
	uint64_t at;		/* where it stores, from the target on */
} ways[] = {
	{ "readv", by_readv, true, 0 },
	{ "recvmsg", by_recvmsg, true, 0 },
	{ "getrandom", by_getrandom, true, 0 },
	{ "process_vm_readv", by_process_vm_readv, true, 0 },
	{ "io_submit", by_aio, true, 0 },
	{ "FUTEX_WAKE_OP", by_futex_wake_op, true, 0 },
	{ "FUTEX_LOCK_PI", by_futex_lock_pi, true, 8 },
	{ "clone", by_clone, true, 0 },
	{ "signal frame", by_signal_frame, true, 0 },
	{ "process_vm_writev of a child", by_childs_process_vm, false, 0 },
	{ "/proc/PID/mem of a child", by_childs_proc_mem, true, 0 },
	{ "mprotect", by_mprotect, true, 0 },
	{ "MADV_POPULATE_WRITE", by_populate, true, 0 },
	{ "MADV_DONTNEED", by_dontneed, true, 0 },
	{ "MADV_DOFORK", by_child_with_the_addresses, false, 0 },
	{ "COPY", by_copy, true, 0 },
	{ "COPY of a pattern", by_fill, true, 0 },
	{ "COPY to user memory", by_copy_to_user, true, 0 },
	{ "answer of an ioctl", by_answer, true, 64 },
};

#define OWNER(rights) \
	uapi_set_access(fd, addr, SIZE, uapi_device(0), rights, 0)

/*
 * A pattern; at the place to store to, a question for by_answer() and a zero for
 * by_futex_lock_pi().
 */
static void prepare(uint64_t addr, uint64_t place)
{
	struct acl_emu_tgid question = UAPI_ARG(acl_emu_tgid);

	uapi_fill(addr, SIZE, 8, 3);
	memcpy((void *)(place + 64), &question, sizeof(question));
	*uapi_words(place + 8) = 0;
}

TEST_F(rdonly, no_write_reaches_the_page)
{
	uint64_t addr, shadow, handle, place;
	static uint8_t before[SIZE];
	struct target target;
	int fd;

	fd = hostile_start();
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_alloc(fd, SIZE, variant->flags, &handle));
	ASSERT_EQ(0, uapi_reserve_flags(fd, 4 * SIZE, ACL_EMU_RANGE_RDONLY_CAPABLE, &addr));
	shadow = addr + SIZE;
	ASSERT_EQ(0, uapi_map(fd, addr, SIZE, handle));
	ASSERT_EQ(0, uapi_map(fd, shadow, SIZE, handle));
	/* The end of 2 MiB is where a stack begins. */
	place = addr + SIZE_2M - SIZE_4K;
	target = (struct target){ .fd = fd, .addr = place };
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		const struct way *way = &ways[i];

		for (int touched = 0; touched < 2; touched++) {
			/* The way stores when the memory is writable. */
			ASSERT_EQ(0, OWNER(READ_WRITE));
			prepare(shadow, place + SIZE);
			memcpy(before, (void *)shadow, SIZE);
			way->store(&target);
			EXPECT_EQ(way->stores, !!memcmp(before, (void *)shadow, SIZE))
				TH_LOG("%s", way->name);

			prepare(shadow, place + SIZE);
			memcpy(before, (void *)shadow, SIZE);
			ASSERT_EQ(0, OWNER(touched ? READ_WRITE : NO_RIGHTS));
			if (touched) {
				volatile uint64_t *word = uapi_words(place);

				*word = *word;
			}
			ASSERT_EQ(0, OWNER(READ_ONLY));
			if (touched)
				ASSERT_EQ(0, UAPI_READ(place));
			way->store(&target);
			EXPECT_EQ(0, memcmp(before, (void *)shadow, SIZE))
				TH_LOG("%s, %s", way->name, touched ? "touched" : "fresh");
			EXPECT_EQ(SIGBUS, UAPI_WRITE(place));
		}
	}
}

/* The kernel pins no page to store into it later. */
TEST_F(rdonly, no_write_pins)
{
	struct io_uring_params params = { .flags = 0 };
	static uint64_t page[512];
	uint64_t addr, handle;
	struct iovec iov;
	int fd, ring, pipes[2];

	fd = hostile_start();
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_alloc(fd, SIZE, variant->flags, &handle));
	ASSERT_EQ(0, uapi_reserve_flags(fd, SIZE, ACL_EMU_RANGE_RDONLY_CAPABLE, &addr));
	ASSERT_EQ(0, uapi_map_rights(fd, addr, SIZE, 0, handle, READ_ONLY));
	iov = (struct iovec){ (void *)addr, SIZE_4K };
	for (int touched = 0; touched < 2; touched++) {
		if (touched)
			ASSERT_EQ(0, UAPI_READ(addr));
		ASSERT_EQ(0, pipe(pipes));
		/* Before 6.12 pages of 2 MiB can be taken, to be read and no more. */
		if (vmsplice(pipes[1], &iov, 1, SPLICE_F_GIFT) == (ssize_t)SIZE_4K) {
			EXPECT_EQ(SIZE_4K, read(pipes[0], page, SIZE_4K));
			EXPECT_EQ(SIZE_4K, uapi_nonzero((uintptr_t)page, SIZE_4K));
		}
		close(pipes[0]);
		close(pipes[1]);
		ring = syscall(SYS_io_uring_setup, 4, &params);
		if (ring < 0)
			continue;
		EXPECT_EQ(-1, syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS,
				      &iov, 1));
		close(ring);
	}
}

/* userfaultfd cannot put another page there. */
TEST_F(rdonly, no_userfaultfd)
{
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	uint64_t addr, handle;
	int fd, uffd;

	fd = hostile_start();
	ASSERT_GE(fd, 0);
	uffd = uffd_open(UFFD_USER_MODE_ONLY, 0);
	if (uffd < 0)
		SKIP(return, "no userfaultfd");
	ASSERT_EQ(0, uapi_alloc(fd, SIZE, variant->flags, &handle));
	ASSERT_EQ(0, uapi_reserve_flags(fd, SIZE, ACL_EMU_RANGE_RDONLY_CAPABLE, &addr));
	ASSERT_EQ(0, uapi_map_rights(fd, addr, SIZE, 0, handle, READ_ONLY));
	reg.range.start = addr;
	reg.range.len = SIZE;
	EXPECT_EQ(-1, ioctl(uffd, UFFDIO_REGISTER, &reg));
	EXPECT_EQ(EINVAL, errno);
	reg.mode = UFFDIO_REGISTER_MODE_WP;
	EXPECT_EQ(-1, ioctl(uffd, UFFDIO_REGISTER, &reg));
	EXPECT_EQ(EINVAL, errno);
	close(uffd);
}

TEST_HARNESS_MAIN
