// SPDX-License-Identifier: MIT
/*
 * Answers that are lost: the memory of the argument is writable when the ioctl
 * begins, and another thread takes it away when the work is done. userfaultfd
 * stops the ioctl where it writes its answer, so both sides are looked at:
 * nothing is published before the answer is delivered, and nothing is left when
 * it is not.
 */
#include "uapi_peer.h"
#include "uffd.h"

#define PLACE		(ACL_EMU_VA_USER_FIRST + 64 * SIZE_2M)

UAPI_FIXTURE(lost)

/*
 * An ioctl whose argument lies across two pages: the header in the first one,
 * the rest in the second one. A write to a protected page waits for step().
 */
struct trap {
	int uffd;
	uint8_t *pages;
	void *arg;
	int fd;
	unsigned int nr;
	int rc;
	pthread_t thread;
};

static int trap_protect(struct trap *trap, unsigned int page, bool protect)
{
	struct uffdio_writeprotect arg = {
		.range = { (uintptr_t)trap->pages + page * SIZE_4K, SIZE_4K },
		.mode = protect ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
	};

	return ioctl(trap->uffd, UFFDIO_WRITEPROTECT, &arg);
}

static int trap_init(struct trap *trap)
{
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_WP };

	trap->uffd = uffd_open(0, UFFD_FEATURE_PAGEFAULT_FLAG_WP);
	if (trap->uffd < 0)
		return -1;
	trap->pages = mmap(NULL, 2 * SIZE_4K, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	reg.range = (struct uffdio_range){ (uintptr_t)trap->pages, 2 * SIZE_4K };
	return ioctl(trap->uffd, UFFDIO_REGISTER, &reg);
}

/* Waits until the ioctl writes to that page, which is protected. */
static int trap_wait(struct trap *trap, unsigned int page)
{
	struct uffd_msg msg;

	if (read(trap->uffd, &msg, sizeof(msg)) != sizeof(msg) ||
	    msg.event != UFFD_EVENT_PAGEFAULT)
		return -1;
	return (msg.arg.pagefault.address - (uintptr_t)trap->pages) / SIZE_4K == page ? 0 : -1;
}

static void *trap_thread(void *data)
{
	struct trap *trap = data;

	trap->rc = ioctl(trap->fd, _IO(ACL_EMU_IOCTL_TYPE, trap->nr), trap->arg) ? -errno : 0;
	return NULL;
}

/*
 * Starts an ioctl and returns where it writes its answer. With @probe it writes
 * the argument back once before it works.
 */
static int trap_start(struct trap *trap, int fd, unsigned int nr, const void *arg, bool probe)
{
	uint32_t size = ((const struct acl_emu_head *)arg)->size;

	trap->fd = fd;
	trap->nr = nr;
	trap->arg = trap->pages + SIZE_4K - sizeof(struct acl_emu_head);
	memcpy(trap->arg, arg, size);
	if (trap_protect(trap, 0, true) || trap_protect(trap, 1, probe) ||
	    pthread_create(&trap->thread, NULL, trap_thread, trap) || trap_wait(trap, 0))
		return -1;
	if (!probe)
		return 0;
	/* The header is written; protect it again while the rest waits. */
	if (trap_protect(trap, 0, false) || trap_wait(trap, 1) ||
	    trap_protect(trap, 0, true) || trap_protect(trap, 1, false))
		return -1;
	return trap_wait(trap, 0);
}

