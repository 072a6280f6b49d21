// SPDX-License-Identifier: MIT
/*
 * SET_ACCESS, GET_ACCESS, and that the rights hold for the processor and for each
 * system call that writes to memory for a program.
 */
#include "uapi_test.h"

#include <sys/ptrace.h>
#include <sys/uio.h>

#include "uapi_block.h"

static const struct acl_emu_location host = { ACL_EMU_LOC_HOST, 0 };

#define SIZE	(2 * SIZE_2M)

#define FIXTURE_OF(name) \
FIXTURE_VARIANT(name) { \
	uint32_t phys; \
	uint32_t range; \
}; \
UAPI_FIXTURE(name)

FIXTURE_OF(access)
FIXTURE_VARIANT_ADD(access, huge) { 0, 0 };
FIXTURE_VARIANT_ADD(access, small) { ACL_EMU_PHYS_4K, 0 };
FIXTURE_VARIANT_ADD(access, huge_rdonly) { 0, ACL_EMU_RANGE_RDONLY_CAPABLE };
FIXTURE_VARIANT_ADD(access, small_rdonly) { ACL_EMU_PHYS_4K, ACL_EMU_RANGE_RDONLY_CAPABLE };

/* Reservations that can hold read-only memory. */
FIXTURE_OF(rdonly)
FIXTURE_VARIANT_ADD(rdonly, huge) { 0, ACL_EMU_RANGE_RDONLY_CAPABLE };
FIXTURE_VARIANT_ADD(rdonly, small) { ACL_EMU_PHYS_4K, ACL_EMU_RANGE_RDONLY_CAPABLE };

/* Reservations that cannot. */
FIXTURE_OF(plain)
FIXTURE_VARIANT_ADD(plain, huge) { 0, 0 };
FIXTURE_VARIANT_ADD(plain, small) { ACL_EMU_PHYS_4K, 0 };

/* SIZE bytes, mapped in a reservation with the flags @range. */
static int mapped(int fd, uint32_t phys, uint32_t range, uint32_t rights, uint64_t *addr,
		  uint64_t *handle)
{
	int rc = uapi_alloc(fd, SIZE, phys, handle);

	if (!rc)
		rc = uapi_reserve_flags(fd, 4 * SIZE, range, addr);
	return rc ? rc : uapi_map_rights(fd, *addr, SIZE, 0, *handle, rights);
}

#define MAPPED(rights) \
	ASSERT_EQ(0, mapped(self->fd, variant->phys, variant->range, rights, &addr, &handle))
#define OWNER(rights) \
	uapi_set_access(self->fd, addr, SIZE, uapi_device(0), rights, 0)

TEST_F(access, no_rights)
{
	uint64_t addr, handle;

	MAPPED(NO_RIGHTS);
	EXPECT_EQ(SIGBUS, UAPI_READ(addr));
	EXPECT_EQ(SIGBUS, UAPI_WRITE(addr + SIZE - 1));
	EXPECT_EQ(NO_RIGHTS, uapi_get_access(self->fd, addr, uapi_device(0)));
	ASSERT_EQ(0, OWNER(READ_WRITE));
	EXPECT_EQ(READ_WRITE, uapi_get_access(self->fd, addr, uapi_device(0)));
	EXPECT_EQ(0, UAPI_WRITE(addr));
	EXPECT_EQ(0, UAPI_WRITE(addr + SIZE - 1));
	ASSERT_EQ(0, OWNER(NO_RIGHTS));
	EXPECT_EQ(SIGBUS, UAPI_READ(addr));
	EXPECT_EQ(SIGBUS, UAPI_WRITE(addr + SIZE - 1));
	ASSERT_EQ(0, OWNER(READ_WRITE));
	EXPECT_EQ(0xa5, *(uint8_t *)addr);
}

