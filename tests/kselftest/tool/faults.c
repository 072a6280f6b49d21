// SPDX-License-Identifier: MIT
/*
 * Eight faults, and for each the one command that shows its file and line. acl-emu(1)
 * has the same commands. This program has the faults when FAULTS_ROLE is set.
 */
#include "tool.h"

#include <fcntl.h>

#include "acl/acl.h"
#include "acl/acl_rt_memory_soma.h"
#include "acl_emu/extensions.h"

#define BLOCK	(2ul << 20)

static aclrtPhysicalMemProp prop = {
	.memAttr = ACL_HBM_MEM_HUGE, .location = { .type = ACL_MEM_LOCATION_TYPE_DEVICE },
};

/* Prints the number of the next line, and goes on only if the call succeeds. */
#define FAULT(call) do { \
	printf("line %d\n", __LINE__); \
	fflush(stdout); \
	if (call) \
		exit(97); \
} while (0)

#define DO(call) do { \
	if (call) \
		exit(96); \
} while (0)

static aclrtDrvMemHandle handle_new(void)
{
	aclrtDrvMemHandle handle;

	DO(aclrtMallocPhysical(&handle, BLOCK, &prop, 0));
	return handle;
}

static void leaked_handle(void)
{
	aclrtDrvMemHandle handle;

	FAULT(aclrtMallocPhysical(&handle, BLOCK, &prop, 0));
}

