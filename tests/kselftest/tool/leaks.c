// SPDX-License-Identifier: MIT
/*
 * acl-emu leaks: reports of this program, which runs as a program with faults when
 * LEAKS_ROLE is set.
 */
#include "tool.h"

#include "acl/acl.h"

#define FAULT_EXIT	23
#define KNOWN		"/tmp/acl-emu-known"

static aclrtEvent event;
static int line;

__attribute__((noinline))
static void forget_here(void)
{
	line = __LINE__ + 1;
	if (aclrtCreateEvent(&event))
		exit(99);
}

static uint64_t new_client_id(void)
{
	int fd = uapi_open();
	uint64_t id = uapi_fdinfo(getpid(), fd, "acl-emu-client-id");

	close(fd);
	return id;
}

/* Until the tool has looked: it opens the node, and ids of clients are not used twice. */
static void wait_for_looks(int looks)
{
	uint64_t before = new_client_id(), id;

	for (; looks; before = id) {
		id = new_client_id();
		if (id > before + 1)
			looks--;
	}
}

static void die_with_memory(void)
{
	aclrtPhysicalMemProp prop = {
		.memAttr = ACL_HBM_MEM_HUGE, .location = { .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
	aclrtDrvMemHandle handle;

	if (aclrtMallocPhysical(&handle, SIZE_2M, &prop, 0))
		exit(97);
	/* The first one may have been before the allocation. */
	wait_for_looks(3);
	raise(SIGKILL);
}

static void run_role(const char *role)
{
	if (aclInit(NULL) || aclrtSetDevice(0))
		exit(98);
	forget_here();
	printf("line %d\n", line);
	fflush(stdout);
	if (!strcmp(role, "clean"))
		aclrtDestroyEvent(event);
	else if (!strcmp(role, "killed"))
		die_with_memory();
	exit(!strcmp(role, "fails") ? 9 : 0);
}

__attribute__((constructor(101)))
static void take_role(void)
{
	const char *role = getenv("LEAKS_ROLE");

	if (role)
		run_role(role);
}

static char self_path[4096];

static void set_role(const char *role)
{
	ssize_t n = readlink("/proc/self/exe", self_path, sizeof(self_path) - 1);

	self_path[n > 0 ? n : 0] = '\0';
	setenv("LEAKS_ROLE", role, 1);
}

static void expect_place(struct __test_metadata *_metadata)
{
	const char *at = strstr(tool_text, "line ");
	char place[64];

	ASSERT_NE(NULL, at) TH_LOG("%s", tool_text);
	snprintf(place, sizeof(place), "leaks.c:%d", atoi(at + 5));
	EXPECT_TEXT("forget_here at ");
	EXPECT_TEXT(place);
	EXPECT_TEXT("1 x event");
}

TEST(place_and_status)
{
	set_role("leaks");
	EXPECT_EQ(FAULT_EXIT, TOOL_RUN("leaks", "--", self_path));
	expect_place(_metadata);
	EXPECT_EQ(5, TOOL_RUN("leaks", "--exit-code", "5", self_path));
	EXPECT_EQ(FAULT_EXIT, TOOL_RUN("run", "--leaks", "--", self_path));
	expect_place(_metadata);
	EXPECT_EQ(2, TOOL_RUN("leaks", "--exit-code", "256", self_path));
	EXPECT_EQ(2, TOOL_RUN("leaks"));
}

TEST(status_of_the_program)
{
	set_role("fails");
	EXPECT_EQ(9, TOOL_RUN("leaks", "--", self_path));
	EXPECT_TEXT("1 x event");
	set_role("clean");
	EXPECT_EQ(0, TOOL_RUN("leaks", "--", self_path));
	EXPECT_NO_TEXT("event");
	EXPECT_EQ(127, TOOL_RUN("leaks", "--", "/nonexistent/program"));
}

/* Such a process cannot report; the tool says so. */
TEST(killed_program)
{
	set_role("killed");
	EXPECT_EQ(128 + SIGKILL, TOOL_RUN("leaks", "--", self_path));
	EXPECT_NO_TEXT("1 x event");
	EXPECT_TEXT("signal 9");
	EXPECT_TEXT("device 0: 2 MiB, 1 handle");
}

TEST(suppressions)
{
	FILE *known = fopen(KNOWN, "we");

	ASSERT_NE(NULL, known);
	fputs("leak:forget_h*e\n", known);
	fclose(known);
	set_role("leaks");
	EXPECT_EQ(0, TOOL_RUN("leaks", "--suppressions", KNOWN, "--", self_path));
	EXPECT_NO_TEXT("1 x event");
	EXPECT_TEXT("groups of objects: 1");
	unlink(KNOWN);
	EXPECT_EQ(2, TOOL_RUN("leaks", "--suppressions", KNOWN, "--", self_path));
	EXPECT_TEXT(KNOWN);
	EXPECT_NO_TEXT("line ");
}

TEST(json)
{
	json_t *report;
	char *at;

	set_role("leaks");
	EXPECT_EQ(FAULT_EXIT, TOOL_RUN("leaks", "--json", "--", self_path));
	at = strchr(tool_text, '{');
	ASSERT_NE(NULL, at) TH_LOG("%s", tool_text);
	report = json_loads(at, JSON_DISABLE_EOF_CHECK, NULL);
	EXPECT_TRUE(tool_has_keys(report, "report version pid at count bytes groups"))
		TH_LOG("%s", at);
	EXPECT_EQ(1, tool_int(report, "count"));
	json_decref(report);
}

TEST_HARNESS_MAIN
