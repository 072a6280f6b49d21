// SPDX-License-Identifier: MIT
/*
 * MAP and UNMAP: arguments, overlaps, ties, and the page table entries that are made.
 */
#include "uapi_test.h"


UAPI_FIXTURE(map)

/* Every field is wrong at first. Each step corrects one, and the next is reported. */
TEST_F(map, order_of_errors)
{
	struct acl_emu_map arg = { .addr = 1, .size = 0, .offset = 1, .handle = 1,
				   .rights = 2, .kind = ACL_EMU_RANGE_HEAP };
	uint64_t addr, handle, first;

	ASSERT_EQ(0, uapi_reserve(self->fd, 8 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_alloc(self->fd, 4 * SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &first));
	ASSERT_EQ(0, uapi_map(self->fd, addr + 2 * SIZE_2M, SIZE_2M, first));

	EXPECT_FAIL(ENOENT, HANDLE, 1, 0, uapi_map_as(self->fd, arg, 1));
	arg.handle = handle;
	EXPECT_FAIL(ENOENT, NO_RANGE, 1, 0, uapi_map_as(self->fd, arg, 1));
	arg.addr = addr + 1;
	EXPECT_FAIL(EINVAL, KIND, USER_RANGE, ACL_EMU_RANGE_HEAP, uapi_map_as(self->fd, arg, 1));
	arg.kind = USER_RANGE;
	EXPECT_FAIL(EINVAL, ADDR_ALIGN, addr + 1, SIZE_2M, uapi_map_as(self->fd, arg, 1));
	arg.addr = addr + SIZE_2M;
	EXPECT_FAIL_AS(EINVAL, SIZE, uapi_map_as(self->fd, arg, 1));
	arg.size = 8 * SIZE_2M + 1;
	EXPECT_FAIL(EINVAL, SIZE_ALIGN, 8 * SIZE_2M + 1, SIZE_2M, uapi_map_as(self->fd, arg, 1));
	arg.size = 8 * SIZE_2M;
	EXPECT_FAIL(EINVAL, PAST_RANGE, addr, 8 * SIZE_2M, uapi_map_as(self->fd, arg, 1));
	arg.size = 5 * SIZE_2M;
	EXPECT_FAIL_AS(EOPNOTSUPP, VALUE, uapi_map_as(self->fd, arg, 1));
	arg.rights = READ_ONLY;
	EXPECT_FAIL(EOPNOTSUPP, NOT_RDONLY, addr, 8 * SIZE_2M, uapi_map_as(self->fd, arg, 1));
	arg.rights = READ_WRITE;
	EXPECT_FAIL(EADDRINUSE, OVERLAPS, addr + 2 * SIZE_2M, SIZE_2M,
		    uapi_map_as(self->fd, arg, 1));
	arg.addr = addr + 3 * SIZE_2M;
	EXPECT_FAIL_AS(EINVAL, OFFSET, uapi_map_as(self->fd, arg, 1));
	arg.offset = 0;
	EXPECT_FAIL(EINVAL, PHYS_SHORT, 5 * SIZE_2M, 4 * SIZE_2M, uapi_map_as(self->fd, arg, 1));
	arg.size = 2 * SIZE_2M;
	EXPECT_FAIL(EINVAL, PHYS_LONG, 2 * SIZE_2M, 4 * SIZE_2M,
		    uapi_map_as(self->fd, arg, ACL_EMU_MAP_WHOLE));
	arg.size = 4 * SIZE_2M;
	EXPECT_EQ(0, uapi_map_as(self->fd, arg, ACL_EMU_MAP_WHOLE));
	EXPECT_EQ(1, uapi_phys_info(self->fd, handle).maps);
}

TEST_F(map, past_the_range)
{
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_reserve(self->fd, 2 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_alloc(self->fd, 4 * SIZE_2M, 0, &handle));
	EXPECT_FAIL(EINVAL, PAST_RANGE, addr, 2 * SIZE_2M,
		    uapi_map(self->fd, addr + SIZE_2M, 2 * SIZE_2M, handle));
	EXPECT_FAIL(EINVAL, PAST_RANGE, addr, 2 * SIZE_2M,
		    uapi_map(self->fd, addr, -SIZE_2M, handle));
	EXPECT_FAIL(EINVAL, PAST_RANGE, addr, 2 * SIZE_2M,
		    uapi_map(self->fd, addr + SIZE_2M, -addr, handle));
	EXPECT_FAIL(ENOENT, NO_RANGE, addr + 2 * SIZE_2M, 0,
		    uapi_map(self->fd, addr + 2 * SIZE_2M, SIZE_2M, handle));
	EXPECT_EQ(0, uapi_map(self->fd, addr, 2 * SIZE_2M, handle));
}

TEST_F(map, overlaps)
{
	uint64_t addr, handle, other;

	ASSERT_EQ(0, uapi_reserve(self->fd, 8 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_alloc(self->fd, 8 * SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_alloc(self->fd, 8 * SIZE_2M, 0, &other));
	ASSERT_EQ(0, uapi_map(self->fd, addr + 3 * SIZE_2M, 2 * SIZE_2M, handle));
	for (uint64_t from = 0; from < 8; from++)
		for (uint64_t to = from + 1; to <= 8; to++) {
			int rc = uapi_map(self->fd, addr + from * SIZE_2M,
					  (to - from) * SIZE_2M, other);

			if (to <= 3 || from >= 5) {
				EXPECT_EQ(0, rc);
				EXPECT_EQ(0, uapi_unmap(self->fd, addr + from * SIZE_2M));
			} else {
				EXPECT_FAIL(EADDRINUSE, OVERLAPS, addr + 3 * SIZE_2M,
					    2 * SIZE_2M, rc);
			}
		}
	/* Of several the first is named. */
	ASSERT_EQ(0, uapi_map(self->fd, addr + SIZE_2M, SIZE_2M, handle));
	EXPECT_FAIL(EADDRINUSE, OVERLAPS, addr + SIZE_2M, SIZE_2M,
		    uapi_map(self->fd, addr, 8 * SIZE_2M, other));
	/* Calls that failed mapped nothing. */
	EXPECT_EQ(0, uapi_phys_info(self->fd, other).maps);
}

TEST_F(map, aliases)
{
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_reserve(self->fd, 16 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_alloc(self->fd, 2 * SIZE_2M, 0, &handle));
	for (uint64_t i = 0; i < 8; i++)
		ASSERT_EQ(0, uapi_map(self->fd, addr + i * 2 * SIZE_2M, 2 * SIZE_2M, handle));
	EXPECT_EQ(8, uapi_phys_info(self->fd, handle).maps);
	uapi_fill(addr + 6 * SIZE_2M, 2 * SIZE_2M, SIZE_4K, 3);
	for (uint64_t i = 0; i < 8; i++) {
		EXPECT_EQ(2 * SIZE_2M, uapi_differs(addr + i * 2 * SIZE_2M, 2 * SIZE_2M,
						    SIZE_4K, 3));
	}
	/* The others stay when one of them is unmapped. */
	ASSERT_EQ(0, uapi_unmap(self->fd, addr + 6 * SIZE_2M));
	EXPECT_EQ(SIGBUS, UAPI_READ(addr + 6 * SIZE_2M));
	EXPECT_EQ(2 * SIZE_2M, uapi_differs(addr, 2 * SIZE_2M, SIZE_4K, 3));
	EXPECT_EQ(7, uapi_phys_info(self->fd, handle).maps);
}

TEST_F(map, offsets)
{
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_reserve(self->fd, 8 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_alloc(self->fd, 4 * SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_map(self->fd, addr, 4 * SIZE_2M, handle));
	for (uint64_t i = 0; i < 4; i++)
		*uapi_words(addr + i * SIZE_2M) = 100 + i;
	for (uint64_t i = 0; i < 4; i++) {
		uint64_t at = addr + (7 - i) * SIZE_2M;

		ASSERT_EQ(0, uapi_map_rights(self->fd, at, SIZE_2M, i * SIZE_2M, handle,
					     READ_WRITE));
		EXPECT_EQ(100 + i, *uapi_words(at));
		EXPECT_EQ(i * SIZE_2M, uapi_lookup(self->fd, at).map_offset);
		ASSERT_EQ(0, uapi_unmap(self->fd, at));
	}
	EXPECT_FAIL_AS(EINVAL, PHYS_SHORT,
		       uapi_map_rights(self->fd, addr + 4 * SIZE_2M, 2 * SIZE_2M, 3 * SIZE_2M,
				       handle, READ_WRITE));
	EXPECT_FAIL_AS(EINVAL, OFFSET,
		       uapi_map_rights(self->fd, addr + 4 * SIZE_2M, SIZE_2M, 4 * SIZE_2M,
				       handle, READ_WRITE));
	EXPECT_FAIL_AS(EINVAL, OFFSET,
		       uapi_map_rights(self->fd, addr + 4 * SIZE_2M, SIZE_2M, SIZE_4K,
				       handle, READ_WRITE));
	EXPECT_FAIL_AS(EINVAL, OFFSET,
		       uapi_map_rights(self->fd, addr + 4 * SIZE_2M, SIZE_2M, -SIZE_2M,
				       handle, READ_WRITE));
}

/* WHOLE wants all of it, from the start. */
TEST_F(map, whole)
{
	struct acl_emu_map arg = { .size = SIZE_2M, .rights = READ_WRITE };
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_reserve(self->fd, 8 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_alloc(self->fd, 2 * SIZE_2M, 0, &handle));
	arg.addr = addr;
	arg.handle = handle;
	EXPECT_FAIL(EINVAL, PHYS_LONG, SIZE_2M, 2 * SIZE_2M,
		    uapi_map_as(self->fd, arg, ACL_EMU_MAP_WHOLE));
	arg.offset = SIZE_2M;
	EXPECT_LT(uapi_map_as(self->fd, arg, ACL_EMU_MAP_WHOLE), 0);
	arg.offset = 0;
	arg.size = 3 * SIZE_2M;
	EXPECT_FAIL(EINVAL, PHYS_SHORT, 3 * SIZE_2M, 2 * SIZE_2M,
		    uapi_map_as(self->fd, arg, ACL_EMU_MAP_WHOLE));
	arg.size = 2 * SIZE_2M;
	EXPECT_EQ(0, uapi_map_as(self->fd, arg, ACL_EMU_MAP_WHOLE));
}

/* The alignment asked is 2 MiB, except for small memory. */
TEST_F(map, granules)
{
	uint64_t addr, big, small;

	ASSERT_EQ(0, uapi_reserve(self->fd, 4 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &big));
	ASSERT_EQ(0, uapi_alloc(self->fd, 8 * SIZE_4K, ACL_EMU_PHYS_4K, &small));
	EXPECT_FAIL(EINVAL, ADDR_ALIGN, addr + SIZE_4K, SIZE_2M,
		    uapi_map(self->fd, addr + SIZE_4K, SIZE_2M, big));
	EXPECT_FAIL(EINVAL, SIZE_ALIGN, SIZE_4K, SIZE_2M, uapi_map(self->fd, addr, SIZE_4K, big));
	EXPECT_FAIL(EINVAL, ADDR_ALIGN, addr + 0x800, SIZE_4K,
		    uapi_map(self->fd, addr + 0x800, SIZE_4K, small));
	EXPECT_EQ(0, uapi_map_rights(self->fd, addr + 3 * SIZE_4K, 2 * SIZE_4K, 6 * SIZE_4K,
				     small, READ_WRITE));
	EXPECT_EQ(0, uapi_unmap(self->fd, addr + 3 * SIZE_4K));
}

TEST_F(map, tie_to_a_device)
{
	struct acl_emu_location host = { ACL_EMU_LOC_HOST, 0 };
	uint64_t addr, mine, other, of_host;

	if (uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0) < 2)
		SKIP(return, "the module has one device only");
	ASSERT_EQ(0, uapi_device_open(self->fd, 1));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &mine));
	ASSERT_EQ(0, uapi_alloc_at(self->fd, uapi_device(1), SIZE_2M, 0, &other));
	ASSERT_EQ(0, uapi_alloc_at(self->fd, host, SIZE_2M, 0, &of_host));
	ASSERT_EQ(0, uapi_reserve(self->fd, 4 * SIZE_2M, &addr));

	/* A call that failed ties nothing. */
	EXPECT_FAIL_AS(EINVAL, OFFSET, uapi_map_rights(self->fd, addr, SIZE_2M, SIZE_4K, other,
						       READ_WRITE));
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, mine));
	EXPECT_FAIL(EINVAL, DEVICE_TIE, 1ull << 32, 1ull << 32 | 1,
		    uapi_map(self->fd, addr + SIZE_2M, SIZE_2M, other));
	EXPECT_FAIL(EINVAL, DEVICE_TIE, 1ull << 32, 0,
		    uapi_map(self->fd, addr + SIZE_2M, SIZE_2M, of_host));
	/* The tie lasts as long as the reservation. */
	ASSERT_EQ(0, uapi_unmap(self->fd, addr));
	EXPECT_FAIL(EINVAL, DEVICE_TIE, 1ull << 32, 1ull << 32 | 1,
		    uapi_map(self->fd, addr, SIZE_2M, other));
	ASSERT_EQ(0, uapi_release(self->fd, addr));
	ASSERT_EQ(0, uapi_reserve_fixed(self->fd, addr, 4 * SIZE_2M));
	EXPECT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, other));
}

