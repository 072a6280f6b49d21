// SPDX-License-Identifier: MIT
/*
 * LOOKUP and ENUM: what is at an address, and what a client holds.
 */
#include "uapi_test.h"

UAPI_FIXTURE(lookup)

static void expect_nothing(struct __test_metadata *_metadata, struct acl_emu_lookup look)
{
	EXPECT_EQ(0, look.found);
	EXPECT_EQ(0, look.kind);
	EXPECT_EQ(0, look.range_addr);
	EXPECT_EQ(0, look.range_size);
	EXPECT_EQ(0, look.map_addr);
	EXPECT_EQ(0, look.map_size);
	EXPECT_EQ(0, look.map_offset);
	EXPECT_EQ(0, look.handle);
	EXPECT_EQ(0, look.granule);
	EXPECT_EQ(0, look.loc.type);
	EXPECT_EQ(0, look.loc.id);
	EXPECT_EQ(0, look.rights);
	EXPECT_EQ(0, look.state);
}

TEST_F(lookup, address_without_reservation)
{
	struct acl_emu_lookup dirty;
	uint64_t addr;

	expect_nothing(_metadata, uapi_lookup(self->fd, 0));
	expect_nothing(_metadata, uapi_lookup(self->fd, ~0ull));
	expect_nothing(_metadata, uapi_lookup(self->fd, (uintptr_t)&addr));
	expect_nothing(_metadata, uapi_lookup(self->fd, ACL_EMU_VA_USER_FIRST));
	/* What stood in the structure before does not stay. */
	memset(&dirty, 0x5a, sizeof(dirty));
	dirty.head = (struct acl_emu_head){ .size = sizeof(dirty) };
	ASSERT_EQ(0, UAPI_CALL(self->fd, LOOKUP, &dirty));
	expect_nothing(_metadata, dirty);
}

TEST_F(lookup, range)
{
	struct acl_emu_range_reserve arg = { .size = 4 * SIZE_2M, .kind = ACL_EMU_RANGE_HEAP };
	struct acl_emu_lookup look;
	uint64_t end;

	ASSERT_EQ(0, uapi_reserve_as(self->fd, &arg, 0));
	end = arg.addr + arg.size;
	for (uint64_t at = arg.addr; at < end; at += SIZE_2M - 1) {
		look = uapi_lookup(self->fd, at);
		EXPECT_EQ(ACL_EMU_FOUND_RANGE, look.found);
		EXPECT_EQ(ACL_EMU_RANGE_HEAP, look.kind);
		EXPECT_EQ(arg.addr, look.range_addr);
		EXPECT_EQ(arg.size, look.range_size);
		EXPECT_EQ(0, look.handle);
		EXPECT_EQ(0, look.map_size);
	}
	EXPECT_EQ(ACL_EMU_FOUND_RANGE, uapi_lookup(self->fd, end - 1).found);
	expect_nothing(_metadata, uapi_lookup(self->fd, end));
	expect_nothing(_metadata, uapi_lookup(self->fd, arg.addr - 1));
}

