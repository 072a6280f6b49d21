// SPDX-License-Identifier: MIT
/*
 * QUERY, DEVICE_INFO and GET_TGID.
 */
#include "uapi_test.h"

UAPI_FIXTURE(query)

static int query(int fd, uint32_t param, uint32_t index)
{
	struct acl_emu_query arg = UAPI_ARG(acl_emu_query, .param = param, .index = index,
					    .value = 0x5a5a);

	return UAPI_CALL(fd, QUERY, &arg);
}

TEST_F(query, version_and_features)
{
	EXPECT_EQ(ACL_EMU_ABI_VERSION, uapi_query(self->fd, ACL_EMU_PARAM_ABI_VERSION, 0));
	EXPECT_EQ(ACL_EMU_FEATURE_RESERVED_MEM | ACL_EMU_FEATURE_SYNC | ACL_EMU_FEATURE_LABEL |
		  ACL_EMU_FEATURE_HOLDERS | ACL_EMU_FEATURE_IDLE,
		  uapi_query(self->fd, ACL_EMU_PARAM_FEATURES, 0));
}

TEST_F(query, unknown_param)
{
	EXPECT_FAIL(EOPNOTSUPP, VALUE, ACL_EMU_PARAM_END, ACL_EMU_PARAM_END - 1,
		    query(self->fd, ACL_EMU_PARAM_END, 0));
	EXPECT_FAIL(EOPNOTSUPP, VALUE, ~0u, ACL_EMU_PARAM_END - 1, query(self->fd, ~0u, 0));
}

TEST_F(query, unknown_index)
{
	EXPECT_FAIL(EOPNOTSUPP, VALUE, 1, 0, query(self->fd, ACL_EMU_PARAM_DEVICES, 1));
	EXPECT_FAIL(EOPNOTSUPP, VALUE, ACL_EMU_STAT_END, ACL_EMU_STAT_END - 1,
		    query(self->fd, ACL_EMU_PARAM_STAT, ACL_EMU_STAT_END));
	EXPECT_EQ(0, query(self->fd, ACL_EMU_PARAM_STAT, ACL_EMU_STAT_END - 1));
}

/* As many devices as QUERY says, and no more. */
TEST_F(query, devices)
{
	uint64_t devices = uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0);
	struct acl_emu_device_info arg;

	ASSERT_GE(devices, 1);
	ASSERT_LE(devices, ACL_EMU_MAX_DEVICES);
	for (uint64_t i = 0; i < devices; i++) {
		arg = UAPI_ARG(acl_emu_device_info, .loc = uapi_device(i));
		EXPECT_EQ(0, UAPI_CALL(self->fd, DEVICE_INFO, &arg));
		EXPECT_EQ(0, arg.used);
		EXPECT_GE(arg.capacity, SIZE_2M);
		EXPECT_EQ(0, arg.capacity % SIZE_2M);
	}
	arg = UAPI_ARG(acl_emu_device_info, .loc = uapi_device(devices));
	EXPECT_FAIL(ENODEV, NO_DEVICE, devices, devices, UAPI_CALL(self->fd, DEVICE_INFO, &arg));
	arg = UAPI_ARG(acl_emu_device_info, .loc = uapi_device(~0u));
	EXPECT_FAIL(ENODEV, NO_DEVICE, ~0u, devices, UAPI_CALL(self->fd, DEVICE_INFO, &arg));
}

TEST_F(query, device_info_locations)
{
	struct acl_emu_device_info arg = UAPI_ARG(acl_emu_device_info,
						  .loc = { ACL_EMU_LOC_HOST, 0 });
	const uint32_t wrong[] = { 2, 3, ACL_EMU_LOC_HOST_NUMA, 5, ~0u };

	EXPECT_EQ(0, UAPI_CALL(self->fd, DEVICE_INFO, &arg));
	EXPECT_GT(arg.capacity, 0);
	EXPECT_EQ(0, arg.open);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		arg = UAPI_ARG(acl_emu_device_info, .loc = { wrong[i], 0 });
		EXPECT_EQ(-EOPNOTSUPP, UAPI_CALL(self->fd, DEVICE_INFO, &arg));
		EXPECT_EQ(ACL_EMU_REASON_VALUE, uapi_last.reason);
		EXPECT_EQ(wrong[i], uapi_last.val[0]);
	}
}

TEST_F(query, info_follows_memory)
{
	struct acl_emu_location host = { ACL_EMU_LOC_HOST, 0 };
	uint64_t used = uapi_used(self->fd, 0);
	uint64_t host_used = uapi_info(self->fd, host).used;
	uint64_t device, small, other;

	ASSERT_EQ(0, uapi_alloc(self->fd, 3 * SIZE_2M, 0, &device));
	EXPECT_EQ(used + 3 * SIZE_2M, uapi_used(self->fd, 0));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &small));
	EXPECT_EQ(used + 3 * SIZE_2M + SIZE_4K, uapi_used(self->fd, 0));
	EXPECT_EQ(host_used, uapi_info(self->fd, host).used);
	ASSERT_EQ(0, uapi_alloc_at(self->fd, host, SIZE_2M, 0, &other));
	EXPECT_EQ(used + 3 * SIZE_2M + SIZE_4K, uapi_used(self->fd, 0));
	EXPECT_EQ(host_used + SIZE_2M, uapi_info(self->fd, host).used);
	EXPECT_EQ(0, uapi_free(self->fd, device));
	EXPECT_EQ(0, uapi_free(self->fd, small));
	EXPECT_EQ(0, uapi_free(self->fd, other));
	EXPECT_EQ(used, uapi_used(self->fd, 0));
	EXPECT_EQ(host_used, uapi_info(self->fd, host).used);
}