TEST_F(map, remote_ranges_are_not_tied)
{
	struct acl_emu_range_reserve arg = { .addr = ACL_EMU_VA_LAST + SIZE_1G,
					     .size = 4 * SIZE_2M };
	uint64_t mine, other;

	if (uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0) < 2)
		SKIP(return, "the module has one device only");
	ASSERT_EQ(0, uapi_device_open(self->fd, 1));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &mine));
	ASSERT_EQ(0, uapi_alloc_at(self->fd, uapi_device(1), SIZE_2M, 0, &other));
	ASSERT_EQ(0, uapi_reserve_as(self->fd, &arg, ACL_EMU_RANGE_REMOTE | ACL_EMU_RANGE_FIXED));
	EXPECT_EQ(0, uapi_map(self->fd, arg.addr, SIZE_2M, mine));
	EXPECT_EQ(0, uapi_map(self->fd, arg.addr + SIZE_2M, SIZE_2M, other));
}

static int export_one(int sock, void *data)
{
	uint64_t handle, key;
	int fd = uapi_client();

	(void)data;
	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_alloc(fd, SIZE_2M, 0, &handle));
	CHILD_CHECK(!uapi_export(fd, handle, ACL_EMU_EXPORT_NO_LIST, &key));
	CHILD_CHECK(!uapi_send(sock, key));
	uapi_recv(sock);
	return 0;
}

