// SPDX-License-Identifier: MIT
/*
 * Devices and contexts: what is set, for whom, how often, and until when; and
 * the number by which the driver knows a process.
 */
#include "acl_peer.h"

#include "acl_emu/acl_emu.h"

FIXTURE(device)
{
	uint32_t count;
};

FIXTURE_SETUP(device)
{
	WORKS(aclInit(NULL));
	WORKS(aclrtGetDeviceCount(&self->count));
	ASSERT_LE(2, self->count);
}

FIXTURE_TEARDOWN(device)
{
	aclFinalize();
}

/* True if device 0 is open: memory can be had from it. */
static bool is_open(void)
{
	aclrtDrvMemHandle handle;

	if (phys(&handle, BLOCK, 0))
		return false;
	return aclrtFreePhysical(handle) == ACL_SUCCESS;
}

TEST_F(device, count)
{
	FAILS(INVALID, aclrtGetDeviceCount(NULL), "count");
	EXPECT_NE(UNTOUCHED, used((int)self->count - 1));
	EXPECT_EQ(UNTOUCHED, used((int)self->count));
}

TEST_F(device, set_wrong)
{
	int32_t id = 77;

	FAILS(BAD_DEVICE, aclrtSetDevice(-1), "-1");
	FAILS(BAD_DEVICE, aclrtSetDevice((int32_t)self->count), dec(self->count));
	FAILS(BAD_DEVICE, aclrtSetDevice(INT32_MAX), dec(INT32_MAX));
	FAILS(NO_CONTEXT, aclrtGetDevice(&id), NULL);
	EXPECT_EQ(77, id);
}

TEST_F(device, get)
{
	int32_t id = 77;

	FAILS(INVALID, aclrtGetDevice(NULL), "deviceId");
	FAILS(NO_CONTEXT, aclrtGetDevice(&id), "aclrtSetDevice");
	EXPECT_EQ(77, id);
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtGetDevice(&id));
	EXPECT_EQ(1, id);
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtGetDevice(&id));
	EXPECT_EQ(0, id);
	WORKS(aclrtResetDevice(0));
	WORKS(aclrtResetDevice(1));
}

TEST_F(device, reset_counts)
{
	FAILS(ACL_ERROR_RT_CONTEXT_RELEASE_ERROR, aclrtResetDevice(0), "0");
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDevice(0));
	EXPECT_TRUE(is_open());
	WORKS(aclrtResetDevice(0));
	EXPECT_FALSE(is_open());
	FAILS(ACL_ERROR_RT_CONTEXT_RELEASE_ERROR, aclrtResetDevice(0), "0");
}

/* A context opens the device, but a reset needs a call of aclrtSetDevice(). */
TEST_F(device, reset_without_set)
{
	aclrtContext own;
	int32_t id = 77;

	WORKS(aclrtCreateContext(&own, 0));
	FAILS(ACL_ERROR_RT_CONTEXT_RELEASE_ERROR, aclrtResetDevice(0), "device 0 is not set");
	EXPECT_TRUE(is_open());
	WORKS(aclrtGetDevice(&id));
	EXPECT_EQ(0, id);
	/* The failed reset has not changed the count. */
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDevice(0));
	/* The context that was created keeps the device open. */
	EXPECT_TRUE(is_open());
	FAILS(NO_CONTEXT, aclrtGetDevice(&id), NULL);
	WORKS(aclrtDestroyContext(own));
	EXPECT_FALSE(is_open());
	FAILS(ACL_ERROR_RT_CONTEXT_RELEASE_ERROR, aclrtResetDevice(0), "device 0 is not set");
}

/* The sentence names the device, or "a device" where any would do. */
TEST_F(device, names_the_device)
{
	aclrtPhysicalMemProp prop = prop_on(ACL_MEM_LOCATION_TYPE_DEVICE, 0, ACL_HBM_MEM_HUGE);
	aclrtDrvMemHandle handle = (aclrtDrvMemHandle)UNTOUCHED;
	void *addr = (void *)UNTOUCHED;

	FAILS(BAD_HANDLE, aclrtMallocPhysical(&handle, BLOCK, &prop, 0), "needs device 0 set");
	prop.location.id = 1;
	FAILS(BAD_HANDLE, aclrtMallocPhysical(&handle, BLOCK, &prop, 0), "needs device 1 set");
	FAILS(BAD_HANDLE, aclrtReserveMemAddress(&addr, BLOCK, 0, NULL, 0), "needs a device set");
	EXPECT_EQ((aclrtDrvMemHandle)UNTOUCHED, handle);
	EXPECT_EQ((void *)UNTOUCHED, addr);
}

