// SPDX-License-Identifier: MIT
/*
 * acl-emu trace --calls: the calls of this program, which makes them when CALLS_ROLE is
 * set, with arguments, results and the ioctls of each.
 */
#include "tool.h"

#include <sys/mman.h>

#include "acl/acl.h"

#define BLOCK	(2ul << 20)
#define TIMES	5

static void make_calls(void)
{
	aclrtPhysicalMemProp prop = {
		.memAttr = ACL_HBM_MEM_HUGE, .location = { .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
	aclrtDrvMemHandle handle;

	aclInit(NULL);
	aclrtSetDevice(0);
	for (int i = 0; i < TIMES; i++) {
		if (aclrtMallocPhysical(&handle, BLOCK, &prop, 0))
			exit(99);
		aclrtFreePhysical(handle);
	}
	aclrtFreePhysical(NULL);
}

static void make_more_calls(void)
{
	char key[65], *pages;
	void *addr;

	aclInit(NULL);
	aclrtSetDevice(0);
	aclrtMalloc(&addr, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST);
	aclrtIpcMemGetExportKey(addr, BLOCK, key, sizeof(key), 1);
	printf("key \"%s\"\n", key);
	aclrtFree(addr);
	/* A string behind which nothing can be read. */
	pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED || mprotect(pages + 4096, 4096, PROT_NONE))
		exit(98);
	memcpy(pages + 4091, "last", 5);
	aclrtIpcMemImportByKey(&addr, pages + 4091, 0);
	fflush(stdout);
	if (!fork())
		exit(aclrtSetDevice(0) ? 1 : 0);
	wait(NULL);
}

__attribute__((constructor(101)))
static void take_role(void)
{
	const char *role = getenv("CALLS_ROLE");

	if (!role)
		return;
	if (!strcmp(role, "more"))
		make_more_calls();
	else
		make_calls();
	exit(7);
}

static char self_path[4096];

FIXTURE(calls) { };

FIXTURE_SETUP(calls)
{
	ssize_t n = readlink("/proc/self/exe", self_path, sizeof(self_path) - 1);

	self_path[n > 0 ? n : 0] = '\0';
	setenv("CALLS_ROLE", "some", 1);
}

FIXTURE_TEARDOWN(calls) { }

/* Enumerators and members by name; what a call returned through a pointer. */
TEST_F(calls, decoded)
{
	const char *call, *ioctl;

	EXPECT_EQ(7, TOOL_RUN("trace", "--calls", "--", self_path));
	EXPECT_TEXT(" aclInit(configPath=NULL) = 0 ");
	EXPECT_TEXT(" aclrtSetDevice(deviceId=0) = 0 ");
	EXPECT_TEXT("size=2097152, prop=0x");
	EXPECT_TEXT("[{handleType=ACL_MEM_HANDLE_TYPE_NONE, ");
	EXPECT_TEXT("memAttr=ACL_HBM_MEM_HUGE, location={id=0, type=ACL_MEM_LOCATION_TYPE_DEVICE}");
	EXPECT_TEXT("aclrtFreePhysical(handle=NULL) = 100000 (ACL_ERROR_INVALID_PARAM)");
	/* The ioctl of a call stands before it. */
	call = strstr(tool_text, " aclrtMallocPhysical(handle=0x");
	ioctl = strstr(tool_text, " PHYS_ALLOC = 0 ");
	ASSERT_NE(NULL, call) TH_LOG("%s", tool_text);
	ASSERT_NE(NULL, ioctl) TH_LOG("%s", tool_text);
	EXPECT_LT(ioctl, call) TH_LOG("%s", tool_text);
}

TEST_F(calls, strings_and_children)
{
	char text[128], *key, *end;

	setenv("CALLS_ROLE", "more", 1);
	EXPECT_EQ(7, TOOL_RUN("trace", "--calls", "--", self_path));
	key = strstr(tool_text, "key \"");
	ASSERT_NE(NULL, key) TH_LOG("%s", tool_text);
	end = strchr(key, '\n');
	ASSERT_NE(NULL, end);
	snprintf(text, sizeof(text), "key=%.*s, len=65", (int)(end - key - 4), key + 4);
	EXPECT_TEXT(text);
	EXPECT_TEXT("key=\"last\", ");
	/* The child of fork() is another process. */
	key = strstr(tool_text, "aclrtSetDevice(deviceId=0) = 0");
	ASSERT_NE(NULL, key) TH_LOG("%s", tool_text);
	EXPECT_NE(NULL, strstr(key + 1, "aclrtSetDevice(deviceId=0) = 0"))
		TH_LOG("%s", tool_text);
}

TEST_F(calls, summary)
{
	unsigned int count = 0, failed = 9;
	const char *at;

	EXPECT_EQ(7, TOOL_RUN("trace", "--calls", "--summary", "--", self_path));
	EXPECT_NO_TEXT("deviceId");
	at = strstr(tool_text, "\naclrtFreePhysical");
	ASSERT_NE(NULL, at) TH_LOG("%s", tool_text);
	ASSERT_EQ(2, sscanf(at, "\naclrtFreePhysical %u %u", &count, &failed));
	EXPECT_EQ(TIMES + 1, count);
	EXPECT_EQ(1, failed);
	at = strstr(tool_text, "\nPHYS_ALLOC");
	ASSERT_NE(NULL, at) TH_LOG("%s", tool_text);
	ASSERT_EQ(2, sscanf(at, "\nPHYS_ALLOC %u %u", &count, &failed));
	EXPECT_EQ(TIMES, count);
	EXPECT_EQ(0, failed);
}

/* Without root the calls alone. */
static int trace_as_nobody(int sock, void *data)
{
	(void)sock;
	(void)data;
	CHILD_CHECK(!uapi_become_nobody());
	CHILD_CHECK(TOOL_RUN("trace", "--calls", "--", self_path) == 99);
	CHILD_CHECK(strstr(tool_text, "the events of the module need root"));
	CHILD_CHECK(strstr(tool_text, "aclrtSetDevice(deviceId=0) = 207006"));
	CHILD_CHECK(!strstr(tool_text, "PHYS_ALLOC"));
	return 0;
}

TEST_F(calls, unprivileged)
{
	int sock;

	EXPECT_EQ(0, uapi_wait(uapi_child(trace_as_nobody, NULL, &sock)));
}

TEST_F(calls, usage)
{
	EXPECT_EQ(2, TOOL_RUN("trace", "--calls"));
	EXPECT_TEXT("--calls needs a program");
	EXPECT_EQ(127, TOOL_RUN("trace", "--calls", "--", "/nonexistent"));
}

TEST_HARNESS_MAIN