#define START(trap, fd, name, arg, probe) \
	ASSERT_EQ(0, trap_start(trap, fd, ACL_EMU_NR_##name, arg, probe))

/* Ends the trap; the result of the ioctl. */
static int trap_end(struct trap *trap)
{
	struct uffdio_range range = { (uintptr_t)trap->pages, 2 * SIZE_4K };

	ioctl(trap->uffd, UFFDIO_WAKE, &range);
	pthread_join(trap->thread, NULL);
	return trap->rc;
}

/* Lets the answer through. */
static int trap_deliver(struct trap *trap)
{
	trap_protect(trap, 0, false);
	return trap_end(trap);
}

/* The answer is lost: the memory is read-only, or no longer there. */
static int trap_lose(struct trap *trap)
{
	mprotect(trap->pages, SIZE_4K, PROT_READ);
	return trap_end(trap);
}

static int trap_lose_unmapped(struct trap *trap)
{
	munmap(trap->pages, 2 * SIZE_4K);
	return trap_end(trap);
}

/* Used twice in a test: writable again. */
static void trap_reset(struct trap *trap)
{
	mprotect(trap->pages, SIZE_4K, PROT_READ | PROT_WRITE);
	trap_protect(trap, 0, false);
}

#define TRAP(trap) \
	if (trap_init(trap)) \
		SKIP(return, "no userfaultfd for writes of the kernel")

static uint32_t count_enum(int fd, uint32_t what)
{
	struct acl_emu_enum_entry entry[16];
	struct acl_emu_enum arg = UAPI_ARG(acl_emu_enum, .what = what, .count = ARRAY_SIZE(entry),
					   .entries = (uintptr_t)entry);

	return UAPI_CALL(fd, ENUM, &arg) ? ~0u : arg.count;
}

static const struct acl_emu_phys_alloc alloc_arg = {
	.head.size = sizeof(alloc_arg), .size = SIZE_2M, .loc = { ACL_EMU_LOC_DEVICE, 0 },
};

/* ---- memory ---- */

TEST_F(lost, alloc)
{
	struct trap trap;

	TRAP(&trap);
	START(&trap, self->fd, PHYS_ALLOC, &alloc_arg, false);
	EXPECT_EQ(0, count_enum(self->fd, ACL_EMU_ENUM_HANDLES));
	EXPECT_EQ(BEFORE(PHYS) + 1, COUNT(PHYS));
	EXPECT_EQ(-EFAULT, trap_lose(&trap));
	EXPECT_EQ(BEFORE(PHYS), COUNT(PHYS));
	EXPECT_EQ(BEFORE(HANDLES), COUNT(HANDLES));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));

	trap_reset(&trap);
	START(&trap, self->fd, PHYS_ALLOC, &alloc_arg, false);
	EXPECT_EQ(-EFAULT, trap_lose_unmapped(&trap));
	EXPECT_EQ(BEFORE(HANDLES), COUNT(HANDLES));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
}

TEST_F(lost, alloc_delivered)
{
	struct acl_emu_phys_alloc *arg;
	struct trap trap;

	TRAP(&trap);
	START(&trap, self->fd, PHYS_ALLOC, &alloc_arg, false);
	ASSERT_EQ(0, trap_deliver(&trap));
	arg = trap.arg;
	EXPECT_EQ(1, count_enum(self->fd, ACL_EMU_ENUM_HANDLES));
	EXPECT_EQ(1, uapi_phys_info(self->fd, arg->handle).users);
	EXPECT_EQ(0, uapi_free(self->fd, arg->handle));
	EXPECT_EQ(BEFORE(HANDLES), COUNT(HANDLES));
}

/* A reset before the answer is delivered frees the memory: the handle is stale. */
TEST_F(lost, alloc_and_reset)
{
	struct acl_emu_phys_alloc *arg;
	struct trap trap;

	TRAP(&trap);
	START(&trap, self->fd, PHYS_ALLOC, &alloc_arg, false);
	ASSERT_EQ(0, uapi_device_reset(self->fd, 0));
	ASSERT_EQ(0, trap_deliver(&trap));
	arg = trap.arg;
	EXPECT_FAIL(ENOENT, HANDLE, arg->handle, 0, uapi_free(self->fd, arg->handle));
	EXPECT_EQ(BEFORE(HANDLES), COUNT(HANDLES));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
}