TEST_F(device, reset_wrong)
{
	FAILS(BAD_DEVICE, aclrtResetDevice(-1), "-1");
	FAILS(BAD_DEVICE, aclrtResetDevice((int32_t)self->count), dec(self->count));
	FAILS(BAD_DEVICE, aclrtResetDeviceForce(-1), "-1");
	FAILS(BAD_DEVICE, aclrtResetDeviceForce((int32_t)self->count), dec(self->count));
}

TEST_F(device, force_ignores_count)
{
	FAILS(ACL_ERROR_RT_CONTEXT_RELEASE_ERROR, aclrtResetDeviceForce(0), "0");
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDeviceForce(0));
	EXPECT_FALSE(is_open());
	FAILS(ACL_ERROR_RT_CONTEXT_RELEASE_ERROR, aclrtResetDeviceForce(0), "0");
	WORKS(aclrtSetDevice(0));
	EXPECT_TRUE(is_open());
	WORKS(aclrtResetDevice(0));
}

/* ---- contexts ---- */

TEST_F(device, context_wrong)
{
	aclrtContext context = (aclrtContext)UNTOUCHED;

	FAILS(INVALID, aclrtCreateContext(NULL, 0), "context");
	FAILS(BAD_DEVICE, aclrtCreateContext(&context, -1), "-1");
	FAILS(BAD_DEVICE, aclrtCreateContext(&context, (int32_t)self->count), dec(self->count));
	EXPECT_EQ((aclrtContext)UNTOUCHED, context);
	FAILS(INVALID, aclrtSetCurrentContext(NULL), "context");
	FAILS(INVALID, aclrtDestroyContext(NULL), "context");
	FAILS(INVALID, aclrtGetCurrentContext(NULL), "context");
	FAILS(PARAM, aclrtSetCurrentContext(self), hex(self));
	FAILS(NO_CONTEXT, aclrtDestroyContext(self), hex(self));
	/* A small number is none either: no context was made. */
	FAILS(PARAM, aclrtSetCurrentContext((void *)100), "0x64");
}

/* Programs look at the pointer and not at the code. */
TEST_F(device, get_without_context_writes_null)
{
	aclrtContext context = (aclrtContext)UNTOUCHED;

	FAILS(NO_CONTEXT, aclrtGetCurrentContext(&context), NULL);
	EXPECT_EQ(NULL, context);
}

TEST_F(device, context)
{
	aclrtContext own, primary, now;
	int32_t id;

	WORKS(aclrtSetDevice(0));
	WORKS(aclrtGetCurrentContext(&primary));
	WORKS(aclrtCreateContext(&own, 1));
	WORKS(aclrtGetCurrentContext(&now));
	EXPECT_EQ(own, now);
	EXPECT_NE(own, primary);
	WORKS(aclrtGetDevice(&id));
	EXPECT_EQ(1, id);
	WORKS(aclrtSetCurrentContext(primary));
	WORKS(aclrtGetDevice(&id));
	EXPECT_EQ(0, id);
	FAILS(NO_CONTEXT, aclrtDestroyContext(primary), NULL);
	WORKS(aclrtDestroyContext(own));
	FAILS(NO_CONTEXT, aclrtDestroyContext(own), hex(own));
	FAILS(PARAM, aclrtSetCurrentContext(own), hex(own));
	WORKS(aclrtResetDevice(0));
	FAILS(PARAM, aclrtSetCurrentContext(primary), hex(primary));
}

/* A context opens its device, and ends with a reset of it, the current one too. */
TEST_F(device, context_opens_and_ends)
{
	aclrtContext own;
	int32_t id = 77;

	WORKS(aclrtCreateContext(&own, 0));
	EXPECT_TRUE(is_open());
	WORKS(aclrtResetDeviceForce(0));
	EXPECT_FALSE(is_open());
	FAILS(NO_CONTEXT, aclrtGetDevice(&id), "reset");
	FAILS(PARAM, aclrtSetCurrentContext(own), hex(own));
	EXPECT_EQ(77, id);
}

TEST_F(device, context_destroyed_is_not_current)
{
	aclrtContext own;
	int32_t id = 77;

	WORKS(aclrtCreateContext(&own, 0));
	WORKS(aclrtDestroyContext(own));
	FAILS(NO_CONTEXT, aclrtGetDevice(&id), "no current context");
	EXPECT_EQ(77, id);
	EXPECT_FALSE(is_open());
	FAILS(ACL_ERROR_RT_CONTEXT_RELEASE_ERROR, aclrtResetDeviceForce(0), NULL);
}

