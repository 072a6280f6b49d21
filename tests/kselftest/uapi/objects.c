// SPDX-License-Identifier: MIT
/*
 * OBJECTS: what a client holds, one by one, and who may see it. LABEL.
 */
#include "uapi_peer.h"
#include "uapi_who.h"

#include <sys/stat.h>
#include <time.h>

UAPI_FIXTURE(objects)

static struct acl_emu_object all[WHO_MAX];

static struct acl_emu_object object(int fd, uint64_t handle)
{
	int count = uapi_objects(fd, 0, 0, ACL_EMU_LIST_MAX, all);
	const struct acl_emu_object *found = uapi_object_of(all, count, handle);
	struct acl_emu_object none;

	memset(&none, 0xff, sizeof(none));
	return found ? *found : none;
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

TEST_F(objects, own)
{
	struct acl_emu_phys_alloc arg = UAPI_ARG(acl_emu_phys_alloc, .size = 2 * SIZE_2M,
						 .loc = uapi_device(0), .cookie = 4711);
	uint64_t before = now(), addr, key;
	struct acl_emu_object o;

	ASSERT_EQ(0, UAPI_CALL(self->fd, PHYS_ALLOC, &arg));
	o = object(self->fd, arg.handle);
	EXPECT_EQ(arg.handle, o.handle);
	EXPECT_EQ(2 * SIZE_2M, o.size);
	EXPECT_EQ(SIZE_2M, o.granule);
	EXPECT_EQ(4711, o.cookie);
	EXPECT_LE(before, o.born);
	EXPECT_GE(now(), o.born);
	EXPECT_EQ(ACL_EMU_LOC_DEVICE, o.loc.type);
	EXPECT_EQ(0, o.loc.id);
	EXPECT_EQ(ACL_EMU_LOC_DEVICE, o.home.type);
	EXPECT_EQ(1, o.users);
	EXPECT_EQ(0, o.maps);
	EXPECT_EQ(0, o.shares);
	EXPECT_EQ(0, o.state);
	EXPECT_STREQ("", o.label);

	ASSERT_EQ(0, uapi_reserve(self->fd, 2 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_map(self->fd, addr, 2 * SIZE_2M, arg.handle));
	ASSERT_EQ(0, uapi_export(self->fd, arg.handle, 0, &key));
	o = object(self->fd, arg.handle);
	EXPECT_EQ(1, o.maps);
	EXPECT_EQ(1, o.shares);
	EXPECT_EQ(ACL_EMU_OBJECT_EXPORTED | ACL_EMU_OBJECT_DMABUF, o.state);
	ASSERT_EQ(0, uapi_free(self->fd, arg.handle));
	o = object(self->fd, arg.handle);
	EXPECT_EQ(0, o.users);
	EXPECT_EQ(1, o.maps);
}

TEST_F(objects, kinds)
{
	struct uapi_peer peer = uapi_peer_start();
	uint64_t sync, far, key, handle;
	struct acl_emu_object o;
	int fd;

	ASSERT_EQ(0, uapi_sync(self->fd, 1, &sync));
	o = object(self->fd, sync);
	EXPECT_EQ(ACL_EMU_OBJECT_SYNC, o.state);
	EXPECT_EQ(0, o.size | o.memory | o.granule);

	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_NO_LIST, far, &key));
	ASSERT_EQ(0, uapi_import(self->fd, key, 0, &handle));
	o = object(self->fd, handle);
	EXPECT_EQ(ACL_EMU_OBJECT_IMPORTED | ACL_EMU_OBJECT_DMABUF, o.state);
	EXPECT_EQ(SIZE_2M, o.size);