TEST_F(lost, retain)
{
	struct acl_emu_phys_retain arg = UAPI_ARG(acl_emu_phys_retain);
	struct trap trap;
	uint64_t handle;

	TRAP(&trap);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	arg.handle = handle;
	START(&trap, self->fd, PHYS_RETAIN, &arg, false);
	EXPECT_EQ(1, uapi_phys_info(self->fd, handle).users);
	EXPECT_EQ(-EFAULT, trap_lose(&trap));
	EXPECT_EQ(1, uapi_phys_info(self->fd, handle).users);

	/* The answer under way keeps the handle when the last reference goes. */
	trap_reset(&trap);
	START(&trap, self->fd, PHYS_RETAIN, &arg, false);
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(0, trap_deliver(&trap));
	EXPECT_EQ(1, uapi_phys_info(self->fd, handle).users);

	trap_reset(&trap);
	START(&trap, self->fd, PHYS_RETAIN, &arg, false);
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(-EFAULT, trap_lose(&trap));
	EXPECT_FAIL(ENOENT, HANDLE, handle, 0, uapi_free(self->fd, handle));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
}

/* A free cannot be undone: the call succeeds, and only its results are lost. */
TEST_F(lost, free)
{
	struct acl_emu_phys_free arg = UAPI_ARG(acl_emu_phys_free);
	struct trap trap;

	TRAP(&trap);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, (uint64_t *)&arg.handle));
	START(&trap, self->fd, PHYS_FREE, &arg, true);
	EXPECT_EQ(BEFORE(HANDLES), COUNT(HANDLES));
	EXPECT_EQ(0, trap_lose(&trap));
	EXPECT_FAIL(ENOENT, HANDLE, arg.handle, 0, uapi_free(self->fd, arg.handle));
}

/* ---- reservations ---- */

static const struct acl_emu_range_reserve reserve_arg = {
	.head = { .size = sizeof(reserve_arg), .flags = ACL_EMU_RANGE_FIXED },
	.addr = PLACE, .size = SIZE_2M,
};

static void expect_unknown(struct __test_metadata *_metadata, int fd, uint64_t handle)
{
	EXPECT_EQ(0, uapi_lookup(fd, PLACE).found);
	EXPECT_EQ(0, count_enum(fd, ACL_EMU_ENUM_RANGES));
	EXPECT_FAIL(ENOENT, NO_RANGE, PLACE, 0, uapi_map(fd, PLACE, SIZE_2M, handle));
	EXPECT_FAIL(ENOENT, NO_RANGE, PLACE, 0, uapi_release(fd, PLACE));
	EXPECT_EQ(SIGBUS, UAPI_READ(PLACE));
}

/*
 * The record is freed. The empty VMA stays: the module does not unmap by address,
 * for another thread may have put something else there.
 */
TEST_F(lost, reserve)
{
	struct trap trap;
	uint64_t handle;

	TRAP(&trap);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	START(&trap, self->fd, RANGE_RESERVE, &reserve_arg, true);
	expect_unknown(_metadata, self->fd, handle);
	EXPECT_EQ(-EFAULT, trap_lose(&trap));
	expect_unknown(_metadata, self->fd, handle);
	EXPECT_EQ(BEFORE(RANGES), COUNT(RANGES));
	EXPECT_EQ(1, uapi_vmas(PLACE, PLACE + SIZE_2M));
	EXPECT_EQ(-EADDRINUSE, uapi_reserve_fixed(self->fd, PLACE, SIZE_2M));

	ASSERT_EQ(0, munmap((void *)PLACE, SIZE_2M));
	ASSERT_EQ(0, uapi_reserve_fixed(self->fd, PLACE, SIZE_2M));
	ASSERT_EQ(0, uapi_map(self->fd, PLACE, SIZE_2M, handle));
	EXPECT_EQ(0, UAPI_WRITE(PLACE));
}

TEST_F(lost, reserve_delivered)
{
	struct trap trap;
	uint64_t handle;

	TRAP(&trap);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	START(&trap, self->fd, RANGE_RESERVE, &reserve_arg, true);
	ASSERT_EQ(0, trap_deliver(&trap));
	EXPECT_EQ(ACL_EMU_FOUND_RANGE, uapi_lookup(self->fd, PLACE).found);
	ASSERT_EQ(0, uapi_map(self->fd, PLACE, SIZE_2M, handle));
	EXPECT_EQ(0, UAPI_WRITE(PLACE));
	EXPECT_EQ(0, uapi_unmapped(self->fd, PLACE, handle));
}