/* The processor may do what any location may. */
TEST_F(access, other_locations)
{
	uint64_t addr, handle;

	MAPPED(NO_RIGHTS);
	EXPECT_EQ(NO_RIGHTS, uapi_get_access(self->fd, addr, host));
	ASSERT_EQ(0, uapi_set_access(self->fd, addr, SIZE, host, READ_WRITE, 0));
	EXPECT_EQ(READ_WRITE, uapi_get_access(self->fd, addr + SIZE - 1, host));
	EXPECT_EQ(NO_RIGHTS, uapi_get_access(self->fd, addr, uapi_device(0)));
	EXPECT_EQ(0, UAPI_WRITE(addr));
	ASSERT_EQ(0, uapi_set_access(self->fd, addr, SIZE, host, NO_RIGHTS, 0));
	EXPECT_EQ(SIGBUS, UAPI_READ(addr));
	ASSERT_EQ(0, uapi_set_access(self->fd, addr, SIZE, host, READ_WRITE, 0));
	ASSERT_EQ(0, OWNER(READ_WRITE));
	ASSERT_EQ(0, uapi_set_access(self->fd, addr, SIZE, host, NO_RIGHTS, 0));
	EXPECT_EQ(0, UAPI_READ(addr));

	/* Grants end with the mapping. */
	ASSERT_EQ(0, uapi_set_access(self->fd, addr, SIZE, host, READ_WRITE, 0));
	ASSERT_EQ(0, uapi_unmap(self->fd, addr));
	ASSERT_EQ(0, uapi_map_rights(self->fd, addr, SIZE, 0, handle, NO_RIGHTS));
	EXPECT_EQ(NO_RIGHTS, uapi_get_access(self->fd, addr, host));
	EXPECT_EQ(SIGBUS, UAPI_READ(addr));
}

TEST_F(access, keep_flag)
{
	const uint32_t keep = ACL_EMU_ACCESS_KEEP;
	uint64_t addr, handle;

	MAPPED(READ_WRITE);
	ASSERT_EQ(0, uapi_set_access(self->fd, addr, SIZE_2M, host, READ_WRITE, keep));
	EXPECT_EQ(0, uapi_set_access(self->fd, addr, SIZE_2M, host, READ_WRITE, keep));
	EXPECT_FAIL(EBUSY, GRANTED, addr, SIZE_2M,
		    uapi_set_access(self->fd, addr, SIZE, host, READ_WRITE, keep));
	EXPECT_FAIL(EBUSY, GRANTED, addr, SIZE_2M,
		    uapi_set_access(self->fd, addr + SIZE_2M, SIZE_2M, host, READ_WRITE, keep));
	EXPECT_FAIL(EBUSY, GRANTED, addr, SIZE,
		    uapi_set_access(self->fd, addr, SIZE_2M, uapi_device(0), READ_WRITE, keep));
	EXPECT_EQ(0, uapi_set_access(self->fd, addr, SIZE, uapi_device(0), READ_WRITE, keep));
	/* Without the flag the new grant replaces the old one. */
	EXPECT_EQ(0, uapi_set_access(self->fd, addr, SIZE, host, READ_WRITE, 0));
	EXPECT_EQ(0, uapi_set_access(self->fd, addr, SIZE, host, READ_WRITE, keep));
}

