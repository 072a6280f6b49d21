// SPDX-License-Identifier: MIT
/*
 * acl-emu info and who, against processes whose holdings are known to the byte.
 */
#include "tool.h"

#include <sys/stat.h>

#define HOLDING_KEYS "location open local unmapped heap idle exported imported mappings handles " \
	"imports shares"
#define OBJECT_KEYS "handle kind memory size location home granule age users shares label " \
	"imported exported dmabuf mappings importers"

UAPI_FIXTURE(who)

static json_t *process(const json_t *answer, pid_t pid)
{
	return tool_find(json_object_get(answer, "processes"), "pid", pid);
}

static json_t *holding(const json_t *answer, pid_t pid, const char *location)
{
	return tool_find_text(json_object_get(process(answer, pid), "holdings"), "location",
			      location);
}

static json_t *object(const json_t *answer, pid_t pid, uint64_t handle)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%" PRIx64, handle);
	return tool_find_text(json_object_get(process(answer, pid), "objects"), "handle", text);
}

TEST_F(who, info)
{
	struct acl_emu_device_info info;
	json_t *answer, *location, *h;
	uint64_t addr, handle;
	size_t i;

	ASSERT_EQ(0, uapi_mapped(self->fd, 3 * SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	info = uapi_info(self->fd, uapi_device(0));
	answer = TOOL_JSON("info", "--json");
	ASSERT_NE(NULL, answer) TH_LOG("%s", tool_text);
	EXPECT_TRUE(tool_has_keys(answer, "interface soc quarantine locations processes"));
	EXPECT_EQ(ACL_EMU_ABI_VERSION, tool_int(answer, "interface"));
	EXPECT_STREQ("Ascend910B3", tool_string(answer, "soc"));
	EXPECT_EQ(0, tool_int(answer, "quarantine"));
	json_array_foreach(json_object_get(answer, "locations"), i, location)
		EXPECT_TRUE(tool_has_keys(location, "location capacity used reserved unowned"));
	EXPECT_EQ(uapi_query(self->fd, ACL_EMU_PARAM_DEVICES, 0) + 1, i);
	location = tool_find_text(json_object_get(answer, "locations"), "location", "device0");
	EXPECT_EQ(info.capacity, tool_int(location, "capacity"));
	EXPECT_EQ(info.used, tool_int(location, "used"));
	EXPECT_EQ(0, tool_int(location, "unowned"));

	EXPECT_TRUE(tool_has_keys(process(answer, getpid()), "pid name holdings"));
	h = holding(answer, getpid(), "device0");
	EXPECT_TRUE(tool_has_keys(h, HOLDING_KEYS));
	EXPECT_TRUE(json_is_true(json_object_get(h, "open")));
	EXPECT_EQ(3 * SIZE_2M + SIZE_4K, tool_int(h, "local"));
	EXPECT_EQ(SIZE_4K, tool_int(h, "unmapped"));
	EXPECT_EQ(0, tool_int(h, "heap"));
	EXPECT_EQ(0, tool_int(h, "exported"));
	EXPECT_EQ(0, tool_int(h, "imported"));
	EXPECT_EQ(1, tool_int(h, "mappings"));
	EXPECT_EQ(2, tool_int(h, "handles"));
	EXPECT_EQ(NULL, holding(answer, getpid(), "device1"));
	EXPECT_EQ(NULL, holding(answer, getpid(), "host"));
	json_decref(answer);
}

/* The tool does not list itself. */
TEST_F(who, nothing)
{
	json_t *answer = TOOL_JSON("--json");

	ASSERT_NE(NULL, answer);
	EXPECT_EQ(1, json_array_size(json_object_get(answer, "processes")));
	EXPECT_NE(NULL, process(answer, getpid()));
	json_decref(answer);
	close(self->fd);
	EXPECT_EQ(0, TOOL_RUN("info"));
	EXPECT_TEXT("No process uses a device.");
}

/* Two clients of a process are one process. */
TEST_F(who, two_clients)
{
	uint64_t handle;
	json_t *answer;
	int fd = uapi_open();

	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_device_open(fd, 0));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_alloc(fd, SIZE_2M, 0, &handle));
	answer = TOOL_JSON("who", "--json", "-v");
	ASSERT_NE(NULL, answer);
	EXPECT_EQ(1, json_array_size(json_object_get(answer, "processes")));
	EXPECT_EQ(2 * SIZE_2M, tool_int(holding(answer, getpid(), "device0"), "local"));
	EXPECT_EQ(2, json_array_size(json_object_get(process(answer, getpid()), "objects")));
	json_decref(answer);
	close(fd);
}