/* The VMA is unmapped before the answer is delivered. */
TEST_F(lost, reserve_unmapped_meanwhile)
{
	struct trap trap;
	uint64_t handle;
	void *own;

	TRAP(&trap);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	START(&trap, self->fd, RANGE_RESERVE, &reserve_arg, true);
	ASSERT_EQ(0, munmap((void *)PLACE, SIZE_2M));
	own = anonymous_at(PLACE, SIZE_2M);
	ASSERT_EQ((void *)PLACE, own);
	ASSERT_EQ(0, trap_deliver(&trap));
	EXPECT_FAIL(ENOENT, DETACHED, PLACE, SIZE_2M, uapi_map(self->fd, PLACE, SIZE_2M, handle));
	EXPECT_EQ(0, uapi_release(self->fd, PLACE));
	EXPECT_EQ(0, UAPI_WRITE(PLACE));

	/* The same with an answer that is lost: memory of the program stays. */
	ASSERT_EQ(0, munmap(own, SIZE_2M));
	trap_reset(&trap);
	START(&trap, self->fd, RANGE_RESERVE, &reserve_arg, true);
	ASSERT_EQ(0, munmap((void *)PLACE, SIZE_2M));
	own = anonymous_at(PLACE, SIZE_2M);
	ASSERT_EQ((void *)PLACE, own);
	EXPECT_EQ(-EFAULT, trap_lose(&trap));
	EXPECT_EQ(0, UAPI_WRITE(PLACE));
	EXPECT_EQ(BEFORE(RANGES), COUNT(RANGES));
}

TEST_F(lost, release)
{
	struct acl_emu_range_release arg = UAPI_ARG(acl_emu_range_release, .addr = PLACE);
	struct trap trap;

	TRAP(&trap);
	ASSERT_EQ(0, uapi_reserve_fixed(self->fd, PLACE, SIZE_2M));
	START(&trap, self->fd, RANGE_RELEASE, &arg, true);
	EXPECT_EQ(0, uapi_lookup(self->fd, PLACE).found);
	EXPECT_EQ(0, trap_lose(&trap));
	EXPECT_EQ(BEFORE(RANGES), COUNT(RANGES));
	EXPECT_FAIL(ENOENT, NO_RANGE, PLACE, 0, uapi_release(self->fd, PLACE));
}

/* ---- sharing ---- */

TEST_F(lost, export)
{
	struct acl_emu_export arg = UAPI_ARG(acl_emu_export, .head.flags = ACL_EMU_EXPORT_ONCE);
	struct trap trap;
	uint64_t key;

	TRAP(&trap);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, (uint64_t *)&arg.handle));
	START(&trap, self->fd, EXPORT, &arg, false);
	EXPECT_EQ(0, uapi_phys_info(self->fd, arg.handle).state);
	EXPECT_EQ(-EEXIST, uapi_export(self->fd, arg.handle, ACL_EMU_EXPORT_ONCE, &key));
	EXPECT_EQ(-EFAULT, trap_lose(&trap));
	EXPECT_EQ(BEFORE(SHARES), COUNT(SHARES));
	/* The dma-buf belongs to the memory, not to the export that made it. */
	EXPECT_EQ(BEFORE(DMABUFS) + 1, COUNT(DMABUFS));
	EXPECT_EQ(0, uapi_export(self->fd, arg.handle, ACL_EMU_EXPORT_ONCE, &key));
	EXPECT_EQ(ACL_EMU_PHYS_STATE_EXPORTED, uapi_phys_info(self->fd, arg.handle).state);
}

/* The handle is freed before the answer is delivered: no call accepts the key. */
TEST_F(lost, export_and_free)
{
	struct acl_emu_share_query query = UAPI_ARG(acl_emu_share_query);
	struct acl_emu_export arg = UAPI_ARG(acl_emu_export);
	struct trap trap;

	TRAP(&trap);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, (uint64_t *)&arg.handle));
	START(&trap, self->fd, EXPORT, &arg, false);
	ASSERT_EQ(0, uapi_free(self->fd, arg.handle));
	ASSERT_EQ(0, trap_deliver(&trap));
	query.key = ((struct acl_emu_export *)trap.arg)->key;
	EXPECT_EQ(-ENOENT, UAPI_CALL(self->fd, SHARE_QUERY, &query));
	EXPECT_EQ(BEFORE(SHARES), COUNT(SHARES));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
}