TEST_F(access, errors)
{
	uint64_t devices = uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0);
	struct acl_emu_location strange = { 7, 0 };
	struct acl_emu_access arg;
	uint64_t addr, handle;

	MAPPED(READ_WRITE);
	EXPECT_FAIL_AS(EOPNOTSUPP, VALUE,
		       uapi_set_access(self->fd, addr, SIZE, strange, READ_WRITE, 0));
	EXPECT_FAIL_AS(EOPNOTSUPP, VALUE, OWNER(2));
	EXPECT_FAIL_AS(EOPNOTSUPP, VALUE, OWNER(4));
	EXPECT_FAIL_AS(EOPNOTSUPP, VALUE, OWNER(7));
	EXPECT_FAIL(ENODEV, NO_DEVICE, devices, devices,
		    uapi_set_access(self->fd, addr, SIZE, uapi_device(devices), READ_WRITE, 0));
	EXPECT_FAIL_AS(EINVAL, SIZE,
		       uapi_set_access(self->fd, addr, 0, host, READ_WRITE, 0));
	EXPECT_FAIL(ENOENT, NO_RANGE, 4096, 0,
		    uapi_set_access(self->fd, 4096, SIZE, host, READ_WRITE, 0));
	EXPECT_FAIL(ENOENT, NOT_MAPPED, addr + SIZE, 0,
		    uapi_set_access(self->fd, addr + SIZE, SIZE, host, READ_WRITE, 0));
	EXPECT_FAIL(EINVAL, PAST_MAPPING, addr, SIZE,
		    uapi_set_access(self->fd, addr, SIZE + 1, host, READ_WRITE, 0));
	EXPECT_FAIL(EINVAL, PAST_MAPPING, addr, SIZE,
		    uapi_set_access(self->fd, addr + 1, SIZE, host, READ_WRITE, 0));
	EXPECT_FAIL(EINVAL, PAST_MAPPING, addr, SIZE,
		    uapi_set_access(self->fd, addr + 1, -addr, host, READ_WRITE, 0));
	EXPECT_EQ(NO_RIGHTS, uapi_get_access(self->fd, addr, host));

	EXPECT_FAIL(ENOENT, NO_RANGE, 4096, 0, uapi_get_access(self->fd, 4096, host));
	EXPECT_FAIL(ENOENT, NOT_MAPPED, addr + SIZE, 0,
		    uapi_get_access(self->fd, addr + SIZE, host));
	EXPECT_FAIL_AS(EOPNOTSUPP, VALUE, uapi_get_access(self->fd, addr, strange));
	EXPECT_FAIL_AS(ENODEV, NO_DEVICE, uapi_get_access(self->fd, addr, uapi_device(devices)));
	arg = UAPI_ARG(acl_emu_access, .addr = addr, .loc = host, .size = 1);
	EXPECT_FAIL_AS(EINVAL, SIZE, UAPI_CALL(self->fd, GET_ACCESS, &arg));
}

/* Read-only memory is refused where it could not be kept read-only. */
TEST_F(plain, no_read_only)
{
	uint64_t addr, handle;

	MAPPED(READ_WRITE);
	EXPECT_FAIL(EOPNOTSUPP, NOT_RDONLY, addr, 4 * SIZE, OWNER(READ_ONLY));
	EXPECT_FAIL(EOPNOTSUPP, NOT_RDONLY, addr, 4 * SIZE,
		    uapi_set_access(self->fd, addr, SIZE, host, READ_ONLY, 0));
	EXPECT_FAIL(EOPNOTSUPP, NOT_RDONLY, addr, 4 * SIZE,
		    uapi_map_rights(self->fd, addr + SIZE, SIZE, 0, handle, READ_ONLY));
	EXPECT_EQ(0, UAPI_WRITE(addr));
}

/* Every step from some rights to others, with the entry there and not there. */
TEST_F(rdonly, changes)
{
	const uint32_t all[] = { NO_RIGHTS, READ_ONLY, READ_WRITE };
	uint64_t addr, handle;

	MAPPED(READ_WRITE);
	uapi_fill(addr, SIZE, SIZE_4K, 9);
	for (int step = 0; step < 18; step++) {
		uint32_t from = all[step / 3 % 3], to = all[step % 3];
		bool touched = step < 9;

		ASSERT_EQ(0, OWNER(from));
		if (touched && from)
			ASSERT_EQ(0, UAPI_READ(addr + SIZE_2M));
		ASSERT_EQ(0, OWNER(to));
		EXPECT_EQ(to, uapi_get_access(self->fd, addr, uapi_device(0)));
		EXPECT_EQ(to ? 0 : SIGBUS, UAPI_READ(addr + SIZE_2M + 1));
		EXPECT_EQ(to == READ_WRITE ? 0 : SIGBUS, UAPI_WRITE(addr + SIZE_2M + 8))
			TH_LOG("from %u to %u", from, to);
		EXPECT_EQ(to == READ_WRITE ? 0 : SIGBUS, UAPI_WRITE(addr + SIZE - 1));
	}
	ASSERT_EQ(0, OWNER(READ_ONLY));
	EXPECT_EQ(SIZE, uapi_differs(addr, SIZE, SIZE_4K, 9));
}

