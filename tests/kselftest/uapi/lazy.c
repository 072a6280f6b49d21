// SPDX-License-Identifier: MIT
/*
 * Lazy backing: memory is charged to its device when it is allocated, and gets pages,
 * by blocks of 2 MiB, when something first touches it.
 */
#include "uapi_drm.h"
#include "uapi_peer.h"
#include "module.h"

#include <pthread.h>
#include <sys/stat.h>

#define GIB		(1ull << 30)
#define DEVICES		8
#define ALL_OF_IT	(64 * GIB)
#define BLOCKS		8
#define SIZE		(BLOCKS * SIZE_2M)
#define GROUP		"/sys/fs/cgroup/acl_emu_lazy"
#define GROUP_BYTES	(16 * SIZE_2M)
#define RACERS		4
#define RACES		50

FIXTURE(lazy) {
	int fd;
	uint64_t addr;
	uint64_t handle;
};

/* More than any machine has that runs this. */
FIXTURE_SETUP(lazy)
{
	MODULE_SETUP("devices=8 capacity_mb=65536 host_mb=64 overcommit=1");
	self->fd = uapi_open();
	ASSERT_GE(self->fd, 0);
	for (uint32_t i = 0; i < DEVICES; i++)
		ASSERT_EQ(0, uapi_device_open(self->fd, i));
	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE, 0, &self->addr, &self->handle));
}

/* The process of the test has exited, so its file is closed. */
FIXTURE_TEARDOWN_PARENT(lazy)
{
	MODULE_TEARDOWN();
}

static uint64_t backed(int fd)
{
	return uapi_info(fd, uapi_device(0)).backed;
}

static uint64_t unbacked(int fd)
{
	return uapi_info(fd, uapi_device(0)).unbacked;
}

TEST_F(lazy, all_devices_are_allocated)
{
	uint64_t handle;

	ASSERT_EQ(0, uapi_unmapped(self->fd, self->addr, self->handle));
	for (uint32_t i = 0; i < DEVICES; i++) {
		ASSERT_EQ(0, uapi_alloc_at(self->fd, uapi_device(i), ALL_OF_IT, 0, &handle));
		EXPECT_FAIL(ENOMEM, CAPACITY, SIZE_2M, 0,
			    uapi_alloc_at(self->fd, uapi_device(i), SIZE_2M, 0, &handle));
		EXPECT_EQ(ALL_OF_IT, uapi_used(self->fd, i));
		EXPECT_EQ(0, uapi_info(self->fd, uapi_device(i)).backed);
		EXPECT_EQ(1, uapi_info(self->fd, uapi_device(i)).lazy);
	}
}

TEST_F(lazy, access_backs_its_block)
{
	EXPECT_EQ(0, backed(self->fd));
	EXPECT_EQ(0, UAPI_READ(self->addr + SIZE_2M));
	EXPECT_EQ(SIZE_2M, backed(self->fd));
	EXPECT_EQ(0, UAPI_WRITE(self->addr + SIZE_2M + 4096));
	EXPECT_EQ(SIZE_2M, backed(self->fd));
	EXPECT_EQ(0, UAPI_WRITE(self->addr + SIZE - 1));
	EXPECT_EQ(2 * SIZE_2M, backed(self->fd));
	EXPECT_EQ(SIZE, uapi_used(self->fd, 0));
	EXPECT_EQ(4096, uapi_nonzero(self->addr + SIZE_2M, SIZE_2M));
	ASSERT_EQ(0, uapi_unmapped(self->fd, self->addr, self->handle));
	EXPECT_EQ(0, backed(self->fd));
	EXPECT_EQ(0, uapi_used(self->fd, 0));
}

TEST_F(lazy, memory_of_4K_too)
{
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M + 3 * SIZE_4K, ACL_EMU_PHYS_4K, &addr,
				 &handle));
	EXPECT_EQ(0, UAPI_WRITE(addr + SIZE_2M + SIZE_4K));
	EXPECT_EQ(3 * SIZE_4K, backed(self->fd));
	EXPECT_EQ(0, UAPI_WRITE(addr));
	EXPECT_EQ(SIZE_2M + 3 * SIZE_4K, backed(self->fd));
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	EXPECT_EQ(0, backed(self->fd));
}