/* The memory of the device lives as long as one of its contexts. */
TEST_F(device, context_survives_reset)
{
	aclrtContext own;
	char *block;
	int32_t id;

	WORKS(aclrtSetDevice(0));
	WORKS(aclrtCreateContext(&own, 0));
	WORKS(aclrtMalloc((void **)&block, 64, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtResetDevice(0));
	WORKS(aclrtGetDevice(&id));
	EXPECT_EQ(0, id);
	WORKS(aclrtSetCurrentContext(own));
	EXPECT_EQ(0, touch(block));
	WORKS(aclrtSynchronizeStream(NULL));
	WORKS(aclrtFree(block));
	WORKS(aclrtMalloc((void **)&block, 64, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtDestroyContext(own));
	EXPECT_FALSE(is_open());
	EXPECT_NE(0, touch(block));
	EXPECT_EQ(0, used(0));
}

/* A default context is not current any more after the reset of any device. */
TEST_F(device, reset_takes_the_default_context)
{
	int32_t id = 77;

	WORKS(aclrtSetDevice(1));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtResetDevice(1));
	WORKS(aclrtGetDevice(&id));
	WORKS(aclrtResetDevice(1));
	FAILS(NO_CONTEXT, aclrtGetDevice(&id), "context");
	WORKS(aclrtResetDevice(0));
	WORKS(aclrtResetDevice(0));
}

/* A reset leaves the contexts of the other device. */
static void reset_other(struct __test_metadata *_metadata, aclError (*how)(int32_t), bool all)
{
	aclrtContext own[2], primary[2];
	int32_t id = 77, i;

	for (i = 0; i < 2; i++) {
		WORKS(aclrtSetDevice(i));
		WORKS(aclrtGetCurrentContext(&primary[i]));
		WORKS(aclrtCreateContext(&own[i], i));
	}
	WORKS(how(0));
	WORKS(aclrtGetDevice(&id));
	EXPECT_EQ(1, id);
	FAILS(PARAM, aclrtSetCurrentContext(primary[0]), hex(primary[0]));
	if (all)
		FAILS(PARAM, aclrtSetCurrentContext(own[0]), hex(own[0]));
	else
		WORKS(aclrtDestroyContext(own[0]));
	WORKS(aclrtSetCurrentContext(primary[1]));
	WORKS(aclrtSetCurrentContext(own[1]));
	WORKS(aclrtSynchronizeStream(NULL));
	WORKS(aclrtDestroyContext(own[1]));
	WORKS(aclrtResetDevice(1));
}

TEST_F(device, reset_leaves_the_other)
{
	reset_other(_metadata, aclrtResetDevice, false);
}

TEST_F(device, force_leaves_the_other)
{
	reset_other(_metadata, aclrtResetDeviceForce, true);
}

static void nothing(void *data)
{
	(void)data;
}

/* What the library counts may lie right behind the slots; odd, it looks like one in use. */
static aclError count_odd(void)
{
	return acl_emu_reset_counts() ?: aclrtLaunchHostFunc(NULL, nothing, NULL) ?:
	       aclrtSynchronizeStream(NULL);
}

/* Of the slots, those of the devices themselves are not for contexts that are made. */
#define CONTEXTS	(4096 - 64)

TEST_F(device, too_many_contexts)
{
	static aclrtContext many[CONTEXTS];
	aclrtContext context = (aclrtContext)UNTOUCHED, now;
	int32_t id, i;

	for (i = 0; i < CONTEXTS; i++)
		WORKS(aclrtCreateContext(&many[i], i % 2));
	WORKS(count_odd());
	FAILS(ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, aclrtCreateContext(&context, 0), dec(CONTEXTS));
	EXPECT_EQ((aclrtContext)UNTOUCHED, context);
	WORKS(aclrtGetCurrentContext(&now));
	EXPECT_EQ(many[CONTEXTS - 1], now);
	WORKS(aclrtSynchronizeStream(NULL));
	for (i = 0; i < CONTEXTS; i++) {
		WORKS(aclrtSetCurrentContext(many[i]));
		WORKS(aclrtGetDevice(&id));
		EXPECT_EQ(i % 2, id);
	}
	/* The first and the last one can be created again, with other tokens. */
	for (i = 0; i < CONTEXTS; i += CONTEXTS - 1) {
		WORKS(aclrtDestroyContext(many[i]));
		WORKS(aclrtCreateContext(&context, 0));
		EXPECT_NE(many[i], context);
		FAILS(PARAM, aclrtSetCurrentContext(many[i]), hex(many[i]));
	}
	FAILS(ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, aclrtCreateContext(&context, 0), dec(CONTEXTS));
	WORKS(aclrtResetDeviceForce(1));
	WORKS(aclrtResetDeviceForce(0));
	WORKS(aclrtCreateContext(&context, 0));
	WORKS(aclrtResetDeviceForce(0));
}

/* A number behind the last slot is no context, whatever it says of its use; nor is 0. */
TEST_F(device, context_slot_out_of_range)
{
	static const uint32_t slot[] = { 0, 4096, 4097, 4098, UINT32_MAX };
	uintptr_t first, use;
	size_t i;

	WORKS(aclrtSetDevice(0));
	WORKS(aclrtGetCurrentContext((aclrtContext *)&first));
	WORKS(count_odd());
	for (i = 0; i < sizeof(slot) / sizeof(slot[0]); i++) {
		for (use = 0; use < 4; use++) {
			uintptr_t token = (first & ~(uintptr_t)UINT32_MAX) + (use << 32 | slot[i]);

			FAILS(PARAM, aclrtSetCurrentContext((void *)token), hex((void *)token));
			FAILS(NO_CONTEXT, aclrtDestroyContext((void *)token), hex((void *)token));
		}
	}
	WORKS(aclrtResetDevice(0));
}

/* The child has neither the parent's contexts nor new ones that look like them. */
static int child_has_none(aclrtContext primary, aclrtContext own)
{
	aclrtContext now;
	int32_t id;

	if (aclrtSetCurrentContext(primary) != PARAM)
		return 1;
	if (aclrtSetCurrentContext(own) != PARAM)
		return 2;
	if (aclrtDestroyContext(own) != NO_CONTEXT)
		return 3;
	if (aclrtGetDevice(&id) != NO_CONTEXT)
		return 4;
	if (aclrtSetDevice(0) || aclrtGetCurrentContext(&now) || now == primary)
		return 5;
	if (aclrtCreateContext(&now, 0) || now == own)
		return 6;
	return aclrtResetDevice(0) ? 7 : 0;
}

TEST_F(device, context_after_fork)
{
	aclrtContext primary, own;

	WORKS(aclrtSetDevice(0));
	WORKS(aclrtGetCurrentContext(&primary));
	WORKS(aclrtCreateContext(&own, 0));
	EXPECT_EQ(0, IN_CHILD(child_has_none(primary, own)));
	WORKS(aclrtSetCurrentContext(primary));
	WORKS(aclrtDestroyContext(own));
	WORKS(aclrtResetDevice(0));
}

TEST_F(device, same_primary)
{
	aclrtContext first, again;

	WORKS(aclrtSetDevice(0));
	WORKS(aclrtGetCurrentContext(&first));
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtGetCurrentContext(&again));
	EXPECT_EQ(first, again);
	WORKS(aclrtResetDeviceForce(0));
	WORKS(aclrtResetDeviceForce(1));
}