	/* Both names of one memory have its number, other memory has another. */
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	EXPECT_NE(o.memory, object(self->fd, handle).memory);
	fd = uapi_export_fd(self->fd, handle);
	ASSERT_GE(fd, 0);
	o = object(self->fd, handle);
	EXPECT_EQ(ACL_EMU_OBJECT_DMABUF, o.state);
	ASSERT_EQ(0, uapi_import_fd(self->fd, fd, 0, &handle));
	EXPECT_EQ(o.memory, object(self->fd, handle).memory);
	close(fd);
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

#define MANY	40

TEST_F(objects, pieces)
{
	static struct acl_emu_object some[WHO_MAX];
	uint64_t handles[MANY];

	for (int i = 0; i < MANY; i++)
		ASSERT_EQ(0, uapi_alloc(self->fd, (i + 1) * SIZE_4K, ACL_EMU_PHYS_4K, &handles[i]));
	ASSERT_EQ(MANY, uapi_objects(self->fd, 0, 0, ACL_EMU_LIST_MAX, all));
	for (int i = 0; i < MANY; i++) {
		EXPECT_EQ(handles[i], all[i].handle);
		EXPECT_EQ((i + 1) * SIZE_4K, all[i].size);
	}
	for (uint32_t step = 1; step <= MANY + 1; step++) {
		ASSERT_EQ(MANY, uapi_objects(self->fd, 0, 0, step, some));
		EXPECT_EQ(0, memcmp(all, some, MANY * sizeof(*all))) TH_LOG("by %u", step);
	}
}

static int list_other(int fd, uint64_t client, uint64_t key, uint32_t what, void *entries,
		      uint32_t size)
{
	struct acl_emu_objects arg = UAPI_ARG(acl_emu_objects, .client = client, .key = key,
					      .what = what, .count = 8, .entry_size = size,
					      .entries = (uintptr_t)entries);
	int rc = UAPI_CALL(fd, OBJECTS, &arg);

	return rc ? rc : (int)arg.count;
}

TEST_F(objects, addresses)
{
	struct acl_emu_enum_entry entries[8];
	uint64_t addr, handle;

	ASSERT_EQ(0, uapi_reserve(self->fd, 4 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_alloc(self->fd, 2 * SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_map_rights(self->fd, addr + SIZE_2M, SIZE_2M, SIZE_2M, handle,
				     READ_WRITE));
	ASSERT_EQ(1, list_other(self->fd, 0, 0, ACL_EMU_ENUM_RANGES, entries, sizeof(*entries)));
	EXPECT_EQ(addr, entries[0].a);
	ASSERT_EQ(1, list_other(self->fd, 0, 0, ACL_EMU_ENUM_MAPPINGS, entries, sizeof(*entries)));
	EXPECT_EQ(addr + SIZE_2M, entries[0].a);
	EXPECT_EQ(SIZE_2M, entries[0].b);
	EXPECT_EQ(handle, entries[0].c);
	EXPECT_EQ(SIZE_2M, entries[0].d);
}

TEST_F(objects, errors)
{
	struct acl_emu_objects arg = UAPI_ARG(acl_emu_objects, .count = 1,
					      .entry_size = sizeof(all[0]), .entries = 4096);
	uint64_t handle;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	EXPECT_FAIL(EFAULT, USER_FAULT, 4096, 0, UAPI_CALL(self->fd, OBJECTS, &arg));
	EXPECT_EQ(0, arg.cursor);
	arg.entries = (uintptr_t)all;
	arg.what = ACL_EMU_ENUM_END;
	EXPECT_FAIL(EOPNOTSUPP, VALUE, ACL_EMU_ENUM_END, ACL_EMU_ENUM_END - 1,
		    UAPI_CALL(self->fd, OBJECTS, &arg));
	arg.what = ACL_EMU_ENUM_HANDLES;
	arg.count = ACL_EMU_LIST_MAX + 1;
	EXPECT_FAIL(EINVAL, SIZE, ACL_EMU_LIST_MAX + 1, ACL_EMU_LIST_MAX,
		    UAPI_CALL(self->fd, OBJECTS, &arg));
	arg.count = 1;
	arg.entry_size = sizeof(struct acl_emu_enum_entry);
	EXPECT_FAIL(EINVAL, SIZE, sizeof(struct acl_emu_enum_entry), 4096,
		    UAPI_CALL(self->fd, OBJECTS, &arg));
	arg.entry_size = sizeof(all[0]);
	arg.client = 1ull << 60;
	EXPECT_FAIL(ENOENT, NO_CLIENT, 1ull << 60, 0, UAPI_CALL(self->fd, OBJECTS, &arg));
	arg.client = 0;
	for (uint32_t what = 0; what < ACL_EMU_ENUM_END; what++)
		for (int bit = 0; bit < 64; bit++) {
			arg.what = what;
			arg.cursor = (1ull << bit) - 1;
			arg.count = 1;
			EXPECT_EQ(0, UAPI_CALL(self->fd, OBJECTS, &arg));
			EXPECT_LE(arg.count, 1);
		}
}

/* ---- who sees what ---- */

struct target {
	pid_t pid;
	int fd;
	uint64_t client;
	uint64_t key;
	uint64_t handle;
};

static void target_keys(struct target *t)
{
	t->client = uapi_fdinfo(t->pid, t->fd, "acl-emu-client-id");
	t->key = uapi_fdinfo(t->pid, t->fd, "acl-emu-client-key");
}

static int nobody_opens(void)
{
	return uapi_become_nobody() ? -1 : uapi_open();
}

static int see_as_nobody(int sock, void *data)
{
	struct target *t = data;
	int fd = nobody_opens();

	(void)sock;
	CHILD_CHECK(fd >= 0);
	for (uint32_t what = 0; what < ACL_EMU_ENUM_END; what++) {
		CHILD_CHECK(list_other(fd, t->client, 0, what, all, sizeof(*all)) == -EACCES);
		CHILD_CHECK(uapi_last.reason == ACL_EMU_REASON_CLIENT_KEY);
		CHILD_CHECK(uapi_last.val[0] == t->client && !uapi_last.val[1]);
		CHILD_CHECK(list_other(fd, t->client, t->key ^ 1, what, all, sizeof(*all)) ==
			    -EACCES);
	}
	return 0;
}

/* Nobody may trace a process of root, so nobody sees its objects. */
TEST_F(objects, unprivileged)
{
	struct target t = { .pid = getpid(), .fd = self->fd };
	int sock;

	target_keys(&t);
	ASSERT_EQ(0, chmod(UAPI_NODE, 0666));
	EXPECT_EQ(0, uapi_wait(uapi_child(see_as_nobody, &t, &sock)));
	ASSERT_EQ(0, chmod(UAPI_NODE, 0660));
}

static int hold_as_nobody(int sock, void *data)
{
	uint64_t handle;
	int fd = nobody_opens();

	(void)data;
	CHILD_CHECK(fd >= 0 && !uapi_device_open(fd, 0));
	CHILD_CHECK(!uapi_alloc(fd, SIZE_2M, 0, &handle) && !uapi_label(fd, handle, "theirs"));
	CHILD_CHECK(!uapi_send(sock, fd) && !uapi_send(sock, handle));
	/* Until the other side has looked. */
	uapi_recv(sock);
	return 0;
}

/* The same user may trace a process, and so sees its objects with the key. */
static int look_as_nobody(int sock, void *data)
{
	struct target *t = data;
	int fd = nobody_opens();

	(void)sock;
	CHILD_CHECK(fd >= 0);
	target_keys(t);
	CHILD_CHECK(uapi_objects(fd, t->client, t->key, 1, all) == 1);
	CHILD_CHECK(all[0].handle == t->handle && all[0].size == SIZE_2M);
	CHILD_CHECK(!strcmp(all[0].label, "theirs"));
	CHILD_CHECK(uapi_objects(fd, t->client, 0, 1, all) == -EACCES);
	return 0;
}

TEST_F(objects, same_user)
{
	struct target t;
	int sock, other;

	ASSERT_EQ(0, chmod(UAPI_NODE, 0666));
	t.pid = uapi_child(hold_as_nobody, NULL, &sock);
	t.fd = uapi_recv(sock);
	t.handle = uapi_recv(sock);
	EXPECT_EQ(0, uapi_wait(uapi_child(look_as_nobody, &t, &other)));
	/* Root may trace it, too. */
	target_keys(&t);
	EXPECT_EQ(1, uapi_objects(self->fd, t.client, t.key, 1, all));
	close(sock);
	EXPECT_EQ(0, uapi_wait(t.pid));
	EXPECT_EQ(-ENOENT, uapi_objects(self->fd, t.client, t.key, 1, all));
	ASSERT_EQ(0, chmod(UAPI_NODE, 0660));
}

/* ---- labels ---- */

static void dmabuf_name(struct __test_metadata *_metadata, int fd, char name[64])
{
	char path[64], line[256];
	FILE *file;

	name[0] = '\0';
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "r");
	ASSERT_NE(NULL, file);
	while (fgets(line, sizeof(line), file))
		sscanf(line, "name:\t%63[^\n]", name);
	fclose(file);
}

TEST_F(objects, label)
{
	char longest[ACL_EMU_LABEL_SIZE + 1];
	uint64_t handle;

	memset(longest, '~', sizeof(longest));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_label(self->fd, handle, "kv-cache layer 3"));
	EXPECT_STREQ("kv-cache layer 3", object(self->fd, handle).label);
	/* The next one takes its place. */
	longest[ACL_EMU_LABEL_SIZE - 1] = '\0';
	ASSERT_EQ(0, uapi_label(self->fd, handle, longest));
	EXPECT_STREQ(longest, object(self->fd, handle).label);
	ASSERT_EQ(0, uapi_label(self->fd, handle, ""));
	EXPECT_STREQ("", object(self->fd, handle).label);
	/* A failure leaves it. */
	ASSERT_EQ(0, uapi_label(self->fd, handle, "a"));
	longest[ACL_EMU_LABEL_SIZE - 1] = '~';
	EXPECT_FAIL(EINVAL, LABEL, ACL_EMU_LABEL_SIZE, '~', uapi_label(self->fd, handle, longest));
	EXPECT_FAIL(EINVAL, LABEL, 1, '\n', uapi_label(self->fd, handle, "b\n"));
	EXPECT_FAIL(EINVAL, LABEL, 0, 0x1f, uapi_label(self->fd, handle, "\x1f"));
	EXPECT_FAIL(EINVAL, LABEL, 2, 0x7f, uapi_label(self->fd, handle, "bc\x7f"));
	EXPECT_FAIL(EINVAL, LABEL, 0, 0xc3, uapi_label(self->fd, handle, "\xc3\xa4"));
	EXPECT_STREQ("a", object(self->fd, handle).label);
	EXPECT_FAIL(ENOENT, HANDLE, handle + 1, 0, uapi_label(self->fd, handle + 1, "a"));
}

TEST_F(objects, label_of_a_dmabuf)
{
	uint64_t handle;
	char name[64];
	int fd;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	ASSERT_EQ(0, uapi_label(self->fd, handle, "0123456789abcdefghijklmnopqrstuvwxyz"));
	fd = uapi_export_fd(self->fd, handle);
	ASSERT_GE(fd, 0);
	dmabuf_name(_metadata, fd, name);
	EXPECT_STREQ("0123456789abcdefghijklmnopqrstu", name);
	ASSERT_EQ(0, uapi_label(self->fd, handle, "later"));
	dmabuf_name(_metadata, fd, name);
	EXPECT_STREQ("later", name);
	ASSERT_EQ(0, uapi_label(self->fd, handle, ""));
	dmabuf_name(_metadata, fd, name);
	EXPECT_STREQ("", name);
	close(fd);
}

/* Importers read the label, and do not change it. */
TEST_F(objects, label_of_an_import)
{
	uint64_t handle, import;
	int fd;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_2M, 0, &handle));
	fd = uapi_export_fd(self->fd, handle);
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_import_fd(self->fd, fd, 0, &import));
	close(fd);
	ASSERT_EQ(0, uapi_label(self->fd, handle, "shared"));
	EXPECT_STREQ("shared", object(self->fd, import).label);
	EXPECT_FAIL(EINVAL, IMPORTED, import, 0, uapi_label(self->fd, import, "mine"));
	ASSERT_EQ(0, uapi_free(self->fd, handle));
	EXPECT_STREQ("shared", object(self->fd, import).label);
}