TEST_F(who, objects)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t addr, handle, key, far, sync;
	json_t *answer, *o, *m;
	char text[32];

	ASSERT_EQ(0, uapi_mapped(self->fd, 2 * SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, uapi_label(self->fd, handle, "\"quoted\" \\ label"));
	ASSERT_EQ(0, uapi_export(self->fd, handle, ACL_EMU_EXPORT_NO_LIST, &key));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, uapi_sync(self->fd, 0, &sync));
	answer = TOOL_JSON("who", "-v", "--json");
	ASSERT_NE(NULL, answer) TH_LOG("%s", tool_text);
	EXPECT_TRUE(tool_has_keys(process(answer, getpid()), "pid name holdings objects"));
	EXPECT_EQ(2, json_array_size(json_object_get(process(answer, getpid()), "objects")));

	o = object(answer, getpid(), handle);
	ASSERT_NE(NULL, o);
	EXPECT_TRUE(tool_has_keys(o, OBJECT_KEYS));
	EXPECT_STREQ("memory", tool_string(o, "kind"));
	EXPECT_STREQ("\"quoted\" \\ label", tool_string(o, "label"));
	EXPECT_STREQ("device0", tool_string(o, "location"));
	EXPECT_STREQ("device0", tool_string(o, "home"));
	EXPECT_EQ(2 * SIZE_2M, tool_int(o, "size"));
	EXPECT_EQ(SIZE_2M, tool_int(o, "granule"));
	EXPECT_EQ(1, tool_int(o, "users"));
	EXPECT_EQ(1, tool_int(o, "shares"));
	EXPECT_TRUE(json_is_true(json_object_get(o, "exported")));
	EXPECT_TRUE(json_is_false(json_object_get(o, "imported")));
	EXPECT_TRUE(json_is_true(json_object_get(o, "dmabuf")));
	EXPECT_LE(0, json_real_value(json_object_get(o, "age")));
	ASSERT_EQ(1, json_array_size(json_object_get(o, "importers")));
	EXPECT_EQ(peer.pid, json_integer_value(json_array_get(json_object_get(o, "importers"), 0)));
	ASSERT_EQ(1, json_array_size(json_object_get(o, "mappings")));
	m = json_array_get(json_object_get(o, "mappings"), 0);
	EXPECT_TRUE(tool_has_keys(m, "address size offset"));
	snprintf(text, sizeof(text), "0x%" PRIx64, addr);
	EXPECT_STREQ(text, tool_string(m, "address"));
	EXPECT_EQ(2 * SIZE_2M, tool_int(m, "size"));
	EXPECT_EQ(0, tool_int(m, "offset"));

	EXPECT_STREQ("sync", tool_string(object(answer, getpid(), sync), "kind"));
	o = object(answer, peer.pid, far);
	ASSERT_NE(NULL, o);
	EXPECT_TRUE(json_is_true(json_object_get(o, "imported")));
	EXPECT_STREQ("\"quoted\" \\ label", tool_string(o, "label"));
	EXPECT_EQ(tool_int(object(answer, getpid(), handle), "memory"), tool_int(o, "memory"));
	json_decref(answer);
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_F(who, text)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t addr, handle, key, far;
	char text[64];

	ASSERT_EQ(0, prctl(PR_SET_NAME, "na\033me"));
	ASSERT_EQ(0, uapi_mapped(self->fd, 2 * SIZE_2M, 0, &addr, &handle));
	ASSERT_EQ(0, uapi_label(self->fd, handle, "kv-cache"));
	ASSERT_EQ(0, uapi_export(self->fd, handle, ACL_EMU_EXPORT_NO_LIST, &key));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_IMPORT, key, &far));
	ASSERT_EQ(0, TOOL_RUN("who", "-v"));
	snprintf(text, sizeof(text), "na?me (pid %d)\n", getpid());
	EXPECT_TEXT(text);
	EXPECT_TEXT("  device 0: 6 MiB = 4 MiB mapped + 2 MiB unmapped, 4 MiB of it exported "
		    "(2 handles, 1 mapping, 1 share key)\n");
	EXPECT_TEXT("  device 0: no memory, 4 MiB imported (1 handle, 0 mappings)\n");
	snprintf(text, sizeof(text), "exported imported-by:%d 0x%" PRIx64, peer.pid, addr);
	EXPECT_TEXT(text);
	EXPECT_TEXT("kv-cache");
	/* The owner is gone, the importer keeps it. */
	EXPECT_EQ(0, TOOL_RUN("who", "0", "--pid", "1") == 1 ? 0 : 1);
	ASSERT_EQ(0, uapi_device_reset(self->fd, 0));
	ASSERT_EQ(0, TOOL_RUN("who", "0"));
	EXPECT_TEXT("device 0: 4 MiB that its owner has freed");
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_F(who, one_device)
{
	uint64_t handle;
	json_t *answer;

	ASSERT_EQ(0, uapi_device_open(self->fd, 1));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_alloc_at(self->fd, uapi_device(1), SIZE_2M, 0, &handle));
	answer = TOOL_JSON("who", "1", "-v", "--json");
	ASSERT_NE(NULL, answer);
	EXPECT_EQ(1, json_array_size(json_object_get(process(answer, getpid()), "objects")));
	EXPECT_NE(NULL, object(answer, getpid(), handle));
	json_decref(answer);
	ASSERT_EQ(0, TOOL_RUN("who", "1"));
	EXPECT_TEXT("device 1: 2 MiB");
	EXPECT_NO_TEXT("device 0");
}

