// SPDX-License-Identifier: MIT
/*
 * IDLE: the figures of a program in its own page, as HOLDERS and fdinfo show them.
 */
#include "uapi_who.h"

UAPI_FIXTURE(idle)

static struct acl_emu_holder all[WHO_MAX];

/* A page for the figures. */
static uint64_t *figures_new(void)
{
	uint64_t *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0);

	return page == MAP_FAILED ? NULL : page;
}

static int name(int fd, const void *figures)
{
	struct acl_emu_idle arg = UAPI_ARG(acl_emu_idle, .figures = (uintptr_t)figures);

	return UAPI_CALL(fd, IDLE, &arg);
}

static uint64_t idle_of(int fd, pid_t pid, uint32_t device)
{
	int count = uapi_holders(fd, ACL_EMU_LIST_MAX, all);
	const struct acl_emu_holder *entry = uapi_holder_of(all, count, pid, uapi_device(device));

	return entry ? entry->idle : ~0ull;
}

/* A mapping in a reservation of the heap. */
static int heap_make(int fd, uint64_t size)
{
	struct acl_emu_range_reserve range = { .size = size, .kind = ACL_EMU_RANGE_HEAP };
	struct acl_emu_map map = { .size = size, .rights = READ_WRITE,
				   .kind = ACL_EMU_RANGE_HEAP };
	int rc = uapi_reserve_as(fd, &range, 0);

	map.head.size = sizeof(map);
	map.addr = range.addr;
	if (!rc)
		rc = uapi_alloc(fd, size, 0, (uint64_t *)&map.handle);
	return rc ? rc : UAPI_CALL(fd, MAP, &map);
}

/* A change of a figure needs no call; the heap is the limit. */
TEST_F(idle, figures)
{
	uint64_t *figures = figures_new();

	ASSERT_NE(NULL, figures);
	EXPECT_EQ(0, idle_of(self->fd, getpid(), 0));
	ASSERT_EQ(0, name(self->fd, figures + 2));
	figures[2] = SIZE_2M;
	EXPECT_EQ(0, idle_of(self->fd, getpid(), 0));
	ASSERT_EQ(0, heap_make(self->fd, 2 * SIZE_2M));
	EXPECT_EQ(SIZE_2M, idle_of(self->fd, getpid(), 0));
	EXPECT_EQ(SIZE_2M >> 10, uapi_fdinfo(getpid(), self->fd, "acl-emu-idle-device0"));
	figures[2] = 4096;
	EXPECT_EQ(4096, idle_of(self->fd, getpid(), 0));
	figures[2] = ~0ull;
	EXPECT_EQ(2 * SIZE_2M, idle_of(self->fd, getpid(), 0));
	/* Those of the other device. */
	figures[3] = SIZE_2M;
	ASSERT_EQ(0, uapi_device_open(self->fd, 1));
	EXPECT_EQ(0, idle_of(self->fd, getpid(), 1));
}

TEST_F(idle, once)
{
	uint64_t *figures = figures_new();

	ASSERT_EQ(0, name(self->fd, figures));
	EXPECT_EQ(0, name(self->fd, figures));
	EXPECT_FAIL(EEXIST, VALUE, (uintptr_t)(figures + 1), 0, name(self->fd, figures + 1));
	figures = figures_new();
	EXPECT_FAIL(EEXIST, VALUE, (uintptr_t)figures, 0, name(self->fd, figures));
}

TEST_F(idle, wrong)
{
	char *page = (char *)figures_new();

	ASSERT_NE(NULL, page);
	EXPECT_FAIL(EINVAL, ADDR_ALIGN, (uintptr_t)page + 4, 8, name(self->fd, page + 4));
	EXPECT_FAIL(EINVAL, ADDR_ALIGN, (uintptr_t)page + 4088, 8, name(self->fd, page + 4088));
	ASSERT_EQ(0, mprotect(page, 4096, PROT_READ));
	EXPECT_FAIL(EFAULT, USER_FAULT, (uintptr_t)page, 0, name(self->fd, page));
	ASSERT_EQ(0, munmap(page, 4096));
	EXPECT_FAIL(EFAULT, USER_FAULT, (uintptr_t)page, 0, name(self->fd, page));
}

/* The page is the client's also after a fork, and after the program unmapped it. */
TEST_F(idle, fork_and_unmap)
{
	uint64_t *figures = figures_new();
	pid_t pid;

	ASSERT_NE(NULL, figures);
	ASSERT_EQ(0, heap_make(self->fd, SIZE_2M));
	ASSERT_EQ(0, name(self->fd, figures));
	pid = fork();
	if (!pid) {
		figures[0] = 4096;
		_exit(0);
	}
	EXPECT_EQ(0, uapi_wait(pid));
	figures[0] = 8192;
	EXPECT_EQ(8192, idle_of(self->fd, getpid(), 0));
	ASSERT_EQ(0, munmap(figures, 4096));
	EXPECT_EQ(8192, idle_of(self->fd, getpid(), 0));
}

/* An entry of the first version has no figure, one of a later version gets zero. */
TEST_F(idle, size_of_the_entry)
{
	uint64_t buffer[64];
	struct acl_emu_holders arg = UAPI_ARG(acl_emu_holders, .count = 1,
					      .entries = (uintptr_t)buffer);

	memset(buffer, 0x5a, sizeof(buffer));
	arg.entry_size = offsetof(struct acl_emu_holder, idle);
	ASSERT_EQ(0, UAPI_CALL(self->fd, HOLDERS, &arg));
	EXPECT_EQ(0x5a5a5a5a5a5a5a5a, buffer[offsetof(struct acl_emu_holder, idle) / 8]);
	arg.cursor = 0;
	arg.entry_size = sizeof(struct acl_emu_holder) + 8;
	ASSERT_EQ(0, UAPI_CALL(self->fd, HOLDERS, &arg));
	EXPECT_EQ(0, buffer[sizeof(struct acl_emu_holder) / 8]);
	arg.entry_size = offsetof(struct acl_emu_holder, idle) - 8;
	arg.count = 1;
	arg.cursor = 0;
	EXPECT_EQ(-EINVAL, UAPI_CALL(self->fd, HOLDERS, &arg));
}

TEST_HARNESS_MAIN
