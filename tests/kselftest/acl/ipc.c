// SPDX-License-Identifier: MIT
/*
 * Device memory shared by keys: named processes get it, others do not, imports
 * close in order, and nothing is left over.
 */
#include "acl_test.h"

#define SIZE	(3 * MIB + 12345)
#define KEY	65

FIXTURE(ipc) {
	struct world world;
	char *block;
	char key[KEY];
};

FIXTURE_SETUP(ipc)
{
	world_open(_metadata, &self->world);
	WORKS(aclrtMalloc((void **)&self->block, SIZE, ACL_MEM_MALLOC_HUGE_FIRST));
	fill(self->block, SIZE, 6);
	WORKS(aclrtIpcMemGetExportKey(self->block, SIZE, self->key, KEY,
				      ACL_RT_IPC_MEM_EXPORT_FLAG_DEFAULT));
	EXPECT_EQ(KEY - 1, strlen(self->key));
}

FIXTURE_TEARDOWN(ipc)
{
	if (self->block) {
		EXPECT_EQ(ACL_SUCCESS, aclrtIpcMemClose(self->key));
		aclrtFree(self->block);
	}
	world_close(_metadata, &self->world);
}

/* The other process: says its number, gets a key, does one thing, exits. */
struct other {
	pid_t pid;
	int32_t number;
	int fd;
};

/* Ends with the line it failed in. */
#define NEED(condition)	do { if (!(condition)) _exit(__LINE__ % 120 + 1); } while (0)

static bool other_start(struct other *o, void (*job)(int fd, const char *key))
{
	int fd[2];
	int32_t number = 0;
	char key[KEY];

	fflush(NULL);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd))
		return false;
	o->pid = fork();
	if (!o->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fd[0]);
		NEED(!aclrtSetDevice(1));
		NEED(!aclrtDeviceGetBareTgid(&number));
		NEED(send(fd[1], &number, sizeof(number), MSG_NOSIGNAL) == sizeof(number));
		NEED(recv(fd[1], key, KEY, 0) == KEY);
		job(fd[1], key);
		NEED(!aclrtResetDevice(1));
		_exit(0);
	}
	close(fd[1]);
	o->fd = fd[0];
	return o->pid > 0 && recv(o->fd, &o->number, sizeof(number), 0) == sizeof(number);
}

static bool other_tell(struct other *o, const char *key)
{
	return send(o->fd, key, KEY, MSG_NOSIGNAL) == KEY;
}

/* One byte each way: the other is at a point and waits. */
static void meet(int fd)
{
	char c = 0;

	NEED(send(fd, &c, 1, MSG_NOSIGNAL) == 1 && recv(fd, &c, 1, 0) == 1);
}

static bool met(struct other *o)
{
	char c;

	return recv(o->fd, &c, 1, 0) == 1;
}

static void go_on(struct other *o)
{
	send(o->fd, "", 1, MSG_NOSIGNAL);
}

static int other_end(struct other *o)
{
	int status = join(o->pid);

	close(o->fd);
	return status;
}

/* Starts, names and tells: what most tests want. */
#define OTHER(o, job, key) do { \
	ASSERT_TRUE(other_start(o, job)); \
	WORKS(aclrtIpcMemSetImportPid(key, &(o)->number, 1)); \
	ASSERT_TRUE(other_tell(o, key)); \
} while (0)

static void job_write(int fd, const char *key)
{
	char *back = malloc(SIZE);
	aclrtPtrAttributes a;
	void *addr;

	(void)fd;
	NEED(!aclrtIpcMemImportByKey(&addr, key, 0));
	NEED(!aclrtPointerGetAttributes(addr, &a));
	NEED(a.location.type == ACL_MEM_LOCATION_TYPE_DEVICE && a.location.id == 1);
	NEED(!aclrtMemcpy(back, SIZE, addr, SIZE, ACL_MEMCPY_DEVICE_TO_HOST));
	NEED(filled(back, SIZE, 6));
	fill(back, SIZE, 7);
	NEED(!aclrtMemcpy(addr, SIZE, back, SIZE, ACL_MEMCPY_HOST_TO_DEVICE));
	NEED(aclrtFree(addr) == PARAM);
	NEED(!aclrtIpcMemClose(key));
	NEED(touch(addr));
	NEED(aclrtFree(addr) == PARAM);
}

