// SPDX-License-Identifier: MIT
/*
 * Forms and options of the reports of ACL_EMU_CHECK, and reports of wrong calls: after
 * the end of the runtime, and frees that are refused.
 */
#define MODULE_ARGS "devices=3 capacity_mb=128 host_mb=256"
#include "acl_test.h"

#include "check.h"

CHECK_FIXTURE(report)

static int leak_handle(void *arg)
{
	aclrtDrvMemHandle handle;

	(void)arg;
	check_device();
	MUST(phys(&handle, 2 * BLOCK, 0));
	return CLEAN;
}

static int free_handle(void *arg)
{
	aclrtDrvMemHandle handle;

	(void)arg;
	check_device();
	MUST(phys(&handle, 2 * BLOCK, 0));
	MUST(aclrtFreePhysical(handle));
	return CLEAN;
}

/* ---- forms and options ---- */

TEST_F(report, exit_status)
{
	ASSERT_EQ(7, check_run("leak,exit=7", leak_handle, NULL, &self->report));
	free(self->report);
	ASSERT_EQ(CLEAN, check_run("leak,exit=7", free_handle, NULL, &self->report));
}

TEST_F(report, text)
{
	ASSERT_EQ(CLEAN, check_run("leak", leak_handle, NULL, &self->report));
	EXPECT_EQ(0, strncmp(self->report, "acl-emu[", 8)) TH_LOG("%s", self->report);
	EXPECT_NE(NULL, strstr(self->report, "1 handle on device 0, 4 MiB"))
		TH_LOG("%s", self->report);
	EXPECT_NE(NULL, strstr(self->report, "aclrtMallocPhysical()")) TH_LOG("%s", self->report);
	EXPECT_NE(NULL, strstr(self->report, "#0 ")) TH_LOG("%s", self->report);
	EXPECT_NE(NULL, strstr(self->report, "/acl/report+0x")) TH_LOG("%s", self->report);
	free(self->report);
	/* The frames of the library are not the program's. */
	ASSERT_EQ(CLEAN, check_run("leak,depth=1", leak_handle, NULL,
				   &self->report));
	EXPECT_NE(NULL, strstr(self->report, "#0 ")) TH_LOG("%s", self->report);
	EXPECT_EQ(NULL, strstr(self->report, "#1 ")) TH_LOG("%s", self->report);
	EXPECT_EQ(NULL, strstr(self->report, "libacl-emu.so")) TH_LOG("%s", self->report);
}

static int call_with_bad_list(void *word)
{
	const char *text;
	uint32_t count;

	if (aclInit(NULL) != ACL_ERROR_INVALID_PARAM)
		return 1;
	text = aclGetRecentErrMsg();
	if (!text || !strstr(text, word) || !strstr(text, "ACL_EMU_"))
		return 2;
	if (aclrtGetDeviceCount(&count) != ACL_ERROR_INVALID_PARAM)
		return 3;
	return aclrtSetDevice(0) == ACL_ERROR_INVALID_PARAM ? CLEAN : 4;
}

TEST_F(report, list_that_is_not_possible)
{
	static const char *const lists[][2] = {
		{ "leek", "'leek'" }, { "leak,nothing", "'nothing'" },
		{ "leak=1", "'leak=1'" }, { "stuck", "'stuck'" }, { "stuck=", "'stuck='" },
		{ "stuck=0", "'stuck=0'" }, { "stuck=-1", "'stuck=-1'" },
		{ "stuck=86401", "'stuck=86401'" }, { "depth=65", "'depth=65'" },
		{ "exit=256", "'exit=256'" }, { "exit=1x", "'exit=1x'" }, { "json=1", "'json=1'" },
	};
	size_t i;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		free(self->report);
		EXPECT_EQ(CLEAN, check_run(lists[i][0], call_with_bad_list, (void *)lists[i][1],
					   &self->report)) TH_LOG("%s", lists[i][0]);
		EXPECT_STREQ("", self->report);
	}
}

static int call_with_bad_report(void *path)
{
	setenv("ACL_EMU_REPORT", path, 1);
	return call_with_bad_list(path);
}

TEST_F(report, report_that_cannot_be_written)
{
	ASSERT_EQ(CLEAN, check_run("leak", call_with_bad_report, "/nonexistent/file",
				   &self->report));
	free(self->report);
	ASSERT_EQ(CLEAN, check_run("leak", call_with_bad_report, "fd:999", &self->report));
	free(self->report);
	ASSERT_EQ(CLEAN, check_run("leak", call_with_bad_report, "fd:x", &self->report));
}

/* ---- calls after the end ---- */