TEST_F(lost, export_fd)
{
	struct acl_emu_export_fd arg = UAPI_ARG(acl_emu_export_fd);
	struct trap trap;
	int next;

	TRAP(&trap);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, (uint64_t *)&arg.handle));
	next = dup(0);
	ASSERT_EQ(0, close(next));
	START(&trap, self->fd, EXPORT_FD, &arg, false);
	EXPECT_EQ(-1, fcntl(next, F_GETFD));
	EXPECT_EQ(EBADF, errno);
	EXPECT_EQ(-EFAULT, trap_lose(&trap));
	EXPECT_EQ(BEFORE(DMABUFS) + 1, COUNT(DMABUFS));
	EXPECT_EQ(-1, fcntl(next, F_GETFD));
	EXPECT_EQ(next, uapi_export_fd(self->fd, arg.handle));
	ASSERT_EQ(0, close(next));
	ASSERT_EQ(0, uapi_free(self->fd, arg.handle));
	EXPECT_EQ(BEFORE(DMABUFS), COUNT(DMABUFS));
}

static int far_key(struct uapi_peer *peer, uint64_t *key)
{
	uint64_t far;

	*peer = uapi_peer_start();
	if (uapi_peer_call(peer, PEER_ALLOC, SIZE_2M, &far))
		return -1;
	return uapi_peer_call(peer, PEER_EXPORT_NO_LIST, far, key);
}

/* Two imports at once name one handle, whichever answer is lost. */
TEST_F(lost, import)
{
	struct acl_emu_import arg = UAPI_ARG(acl_emu_import);
	struct uapi_peer peer;
	uint64_t handles, import, again;
	struct trap trap;

	TRAP(&trap);
	ASSERT_EQ(0, far_key(&peer, (uint64_t *)&arg.key));
	handles = COUNT(HANDLES);
	START(&trap, self->fd, IMPORT, &arg, false);
	EXPECT_EQ(0, count_enum(self->fd, ACL_EMU_ENUM_HANDLES));
	EXPECT_EQ(-EFAULT, trap_lose(&trap));
	EXPECT_EQ(handles, COUNT(HANDLES));

	trap_reset(&trap);
	START(&trap, self->fd, IMPORT, &arg, false);
	ASSERT_EQ(0, uapi_import(self->fd, arg.key, 0, &import));
	EXPECT_EQ(handles + 1, COUNT(HANDLES));
	EXPECT_EQ(1, uapi_phys_info(self->fd, import).users);
	EXPECT_EQ(-EFAULT, trap_lose(&trap));
	EXPECT_EQ(1, uapi_phys_info(self->fd, import).users);
	ASSERT_EQ(0, uapi_import(self->fd, arg.key, 0, &again));
	EXPECT_EQ(import, again);
	EXPECT_EQ(2, uapi_phys_info(self->fd, import).users);
	EXPECT_EQ(0, uapi_free(self->fd, import));
	EXPECT_EQ(0, uapi_free(self->fd, import));
	EXPECT_EQ(handles, COUNT(HANDLES));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* The other thread has freed the handle before this one's answer arrives. */
TEST_F(lost, import_and_free)
{
	struct acl_emu_import arg = UAPI_ARG(acl_emu_import);
	struct uapi_peer peer;
	uint64_t import, addr;
	struct trap trap;

	TRAP(&trap);
	ASSERT_EQ(0, far_key(&peer, (uint64_t *)&arg.key));
	START(&trap, self->fd, IMPORT, &arg, false);
	ASSERT_EQ(0, uapi_import(self->fd, arg.key, 0, &import));
	ASSERT_EQ(0, uapi_free(self->fd, import));
	ASSERT_EQ(0, trap_deliver(&trap));
	EXPECT_EQ(import, ((struct acl_emu_import *)trap.arg)->handle);
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, import));
	EXPECT_EQ(0, UAPI_WRITE(addr));
	EXPECT_EQ(0, uapi_unmapped(self->fd, addr, import));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_F(lost, import_fd)
{
	struct acl_emu_import_fd arg = UAPI_ARG(acl_emu_import_fd);
	struct trap trap;
	uint64_t handle;

	TRAP(&trap);
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	arg.fd = uapi_export_fd(self->fd, handle);
	ASSERT_GE(arg.fd, 0);
	START(&trap, self->fd, IMPORT_FD, &arg, false);
	EXPECT_EQ(1, count_enum(self->fd, ACL_EMU_ENUM_HANDLES));
	EXPECT_EQ(-EFAULT, trap_lose(&trap));
	EXPECT_EQ(BEFORE(HANDLES) + 1, COUNT(HANDLES));
	ASSERT_EQ(0, close(arg.fd));
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(BEFORE(DMABUFS), COUNT(DMABUFS));
	EXPECT_EQ(self->before.used[0], uapi_used(self->fd, 0));
}

