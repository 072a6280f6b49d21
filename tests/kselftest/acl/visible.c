// SPDX-License-Identifier: MIT
/*
 * ASCEND_RT_VISIBLE_DEVICES selects and renumbers devices. The variable is read
 * by the first call of a process, so each case has a process of its own.
 */
#include "acl_stream.h"

#include "acl/acl_rt_memory_soma.h"
#include "runtime/rt.h"

#define NAME	"ASCEND_RT_VISIBLE_DEVICES"
#define DEVICE	ACL_MEM_LOCATION_TYPE_DEVICE

/* Runs in a child: the number of devices seen, or 100 if none is, with the codes right. */
static int seen(const char *value)
{
	uint32_t count = 77;
	aclError code, set;

	if (value)
		setenv(NAME, value, 1);
	else
		unsetenv(NAME);
	code = aclrtGetDeviceCount(&count);
	set = aclrtSetDevice(0);
	if (!code)
		return set || aclrtSetDevice((int32_t)count) != BAD_DEVICE ? 101 : (int)count;
	return code == ACL_ERROR_RT_NO_DEVICE && set == BAD_DEVICE && count == 77 ? 100 : 102;
}

/* The machine of these tests has four devices. */
TEST(lists)
{
	static const struct {
		const char *value;
		int count;	/* 100: an error */
	} rows[] = {
		{ NULL, 4 }, { "0,1,2,3", 4 }, { "1", 1 }, { "1,3", 2 }, { "3", 1 }, { "0,1,4", 2 },
		{ "0,9,1", 1 }, { "1,", 1 }, { "1,,2", 1 }, { "1, 2", 1 }, { "1x,2", 1 },
		{ "01,2", 2 }, { "0,99999999999999999999", 1 }, { "0,1,2,3,0", 4 },
		{ "", 100 }, { "x", 100 }, { " 1", 100 }, { ",1", 100 }, { "-1", 100 },
		{ "4", 100 },
		{ "99999999999", 100 }, { "1,0", 100 }, { "0,2,1", 100 }, { "1,1", 100 },
		{ "0,1,1", 100 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		EXPECT_EQ(rows[i].count, IN_CHILD(seen(rows[i].value)))
			TH_LOG("'%s'", rows[i].value);
	}
}

/* Characters after the 128th are ignored. */
TEST(long_list)
{
	char value[140];

	memset(value, '0', sizeof(value));
	strcpy(value + 126, "1,2,3");
	EXPECT_EQ(1, IN_CHILD(seen(value)));
}

TEST(read_once)
{
	uint32_t count = 0;

	setenv(NAME, "1,3", 1);
	WORKS(aclInit(NULL));
	setenv(NAME, "2", 1);
	WORKS(aclrtGetDeviceCount(&count));
	EXPECT_EQ(2, count);
	unsetenv(NAME);
	WORKS(aclrtSetDevice(1));
	EXPECT_EQ(2, IN_CHILD(aclrtGetDeviceCount(&count) ? 99 : (int)count));
	WORKS(aclrtResetDevice(1));
}

TEST(sentences)
{
	uint32_t count;

	setenv(NAME, "3,1", 1);
	FAILS(ACL_ERROR_RT_NO_DEVICE, aclrtGetDeviceCount(&count),
	      "'3,1' and is not in ascending order");
	FAILS(BAD_DEVICE, aclrtSetDevice(0), NAME);
}

FIXTURE(visible) { uint64_t used[4]; };

/* Devices 1 and 3 of the machine are 0 and 1 of the program. */
FIXTURE_SETUP(visible)
{
	int i;

	setenv(NAME, "1,3", 1);
	for (i = 0; i < 4; i++)
		self->used[i] = used(i);
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtSetDevice(0));
}

FIXTURE_TEARDOWN(visible)
{
	int i;

	WORKS(aclrtResetDeviceForce(0));
	WORKS(aclrtResetDeviceForce(1));
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(self->used[i], used(i)) TH_LOG("device %d of the machine", i);
	}
}