/* mprotect() removes rights from the entries; the next write makes them again. */
TEST_F(rdonly, mprotect)
{
	uint64_t addr, handle;
	void *all;

	MAPPED(READ_WRITE);
	all = (void *)addr;
	ASSERT_EQ(0, UAPI_WRITE(addr + SIZE_2M));
	ASSERT_EQ(0, mprotect(all, 4 * SIZE, PROT_READ));
	EXPECT_EQ(0, UAPI_READ(addr + SIZE_2M));
	EXPECT_EQ(SIGSEGV, UAPI_WRITE(addr + SIZE_2M));
	ASSERT_EQ(0, mprotect(all, 4 * SIZE, PROT_READ | PROT_WRITE));
	EXPECT_EQ(0, UAPI_WRITE(addr + SIZE_2M));
	/* Not if the right to write was taken meanwhile. */
	ASSERT_EQ(0, mprotect(all, 4 * SIZE, PROT_READ));
	ASSERT_EQ(0, OWNER(READ_ONLY));
	ASSERT_EQ(0, mprotect(all, 4 * SIZE, PROT_READ | PROT_WRITE));
	EXPECT_EQ(0, UAPI_READ(addr + SIZE_2M));
	EXPECT_EQ(SIGBUS, UAPI_WRITE(addr + SIZE_2M));
}

/* Each system call that stores into memory of the caller, or of another. */
static ssize_t store_by_read(uint64_t addr)
{
	int pipes[2];
	ssize_t n;

	if (pipe(pipes) || write(pipes[1], "pipe", 4) != 4)
		return -2;
	n = read(pipes[0], (void *)addr, 4);
	close(pipes[0]);
	close(pipes[1]);
	return n;
}

static ssize_t store_by_vmsplice(uint64_t addr)
{
	struct iovec iov = { (void *)addr, 4 };
	int pipes[2];
	ssize_t n;

	if (pipe(pipes) || write(pipes[1], "pipe", 4) != 4)
		return -2;
	n = vmsplice(pipes[0], &iov, 1, 0);
	close(pipes[0]);
	close(pipes[1]);
	return n;
}

static ssize_t store_by_process_vm(uint64_t addr)
{
	struct iovec to = { (void *)addr, 4 }, from = { "pvmw", 4 };

	return process_vm_writev(getpid(), &from, 1, &to, 1, 0);
}

static ssize_t store_by_proc_mem(uint64_t addr)
{
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	ssize_t n = fd < 0 ? -2 : pwrite(fd, "pmem", 4, addr);

	close(fd);
	return n;
}

static ssize_t load_by_process_vm(uint64_t addr, void *buf)
{
	struct iovec from = { (void *)addr, 4 }, to = { buf, 4 };

	return process_vm_readv(getpid(), &to, 1, &from, 1, 0);
}

static ssize_t load_by_proc_mem(uint64_t addr, void *buf)
{
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -2 : pread(fd, buf, 4, addr);

	close(fd);
	return n;
}

TEST_F(access, kernel_writes)
{
	static const struct {
		const char *name;
		ssize_t (*store)(uint64_t addr);
		const char *text;
	} ways[] = {
		{ "read", store_by_read, "pipe" },
		{ "vmsplice", store_by_vmsplice, "pipe" },
		{ "/proc/self/mem", store_by_proc_mem, "pmem" },
		{ "process_vm_writev", store_by_process_vm, "pvmw" },
	};
	uint64_t addr, handle;

	MAPPED(READ_WRITE);
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		/* Memory that may be read-only cannot be pinned. */
		if (variant->range && ways[i].store == store_by_process_vm)
			continue;
		for (int touched = 0; touched < 2; touched++) {
			ASSERT_EQ(0, OWNER(NO_RIGHTS));
			EXPECT_EQ(-1, ways[i].store(addr + 64)) TH_LOG("%s", ways[i].name);
			ASSERT_EQ(0, OWNER(READ_WRITE));
			*uapi_words(addr + 64) = 0;
			if (!touched) {
				ASSERT_EQ(0, OWNER(NO_RIGHTS));
				ASSERT_EQ(0, OWNER(READ_WRITE));
			}
			EXPECT_EQ(4, ways[i].store(addr + 64)) TH_LOG("%s", ways[i].name);
			EXPECT_EQ(0, memcmp((void *)(addr + 64), ways[i].text, 4))
				TH_LOG("%s", ways[i].name);
		}
	}
}

