// SPDX-License-Identifier: MIT
/*
 * HOLDERS and fdinfo: the sums of every client, to the byte.
 */
#include "uapi_peer.h"
#include "uapi_who.h"

#include <sys/stat.h>

#define HOST	((struct acl_emu_location){ ACL_EMU_LOC_HOST, 0 })
/* Bytes of an entry in the first version of the interface. */
#define FIRST_SIZE	offsetof(struct acl_emu_holder, idle)

UAPI_FIXTURE(holders)

static struct acl_emu_holder all[WHO_MAX];

/* The entry of this process for a location. */
static struct acl_emu_holder own(int fd, struct acl_emu_location loc)
{
	int count = uapi_holders(fd, ACL_EMU_LIST_MAX, all);
	const struct acl_emu_holder *entry = uapi_holder_of(all, count, getpid(), loc);
	struct acl_emu_holder none;

	memset(&none, 0xff, sizeof(none));
	return entry ? *entry : none;
}

static struct acl_emu_holder own_device(int fd)
{
	return own(fd, uapi_device(0));
}

TEST_F(holders, nothing)
{
	struct acl_emu_holder entry = own_device(self->fd);

	EXPECT_EQ(getpid(), entry.pid);
	EXPECT_EQ(ACL_EMU_HOLDER_OWN | ACL_EMU_HOLDER_OPEN, entry.flags);
	EXPECT_NE(0, entry.client);
	EXPECT_EQ(0, entry.local | entry.unmapped | entry.heap | entry.imported | entry.exported);
	EXPECT_EQ(0, entry.mappings | entry.handles | entry.imports | entry.shares | entry.pad);
	EXPECT_EQ(0, entry.allocs | entry.maps);
	EXPECT_EQ(ACL_EMU_HOLDER_OWN, own(self->fd, HOST).flags);
	/* The other device is not open. */
	EXPECT_EQ(-1, own(self->fd, uapi_device(1)).pid);
}

TEST_F(holders, name)
{
	ASSERT_EQ(0, prctl(PR_SET_NAME, "a \xff\033 name"));
	EXPECT_STREQ("a \xff\033 name", own_device(self->fd).comm);
	ASSERT_EQ(0, prctl(PR_SET_NAME, "0123456789abcdef"));
	EXPECT_STREQ("0123456789abcde", own_device(self->fd).comm);
}

TEST_F(holders, memory)
{
	struct acl_emu_holder entry;
	uint64_t first, second, addr;

	ASSERT_EQ(0, uapi_alloc(self->fd, 3 * SIZE_2M, 0, &first));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &second));
	entry = own_device(self->fd);
	EXPECT_EQ(3 * SIZE_2M + SIZE_4K, entry.local);
	EXPECT_EQ(3 * SIZE_2M + SIZE_4K, entry.unmapped);
	EXPECT_EQ(2, entry.handles);
	EXPECT_EQ(2, entry.allocs);
	EXPECT_EQ(0, own(self->fd, HOST).handles);

	/* However many mappings there are, and of how much of it. */
	ASSERT_EQ(0, uapi_reserve(self->fd, 4 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, first));
	ASSERT_EQ(0, uapi_map(self->fd, addr + SIZE_2M, SIZE_2M, first));
	entry = own_device(self->fd);
	EXPECT_EQ(3 * SIZE_2M + SIZE_4K, entry.local);
	EXPECT_EQ(SIZE_4K, entry.unmapped);
	EXPECT_EQ(2, entry.mappings);
	EXPECT_EQ(2, entry.maps);
	EXPECT_EQ(0, entry.heap);
	ASSERT_EQ(0, uapi_unmap(self->fd, addr));
	EXPECT_EQ(SIZE_4K, own_device(self->fd).unmapped);
	ASSERT_EQ(0, uapi_unmap(self->fd, addr + SIZE_2M));
	entry = own_device(self->fd);
	EXPECT_EQ(3 * SIZE_2M + SIZE_4K, entry.unmapped);
	EXPECT_EQ(0, entry.mappings);

	ASSERT_EQ(0, uapi_free(self->fd, first));
	entry = own_device(self->fd);
	EXPECT_EQ(SIZE_4K, entry.local);
	EXPECT_EQ(SIZE_4K, entry.unmapped);
	EXPECT_EQ(1, entry.handles);
	EXPECT_EQ(2, entry.allocs);
}

/* A freed handle ends with its last mapping. */
TEST_F(holders, freed_while_mapped)
{
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(SIZE_2M, own_device(self->fd).local);
	EXPECT_EQ(0, own_device(self->fd).unmapped);
	ASSERT_EQ(0, uapi_unmap(self->fd, addr));
	EXPECT_EQ(0, own_device(self->fd).local);
	EXPECT_EQ(0, own_device(self->fd).unmapped);
	EXPECT_EQ(0, own_device(self->fd).handles);
}