/* ---- sync objects ---- */

TEST_F(lost, sync)
{
	struct acl_emu_sync_create create = UAPI_ARG(acl_emu_sync_create);
	struct acl_emu_sync_signal signal = UAPI_ARG(acl_emu_sync_signal, .value = 1,
						     .head.flags = ACL_EMU_SYNC_ADD);
	struct acl_emu_sync_wait wait = UAPI_ARG(acl_emu_sync_wait, .value = 1,
						 .head.flags = ACL_EMU_SYNC_TAKE);
	struct trap trap;
	uint64_t sync, now;

	TRAP(&trap);
	START(&trap, self->fd, SYNC_CREATE, &create, false);
	EXPECT_EQ(-EFAULT, trap_lose(&trap));
	EXPECT_EQ(BEFORE(SYNCS), COUNT(SYNCS));

	/* A change of the value happens once, whether or not its answer arrives. */
	ASSERT_EQ(0, uapi_sync(self->fd, 5, &sync));
	signal.handle = sync;
	trap_reset(&trap);
	START(&trap, self->fd, SYNC_SIGNAL, &signal, true);
	EXPECT_EQ(0, trap_lose(&trap));
	ASSERT_EQ(0, uapi_sync_signal(self->fd, sync, 0, 0, &now));
	EXPECT_EQ(6, now);
	wait.handle = sync;
	trap_reset(&trap);
	START(&trap, self->fd, SYNC_WAIT, &wait, true);
	EXPECT_EQ(0, trap_lose(&trap));
	ASSERT_EQ(0, uapi_sync_signal(self->fd, sync, 0, 0, &now));
	EXPECT_EQ(5, now);
}

/* ---- the end of the process ---- */

struct stalled {
	unsigned int nr;
	const void *arg;
	bool probe;
};

/* Ends with an ioctl that waits to deliver its answer. */
static int exit_stalled(int sock, void *data)
{
	struct stalled *stalled = data;
	struct trap trap;
	int fd = uapi_client();

	(void)sock;
	CHILD_CHECK(fd >= 0);
	if (trap_init(&trap))
		return 77;
	CHILD_CHECK(!trap_start(&trap, fd, stalled->nr, stalled->arg, stalled->probe));
	return 0;
}

TEST_F(lost, exit)
{
	struct acl_emu_import import = UAPI_ARG(acl_emu_import);
	struct stalled list[] = {
		{ ACL_EMU_NR_PHYS_ALLOC, &alloc_arg, false },
		{ ACL_EMU_NR_RANGE_RESERVE, &reserve_arg, true },
		{ ACL_EMU_NR_IMPORT, &import, false },
	};
	struct uapi_before before, after;
	struct uapi_peer peer;
	int sock, status;

	ASSERT_EQ(0, far_key(&peer, (uint64_t *)&import.key));
	uapi_state(self->fd, &before);
	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		status = uapi_wait(uapi_child(exit_stalled, &list[i], &sock));
		if (status == 77)
			SKIP(return, "no userfaultfd for writes of the kernel");
		ASSERT_EQ(0, status);
		uapi_state(self->fd, &after);
		uapi_expect_state(_metadata, &before, &after);
	}
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_HARNESS_MAIN