TEST_F(rdonly, kernel_writes)
{
	uint64_t addr, handle, shadow;
	uint32_t text;

	MAPPED(READ_WRITE);
	shadow = addr + SIZE;
	ASSERT_EQ(0, uapi_map(self->fd, shadow, SIZE, handle));
	*uapi_words(addr + 64) = 0x1234;
	ASSERT_EQ(0, OWNER(READ_ONLY));
	for (int touched = 0; touched < 2; touched++) {
		EXPECT_EQ(-1, store_by_read(addr + 64));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(-1, store_by_vmsplice(addr + 64));
		EXPECT_EQ(-1, store_by_process_vm(addr + 64));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(-1, store_by_proc_mem(addr + 64));
		EXPECT_EQ(SIGBUS, UAPI_WRITE(addr + 64));
		EXPECT_EQ(0x1234, *uapi_words(addr + 64));
		EXPECT_EQ(0x1234, *uapi_words(shadow + 64));
	}
	EXPECT_EQ(4, load_by_proc_mem(addr + 64, &text));
	EXPECT_EQ(0x1234, text);
	ASSERT_EQ(0, OWNER(NO_RIGHTS));
	EXPECT_EQ(-1, load_by_proc_mem(addr + 64, &text));
	EXPECT_EQ(-1, load_by_process_vm(addr + 64, &text));
}

/* I/O that bypasses the page cache pins the pages. */
TEST_F(access, direct_io)
{
	int disk = uapi_block_open();
	uint64_t addr, handle;

	if (disk < 0)
		SKIP(return, "no RAM disk (module brd)");
	MAPPED(READ_WRITE);
	uapi_fill(addr, SIZE, 8, 1);
	if (variant->range) {
		ASSERT_EQ(0, OWNER(READ_ONLY));
		EXPECT_EQ(-1, pread(disk, (void *)addr, SIZE_4K, 0));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(SIZE, uapi_differs(addr, SIZE, 8, 1));
		return;
	}
	ASSERT_EQ(SIZE, pwrite(disk, (void *)addr, SIZE, 0));
	uapi_fill(addr, SIZE, 8, 2);
	ASSERT_EQ(SIZE, pread(disk, (void *)addr, SIZE, 0));
	EXPECT_EQ(SIZE, uapi_differs(addr, SIZE, 8, 1));
	/* Into a hole, and into memory that was not touched before. */
	ASSERT_EQ(0, uapi_unmap(self->fd, addr));
	EXPECT_EQ(-1, pread(disk, (void *)addr, SIZE_4K, 0));
	EXPECT_EQ(EFAULT, errno);
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE, handle));
	ASSERT_EQ(SIZE_4K, pread(disk, (void *)(addr + SIZE_2M), SIZE_4K, SIZE_2M));
	EXPECT_EQ(SIZE, uapi_differs(addr, SIZE, 8, 1));
	ASSERT_EQ(0, OWNER(NO_RIGHTS));
	EXPECT_EQ(-1, pread(disk, (void *)addr, SIZE_4K, 0));
	EXPECT_EQ(EFAULT, errno);
	close(disk);
}

TEST_F(access, kernel_reads)
{
	uint64_t addr, handle;
	uint32_t text = 0;

	MAPPED(READ_WRITE);
	*uapi_words(addr + 64) = 0x1234;
	EXPECT_EQ(4, load_by_proc_mem(addr + 64, &text));
	EXPECT_EQ(0x1234, text);
	if (variant->range)
		return;
	text = 0;
	EXPECT_EQ(4, load_by_process_vm(addr + 64, &text));
	EXPECT_EQ(0x1234, text);
	EXPECT_EQ(-1, load_by_process_vm(addr + SIZE, &text));
}

struct tracee {
	uint32_t phys;
	uint32_t range;
};