/* What a fault inserts besides the entry of the access may be in another block. */
TEST_F(lazy, mapping_across_blocks)
{
	uint64_t addr, handle, at;

	ASSERT_EQ(0, uapi_alloc(self->fd, 2 * SIZE_2M, ACL_EMU_PHYS_4K, &handle));
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_map_rights(self->fd, addr, SIZE_2M, SIZE_4K, handle,
				     ACL_EMU_RIGHTS_RW));
	EXPECT_EQ(0, UAPI_WRITE(addr));
	EXPECT_EQ(SIZE_2M, backed(self->fd));
	at = uapi_nonzero(addr + sizeof(uint64_t), SIZE_2M - sizeof(uint64_t));
	EXPECT_EQ(SIZE_2M - sizeof(uint64_t), at);
	EXPECT_EQ(2 * SIZE_2M, backed(self->fd));
}

/* ---- copies ---- */

TEST_F(lazy, copy_from_untouched_reads_zeros)
{
	static char to[SIZE_2M + 100];
	uint64_t done;

	memset(to, 0x5a, sizeof(to));
	ASSERT_EQ(0, uapi_copy(self->fd, (uintptr_t)to, self->addr + SIZE_2M - 50, sizeof(to),
			       ACL_EMU_COPY_SRC_MAPPED, &done));
	EXPECT_EQ(sizeof(to), done);
	for (size_t i = 0; i < sizeof(to); i++)
		ASSERT_EQ(0, to[i]);
	EXPECT_EQ(0, backed(self->fd));
}

TEST_F(lazy, copy_backs_where_it_writes)
{
	const uint32_t both = ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED;
	uint64_t done;

	EXPECT_EQ(0, UAPI_WRITE(self->addr));
	ASSERT_EQ(0, uapi_copy(self->fd, self->addr + 2 * SIZE_2M, self->addr, 2 * SIZE_2M, both,
			       &done));
	EXPECT_EQ(3 * SIZE_2M, backed(self->fd));
	EXPECT_EQ(*(char *)self->addr, *(char *)(self->addr + 2 * SIZE_2M));
	ASSERT_EQ(0, uapi_copy(self->fd, self->addr, self->addr + 5 * SIZE_2M, SIZE_2M, both,
			       &done));
	EXPECT_EQ(SIZE_2M, uapi_nonzero(self->addr, SIZE_2M));
	EXPECT_EQ(3 * SIZE_2M, backed(self->fd));
}

TEST_F(lazy, fill_backs)
{
	uint64_t done;

	ASSERT_EQ(0, uapi_copy(self->fd, self->addr + SIZE_2M + 8, 0x01010101, 8,
			       ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_FILL, &done));
	EXPECT_EQ(SIZE_2M, backed(self->fd));
	EXPECT_EQ(0x0101010101010101ull, *uapi_words(self->addr + SIZE_2M + 8));
}

/* ---- shared memory ---- */

TEST_F(lazy, file_of_untouched_memory)
{
	int dmabuf = uapi_export_fd(self->fd, self->handle);
	char *there;

	ASSERT_LE(0, dmabuf);
	there = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, dmabuf, 0);
	ASSERT_NE(MAP_FAILED, (void *)there);
	EXPECT_EQ(0, backed(self->fd));
	there[3 * SIZE_2M] = 7;
	EXPECT_EQ(SIZE_2M, backed(self->fd));
	EXPECT_EQ(7, *(char *)(self->addr + 3 * SIZE_2M));
}

TEST_F(lazy, attachment_backs_all)
{
	int dmabuf = uapi_export_fd(self->fd, self->handle);
	int card = uapi_vgem_open();
	uint32_t gem;

	if (card < 0)
		SKIP(return, "no vgem");
	ASSERT_LE(0, dmabuf);
	gem = uapi_vgem_import(card, dmabuf);
	ASSERT_NE(0, gem);
	EXPECT_EQ(SIZE, backed(self->fd));
	EXPECT_EQ(0, uapi_vgem_close(card, gem));
	EXPECT_EQ(SIZE, backed(self->fd));
}

struct racer {
	pthread_barrier_t *start;
	uint64_t addr;
};