/* A reservation holds local or imported memory, not both at a time. */
TEST_F(map, imports_do_not_mix)
{
	uint64_t addr, local, imported;
	int sock;
	pid_t pid = uapi_child(export_one, NULL, &sock);

	ASSERT_EQ(0, uapi_import(self->fd, uapi_recv(sock), 0, &imported));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &local));
	ASSERT_EQ(0, uapi_reserve(self->fd, 4 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, local));
	EXPECT_FAIL(EINVAL, IMPORT_MIX, 0, 0,
		    uapi_map(self->fd, addr + SIZE_2M, SIZE_2M, imported));
	ASSERT_EQ(0, uapi_unmap(self->fd, addr));
	ASSERT_EQ(0, uapi_map(self->fd, addr + SIZE_2M, SIZE_2M, imported));
	EXPECT_FAIL(EINVAL, IMPORT_MIX, 1, 0, uapi_map(self->fd, addr, SIZE_2M, local));
	EXPECT_EQ(0, uapi_map(self->fd, addr + 2 * SIZE_2M, SIZE_2M, imported));
	ASSERT_EQ(0, uapi_unmap(self->fd, addr + SIZE_2M));
	EXPECT_FAIL(EINVAL, IMPORT_MIX, 1, 0, uapi_map(self->fd, addr, SIZE_2M, local));
	ASSERT_EQ(0, uapi_unmap(self->fd, addr + 2 * SIZE_2M));
	EXPECT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, local));
	close(sock);
	EXPECT_EQ(0, uapi_wait(pid));
}