static int be_traced(int sock, void *data)
{
	struct tracee *tracee = data;
	uint64_t addr, handle;
	int fd = uapi_client();

	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!mapped(fd, tracee->phys, tracee->range, READ_WRITE, &addr, &handle));
	*uapi_words(addr) = 0x1111;
	CHILD_CHECK(!uapi_send(sock, addr));
	while (uapi_recv(sock) != ~0ull) {
		uint32_t rights = tracee->range ? READ_ONLY : NO_RIGHTS;

		CHILD_CHECK(!uapi_set_access(fd, addr, SIZE, uapi_device(0), rights, 0));
		CHILD_CHECK(!uapi_send(sock, rights));
	}
	return 0;
}

TEST_F(access, debugger)
{
	struct tracee tracee = { variant->phys, variant->range };
	uint64_t addr;
	int sock;
	pid_t pid = uapi_child(be_traced, &tracee, &sock);

	addr = uapi_recv(sock);
	ASSERT_EQ(0, ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	errno = 0;
	EXPECT_EQ(0x1111, ptrace(PTRACE_PEEKDATA, pid, addr, NULL));
	EXPECT_EQ(0, errno);
	EXPECT_EQ(0, ptrace(PTRACE_POKEDATA, pid, addr, 0x2222));
	EXPECT_EQ(0x2222, ptrace(PTRACE_PEEKDATA, pid, addr, NULL));
	EXPECT_EQ(-1, ptrace(PTRACE_POKEDATA, pid, addr + SIZE, 1));
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, pid, NULL, NULL));

	ASSERT_EQ(0, uapi_send(sock, 1));
	uapi_recv(sock);
	ASSERT_EQ(0, ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
	EXPECT_EQ(-1, ptrace(PTRACE_POKEDATA, pid, addr, 0x3333));
	errno = 0;
	if (variant->range) {
		EXPECT_EQ(0x2222, ptrace(PTRACE_PEEKDATA, pid, addr, NULL));
	} else {
		EXPECT_EQ(-1, ptrace(PTRACE_PEEKDATA, pid, addr, NULL));
		EXPECT_NE(0, errno);
	}
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, pid, NULL, NULL));
	close(sock);
	EXPECT_EQ(0, uapi_wait(pid));
}

struct writer {
	uint64_t addr;
	uint64_t writes;
	int refused;
	int stop;
};

static void *write_until_refused(void *data)
{
	struct writer *writer = data;
	int sig = 0;

	while (!sig && !__atomic_load_n(&writer->stop, __ATOMIC_RELAXED)) {
		sig = UAPI_WRITE(writer->addr);
		__atomic_fetch_add(&writer->writes, 1, __ATOMIC_RELAXED);
	}
	__atomic_store_n(&writer->refused, sig, __ATOMIC_RELAXED);
	return NULL;
}

/* After the call that takes the right has returned, no thread can write. */
TEST_F(access, revoke_stops_writers)
{
	uint32_t less = variant->range ? READ_ONLY : NO_RIGHTS;
	uint64_t addr, handle, shadow;
	pthread_t thread;

	MAPPED(READ_WRITE);
	shadow = addr + SIZE;
	ASSERT_EQ(0, uapi_map(self->fd, shadow, SIZE, handle));
	for (int round = 0; round < 20; round++) {
		struct writer writer = { .addr = addr + 128 };
		volatile uint8_t *seen = (uint8_t *)(shadow + 128);
		uint64_t writes;

		ASSERT_EQ(0, OWNER(READ_WRITE));
		ASSERT_EQ(0, pthread_create(&thread, NULL, write_until_refused, &writer));
		while (__atomic_load_n(&writer.writes, __ATOMIC_RELAXED) < 50)
			sched_yield();
		ASSERT_EQ(0, OWNER(less));
		*seen = 0x11;
		/* The thread tries to write; the byte must stay. */
		writes = __atomic_load_n(&writer.writes, __ATOMIC_RELAXED);
		while (!__atomic_load_n(&writer.refused, __ATOMIC_RELAXED) &&
		       __atomic_load_n(&writer.writes, __ATOMIC_RELAXED) < writes + 3)
			sched_yield();
		__atomic_store_n(&writer.stop, 1, __ATOMIC_RELAXED);
		ASSERT_EQ(0, pthread_join(thread, NULL));
		EXPECT_EQ(SIGBUS, writer.refused);
		EXPECT_EQ(0x11, *seen);
	}
}

TEST_HARNESS_MAIN