static void *race(void *data)
{
	struct racer *racer = data;

	for (int i = 0; i < RACES; i++) {
		pthread_barrier_wait(racer->start);
		__atomic_fetch_add(uapi_words(racer->addr + i * SIZE_2M), 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

/* Threads that touch a block at the same time get the same pages. */
TEST_F(lazy, one_backing_for_all)
{
	pthread_t threads[RACERS];
	pthread_barrier_t start;
	uint64_t addr, handle;
	struct racer racer;

	ASSERT_EQ(0, uapi_mapped(self->fd, RACES * SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, pthread_barrier_init(&start, NULL, RACERS));
	racer = (struct racer){ .start = &start, .addr = addr };
	for (int i = 0; i < RACERS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, race, &racer));
	for (int i = 0; i < RACERS; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	for (int i = 0; i < RACES; i++)
		EXPECT_EQ(RACERS, *uapi_words(addr + i * SIZE_2M));
	EXPECT_EQ(RACES * SIZE_2M, backed(self->fd));
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	EXPECT_EQ(0, backed(self->fd));
}

/* ---- a host without a page ---- */

/* Touches more than its group may have, as told by @data: by access or by copy. */
static int touch_in_group(int sock, void *data)
{
	bool copy = data;
	uint64_t addr, handle, done, size = 4 * GROUP_BYTES, at;
	int fd, rc = 0;

	(void)sock;
	CHILD_CHECK(!uapi_write_file(GROUP "/cgroup.procs", "0"));
	fd = uapi_open();
	CHILD_CHECK(fd >= 0 && !uapi_device_open(fd, 0));
	CHILD_CHECK(!uapi_mapped(fd, size, 0, &addr, &handle));
	CHILD_CHECK(!unbacked(fd));
	if (copy) {
		rc = uapi_copy(fd, addr, 0, size, ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_FILL,
			       &done);
		CHILD_CHECK(rc == -ENOMEM && uapi_last.reason == ACL_EMU_REASON_HOST_NOMEM);
	} else {
		for (at = 0; at < size && !rc; at += SIZE_2M)
			rc = UAPI_WRITE(addr + at);
		CHILD_CHECK(rc == SIGBUS);
	}
	CHILD_CHECK(unbacked(fd) == 1);
	CHILD_CHECK(backed(fd) < GROUP_BYTES && uapi_used(fd, 0) >= size);
	/* What was touched before stays, and the rest can be freed. */
	CHILD_CHECK(!UAPI_READ(addr));
	return uapi_unmapped(fd, addr, handle);
}

static void touch_too_much(struct __test_metadata *_metadata, bool copy)
{
	char limit[32];
	int sock;

	uapi_write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	if (mkdir(GROUP, 0755) && errno != EEXIST)
		SKIP(return, "no cgroup");
	snprintf(limit, sizeof(limit), "%llu", (unsigned long long)GROUP_BYTES);
	ASSERT_EQ(0, uapi_write_file(GROUP "/memory.max", limit));
	EXPECT_EQ(0, uapi_wait(uapi_child(touch_in_group, (void *)(uintptr_t)copy, &sock)));
	EXPECT_EQ(0, rmdir(GROUP));
}

TEST_F(lazy, access_without_a_page_is_sigbus)
{
	touch_too_much(_metadata, false);
}

TEST_F(lazy, copy_without_a_page_is_enomem)
{
	touch_too_much(_metadata, true);
}

/* ---- the parameter ---- */

TEST(backing)
{
	int fd;

	MODULE_SKIP();
	ASSERT_EQ(0, module_remove());
	EXPECT_EQ(-EINVAL, module_load("devices=1 capacity_mb=64 host_mb=64 backing=never"));
	EXPECT_EQ(0, module_load("devices=1 capacity_mb=1048576 host_mb=64 backing=lazy"));
	ASSERT_EQ(0, module_replace("devices=1 capacity_mb=64 host_mb=64 backing=lazy"));
	fd = uapi_open();
	EXPECT_EQ(1, uapi_info(fd, uapi_device(0)).lazy);
	close(fd);
	ASSERT_EQ(0, module_replace("devices=1 capacity_mb=64 host_mb=64"));
	fd = uapi_open();
	EXPECT_EQ(0, uapi_info(fd, uapi_device(0)).lazy);
	close(fd);
	MODULE_TEARDOWN();
}

TEST_HARNESS_MAIN