TEST_F(map, unmap)
{
	struct acl_emu_unmap heap;
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_reserve(self->fd, 8 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_alloc(self->fd, 2 * SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_map(self->fd, addr + SIZE_2M, 2 * SIZE_2M, handle));
	EXPECT_FAIL(EINVAL, NOT_MAP_START, addr + SIZE_2M, 2 * SIZE_2M,
		    uapi_unmap(self->fd, addr + 2 * SIZE_2M));
	EXPECT_FAIL(EINVAL, NOT_MAP_START, addr + SIZE_2M, 2 * SIZE_2M,
		    uapi_unmap(self->fd, addr + SIZE_2M + 1));
	EXPECT_FAIL(ENOENT, NOT_MAPPED, addr, 0, uapi_unmap(self->fd, addr));
	EXPECT_FAIL(ENOENT, NOT_MAPPED, addr + 3 * SIZE_2M, 0,
		    uapi_unmap(self->fd, addr + 3 * SIZE_2M));
	EXPECT_FAIL(ENOENT, NO_RANGE, addr + 8 * SIZE_2M, 0,
		    uapi_unmap(self->fd, addr + 8 * SIZE_2M));
	EXPECT_FAIL(ENOENT, NO_RANGE, ~0ull, 0, uapi_unmap(self->fd, ~0ull));
	heap = UAPI_ARG(acl_emu_unmap, .addr = addr + SIZE_2M, .kind = ACL_EMU_RANGE_HEAP);
	EXPECT_FAIL(EINVAL, KIND, USER_RANGE, ACL_EMU_RANGE_HEAP,
		    UAPI_CALL(self->fd, UNMAP, &heap));

	ASSERT_EQ(0, UAPI_WRITE(addr + SIZE_2M));
	EXPECT_EQ(0, uapi_unmap(self->fd, addr + SIZE_2M));
	EXPECT_EQ(SIGBUS, UAPI_READ(addr + SIZE_2M));
	EXPECT_EQ(BUS_ADRERR, uapi_signal_code);
	EXPECT_FAIL(ENOENT, NOT_MAPPED, addr + SIZE_2M, 0, uapi_unmap(self->fd, addr + SIZE_2M));
	/* The content stays with the memory. */
	ASSERT_EQ(0, uapi_map(self->fd, addr + 4 * SIZE_2M, 2 * SIZE_2M, handle));
	EXPECT_EQ(0xa5, *(uint8_t *)(addr + 4 * SIZE_2M));
}

/* 1 GiB takes 512 entries of 2 MiB and almost no page tables. */
TEST_F(map, huge_entries)
{
	const uint64_t size = 32 * SIZE_2M, span = SIZE_1G;
	uint64_t addr, handle, pmds, ptes, tables;

	ASSERT_EQ(0, uapi_alloc(self->fd, size, 0, &handle));
	ASSERT_EQ(0, uapi_reserve(self->fd, span, &addr));
	for (uint64_t at = 0; at < span; at += size)
		ASSERT_EQ(0, uapi_map(self->fd, addr + at, size, handle));
	if (COUNT(FALLBACK_BLOCKS))
		SKIP(return, "the host has no memory in pieces of 2 MiB");
	pmds = COUNT(PMD_ENTRIES);
	ptes = COUNT(PTE_ENTRIES);
	tables = uapi_proc("/proc/self/status", "VmPTE");
	for (uint64_t at = 0; at < span; at += SIZE_4K)
		*uapi_words(addr + at) = at;
	EXPECT_LT(uapi_proc("/proc/self/status", "VmPTE"), tables + 16);
	EXPECT_EQ(pmds + span / SIZE_2M, COUNT(PMD_ENTRIES));
	EXPECT_EQ(ptes, COUNT(PTE_ENTRIES));
	for (uint64_t at = 0; at < size; at += SIZE_4K)
		ASSERT_EQ(span - size + at, *uapi_words(addr + at));
}

/* Reading first does not cost a second fault for the write. */
TEST_F(map, one_fault_per_block)
{
	uint64_t addr, handle, pmds;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	pmds = COUNT(PMD_ENTRIES);
	ASSERT_EQ(0, UAPI_READ(addr));
	ASSERT_EQ(0, UAPI_WRITE(addr));
	ASSERT_EQ(0, UAPI_WRITE(addr + SIZE_2M - 1));
	EXPECT_EQ(pmds + 1, COUNT(PMD_ENTRIES));
}

TEST_F(map, populate)
{
	uint64_t addr, handle, pmds;

	ASSERT_EQ(0, uapi_reserve(self->fd, 16 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_alloc(self->fd, 16 * SIZE_2M, 0, &handle));
	pmds = COUNT(PMD_ENTRIES);
	ASSERT_EQ(0, uapi_map_as(self->fd, (struct acl_emu_map){ .addr = addr,
				 .size = 16 * SIZE_2M, .handle = handle,
				 .rights = READ_WRITE }, ACL_EMU_MAP_POPULATE));
	EXPECT_EQ(pmds + 16, COUNT(PMD_ENTRIES));
	for (uint64_t i = 0; i < 16; i++)
		*uapi_words(addr + i * SIZE_2M) = i;
	EXPECT_EQ(pmds + 16, COUNT(PMD_ENTRIES));
}

/* A page table that small mappings made stays; the module fills its entries. */
TEST_F(map, huge_after_small)
{
	uint64_t addr, big, small, pmds, ptes;

	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &big));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &small));
	for (int round = 0; round < 3; round++) {
		ASSERT_EQ(0, uapi_map(self->fd, addr + SIZE_4K, SIZE_4K, small));
		*uapi_words(addr + SIZE_4K) = 4711;
		ASSERT_EQ(0, uapi_unmap(self->fd, addr + SIZE_4K));
		pmds = COUNT(PMD_ENTRIES);
		ptes = COUNT(PTE_ENTRIES);
		ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, big));
		if (!round)
			EXPECT_EQ(SIZE_2M, uapi_nonzero(addr, SIZE_2M));
		uapi_fill(addr, SIZE_2M, 8, round);
		EXPECT_EQ(SIZE_2M, uapi_differs(addr, SIZE_2M, 8, round));
		EXPECT_EQ(pmds, COUNT(PMD_ENTRIES));
		EXPECT_EQ(ptes + 512, COUNT(PTE_ENTRIES));
		ASSERT_EQ(0, uapi_unmap(self->fd, addr));
	}
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_4K, small));
	EXPECT_EQ(4711, *uapi_words(addr));
}