static int free_after_finalize(void *arg)
{
	volatile int i;		/* keeps the loop: one place */
	aclrtEvent event;

	(void)arg;
	check_device();
	MUST(aclrtCreateEvent(&event));
	MUST(aclFinalize());
	for (i = 0; i < 2; i++)
		aclrtDestroyEvent(event);
	return CLEAN;
}

/* Each place once, also when the call fails. */
TEST_F(report, calls_after_the_end)
{
	ASSERT_EQ(5, check_run("leak,json,exit=5", free_after_finalize, NULL, &self->report));
	EXPECT_EQ(1, occurrences(self->report, "\"report\":\"late\"")) TH_LOG("%s", self->report);
	EXPECT_NE(NULL, strstr(self->report, "\"function\":\"aclrtDestroyEvent\""))
		TH_LOG("%s", self->report);
	EXPECT_EQ(1, occurrences(self->report, "\"report\":\"leak\"")) TH_LOG("%s", self->report);
}

/* ---- wrong frees ---- */

static int free_twice(void *arg)
{
	aclrtDrvMemHandle handle;
	const char *text;
	void *addr;

	(void)arg;
	check_device();
	MUST(aclrtMalloc(&addr, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	MUST(aclrtFree(addr));
	if (!aclrtFree(addr))
		return 1;
	text = aclGetRecentErrMsg();
	if (!strstr(text, "aclrtFree() at report+0x") || !strstr(text, hex(addr)))
		return 2;
	MUST(phys(&handle, BLOCK, 0));
	MUST(aclrtFreePhysical(handle));
	if (!aclrtFreePhysical(handle))
		return 3;
	text = aclGetRecentErrMsg();
	return strstr(text, "aclrtFreePhysical() at report+0x") ? CLEAN : 4;
}

/* The sentence names the first free; the report has all places. */
TEST_F(report, second_free)
{
	ASSERT_EQ(CLEAN, check_run("leak,json", free_twice, NULL, &self->report));
	EXPECT_EQ(2, occurrences(self->report, "\"report\":\"wrong\"")) TH_LOG("%s", self->report);
	EXPECT_EQ(2, occurrences(self->report, "\"act\":\"created\"")) TH_LOG("%s", self->report);
	EXPECT_EQ(2, occurrences(self->report, "\"act\":\"ended\"")) TH_LOG("%s", self->report);
	EXPECT_NE(NULL, strstr(self->report, "\"function\":\"aclrtFree\",\"sentence\":"));
	EXPECT_EQ(0, occurrences(self->report, "\"report\":\"leak\"")) TH_LOG("%s", self->report);
	free(self->report);
	ASSERT_EQ(5, check_run("leak,exit=5", free_twice, NULL, &self->report));
	EXPECT_EQ(2, occurrences(self->report, "wrong free: ")) TH_LOG("%s", self->report);
	EXPECT_EQ(2, occurrences(self->report, "created by ")) TH_LOG("%s", self->report);
}

static int free_inside(void *arg)
{
	volatile int i;		/* keeps the loop: one place */
	char *addr;

	(void)arg;
	check_device();
	MUST(aclrtMalloc((void **)&addr, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	for (i = 0; i < 3; i++)
		aclrtFree(addr + 512);
	MUST(aclrtFree(addr));
	return CLEAN;
}

/* The address is in a block: the report has the place that allocated it, once. */
TEST_F(report, free_inside_a_block)
{
	ASSERT_EQ(CLEAN, check_run("leak,json", free_inside, NULL, &self->report));
	EXPECT_EQ(1, occurrences(self->report, "\"report\":\"wrong\"")) TH_LOG("%s", self->report);
	EXPECT_EQ(1, occurrences(self->report, "\"act\":\"created\",\"function\":\"aclrtMalloc\""))
		TH_LOG("%s", self->report);
}

static int ask_wrongly(void *arg)
{
	int local, *plain = &local;
	char *addr;

	(void)arg;
	check_device();
	MUST(aclrtMalloc((void **)&addr, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	aclrtMemcpy(&local, 4, (void *)0x1000, 4, ACL_MEMCPY_DEVICE_TO_HOST);
	aclrtFree(addr + 512);
	aclrtFree(NULL);
	aclrtFree(plain);
	MUST(aclrtFree(addr));
	return CLEAN;
}

/* Of calls that fail only frees are reported, and not those of NULL; host memory has no history. */
TEST_F(report, only_frees)
{
	ASSERT_EQ(CLEAN, check_run("leak,json", ask_wrongly, NULL, &self->report));
	EXPECT_EQ(2, occurrences(self->report, "\"report\":\"wrong\"")) TH_LOG("%s", self->report);
	EXPECT_EQ(1, occurrences(self->report, "\"history\":[]")) TH_LOG("%s", self->report);
	EXPECT_EQ(0, occurrences(self->report, "aclrtMemcpy")) TH_LOG("%s", self->report);
}

TEST_HARNESS_MAIN