/* Each stat follows its kind of object, and no other. */
TEST_F(query, stats)
{
	uint64_t clients = COUNT(CLIENTS), handles = COUNT(HANDLES), phys = COUNT(PHYS);
	uint64_t ranges = COUNT(RANGES), mappings = COUNT(MAPPINGS), shares = COUNT(SHARES);
	uint64_t dmabufs = COUNT(DMABUFS);
	uint64_t handle, addr, key;
	int second, dmabuf;

	second = uapi_open();
	ASSERT_GE(second, 0);
	EXPECT_EQ(clients + 1, COUNT(CLIENTS));
	ASSERT_EQ(0, close(second));
	EXPECT_EQ(clients, COUNT(CLIENTS));

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	EXPECT_EQ(handles + 1, COUNT(HANDLES));
	EXPECT_EQ(phys + 1, COUNT(PHYS));
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	EXPECT_EQ(ranges + 1, COUNT(RANGES));
	ASSERT_EQ(0, uapi_map(self->fd, addr, SIZE_2M, handle));
	EXPECT_EQ(mappings + 1, COUNT(MAPPINGS));
	ASSERT_EQ(0, uapi_export(self->fd, handle, 0, &key));
	EXPECT_EQ(shares + 1, COUNT(SHARES));
	dmabuf = uapi_export_fd(self->fd, handle);
	ASSERT_GE(dmabuf, 0);
	EXPECT_EQ(dmabufs + 1, COUNT(DMABUFS));
	EXPECT_EQ(handles + 1, COUNT(HANDLES));
	EXPECT_EQ(phys + 1, COUNT(PHYS));

	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
	EXPECT_EQ(mappings, COUNT(MAPPINGS));
	EXPECT_EQ(ranges, COUNT(RANGES));
	EXPECT_EQ(handles, COUNT(HANDLES));
	EXPECT_EQ(shares, COUNT(SHARES));
	EXPECT_EQ(phys + 1, COUNT(PHYS));
	ASSERT_EQ(0, close(dmabuf));
	EXPECT_EQ(dmabufs, COUNT(DMABUFS));
	EXPECT_EQ(phys, COUNT(PHYS));
}

static int tell_tgid(int sock, void *data)
{
	struct acl_emu_tgid arg = UAPI_ARG(acl_emu_tgid);
	int fd = uapi_open();

	(void)data;
	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!UAPI_CALL(fd, GET_TGID, &arg));
	CHILD_CHECK(!uapi_send(sock, arg.tgid));
	CHILD_CHECK(getpid() == 1);
	return 0;
}

/* The number counts in the root name space, wherever the caller is. */
TEST_F(query, tgid_in_a_pid_namespace)
{
	int sock;
	pid_t pid;

	ASSERT_EQ(0, unshare(CLONE_NEWPID));
	pid = uapi_child(tell_tgid, NULL, &sock);
	EXPECT_EQ(pid, uapi_recv(sock));
	EXPECT_EQ(0, uapi_wait(pid));
}

static void *tell_tgid_of_thread(void *data)
{
	struct acl_emu_tgid arg = UAPI_ARG(acl_emu_tgid);

	return (void *)(uintptr_t)(UAPI_CALL(*(int *)data, GET_TGID, &arg) ? 0 : arg.tgid);
}

TEST_F(query, tgid_of_a_thread)
{
	pthread_t thread;
	void *tgid;

	ASSERT_EQ(0, pthread_create(&thread, NULL, tell_tgid_of_thread, &self->fd));
	ASSERT_EQ(0, pthread_join(thread, &tgid));
	EXPECT_EQ(getpid(), (uintptr_t)tgid);
}

/* ---- the same numbers in debugfs ---- */

#define DEBUGFS	"/sys/kernel/debug/acl_emu/"

/* Value of a line "KEY ... NAME VALUE ..." of a file; ~0 if there is none. */
static uint64_t debugfs_value(const char *file, const char *key, const char *name)
{
	uint64_t value = ~0ull;
	char path[96], line[256];
	const char *at;
	FILE *in;

	snprintf(path, sizeof(path), DEBUGFS "%s", file);
	in = fopen(path, "r");
	while (in && value == ~0ull && fgets(line, sizeof(line), in)) {
		if (strncmp(line, key, strlen(key)) || line[strlen(key)] != ' ')
			continue;
		at = strstr(line + strlen(key), name);
		if (at)
			value = strtoull(at + strlen(name), NULL, 0);
	}
	if (in)
		fclose(in);
	return value;
}

TEST_F(query, debugfs)
{
	struct acl_emu_device_info info = uapi_info(self->fd, uapi_device(0));
	uint64_t handle;
	char own[32];

	if (access(DEBUGFS, X_OK))
		SKIP(return, "no debugfs");
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	EXPECT_EQ(COUNT(HANDLES), debugfs_value("stats", "handles", " "));
	EXPECT_EQ(COUNT(SYNCS), debugfs_value("stats", "syncs", " "));
	EXPECT_EQ(info.capacity, debugfs_value("devices", "device 0", "capacity "));
	EXPECT_EQ(uapi_used(self->fd, 0), debugfs_value("devices", "device 0", "used "));
	EXPECT_NE(~0ull, debugfs_value("devices", "host 0", "capacity "));
	snprintf(own, sizeof(own), "tgid %d", getpid());
	EXPECT_EQ(1, debugfs_value("clients", own, "open_devices "));
	EXPECT_EQ(0, debugfs_value("clients", own, "dead "));
	EXPECT_EQ(0, uapi_free(self->fd, handle));
}

TEST_HARNESS_MAIN