/* Small mappings where a 2 MiB entry was. */
TEST_F(map, small_after_huge)
{
	uint64_t addr, big, small;

	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &big));
	ASSERT_EQ(0, uapi_alloc(self->fd, 512 * SIZE_4K, ACL_EMU_PHYS_4K, &small));
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, big));
	uapi_fill(addr, SIZE_2M, 8, 1);
	ASSERT_EQ(0, uapi_unmap(self->fd, addr));
	for (uint64_t i = 0; i < 512; i += 2)
		ASSERT_EQ(0, uapi_map_rights(self->fd, addr + i * SIZE_4K, SIZE_4K, i * SIZE_4K,
					     small, READ_WRITE));
	for (uint64_t i = 0; i < 512; i += 2)
		*uapi_words(addr + i * SIZE_4K) = i;
	for (uint64_t i = 1; i < 512; i += 102)
		EXPECT_EQ(SIGBUS, UAPI_READ(addr + i * SIZE_4K));
	for (uint64_t i = 0; i < 512; i += 2)
		ASSERT_EQ(0, uapi_unmap(self->fd, addr + i * SIZE_4K));
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, big));
	EXPECT_EQ(SIZE_2M, uapi_differs(addr, SIZE_2M, 8, 1));
	ASSERT_EQ(0, uapi_unmap(self->fd, addr));
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, small));
	for (uint64_t i = 0; i < 512; i++)
		ASSERT_EQ(i & 1 ? 0 : i, *uapi_words(addr + i * SIZE_4K));
}