TEST_F(who, one_process)
{
	struct uapi_peer peer = uapi_peer_start();
	json_t *answer;
	uint64_t tgid;
	char pid[16];

	/* It is there when it answers. */
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_TGID, 0, &tgid));
	snprintf(pid, sizeof(pid), "%d", peer.pid);
	answer = TOOL_JSON("who", "--pid", pid, "--json");
	ASSERT_NE(NULL, answer);
	EXPECT_EQ(1, json_array_size(json_object_get(answer, "processes")));
	EXPECT_NE(NULL, process(answer, peer.pid));
	json_decref(answer);
	EXPECT_EQ(0, uapi_peer_end(&peer));
	EXPECT_EQ(1, TOOL_RUN("who", "--pid", pid));
	EXPECT_TEXT(pid);
}

static int ask_as_nobody(int sock, void *data)
{
	json_t *answer, *objects;
	pid_t pid = *(pid_t *)data;

	(void)sock;
	CHILD_CHECK(!uapi_become_nobody());
	answer = TOOL_JSON("who", "-v", "--json");
	CHILD_CHECK(answer);
	CHILD_CHECK(tool_int(holding(answer, pid, "device0"), "local") == SIZE_2M);
	objects = json_object_get(process(answer, pid), "objects");
	CHILD_CHECK(json_is_null(objects));
	CHILD_CHECK(!TOOL_RUN("who", "-v"));
	CHILD_CHECK(strstr(tool_text, "only for those who may trace the process"));
	CHILD_CHECK(!strstr(tool_text, "secret"));
	return 0;
}