TEST_F(lookup, mapping)
{
	uint64_t addr, handle, start;
	struct acl_emu_lookup look;

	ASSERT_EQ(0, uapi_reserve(self->fd, 8 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_alloc(self->fd, 4 * SIZE_2M, 0, &handle));
	start = addr + 2 * SIZE_2M;
	ASSERT_EQ(0, uapi_map_rights(self->fd, start, 2 * SIZE_2M, SIZE_2M, handle, READ_WRITE));
	for (uint64_t at = start; at < start + 2 * SIZE_2M; at += SIZE_2M - 1) {
		look = uapi_lookup(self->fd, at);
		EXPECT_EQ(ACL_EMU_FOUND_RANGE | ACL_EMU_FOUND_MAPPING, look.found);
		EXPECT_EQ(USER_RANGE, look.kind);
		EXPECT_EQ(addr, look.range_addr);
		EXPECT_EQ(8 * SIZE_2M, look.range_size);
		EXPECT_EQ(start, look.map_addr);
		EXPECT_EQ(2 * SIZE_2M, look.map_size);
		EXPECT_EQ(SIZE_2M, look.map_offset);
		EXPECT_EQ(handle, look.handle);
		EXPECT_EQ(SIZE_2M, look.granule);
		EXPECT_EQ(ACL_EMU_LOC_DEVICE, look.loc.type);
		EXPECT_EQ(0, look.loc.id);
		EXPECT_EQ(READ_WRITE, look.rights);
		EXPECT_EQ(0, look.state);
	}
	EXPECT_EQ(ACL_EMU_FOUND_RANGE, uapi_lookup(self->fd, start - 1).found);
	EXPECT_EQ(ACL_EMU_FOUND_RANGE, uapi_lookup(self->fd, start + 2 * SIZE_2M).found);
	ASSERT_EQ(0, uapi_unmap(self->fd, start));
	EXPECT_EQ(ACL_EMU_FOUND_RANGE, uapi_lookup(self->fd, start).found);
}

TEST_F(lookup, state)
{
	uint64_t addr, handle, key;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	EXPECT_EQ(0, uapi_lookup(self->fd, addr).state);
	EXPECT_EQ(0, uapi_phys_info(self->fd, handle).state);
	ASSERT_EQ(0, uapi_export(self->fd, handle, 0, &key));
	EXPECT_EQ(ACL_EMU_PHYS_STATE_EXPORTED, uapi_phys_info(self->fd, handle).state);
	EXPECT_EQ(ACL_EMU_PHYS_STATE_EXPORTED, uapi_lookup(self->fd, addr).state);
}

static int list(int fd, uint32_t what, uint64_t *cursor, struct acl_emu_enum_entry *entries,
		uint32_t *count)
{
	struct acl_emu_enum arg = UAPI_ARG(acl_emu_enum, .what = what, .count = *count,
					   .cursor = *cursor, .entries = (uintptr_t)entries);
	int rc = UAPI_CALL(fd, ENUM, &arg);

	*cursor = arg.cursor;
	*count = arg.count;
	return rc;
}

/* All entries of a kind by calls for @step of them; their number, or -1. */
static int list_all(int fd, uint32_t what, uint32_t step, struct acl_emu_enum_entry *all,
		    uint32_t room)
{
	uint64_t cursor = 0;
	uint32_t n = 0;

	while (cursor != ~0ull) {
		struct acl_emu_enum_entry some[ACL_EMU_ENUM_MAX];
		uint32_t count = step;

		if (list(fd, what, &cursor, some, &count) || count > step || n + count > room)
			return -1;
		memcpy(all + n, some, count * sizeof(*some));
		n += count;
	}
	return n;
}

#define HANDLES		20
#define RANGES		6
#define MAPPINGS	3	/* of each range */

/* Each object is listed once, whatever the length of the pieces. */
TEST_F(lookup, enumerate)
{
	const uint32_t steps[] = { 1, 2, 3, 5, 6, 7, 19, 20, 256 };
	uint64_t handles[HANDLES], ranges[RANGES];
	static struct acl_emu_enum_entry all[64];

	for (int i = 0; i < HANDLES; i++)
		ASSERT_EQ(0, uapi_alloc(self->fd, (1 + i) * SIZE_4K, ACL_EMU_PHYS_4K, &handles[i]));
	for (int i = 0; i < RANGES; i++) {
		ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &ranges[i]));
		for (int j = 0; j < MAPPINGS && i != 2; j++)
			ASSERT_EQ(0, uapi_map_rights(self->fd, ranges[i] + 2 * j * SIZE_4K, SIZE_4K,
						     j * SIZE_4K, handles[5 + i], READ_WRITE));
	}
	for (size_t s = 0; s < ARRAY_SIZE(steps); s++) {
		ASSERT_EQ(HANDLES, list_all(self->fd, ACL_EMU_ENUM_HANDLES, steps[s], all, 64));
		for (int i = 0; i < HANDLES; i++) {
			uint32_t maps = i >= 5 && i < 5 + RANGES && i != 7 ? MAPPINGS : 0;

			EXPECT_EQ(handles[i], all[i].a);
			EXPECT_EQ((1 + i) * SIZE_4K, all[i].b);
			EXPECT_EQ(1ull << 32, all[i].c);
			EXPECT_EQ(1ull << 32 | maps, all[i].d);
		}
		ASSERT_EQ(RANGES, list_all(self->fd, ACL_EMU_ENUM_RANGES, steps[s], all, 64));
		for (int i = 0; i < RANGES; i++) {
			EXPECT_EQ(ranges[i], all[i].a);
			EXPECT_EQ(SIZE_2M, all[i].b);
			EXPECT_EQ(USER_RANGE, all[i].c);
			EXPECT_EQ(i == 2 ? 0 : MAPPINGS, all[i].d);
		}
		ASSERT_EQ((RANGES - 1) * MAPPINGS,
			  list_all(self->fd, ACL_EMU_ENUM_MAPPINGS, steps[s], all, 64))
			TH_LOG("by %u", steps[s]);
		for (int i = 0; i < (RANGES - 1) * MAPPINGS; i++) {
			int range = i / MAPPINGS + (i / MAPPINGS >= 2), j = i % MAPPINGS;

			EXPECT_EQ(ranges[range] + 2 * j * SIZE_4K, all[i].a);
			EXPECT_EQ(SIZE_4K, all[i].b);
			EXPECT_EQ(handles[5 + range], all[i].c);
			EXPECT_EQ(j * SIZE_4K, all[i].d);
		}
	}
}