struct storm {
	int fd;
	uint64_t addr;
	uint64_t handle;
	uint64_t seed;
	pthread_barrier_t barrier;
};

/* Touches one block from its own end while others do the same. */
static void *touch_block(void *data)
{
	struct storm *storm = data;
	static uint64_t next;
	uint64_t me = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED);

	pthread_barrier_wait(&storm->barrier);
	for (uint64_t i = 0; i < 64; i++) {
		uint64_t word = ((i * 8 + me % 8) * SIZE_4K + me * 8) % SIZE_2M;

		*uapi_words(storm->addr + word) = storm->seed + word;
		if (*uapi_words(storm->addr + word) != storm->seed + word)
			return "lost";
	}
	return NULL;
}

/* Faults of several threads in one block lose no write. */
TEST_F(map, concurrent_faults)
{
	struct storm storm = { .fd = self->fd };

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &storm.handle));
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &storm.addr));
	for (storm.seed = 0; storm.seed < 200; storm.seed++) {
		ASSERT_EQ(0, uapi_map(self->fd, storm.addr, SIZE_2M, storm.handle));
		ASSERT_EQ(0, pthread_barrier_init(&storm.barrier, NULL, UAPI_THREADS));
		ASSERT_EQ(NULL, uapi_threads(touch_block, &storm, 0));
		ASSERT_EQ(0, uapi_unmap(self->fd, storm.addr));
	}
}

