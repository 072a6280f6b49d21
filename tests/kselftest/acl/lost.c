// SPDX-License-Identifier: MIT
/*
 * Calls with objects that do not exist any more because the process was forked or
 * the runtime was ended: each returns a code, and its sentence names the reason.
 */
#include "acl_stream.h"

WORLD_FIXTURE(lost);

/* The objects of the parent, or those from before the end of the runtime. */
static struct {
	void *device, *host, *range;
	aclrtDrvMemHandle handle;
	aclrtStream stream;
	aclrtEvent event;
	aclrtContext context;
} had;

static void had_make(struct __test_metadata *_metadata)
{
	WORKS(aclrtCreateStream(&had.stream));
	WORKS(aclrtCreateEvent(&had.event));
	WORKS(aclrtGetCurrentContext(&had.context));
	WORKS(aclrtMalloc(&had.device, 4096, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMallocHost(&had.host, 4096));
	WORKS(reserve(&had.range, BLOCK));
	WORKS(phys(&had.handle, BLOCK, 0));
	WORKS(aclrtMapMem(had.range, BLOCK, 0, had.handle, 0));
}

static void had_drop(struct __test_metadata *_metadata)
{
	WORKS(aclrtUnmapMem(had.range));
	WORKS(aclrtFreePhysical(had.handle));
	WORKS(aclrtReleaseMemAddress(had.range));
	WORKS(aclrtFreeHost(had.host));
	WORKS(aclrtFree(had.device));
	WORKS(aclrtDestroyEvent(had.event));
	WORKS(aclrtDestroyStream(had.stream));
}

/* Calls with these objects. */
static aclError call(int which)
{
	aclrtContext current;
	void *out;
	char byte;
	int32_t id;

	switch (which) {
	case 0: return aclrtGetDevice(&id);
	case 1: return aclrtGetCurrentContext(&current);
	case 2: return aclrtMalloc(&out, 64, ACL_MEM_MALLOC_HUGE_FIRST);
	case 3: return aclrtMemcpy(&byte, 1, had.device, 1, ACL_MEMCPY_DEVICE_TO_HOST);
	case 4: return aclrtFree(had.device);
	case 5: return aclrtUnmapMem(had.range);
	case 6: return aclrtFreePhysical(had.handle);
	case 7: return aclrtSetCurrentContext(had.context);
	case 8: return aclrtDestroyContext(had.context);
	case 9: return aclrtSynchronizeStream(had.stream);
	case 10: return aclrtDestroyStream(had.stream);
	case 11: return aclrtRecordEvent(had.event, had.stream);
	default: return aclrtDestroyEvent(had.event);
	}
}

#define CALLS	13

/* In the child: 0, or 1 + the number of the call whose sentence lacks the word. */
static int all_say(const char *word)
{
	const char *text;
	int i;

	for (i = 0; i < CALLS; i++) {
		forget();
		if (!call(i)) {
			printf("# call %d works\n", i);
			return i + 1;
		}
		text = aclGetRecentErrMsg();
		if (!text || !strstr(text, word)) {
			printf("# call %d says: %s\n", i, text ? text : "nothing");
			return i + 1;
		}
	}
	return 0;
}

/* A child that has set a device itself has no objects of its parent. */
static int child(void)
{
	int result = all_say("forked");
	void *own;

	if (result)
		return result;
	if (aclrtSetDevice(0) || aclrtMalloc(&own, 4096, ACL_MEM_MALLOC_HUGE_FIRST))
		return 50;
	forget();
	if (aclrtFree(had.host) != PARAM ||
	    !strstr(aclGetRecentErrMsg(), "forked"))
		return 51;
	if (aclrtSynchronizeStream(had.stream) != BAD_HANDLE)
		return 52;
	return aclrtFree(own) || aclrtResetDevice(0) ? 53 : 0;
}

TEST_F(lost, forked)
{
	char own;

	had_make(_metadata);
	EXPECT_EQ(0, IN_CHILD(child()));
	forget();
	EXPECT_EQ(PARAM, aclrtFree(&own));
	EXPECT_EQ(NULL, strstr(aclGetRecentErrMsg(), "forked"));
	had_drop(_metadata);
}

/* In a child of a process that made no call no sentence names the fork. */
static int fresh(void)
{
	forget();
	if (aclrtFree(&had) != PARAM)
		return 1;
	return strstr(aclGetRecentErrMsg(), "forked") ? 2 : 0;
}

TEST(forked_before)
{
	EXPECT_EQ(0, IN_CHILD(fresh()));
}

TEST_F(lost, finalized)
{
	int before;

	had_make(_metadata);
	WORKS(aclrtResetDevice(0));
	WORKS(aclrtReleaseMemAddress(had.range));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtFreeHost(had.host));
	WORKS(aclrtDestroyEvent(had.event));
	WORKS(aclrtResetDevice(0));
	WORKS(aclFinalize());
	before = all_say("aclFinalize()");
	EXPECT_EQ(0, before);
	WORKS(aclInit(NULL));
	forget();
	EXPECT_EQ(PARAM, aclrtFree(&before));
	EXPECT_EQ(NULL, strstr(aclGetRecentErrMsg(), "aclFinalize()"));
}

TEST_HARNESS_MAIN