struct other {
	aclrtContext give;
	aclError before, with, device_code;
	int32_t device;
};

static void *look(void *data)
{
	struct other *o = data;
	int32_t device;

	o->before = aclrtGetDevice(&device);
	o->with = aclrtSetCurrentContext(o->give);
	o->device_code = aclrtGetDevice(&o->device);
	return NULL;
}

TEST_F(device, context_of_a_thread)
{
	struct other o = { .device = -1 };
	pthread_t thread;
	int32_t id;

	WORKS(aclrtSetDevice(1));
	WORKS(aclrtGetCurrentContext(&o.give));
	WORKS(aclrtSetDevice(0));
	pthread_create(&thread, NULL, look, &o);
	pthread_join(thread, NULL);
	EXPECT_EQ(NO_CONTEXT, o.before);
	EXPECT_EQ(ACL_SUCCESS, o.with);
	EXPECT_EQ(ACL_SUCCESS, o.device_code);
	EXPECT_EQ(1, o.device);
	WORKS(aclrtGetDevice(&id));
	EXPECT_EQ(0, id);
	WORKS(aclrtResetDevice(0));
	WORKS(aclrtResetDevice(1));
}

/* ---- the process ---- */

TEST_F(device, bare_tgid)
{
	int32_t pid = 0;

	FAILS(INVALID, aclrtDeviceGetBareTgid(NULL), "pid");
	WORKS(aclrtDeviceGetBareTgid(&pid));
	EXPECT_EQ(getpid(), pid);
}

TEST_F(device, bare_tgid_after_fork)
{
	struct peer peer;
	int32_t pid;

	WORKS(aclrtDeviceGetBareTgid(&pid));
	ASSERT_TRUE(peer_start(&peer));
	PEER(&peer, PEER_TGID, 0, 0, 0);
	EXPECT_EQ(peer.pid, (pid_t)peer.value);
	EXPECT_EQ(0, peer_quit(&peer));
}

TEST_HARNESS_MAIN