TEST_F(holders, heap)
{
	struct acl_emu_range_reserve range = { .size = 4 * SIZE_2M, .kind = ACL_EMU_RANGE_HEAP };
	struct acl_emu_map map = { .size = SIZE_2M, .rights = READ_WRITE,
				   .kind = ACL_EMU_RANGE_HEAP };

	ASSERT_EQ(0, uapi_reserve_as(self->fd, &range, 0));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, (uint64_t *)&map.handle));
	map.addr = range.addr;
	ASSERT_EQ(0, uapi_map_as(self->fd, map, 0));
	EXPECT_EQ(SIZE_2M, own_device(self->fd).heap);
	/* One that fails is not counted. */
	EXPECT_EQ(-EADDRINUSE, uapi_map_as(self->fd, map, 0));
	EXPECT_EQ(SIZE_2M, own_device(self->fd).heap);
	EXPECT_EQ(1, own_device(self->fd).mappings);
	/* The program unmaps the addresses itself. */
	ASSERT_EQ(0, munmap((void *)(uintptr_t)range.addr, range.size));
	EXPECT_EQ(0, own_device(self->fd).heap);
	EXPECT_EQ(0, own_device(self->fd).mappings);
	EXPECT_EQ(SIZE_2M, own_device(self->fd).unmapped);
}

TEST_F(holders, host_memory)
{
	struct acl_emu_location node = { ACL_EMU_LOC_HOST_NUMA, ACL_EMU_NUMA_ANY };
	uint64_t handle;

	ASSERT_EQ(0, uapi_alloc_at(self->fd, HOST, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_alloc_at(self->fd, node, SIZE_2M, 0, &handle));
	EXPECT_EQ(2 * SIZE_2M, own(self->fd, HOST).local);
	EXPECT_EQ(0, own_device(self->fd).local);
}

TEST_F(holders, exports)
{
	struct acl_emu_share_close close_key = UAPI_ARG(acl_emu_share_close);
	struct acl_emu_holder entry;
	uint64_t handle, first, second;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_export(self->fd, handle, 0, &first));
	ASSERT_EQ(0, uapi_export(self->fd, handle, 0, &second));
	entry = own_device(self->fd);
	EXPECT_EQ(SIZE_2M, entry.exported);
	EXPECT_EQ(2, entry.shares);
	close_key.key = first;
	ASSERT_EQ(0, UAPI_CALL(self->fd, SHARE_CLOSE, &close_key));
	EXPECT_EQ(SIZE_2M, own_device(self->fd).exported);
	EXPECT_EQ(1, own_device(self->fd).shares);
	close_key.key = second;
	ASSERT_EQ(0, UAPI_CALL(self->fd, SHARE_CLOSE, &close_key));
	EXPECT_EQ(0, own_device(self->fd).exported);
	EXPECT_EQ(0, own_device(self->fd).shares);
	/* Keys end with the handle, too. */
	ASSERT_EQ(0, uapi_export(self->fd, handle, 0, &first));
	ASSERT_EQ(0, uapi_export(self->fd, handle, 0, &second));
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(0, own_device(self->fd).exported);
	EXPECT_EQ(0, own_device(self->fd).shares);
}

TEST_F(holders, imports)
{
	struct uapi_peer peer = uapi_peer_start();
	struct acl_emu_holder entry;
	uint64_t far, key, handle;
	int count;

	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, 2 * SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_NO_LIST, far, &key));
	ASSERT_EQ(0, uapi_import(self->fd, key, 0, &handle));
	entry = own_device(self->fd);
	EXPECT_EQ(0, entry.local);
	EXPECT_EQ(0, entry.unmapped);
	EXPECT_EQ(2 * SIZE_2M, entry.imported);
	EXPECT_EQ(1, entry.imports);
	EXPECT_EQ(1, entry.handles);
	count = uapi_holders(self->fd, ACL_EMU_LIST_MAX, all);
	entry = *uapi_holder_of(all, count, peer.pid, uapi_device(0));
	EXPECT_EQ(2 * SIZE_2M, entry.local);
	EXPECT_EQ(2 * SIZE_2M, entry.exported);
	EXPECT_EQ(1, entry.shares);
	EXPECT_EQ(ACL_EMU_HOLDER_OPEN, entry.flags);
	/* Repeating it gives one more reference, not more memory. */
	ASSERT_EQ(0, uapi_import(self->fd, key, 0, &handle));
	EXPECT_EQ(2 * SIZE_2M, own_device(self->fd).imported);
	EXPECT_EQ(0, uapi_peer_end(&peer));
	EXPECT_EQ(2 * SIZE_2M, own_device(self->fd).imported);
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_EQ(0, own_device(self->fd).imported);
	EXPECT_EQ(0, own_device(self->fd).imports);
}