TEST_F(lookup, enumerate_nothing)
{
	struct acl_emu_enum_entry entry;
	int fd = uapi_open();

	ASSERT_GE(fd, 0);
	for (uint32_t what = 0; what < ACL_EMU_ENUM_END; what++) {
		uint64_t cursor = 0;
		uint32_t count = 1;

		EXPECT_EQ(0, list(fd, what, &cursor, &entry, &count));
		EXPECT_EQ(0, count);
		EXPECT_EQ(~0ull, cursor);
		count = 1;
		EXPECT_EQ(0, list(fd, what, &cursor, &entry, &count));
		EXPECT_EQ(0, count);
		EXPECT_EQ(~0ull, cursor);
	}
	close(fd);
}

TEST_F(lookup, enumerate_errors)
{
	struct acl_emu_enum_entry entry;
	uint64_t cursor = 0, handle;
	uint32_t count = 1;

	EXPECT_FAIL(EOPNOTSUPP, VALUE, ACL_EMU_ENUM_END, ACL_EMU_ENUM_END - 1,
		    list(self->fd, ACL_EMU_ENUM_END, &cursor, &entry, &count));
	count = 0;
	EXPECT_FAIL(EINVAL, SIZE, 0, ACL_EMU_ENUM_MAX,
		    list(self->fd, ACL_EMU_ENUM_HANDLES, &cursor, &entry, &count));
	count = ACL_EMU_ENUM_MAX + 1;
	EXPECT_FAIL(EINVAL, SIZE, ACL_EMU_ENUM_MAX + 1, ACL_EMU_ENUM_MAX,
		    list(self->fd, ACL_EMU_ENUM_HANDLES, &cursor, &entry, &count));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	count = 1;
	EXPECT_FAIL(EFAULT, USER_FAULT, 4096, 0,
		    list(self->fd, ACL_EMU_ENUM_HANDLES, &cursor, (void *)4096, &count));
	EXPECT_EQ(1, count);
	EXPECT_EQ(0, cursor);
	/* Any cursor is accepted. */
	for (uint32_t what = 0; what < ACL_EMU_ENUM_END; what++)
		for (int bit = 0; bit < 64; bit++) {
			cursor = (1ull << bit) - 1;
			count = 1;
			EXPECT_EQ(0, list(self->fd, what, &cursor, &entry, &count));
			EXPECT_LE(count, 1);
		}
}

struct churn {
	int fd;
	uint64_t addr;
	uint64_t handle;
	int stop;
};

static void *map_all_the_time(void *data)
{
	struct churn *churn = data;

	while (!__atomic_load_n(&churn->stop, __ATOMIC_RELAXED))
		for (int i = 0; i < 4; i++) {
			if (uapi_map(churn->fd, churn->addr + i * SIZE_4K, SIZE_4K, churn->handle))
				return "map";
			if (i && uapi_unmap(churn->fd, churn->addr + (i - 1) * SIZE_4K))
				return "unmap";
			if (i == 3 && uapi_unmap(churn->fd, churn->addr + i * SIZE_4K))
				return "unmap";
		}
	return NULL;
}

/* What stays is listed; what is mapped and unmapped meanwhile may be missing. */
TEST_F(lookup, enumerate_during_changes)
{
	struct churn churn = { .fd = self->fd };
	struct acl_emu_enum_entry all[16];
	pthread_t thread;
	void *answer;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &churn.handle));
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &churn.addr));
	ASSERT_EQ(0, uapi_map(self->fd, churn.addr + SIZE_2M - SIZE_4K, SIZE_4K, churn.handle));
	ASSERT_EQ(0, pthread_create(&thread, NULL, map_all_the_time, &churn));
	for (int i = 0; i < 2000; i++) {
		int n = list_all(self->fd, ACL_EMU_ENUM_MAPPINGS, 1 + i % 3, all, 16);

		ASSERT_GE(n, 1);
		ASSERT_EQ(churn.addr + SIZE_2M - SIZE_4K, all[n - 1].a);
		ASSERT_EQ(churn.handle, all[n - 1].c);
	}
	__atomic_store_n(&churn.stop, 1, __ATOMIC_RELAXED);
	ASSERT_EQ(0, pthread_join(thread, &answer));
	EXPECT_EQ(NULL, answer);
}

TEST_HARNESS_MAIN