TEST_F(ipc, importer_writes)
{
	struct other o;

	OTHER(&o, job_write, self->key);
	EXPECT_EQ(0, other_end(&o));
	EXPECT_TRUE(filled(self->block, SIZE, 7));
}

static void job_small(int fd, const char *key)
{
	char *addr;

	(void)fd;
	NEED(!aclrtIpcMemImportByKey((void **)&addr, key, 0));
	NEED(filled(addr, 100, 8));
	addr[99]++;
	NEED(!aclrtIpcMemClose(key));
}

/* A piece of a small block, which lies among others. */
TEST_F(ipc, small_piece)
{
	struct other o;
	char *first, *block;
	char key[KEY];

	WORKS(aclrtMalloc((void **)&first, 5000, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMalloc((void **)&block, 5000, ACL_MEM_MALLOC_HUGE_FIRST));
	fill(block + 1000, 100, 8);
	WORKS(aclrtIpcMemGetExportKey(block + 1000, 100, key, KEY, 0));
	OTHER(&o, job_small, key);
	EXPECT_EQ(0, other_end(&o));
	EXPECT_EQ((char)(pattern(99, 8) + 1), block[1099]);
	WORKS(aclrtIpcMemClose(key));
	WORKS(aclrtFree(first));
	WORKS(aclrtFree(block));
}

static void job_refused(int fd, const char *key)
{
	void *addr = (void *)UNTOUCHED;

	(void)fd;
	NEED(aclrtIpcMemImportByKey(&addr, key, 0) == INTERNAL);
	NEED(addr == (void *)UNTOUCHED);
	NEED(aclrtIpcMemClose(key) == INTERNAL);
}

TEST_F(ipc, not_in_list)
{
	struct other o;

	ASSERT_TRUE(other_start(&o, job_refused));
	ASSERT_TRUE(other_tell(&o, self->key));
	EXPECT_EQ(0, other_end(&o));
	FAILS(INTERNAL, aclrtIpcMemSetImportPid(self->key, (int32_t[]){ 0, 0 }, 2), "2 pids");
}

static void job_named_by_nobody(int fd, const char *key)
{
	int32_t number = 1;
	void *addr;

	(void)fd;
	NEED(aclrtIpcMemSetImportPid(key, &number, 1) == INTERNAL);
	NEED(!aclrtIpcMemImportByKey(&addr, key, 0));
	NEED(aclrtIpcMemGetExportKey(addr, 1, (char[KEY]){ 0 }, KEY, 0) ==
	     INTERNAL);
	NEED(!aclrtIpcMemClose(key));
}

TEST_F(ipc, open_to_all)
{
	char key[KEY];
	struct other o;

	WORKS(aclrtIpcMemGetExportKey(self->block, 4096, key, KEY,
				      ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION));
	ASSERT_TRUE(other_start(&o, job_named_by_nobody));
	FAILS(ACL_ERROR_RT_NO_PERMISSION, aclrtIpcMemSetImportPid(key, &o.number, 1), NULL);
	ASSERT_TRUE(other_tell(&o, key));
	EXPECT_EQ(0, other_end(&o));
	WORKS(aclrtIpcMemClose(key));
}

static void job_order(int fd, const char *key)
{
	void *a, *b, *c;

	(void)fd;
	NEED(!aclrtIpcMemImportByKey(&a, key, 0));
	NEED(!aclrtIpcMemImportByKey(&b, key, 0));
	NEED(!aclrtIpcMemImportByKey(&c, key, 0));
	NEED(a != b && b != c && a != c);
	NEED(!touch(a) && !touch(b) && !touch(c));
	NEED(!aclrtIpcMemClose(key));
	NEED(touch(a) && !touch(b) && !touch(c));
	NEED(!aclrtIpcMemClose(key));
	NEED(touch(b) && !touch(c));
	NEED(!aclrtIpcMemClose(key));
	NEED(touch(c));
	NEED(aclrtIpcMemClose(key) == INTERNAL);
}

TEST_F(ipc, oldest_is_closed_first)
{
	struct other o;

	OTHER(&o, job_order, self->key);
	EXPECT_EQ(0, other_end(&o));
}

static void job_way(int fd, const char *key)
{
	aclrtPtrAttributes a;
	int32_t status = 5;
	void *addr, *own;

	(void)fd;
	NEED(!aclrtIpcMemImportByKey(&addr, key, 0));
	NEED(!aclrtDevicePeerAccessStatus(1, 0, &status) && !status);
	NEED(!aclrtMalloc(&own, SIZE, ACL_MEM_MALLOC_HUGE_FIRST));
	NEED(!aclrtMemcpy(own, SIZE, addr, SIZE, ACL_MEMCPY_DEVICE_TO_DEVICE));
	NEED(filled(own, SIZE, 6));
	NEED(!aclrtFree(own));
	NEED(!aclrtIpcMemClose(key));
	NEED(!aclrtIpcMemImportByKey(&addr, key, ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS));
	NEED(!aclrtDevicePeerAccessStatus(1, 0, &status) && status == 1);
	/* It belongs to the device that imported it. */
	NEED(!aclrtPointerGetAttributes(addr, &a));
	NEED(a.location.type == ACL_MEM_LOCATION_TYPE_DEVICE && a.location.id == 1);
	NEED(!aclrtIpcMemClose(key));
}

/* Imported memory needs no way to the exporter's device; asked for, there is one. */
TEST_F(ipc, peer_access_flag)
{
	struct other o;

	OTHER(&o, job_way, self->key);
	EXPECT_EQ(0, other_end(&o));
}

static void job_keep(int fd, const char *key)
{
	void *addr;

	NEED(!aclrtIpcMemImportByKey(&addr, key, 0));
	meet(fd);
	NEED(filled(addr, SIZE, 6));
	NEED(!aclrtIpcMemClose(key));
}

TEST_F(ipc, outlives_the_exporter)
{
	struct other o;
	void *addr = (void *)UNTOUCHED;
	char gone[KEY];

	OTHER(&o, job_keep, self->key);
	ASSERT_TRUE(met(&o));
	memcpy(gone, self->key, KEY);
	WORKS(aclrtIpcMemClose(self->key));
	WORKS(aclrtFree(self->block));
	self->block = NULL;
	EXPECT_LT(self->world.used[0], used(0));
	go_on(&o);
	EXPECT_EQ(0, other_end(&o));
	EXPECT_EQ(self->world.used[0], used(0));
	FAILS(BAD_HANDLE, aclrtIpcMemImportByKey(&addr, gone, 0), gone);
	FAILS(BAD_HANDLE, aclrtIpcMemSetImportPid(gone, &o.number, 1), gone);
	FAILS(INTERNAL, aclrtIpcMemClose(gone), gone);
	EXPECT_EQ((void *)UNTOUCHED, addr);
}

static void job_die(int fd, const char *key)
{
	void *addr;

	NEED(!aclrtIpcMemImportByKey(&addr, key, 0));
	meet(fd);
}

/* The importer is killed: nothing of it stays. */
TEST_F(ipc, importer_dies)
{
	struct other o;

	OTHER(&o, job_die, self->key);
	ASSERT_TRUE(met(&o));
	kill(o.pid, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, other_end(&o));
	EXPECT_TRUE(filled(self->block, SIZE, 6));
}

static void job_reset(int fd, const char *key)
{
	void *addr;

	(void)fd;
	NEED(!aclrtIpcMemImportByKey(&addr, key, 0));
	NEED(!aclrtResetDeviceForce(1));
	NEED(touch(addr));
	/* The addresses are still held, and it takes a device to give them back. */
	NEED(aclrtIpcMemClose(key) == NO_CONTEXT);
	NEED(!aclrtSetDevice(1));
	NEED(!aclrtIpcMemClose(key));
	NEED(!aclrtIpcMemImportByKey(&addr, key, 0));
	NEED(filled(addr, SIZE, 6));
	NEED(!aclrtIpcMemClose(key));
}

TEST_F(ipc, importer_resets)
{
	struct other o;

	OTHER(&o, job_reset, self->key);
	EXPECT_EQ(0, other_end(&o));
}

/* Memory of aclrtMallocPhysical() can be shared so as well. */
TEST_F(ipc, mapped_memory)
{
	struct other o;
	struct block b;
	char key[KEY];

	WORKS(block_make(&b, 2 * BLOCK, 0));
	fill((char *)b.addr + BLOCK + 8, 100, 8);
	WORKS(aclrtIpcMemGetExportKey((char *)b.addr + BLOCK + 8, 100, key, KEY, 0));
	OTHER(&o, job_small, key);
	EXPECT_EQ(0, other_end(&o));
	WORKS(aclrtIpcMemClose(key));
	WORKS(block_drop(&b));
}

TEST_F(ipc, export_wrong)
{
	char key[KEY] = "as before", *block = self->block, plain[64];
	void *host;

	FAILS(INVALID, aclrtIpcMemGetExportKey(NULL, 1, key, KEY, 0), "devPtr");
	FAILS(INVALID, aclrtIpcMemGetExportKey(block, 1, NULL, KEY, 0), "key");
	FAILS(PARAM, aclrtIpcMemGetExportKey(block, 0, key, KEY, 0), "size");
	FAILS(PARAM, aclrtIpcMemGetExportKey(block, 1, key, 0, 0), "len");
	FAILS(PARAM, aclrtIpcMemGetExportKey(block, 1, key, 64, 0), "65");
	FAILS(PARAM, aclrtIpcMemGetExportKey(block, 1, key, KEY, 2), "flags");
	FAILS(PARAM, aclrtIpcMemGetExportKey(plain, 1, key, KEY, 0), hex(plain));
	FAILS(PARAM, aclrtIpcMemGetExportKey(block, 5 * MIB, key, KEY, 0), "5 MiB");
	WORKS(aclrtMallocHost(&host, 100));
	FAILS(PARAM, aclrtIpcMemGetExportKey(host, 1, key, KEY, 0), hex(host));
	WORKS(aclrtFreeHost(host));
	EXPECT_STREQ("as before", key);
}

TEST_F(ipc, import_wrong)
{
	void *addr = (void *)UNTOUCHED;
	char key[KEY];
	int32_t pid = 1;

	memcpy(key, self->key, KEY);
	FAILS(INVALID, aclrtIpcMemImportByKey(NULL, key, 0), "devPtr");
	FAILS(INVALID, aclrtIpcMemImportByKey(&addr, NULL, 0), "key");
	FAILS(PARAM, aclrtIpcMemImportByKey(&addr, key, 2), "flags");
	FAILS(INTERNAL, aclrtIpcMemImportByKey(&addr, key, 0), key);
	FAILS(INVALID, aclrtIpcMemSetImportPid(NULL, &pid, 1), "key");
	FAILS(INVALID, aclrtIpcMemSetImportPid(key, NULL, 1), "pid");
	FAILS(PARAM, aclrtIpcMemSetImportPid(key, &pid, 0), "num");
	FAILS(PARAM, aclrtIpcMemSetImportPid(key, &pid, SIZE_MAX), "num");
	FAILS(INVALID, aclrtIpcMemClose(NULL), "key");
	key[20] = key[20] == '1' ? '2' : '1';
	FAILS(PARAM, aclrtIpcMemImportByKey(&addr, key, 0), key);
	FAILS(PARAM, aclrtIpcMemSetImportPid(key, &pid, 1), key);
	FAILS(PARAM, aclrtIpcMemClose(key), key);
	FAILS(PARAM, aclrtIpcMemClose("short"), "short");
	FAILS(PARAM, aclrtIpcMemImportByKey(&addr, "", 0), NULL);
	EXPECT_EQ((void *)UNTOUCHED, addr);
}

TEST_HARNESS_MAIN