TEST_F(objects, label_of_a_sync)
{
	uint64_t sync;

	ASSERT_EQ(0, uapi_sync(self->fd, 0, &sync));
	EXPECT_FAIL(ENOENT, HANDLE, sync, 0, uapi_label(self->fd, sync, "a"));
}

/* ---- while it changes ---- */

struct churn {
	int fd;
	int stop;
};

static void *change_all_the_time(void *data)
{
	struct churn *churn = data;
	uint64_t handle;

	while (!__atomic_load_n(&churn->stop, __ATOMIC_RELAXED)) {
		if (uapi_alloc(churn->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle) ||
		    uapi_label(churn->fd, handle, "first") ||
		    uapi_label(churn->fd, handle, "second") || uapi_free(churn->fd, handle))
			return "a call failed";
	}
	return NULL;
}

TEST_F(objects, while_it_changes)
{
	struct churn churn = { .fd = self->fd };
	uint64_t handle;
	pthread_t thread;
	void *answer;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	ASSERT_EQ(0, pthread_create(&thread, NULL, change_all_the_time, &churn));
	for (int i = 0; i < 2000; i++) {
		int n = uapi_objects(self->fd, 0, 0, 1 + i % 3, all);

		ASSERT_GE(n, 1);
		ASSERT_EQ(handle, all[0].handle);
		for (int j = 1; j < n; j++)
			ASSERT_TRUE(!strcmp(all[j].label, "") || !strcmp(all[j].label, "first") ||
				    !strcmp(all[j].label, "second"));
	}
	__atomic_store_n(&churn.stop, 1, __ATOMIC_RELAXED);
	ASSERT_EQ(0, pthread_join(thread, &answer));
	EXPECT_EQ(NULL, answer);
}

TEST_HARNESS_MAIN