TEST_F(holders, reset)
{
	uint64_t addr, handle, key;

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, uapi_export(self->fd, handle, 0, &key));
	ASSERT_EQ(0, uapi_device_reset(self->fd, 0));
	EXPECT_EQ(-1, own_device(self->fd).pid);
	ASSERT_EQ(0, uapi_device_open(self->fd, 0));
	EXPECT_EQ(0, own_device(self->fd).local);
	EXPECT_EQ(0, own_device(self->fd).unmapped);
	EXPECT_EQ(0, own_device(self->fd).mappings);
	EXPECT_EQ(0, own_device(self->fd).shares);
}

/* Each client is listed once, whatever the length of the pieces. */
TEST_F(holders, pieces)
{
	static struct acl_emu_holder some[WHO_MAX];
	int fds[8], count;

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = uapi_open();
		ASSERT_GE(fds[i], 0);
		if (i % 2)
			ASSERT_EQ(0, uapi_device_open(fds[i], 1));
	}
	count = uapi_holders(self->fd, ACL_EMU_LIST_MAX, all);
	/* Two locations of this client and of four others, one of the rest. */
	ASSERT_GE(count, 2 + 4 * 2 + 4);
	for (uint32_t step = 1; step < 16; step++) {
		ASSERT_EQ(count, uapi_holders(self->fd, step, some));
		EXPECT_EQ(0, memcmp(all, some, count * sizeof(*all))) TH_LOG("by %u", step);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
	EXPECT_EQ(count - 12, uapi_holders(self->fd, ACL_EMU_LIST_MAX, all));
}

TEST_F(holders, longer_entry)
{
	const size_t size = sizeof(struct acl_emu_holder) + 24;
	uint8_t room[4 * (sizeof(struct acl_emu_holder) + 24)];
	struct acl_emu_holders arg = UAPI_ARG(acl_emu_holders, .count = 2, .entry_size = size,
					      .entries = (uintptr_t)room);

	memset(room, 0xb7, sizeof(room));
	ASSERT_EQ(0, UAPI_CALL(self->fd, HOLDERS, &arg));
	ASSERT_EQ(2, arg.count);
	for (size_t i = 0; i < 2; i++)
		for (size_t at = sizeof(struct acl_emu_holder); at < size; at++)
			EXPECT_EQ(0, room[i * size + at]);
	for (size_t at = 2 * size; at < sizeof(room); at++)
		ASSERT_EQ(0xb7, room[at]);
}

TEST_F(holders, errors)
{
	struct acl_emu_holders arg = UAPI_ARG(acl_emu_holders, .count = 1,
					      .entry_size = sizeof(all[0]), .entries = 4096);

	EXPECT_FAIL(EFAULT, USER_FAULT, 4096, 0, UAPI_CALL(self->fd, HOLDERS, &arg));
	EXPECT_EQ(0, arg.cursor);
	arg.entries = (uintptr_t)all;
	arg.count = 0;
	EXPECT_FAIL(EINVAL, SIZE, 0, ACL_EMU_LIST_MAX, UAPI_CALL(self->fd, HOLDERS, &arg));
	arg.count = ACL_EMU_LIST_MAX + 1;
	EXPECT_FAIL(EINVAL, SIZE, ACL_EMU_LIST_MAX + 1, ACL_EMU_LIST_MAX,
		    UAPI_CALL(self->fd, HOLDERS, &arg));
	arg.count = 1;
	arg.entry_size = FIRST_SIZE - 1;
	EXPECT_FAIL(EINVAL, SIZE, FIRST_SIZE - 1, 4096, UAPI_CALL(self->fd, HOLDERS, &arg));
	arg.entry_size = 4097;
	EXPECT_FAIL(EINVAL, SIZE, 4097, 4096, UAPI_CALL(self->fd, HOLDERS, &arg));
	/* Any cursor is accepted. */
	for (int bit = 0; bit < 64; bit++) {
		arg = UAPI_ARG(acl_emu_holders, .count = 1, .entry_size = sizeof(all[0]),
			       .cursor = (1ull << bit) - 1, .entries = (uintptr_t)all);
		EXPECT_EQ(0, UAPI_CALL(self->fd, HOLDERS, &arg));
	}
	arg.cursor = ~0ull;
	arg.count = 1;
	EXPECT_EQ(0, UAPI_CALL(self->fd, HOLDERS, &arg));
	EXPECT_EQ(0, arg.count);
	EXPECT_EQ(~0ull, arg.cursor);
}

/* ---- who sees what ---- */