static void *map_and_unmap(void *data)
{
	struct storm *storm = data;

	pthread_barrier_wait(&storm->barrier);
	for (uint64_t i = 0; i < 500; i++) {
		int rc = uapi_map(storm->fd, storm->addr, SIZE_2M, storm->handle);

		/* Another thread has mapped there. */
		if (rc == -EADDRINUSE)
			continue;
		if (rc)
			return "map";
		if (uapi_unmap(storm->fd, storm->addr))
			return "unmap";
	}
	return NULL;
}

/* Of several threads that map at one address one succeeds. */
TEST_F(map, threads_at_one_address)
{
	struct storm storm = { .fd = self->fd };
	void *answer;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &storm.handle));
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &storm.addr));
	ASSERT_EQ(0, pthread_barrier_init(&storm.barrier, NULL, UAPI_THREADS));
	answer = uapi_threads(map_and_unmap, &storm, 0);
	EXPECT_EQ(NULL, answer) TH_LOG("%s failed", (char *)answer);
	EXPECT_EQ(0, uapi_phys_info(self->fd, storm.handle).maps);
	EXPECT_EQ(0, uapi_release(self->fd, storm.addr));
}

#define APART		2
#define APART_ROUNDS	2000

struct apart {
	int fd;
	uint64_t addr;
	uint64_t handle;
};

static void *map_apart(void *data)
{
	struct apart *apart = data;
	int rounds = harness_count(APART_ROUNDS, 10), round, i;

	for (round = 0; round < rounds; round++) {
		for (i = 0; i < APART; i++)
			if (uapi_map_rights(apart->fd, apart->addr + i * SIZE_4K, SIZE_4K, 0,
					    apart->handle, READ_WRITE))
				return "map";
		*uapi_words(apart->addr + round % APART * SIZE_4K) = round;
		for (i = 0; i < APART; i++)
			if (uapi_unmap(apart->fd, apart->addr + i * SIZE_4K))
				return "unmap";
	}
	return NULL;
}

/* Each thread maps and unmaps at its own addresses of one reservation. */
TEST_F(map, threads_apart)
{
	struct apart apart[UAPI_THREADS];
	uint64_t addr, handle;
	void *answer;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	ASSERT_EQ(0, uapi_reserve(self->fd, ARRAY_SIZE(apart) * SIZE_2M, &addr));
	for (size_t i = 0; i < ARRAY_SIZE(apart); i++)
		apart[i] = (struct apart){ self->fd, addr + i * SIZE_2M, handle };
	answer = uapi_threads(map_apart, apart, sizeof(apart[0]));
	EXPECT_EQ(NULL, answer) TH_LOG("%s failed", (char *)answer);
	EXPECT_EQ(0, uapi_phys_info(self->fd, handle).maps);
	EXPECT_EQ(0, uapi_release(self->fd, addr));
}

TEST_HARNESS_MAIN