TEST_F(who, unprivileged)
{
	pid_t pid = getpid();
	uint64_t handle;
	int sock;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_label(self->fd, handle, "secret"));
	ASSERT_EQ(0, chmod(UAPI_NODE, 0666));
	EXPECT_EQ(0, uapi_wait(uapi_child(ask_as_nobody, &pid, &sock)));
	ASSERT_EQ(0, chmod(UAPI_NODE, 0660));
}

static int ask_from_inside(int sock, void *data)
{
	json_t *answer, *processes, *first;

	(void)sock;
	(void)data;
	answer = TOOL_JSON("info", "--json");
	CHILD_CHECK(answer);
	processes = json_object_get(answer, "processes");
	CHILD_CHECK(json_array_size(processes) == 1);
	first = json_array_get(processes, 0);
	CHILD_CHECK(json_is_null(json_object_get(first, "pid")));
	CHILD_CHECK(json_is_null(json_object_get(first, "name")));
	first = json_array_get(json_object_get(first, "holdings"), 0);
	CHILD_CHECK(tool_int(first, "local") == 2 * SIZE_2M);
	return 0;
}

static int make_inside(int sock, void *data)
{
	int inner;

	(void)sock;
	CHILD_CHECK(!unshare(CLONE_NEWPID));
	return uapi_wait(uapi_child(ask_from_inside, data, &inner));
}

TEST_F(who, pid_namespace)
{
	uint64_t handle;
	int sock;

	ASSERT_EQ(0, uapi_alloc(self->fd, 2 * SIZE_2M, 0, &handle));
	EXPECT_EQ(0, uapi_wait(uapi_child(make_inside, NULL, &sock)));
}

TEST_F(who, exit_codes)
{
	EXPECT_EQ(0, TOOL_RUN("info"));
	EXPECT_EQ(0, TOOL_RUN("who"));
	EXPECT_EQ(1, TOOL_RUN("who", "63"));
	EXPECT_TEXT("no device 63");
	EXPECT_EQ(2, TOOL_RUN("who", "64"));
	EXPECT_EQ(2, TOOL_RUN("who", "-1"));
	EXPECT_EQ(2, TOOL_RUN("who", "--pid", "x"));
	EXPECT_EQ(2, TOOL_RUN("who", "0", "1"));
	EXPECT_EQ(2, TOOL_RUN("info", "--watch", "0"));
	EXPECT_EQ(2, TOOL_RUN("info", "more"));
	EXPECT_EQ(2, TOOL_RUN("top"));
	EXPECT_TEXT("terminal");
	ASSERT_EQ(0, setenv("ACL_EMU_DEVICE", "/dev/null", 1));
	EXPECT_EQ(3, TOOL_RUN("info"));
	ASSERT_EQ(0, setenv("ACL_EMU_DEVICE", "/nonexistent", 1));
	EXPECT_EQ(3, TOOL_RUN("info"));
	EXPECT_TEXT("/nonexistent");
	EXPECT_EQ(3, TOOL_RUN("who"));
}

#define MANY	2000

/* Many mappings and handles: the answer is complete. */
TEST_F(who, many)
{
	uint64_t addr, handle;
	json_t *answer;

	ASSERT_EQ(0, uapi_reserve(self->fd, 8 * SIZE_2M, &addr));
	for (int i = 0; i < MANY; i++) {
		ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
		ASSERT_EQ(0, uapi_map(self->fd, addr + i * SIZE_4K, SIZE_4K, handle));
	}
	answer = TOOL_JSON("info", "--json");
	ASSERT_NE(NULL, answer);
	EXPECT_EQ(MANY * SIZE_4K, tool_int(holding(answer, getpid(), "device0"), "local"));
	EXPECT_EQ(MANY, tool_int(holding(answer, getpid(), "device0"), "mappings"));
	json_decref(answer);
}

TEST_HARNESS_MAIN