static int see_as_nobody(int sock, void *data)
{
	const struct acl_emu_holder *entry;
	int fd, count;

	(void)sock;
	CHILD_CHECK(!uapi_become_nobody());
	fd = uapi_open();
	CHILD_CHECK(fd >= 0);
	count = uapi_holders(fd, ACL_EMU_LIST_MAX, all);
	entry = uapi_holder_of(all, count, *(pid_t *)data, uapi_device(0));
	CHILD_CHECK(entry && entry->local == SIZE_2M && !(entry->flags & ACL_EMU_HOLDER_OWN));
	return 0;
}

/* Whoever may open the node sees the sums. */
TEST_F(holders, unprivileged)
{
	pid_t pid = getpid();
	uint64_t handle;
	int sock;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, chmod(UAPI_NODE, 0666));
	EXPECT_EQ(0, uapi_wait(uapi_child(see_as_nobody, &pid, &sock)));
	ASSERT_EQ(0, chmod(UAPI_NODE, 0660));
}

static int see_from_inside(int sock, void *data)
{
	const struct acl_emu_holder *entry;
	int fd = uapi_open(), count, unnamed = 0;

	(void)sock;
	(void)data;
	CHILD_CHECK(fd >= 0 && getpid() == 1);
	for (uint32_t step = 1; step < 5; step++) {
		count = uapi_holders(fd, step, all);
		entry = uapi_holder_of(all, count, WHO_UNNAMED, uapi_device(0));
		CHILD_CHECK(entry && entry->local == 5 * SIZE_2M);
		CHILD_CHECK(entry->unmapped == entry->local);
		CHILD_CHECK(!entry->client && !entry->comm[0] && entry->handles == 2);
		CHILD_CHECK(uapi_holder_of(all, count, 1, HOST));
	}
	for (int i = 0; i < count; i++) {
		CHILD_CHECK(all[i].pid == 0 || all[i].pid == 1);
		unnamed += all[i].pid == 0;
	}
	/* One for the device; nobody has memory of the host. */
	CHILD_CHECK(unnamed == 1);
	return 0;
}

static int make_inside(int sock, void *data)
{
	int inner;

	(void)sock;
	CHILD_CHECK(!unshare(CLONE_NEWPID));
	return uapi_wait(uapi_child(see_from_inside, data, &inner));
}

/* Processes outside the reader's pid namespace are one sum, and have no number. */
TEST_F(holders, pid_namespace)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t far, handle;
	int sock;

	ASSERT_EQ(0, uapi_alloc(self->fd, 2 * SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, 3 * SIZE_2M, &far));
	EXPECT_EQ(0, uapi_wait(uapi_child(make_inside, NULL, &sock)));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* ---- fdinfo ---- */

#define INFO(key)	uapi_fdinfo(getpid(), self->fd, "acl-emu-" key)

TEST_F(holders, fdinfo)
{
	uint64_t addr, handle, key;

	EXPECT_EQ(own_device(self->fd).client, INFO("client-id"));
	EXPECT_EQ(0, INFO("handles"));
	EXPECT_EQ(0, INFO("local-device0"));
	EXPECT_EQ(~0ull, INFO("local-device1"));
	EXPECT_EQ(~0ull, INFO("local-host"));
	ASSERT_EQ(0, uapi_mapped(self->fd, 2 * SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, uapi_export(self->fd, handle, 0, &key));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	EXPECT_EQ(2, INFO("handles"));
	EXPECT_EQ(1, INFO("mappings"));
	EXPECT_EQ(0, INFO("imports"));
	EXPECT_EQ(1, INFO("shares"));
	EXPECT_EQ(4096 + 4, INFO("local-device0"));
	EXPECT_EQ(4, INFO("unmapped-device0"));
	EXPECT_EQ(0, INFO("heap-device0"));
	EXPECT_EQ(4096, INFO("exported-device0"));
	EXPECT_EQ(0, INFO("imported-device0"));
	EXPECT_EQ(~0ull, INFO("imported-host"));
}

/* The key is shown to those only who may trace the process. */
static int read_fdinfo_as_nobody(int sock, void *data)
{
	int *of = data;

	(void)sock;
	CHILD_CHECK(uapi_fdinfo(of[0], of[1], "acl-emu-client-key") != ~0ull);
	CHILD_CHECK(!uapi_become_nobody());
	CHILD_CHECK(uapi_fdinfo(of[0], of[1], "acl-emu-client-key") == ~0ull);
	CHILD_CHECK(uapi_fdinfo(of[0], of[1], "acl-emu-handles") == ~0ull);
	return 0;
}

TEST_F(holders, fdinfo_is_private)
{
	int of[2] = { getpid(), self->fd }, sock;

	EXPECT_EQ(0, uapi_wait(uapi_child(read_fdinfo_as_nobody, of, &sock)));
}

TEST_HARNESS_MAIN