static void leaked_export(void)
{
	char key[65];
	void *addr;

	DO(aclrtMalloc(&addr, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	FAULT(aclrtIpcMemGetExportKey(addr, BLOCK, key, sizeof(key), 1));
	DO(aclrtFree(addr));
}

static void forgotten_reference(void)
{
	aclrtDrvMemHandle handle = handle_new(), again;
	void *addr;

	DO(aclrtReserveMemAddress(&addr, BLOCK, 0, NULL, 0));
	DO(aclrtMapMem(addr, BLOCK, 0, handle, 0));
	FAULT(aclrtMemRetainAllocationHandle(addr, &again));
	DO(aclrtUnmapMem(addr));
	DO(aclrtReleaseMemAddress(addr));
	DO(aclrtFreePhysical(handle));
}

static void use_after_finalize(void)
{
	aclrtEvent event;

	DO(aclrtCreateEvent(&event));
	DO(aclrtResetDevice(0));
	DO(aclFinalize());
	FAULT(aclrtDestroyEvent(event));
}

static void wrong_free(void)
{
	void *addr;

	DO(aclrtMalloc(&addr, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	DO(aclrtFree(addr));
	FAULT(!aclrtFree(addr));
}

/* The rest runs until the test ends it. */
static void wait_for_the_test(void)
{
	printf("pid %d\n", getpid());
	fflush(stdout);
	for (;;)
		pause();
}

static void held_by_another(void)
{
	aclrtDrvMemHandle handle;
	uint64_t key = strtoull(getenv("FAULTS_KEY"), NULL, 16);

	FAULT(aclrtMemImportFromShareableHandle(key, 0, &handle));
	wait_for_the_test();
}

static void idle_pool(void)
{
	aclrtMemPoolProps props = { .location = { .type = ACL_MEM_LOCATION_TYPE_DEVICE } };
	uint64_t keep = UINT64_MAX;
	aclrtStream stream;
	aclrtMemPool pool;
	void *addr;

	FAULT(aclrtMemPoolCreate(&pool, &props));
	DO(aclrtMemPoolSetAttr(pool, ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD, &keep));
	DO(aclrtCreateStream(&stream));
	DO(aclrtMemPoolMallocAsync(&addr, 3 * BLOCK, pool, stream));
	DO(aclrtMemPoolFreeAsync(addr, stream));
	DO(aclrtSynchronizeStream(stream));
	wait_for_the_test();
}

static void stuck_event(void)
{
	aclrtStream stream;
	aclrtEvent event;

	DO(aclrtCreateStream(&stream));
	DO(aclrtCreateEventWithFlag(&event, ACL_EVENT_SYNC));
	DO(aclrtRecordEvent(event, stream));
	DO(aclrtSynchronizeStream(stream));
	DO(aclrtResetEvent(event, stream));
	DO(aclrtSynchronizeStream(stream));
	FAULT(aclrtStreamWaitEvent(stream, event));
	wait_for_the_test();
}

static const struct role {
	const char *name;
	void (*fault)(void);
} roles[] = {
	{ "leaked_handle", leaked_handle },
	{ "leaked_export", leaked_export },
	{ "forgotten_reference", forgotten_reference },
	{ "use_after_finalize", use_after_finalize },
	{ "wrong_free", wrong_free },
	{ "held_by_another", held_by_another },
	{ "idle_pool", idle_pool },
	{ "stuck_event", stuck_event },
};

__attribute__((constructor(101)))
static void take_role(void)
{
	const char *name = getenv("FAULTS_ROLE");

	if (!name)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		if (strcmp(roles[i].name, name))
			continue;
		if (aclInit(NULL) || aclrtSetDevice(0))
			exit(98);
		roles[i].fault();
		exit(0);
	}
	exit(95);
}

/* ---- the commands ---- */

static char self_path[4096];

static void set_role(const char *role)
{
	ssize_t n = readlink("/proc/self/exe", self_path, sizeof(self_path) - 1);

	self_path[n > 0 ? n : 0] = '\0';
	setenv("FAULTS_ROLE", role, 1);
}

static int number_behind(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	return at ? atoi(at + strlen(word)) : -1;
}

/* The fault stands in the report behind @what, with the function and the line. */
static void expect_place(struct __test_metadata *_metadata, const char *what, const char *function,
			 int line)
{
	const char *at = strstr(tool_text, what);
	char place[128];

	ASSERT_NE(NULL, at) TH_LOG("'%s' is not in: %s", what, tool_text);
	snprintf(place, sizeof(place), "%s at ", function);
	at = strstr(at, place);
	ASSERT_NE(NULL, at) TH_LOG("'%s' is not in: %s", place, tool_text);
	snprintf(place, sizeof(place), "tool/faults.c:%d\n", line);
	at = strstr(at, "tool/faults.c:");
	ASSERT_NE(NULL, at) TH_LOG("%s", tool_text);
	EXPECT_EQ(0, strncmp(at, place, strlen(place))) TH_LOG("not %s: %s", place, tool_text);
}

FIXTURE(faults) { };

FIXTURE_SETUP(faults) { }

FIXTURE_TEARDOWN(faults) { }

FIXTURE_VARIANT(faults) { const char *role, *what; };

#define FAULT_AT_EXIT(role_, what_) \
	FIXTURE_VARIANT_ADD(faults, role_) { .role = #role_, .what = what_ }

FAULT_AT_EXIT(leaked_handle, "created by aclrtMallocPhysical()");
FAULT_AT_EXIT(leaked_export, "created by aclrtIpcMemGetExportKey()");
FAULT_AT_EXIT(forgotten_reference, "retained by aclrtMemRetainAllocationHandle()");
FAULT_AT_EXIT(use_after_finalize, "aclrtDestroyEvent() was called after the runtime was ended");
FAULT_AT_EXIT(wrong_free, "wrong free: aclrtFree");

/* Those that the program has at its end: acl-emu run --leaks. */
TEST_F(faults, at_exit)
{
	set_role(variant->role);
	EXPECT_EQ(23, TOOL_RUN("run", "--leaks", "--", self_path)) TH_LOG("%s", tool_text);
	expect_place(_metadata, variant->what, variant->role, number_behind(tool_text, "line "));
}

/* A program with a fault that runs until @kill_role(). */
struct running { pid_t pid; int out, line; };

static struct running start_role(const char *role, const char *checks)
{
	struct running r = { .pid = -1 };
	int pair[2];
	char text[64] = "";
	size_t used = 0;

	set_role(role);
	if (pipe2(pair, O_CLOEXEC))
		return r;
	r.out = pair[0];
	r.pid = fork();
	if (!r.pid) {
		setenv("ACL_EMU_CHECK", checks, 1);
		dup2(pair[1], STDOUT_FILENO);
		execl(self_path, self_path, NULL);
		_exit(94);
	}
	close(pair[1]);
	while (!strstr(text, "pid ") && used < sizeof(text) - 1 &&
	       read(r.out, text + used, 1) == 1)
		text[++used] = '\0';
	r.line = number_behind(text, "line ");
	return r;
}

static void kill_role(struct running *r)
{
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
	close(r->out);
}

static const char *pid_text(pid_t pid)
{
	static char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return text;
}

UAPI_FIXTURE(live)

/* acl-emu who -v names the other process, who --places its file and line. */
TEST_F(live, held_by_another)
{
	struct running r;
	uint64_t handle, key;
	char text[32];

	ASSERT_EQ(0, uapi_alloc(self->fd, BLOCK, 0, &handle));
	ASSERT_EQ(0, uapi_export(self->fd, handle, ACL_EMU_EXPORT_NO_LIST, &key));
	snprintf(text, sizeof(text), "%" PRIx64, key);
	setenv("FAULTS_KEY", text, 1);
	r = start_role("held_by_another", "leak,stuck=86400");
	ASSERT_EQ(0, TOOL_RUN("who", "-v"));
	snprintf(text, sizeof(text), "imported-by:%d", r.pid);
	EXPECT_TEXT(text);
	ASSERT_EQ(0, TOOL_RUN("who", "--places", pid_text(r.pid))) TH_LOG("%s", tool_text);
	expect_place(_metadata, "imported by aclrtMemImportFromShareableHandle()",
		     "held_by_another", r.line);
	kill_role(&r);
}

/* acl-emu who shows how much is idle, who --places which pool it is. */
TEST_F(live, idle_pool)
{
	struct running r = start_role("idle_pool", "leak,stuck=86400");

	ASSERT_EQ(0, TOOL_RUN("who", "--pid", pid_text(r.pid)));
	EXPECT_TEXT("6 MiB idle in memory pools");
	ASSERT_EQ(0, TOOL_RUN("who", "--places", pid_text(r.pid))) TH_LOG("%s", tool_text);
	EXPECT_TEXT("1 x memory pool on device 0, 6 MiB");
	expect_place(_metadata, "created by aclrtMemPoolCreate()", "idle_pool", r.line);
	kill_role(&r);
	/* A process without the check does not answer. */
	r = start_role("idle_pool", "");
	EXPECT_EQ(1, TOOL_RUN("who", "--places", pid_text(r.pid)));
	EXPECT_TEXT("ACL_EMU_CHECK=leak,stuck=SECONDS");
	EXPECT_EQ(0, TOOL_RUN("who", "--pid", pid_text(r.pid)));
	EXPECT_TEXT("6 MiB idle in memory pools");
	kill_role(&r);
}

TEST_F(live, stuck_event)
{
	struct running r = start_role("stuck_event", "stuck=86400");

	/* The task may not have begun to wait. */
	do {
		ASSERT_EQ(0, TOOL_RUN("who", "--streams", pid_text(r.pid)))
			TH_LOG("%s", tool_text);
	} while (!strstr(tool_text, "has waited for"));
	EXPECT_TEXT("which was recorded 1 time and was reset after the last record");
	expect_place(_metadata, "submitted by aclrtStreamWaitEvent()", "stuck_event", r.line);
	kill_role(&r);
}

TEST_HARNESS_MAIN