/* Memory is in use on that device of the machine and on no other. */
static void only(struct __test_metadata *_metadata, const uint64_t before[4], int device)
{
	int i;

	for (i = 0; i < 4; i++) {
		EXPECT_EQ(i == device, used(i) > before[i]) TH_LOG("device %d of the machine", i);
	}
}

TEST_F(visible, memory)
{
	aclrtPhysicalMemProp prop = prop_on(DEVICE, 1, ACL_HBM_MEM_HUGE), read;
	aclrtMallocAttribute attr = { .attr = ACL_RT_MEM_ATTR_DEVICE_ID, .value.deviceId = 1 };
	aclrtMallocConfig config = { .attrs = &attr, .numAttrs = 1 };
	aclrtDrvMemHandle handle;
	aclrtPtrAttributes a;
	struct block b;
	void *ptr;

	WORKS(aclrtMalloc(&ptr, MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	only(_metadata, self->used, 1);
	WORKS(aclrtPointerGetAttributes(ptr, &a));
	EXPECT_EQ(0, a.location.id);
	WORKS(aclrtFree(ptr));
	WORKS(aclrtMallocWithCfg(&ptr, MIB, ACL_MEM_MALLOC_HUGE_FIRST, &config));
	only(_metadata, self->used, 3);
	WORKS(aclrtPointerGetAttributes(ptr, &a));
	EXPECT_EQ(1, a.location.id);
	WORKS(aclrtFree(ptr));
	WORKS(aclrtMallocPhysical(&handle, BLOCK, &prop, 0));
	only(_metadata, self->used, 3);
	WORKS(aclrtMemGetAllocationPropertiesFromHandle(handle, &read));
	EXPECT_EQ(1, read.location.id);
	WORKS(block_map(&b, BLOCK, handle));
	WORKS(aclrtPointerGetAttributes(b.addr, &a));
	EXPECT_EQ(1, a.location.id);
	WORKS(block_drop(&b));
	prop.location.id = 2;
	FAILS(BAD_DEVICE, aclrtMallocPhysical(&handle, BLOCK, &prop, 0), "device 2");
	attr.value.deviceId = 3;
	FAILS(PARAM, aclrtMallocWithCfg(&ptr, MIB, ACL_MEM_MALLOC_HUGE_FIRST, &config), "device 3");
}

TEST_F(visible, rights)
{
	aclrtMemLocation where = { .id = 1, .type = DEVICE };
	uint64_t rights = 9;
	struct block b;

	WORKS(block_make(&b, BLOCK, 0));
	WORKS(aclrtMemGetAccess(b.addr, &where, &rights));
	EXPECT_EQ(ACL_RT_MEM_ACCESS_FLAGS_NONE, rights);
	WORKS(grant(b.addr, BLOCK, DEVICE, 1));
	WORKS(aclrtMemGetAccess(b.addr, &where, &rights));
	EXPECT_EQ(ACL_RT_MEM_ACCESS_FLAGS_READWRITE, rights);
	where.id = 0;
	WORKS(aclrtMemGetAccess(b.addr, &where, &rights));
	EXPECT_EQ(ACL_RT_MEM_ACCESS_FLAGS_READWRITE, rights);
	where.id = 3;
	FAILS(PARAM, aclrtMemGetAccess(b.addr, &where, &rights), "3");
	WORKS(block_drop(&b));
}

TEST_F(visible, pools)
{
	aclrtMemPoolProps props = { .location = { .type = DEVICE, .id = 1 } };
	aclrtStream stream;
	aclrtMemPool pool;
	void *ptr;

	WORKS(aclrtMemPoolCreate(&pool, &props));
	WORKS(aclrtCreateStream(&stream));
	WORKS(aclrtMemPoolMallocAsync(&ptr, MIB, pool, stream));
	only(_metadata, self->used, 3);
	WORKS(aclrtMemPoolFreeAsync(ptr, stream));
	WORKS(aclrtSynchronizeStream(stream));
	WORKS(aclrtMemPoolDestroy(pool));
	WORKS(aclrtDestroyStream(stream));
	props.location.id = 2;
	FAILS(BAD_DEVICE, aclrtMemPoolCreate(&pool, &props), "device 2");
}

TEST_F(visible, copies)
{
	aclrtMemcpyBatchAttr attr = { .dstLoc = { .type = DEVICE, .id = 1 },
				      .srcLoc.type = ACL_MEM_LOCATION_TYPE_HOST };
	size_t size = 64, first = 0, fail;
	void *dst, *src, *near;
	aclrtContext context;
	int32_t status = 9;

	WORKS(aclrtMalloc(&near, 64, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMallocHost(&src, 64));
	WORKS(aclrtCreateContext(&context, 1));
	WORKS(aclrtMalloc(&dst, 64, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMemcpyBatch(&dst, &size, &src, &size, 1, &attr, &first, 1, &fail));
	attr.dstLoc.id = 3;
	FAILS(PARAM,
	      aclrtMemcpyBatch(&dst, &size, &src, &size, 1, &attr, &first, 1, &fail), "device 3");
	FAILS(BAD_HANDLE, aclrtMemcpy(dst, 64, near, 64, ACL_MEMCPY_DEFAULT), "device 0");
	WORKS(aclrtDevicePeerAccessStatus(1, 0, &status));
	EXPECT_EQ(0, status);
	WORKS(aclrtDeviceEnablePeerAccess(0, 0));
	WORKS(aclrtDevicePeerAccessStatus(1, 0, &status));
	EXPECT_EQ(1, status);
	WORKS(aclrtMemcpy(dst, 64, near, 64, ACL_MEMCPY_DEFAULT));
	FAILS(INVALID, aclrtDeviceEnablePeerAccess(1, 0), "1");
	FAILS(BAD_DEVICE, aclrtDeviceEnablePeerAccess(2, 0), "2");
	FAILS(BAD_DEVICE, aclrtDeviceCanAccessPeer(&status, 0, 3), "3");
	WORKS(aclrtFree(dst));
	WORKS(aclrtDestroyContext(context));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtFree(near));
	WORKS(aclrtFreeHost(src));
}

TEST_F(visible, current)
{
	aclrtContext context;
	int32_t device = 9;

	WORKS(aclrtGetDevice(&device));
	EXPECT_EQ(0, device);
	WORKS(aclrtCreateContext(&context, 1));
	WORKS(aclrtGetDevice(&device));
	EXPECT_EQ(1, device);
	WORKS(aclrtDestroyContext(context));
	FAILS(BAD_DEVICE, aclrtCreateContext(&context, 3), "device 3");
	FAILS(BAD_DEVICE, aclrtResetDevice(3), "device 3");
	FAILS(BAD_DEVICE, aclrtResetDeviceForce(2), "device 2");
}

TEST_F(visible, questions)
{
	aclrtUtilizationInfo use = { 0 };
	aclrtDeviceStatus status;
	aclrtMemUceInfo uce;
	int64_t value = 0;
	int32_t active = 9;
	size_t got;

	WORKS(aclrtGetDeviceInfo(1, ACL_DEV_ATTR_PHY_CHIP_ID, &value));
	EXPECT_EQ(3, value);
	WORKS(aclrtGetDeviceInfo(1, ACL_DEV_ATTR_AICORE_CORE_NUM, &value));
	WORKS(aclrtGetPrimaryCtxState(1, NULL, &active));
	EXPECT_EQ(1, active);
	WORKS(aclGetDeviceCapability(1, ACL_DEVICE_INFO_AI_CORE_NUM, &value));
	FAILS(INVALID, aclGetDeviceCapability(2, ACL_DEVICE_INFO_AI_CORE_NUM, &value), "2");
	WORKS(rtGetDeviceInfo(1, 0, 18, &value));
	EXPECT_EQ(3, value);
	FAILS(BAD_DEVICE, aclrtGetDeviceInfo(3, ACL_DEV_ATTR_PHY_CHIP_ID, &value), "3");
	FAILS(BAD_DEVICE, aclrtQueryDeviceStatus(3, &status), "3");
	FAILS(BAD_DEVICE, aclrtGetDeviceUtilizationRate(3, &use), "3");
	FAILS(BAD_DEVICE, aclrtGetMemUceInfo(3, &uce, 1, &got), "3");
	FAILS(BAD_DEVICE, aclrtGetPrimaryCtxState(3, NULL, &active), "3");
	FAILS(BAD_DEVICE, aclrtDeviceTaskAbort(3, 0), "3");
}

TEST_F(visible, conversions)
{
	static aclError (*const to_device[])(const int32_t, int32_t *const) = {
		aclrtGetLogicDevIdByUserDevId, aclrtGetPhyDevIdByUserDevId,
		aclrtGetPhyDevIdByLogicDevId };
	static aclError (*const to_user[])(const int32_t, int32_t *const) = {
		aclrtGetUserDevIdByLogicDevId, aclrtGetUserDevIdByPhyDevId,
		aclrtGetLogicDevIdByPhyDevId };
	uint32_t physical = 9;
	int32_t id;
	int i;

	for (i = 0; i < 3; i++) {
		WORKS(to_device[i](0, &id));
		EXPECT_EQ(1, id);
		WORKS(to_device[i](1, &id));
		EXPECT_EQ(3, id);
		EXPECT_EQ(BAD_DEVICE, to_device[i](2, &id));
		EXPECT_EQ(PARAM, to_device[i](-1, &id));
		WORKS(to_user[i](1, &id));
		EXPECT_EQ(0, id);
		WORKS(to_user[i](3, &id));
		EXPECT_EQ(1, id);
		EXPECT_EQ(BAD_DEVICE, to_user[i](0, &id));
		EXPECT_EQ(BAD_DEVICE, to_user[i](4, &id));
		EXPECT_EQ(1, id);
	}
	WORKS(rtGetDevicePhyIdByIndex(1, &physical));
	EXPECT_EQ(3, physical);
	WORKS(rtGetLogicDevIdByUserDevId(1, &id));
	EXPECT_EQ(3, id);
}

static int importer(int fd)
{
	aclrtPhysicalMemProp prop;
	aclrtDrvMemHandle there;
	uint64_t value;
	int32_t pid;

	/* The child has the list that its parent read. */
	if (aclrtSetDevice(1) || aclrtDeviceGetBareTgid(&pid) ||
	    write(fd, &pid, sizeof(pid)) != sizeof(pid) ||
	    read(fd, &value, sizeof(value)) != sizeof(value))
		return 1;
	if (aclrtMemImportFromShareableHandle(value, 2, &there) != BAD_DEVICE)
		return 2;
	if (aclrtMemImportFromShareableHandle(value, 1, &there)) {
		printf("# %s\n", aclGetRecentErrMsg());
		fflush(stdout);
		return 3;
	}
	if (aclrtMemGetAllocationPropertiesFromHandle(there, &prop))
		return 4;
	return 10 + (int)prop.location.id;
}

/* A shareable handle is valid in every process, whatever devices it sees. */
TEST_F(visible, imports)
{
	aclrtDrvMemHandle handle;
	int32_t pid;
	int fds[2];
	uint64_t value;
	pid_t child;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds));
	fflush(stdout);
	child = fork();
	if (!child)
		_exit(importer(fds[1]));
	WORKS(phys(&handle, BLOCK, 0));
	WORKS(aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, 0, &value));
	ASSERT_EQ(sizeof(pid), read(fds[0], &pid, sizeof(pid)));
	WORKS(aclrtMemSetPidToShareableHandle(value, &pid, 1));
	ASSERT_EQ(sizeof(value), write(fds[0], &value, sizeof(value)));
	/* The memory is where the exporter allocated it. */
	EXPECT_EQ(10, join(child));
	WORKS(aclrtFreePhysical(handle));
}

TEST_HARNESS_MAIN
