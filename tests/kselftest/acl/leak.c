// SPDX-License-Identifier: MIT
/*
 * ACL_EMU_CHECK=leak: what a process did not free is reported with the place that
 * created it, once, and nothing else is.
 */
#define MODULE_ARGS "devices=3 capacity_mb=128 host_mb=256"
#include "acl_stream.h"

#include <dlfcn.h>

#include "acl/acl_rt_memory_soma.h"
#include "check.h"

/* ---- one of each kind ---- */

static aclrtMemPool pool_make(void)
{
	aclrtMemPoolProps props = { .location = { .type = ACL_MEM_LOCATION_TYPE_DEVICE } };
	aclrtMemPool pool;

	MUST(aclrtMemPoolCreate(&pool, &props));
	return pool;
}

static void leak_handle(void)
{
	aclrtDrvMemHandle handle;

	MUST(phys(&handle, 2 * BLOCK, 0));
}

static void leak_reservation(void)
{
	void *addr;

	MUST(reserve(&addr, BLOCK));
}

/* The handle is freed, the mapping holds the memory. */
static void leak_mapping(void)
{
	struct block b;

	MUST(block_make(&b, BLOCK, 0));
	MUST(aclrtFreePhysical(b.handle));
}

static void leak_block(void)
{
	void *addr;

	MUST(aclrtMalloc(&addr, 5 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
}

static void leak_small_block(void)
{
	void *addr;

	MUST(aclrtMalloc(&addr, 1000, ACL_MEM_MALLOC_HUGE_FIRST));
}

static void leak_host_block(void)
{
	void *addr;

	MUST(aclrtMallocHost(&addr, 4096));
}

static void leak_registration(void)
{
	void *devPtr, *addr = aligned_alloc(4096, 8192);

	MUST(aclrtHostRegister(addr, 8192, ACL_HOST_REGISTER_MAPPED, &devPtr));
}

static void leak_pool(void)
{
	pool_make();
}

static void leak_stream(void)
{
	aclrtStream stream;

	MUST(aclrtCreateStream(&stream));
}

static void leak_context(void)
{
	aclrtContext context;

	MUST(aclrtCreateContext(&context, 0));
}

static void leak_event(void)
{
	aclrtEvent event;

	MUST(aclrtCreateEvent(&event));
}

static void leak_notify(void)
{
	aclrtNotify notify;

	MUST(aclrtCreateNotify(&notify, 0));
}

/* The block of the name is a leak, too: closing the name after its memory is right. */
static void leak_name(void)
{
	char key[65];
	void *addr;

	MUST(aclrtMalloc(&addr, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	MUST(aclrtIpcMemGetExportKey(addr, BLOCK, key, sizeof(key), 1));
	MUST(aclrtFree(addr));
}

static void leak_exported_handle(void)
{
	aclrtDrvMemHandle handle;
	uint64_t key;

	MUST(phys(&handle, BLOCK, 0));
	MUST(aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE, 1, &key));
}

static void leak_imported_handle(void)
{
	aclrtDrvMemHandle handle, again;
	int fd;

	MUST(phys(&handle, BLOCK, 0));
	MUST(acl_emu_export_fd(handle, &fd));
	MUST(acl_emu_import_fd(fd, 0, &again));
	MUST(aclrtFreePhysical(handle));
	close(fd);
}

static const struct plant {
	void (*plant)(void);
	unsigned int count;	/* objects that are left */
	const char *kind;	/* of one of them, with its size */
} plants[] = {
	{ leak_handle, 1, "\"kind\":\"handle\",\"count\":1,\"bytes\":4194304" },
	{ leak_reservation, 1, "\"kind\":\"reservation\",\"count\":1,\"bytes\":2097152" },
	{ leak_mapping, 2, "\"kind\":\"mapping\",\"count\":1,\"bytes\":2097152" },
	{ leak_block, 1, "\"kind\":\"block of aclrtMalloc()\",\"count\":1,\"bytes\":5242880" },
	{ leak_small_block, 1, "\"kind\":\"block of aclrtMalloc()\",\"count\":1,\"bytes\":1000" },
	{ leak_host_block, 1,
	  "\"kind\":\"block of aclrtMallocHost()\",\"count\":1,\"bytes\":4096" },
	{ leak_registration, 1, "\"kind\":\"host registration\",\"count\":1,\"bytes\":8192" },
	{ leak_pool, 1, "\"kind\":\"memory pool\",\"count\":1" },
	{ leak_stream, 1, "\"kind\":\"stream\",\"count\":1" },
	{ leak_context, 1, "\"kind\":\"context\",\"count\":1" },
	{ leak_event, 1, "\"kind\":\"event\",\"count\":1" },
	{ leak_notify, 1, "\"kind\":\"notify\",\"count\":1" },
	{ leak_name, 1, "\"kind\":\"IPC name\",\"count\":1" },
	{ leak_exported_handle, 1, "\"exported\":1" },
	{ leak_imported_handle, 1, "\"kind\":\"imported handle\",\"count\":1,\"bytes\":2097152" },
};

#define PLANTS	(sizeof(plants) / sizeof(plants[0]))

static unsigned int total(const char *report)
{
	const char *at = strstr(report, "\"count\":");

	return at ? (unsigned int)atoi(at + strlen("\"count\":")) : 0;
}

CHECK_FIXTURE(leak)

/* ---- the kinds ---- */

static int plant_and_exit(void *arg)
{
	check_device();
	((const struct plant *)arg)->plant();
	return CLEAN;
}

TEST_F(leak, each_kind_at_exit)
{
	size_t i;

	for (i = 0; i < PLANTS; i++) {
		free(self->report);
		ASSERT_EQ(CLEAN, check_run("leak,json", plant_and_exit, (void *)&plants[i],
					   &self->report)) TH_LOG("plant %zu", i);
		EXPECT_EQ(1, occurrences(self->report, "\"report\":\"leak\""))
			TH_LOG("plant %zu: %s", i, self->report);
		EXPECT_EQ(plants[i].count, total(self->report)) TH_LOG("%s", self->report);
		EXPECT_NE(NULL, strstr(self->report, plants[i].kind))
			TH_LOG("%s: %s", plants[i].kind, self->report);
		EXPECT_NE(NULL, strstr(self->report, "\"at\":\"exit\"")) TH_LOG("%s", self->report);
		EXPECT_NE(NULL, strstr(self->report, "/acl/leak\"")) TH_LOG("%s", self->report);
		EXPECT_NE(NULL, strstr(self->report, "ed\",\"function\":\"acl"))
			TH_LOG("%s", self->report);
	}
}

static int all_and_finalize(void *arg)
{
	size_t i;

	(void)arg;
	check_device();
	for (i = 0; i < PLANTS; i++)
		plants[i].plant();
	MUST(aclFinalize());
	return CLEAN;
}

/* What the report at the end of the runtime told is not told again at exit. */
TEST_F(leak, once_at_finalize)
{
	ASSERT_EQ(CLEAN, check_run("leak,json", all_and_finalize, NULL, &self->report));
	EXPECT_EQ(1, occurrences(self->report, "\"report\":\"leak\"")) TH_LOG("%s", self->report);
	EXPECT_NE(NULL, strstr(self->report, "\"at\":\"aclFinalize\"")) TH_LOG("%s", self->report);
	EXPECT_EQ(16, total(self->report)) TH_LOG("%s", self->report);
}

static int reset_then_more(void *arg)
{
	(void)arg;
	check_device();
	leak_block();
	leak_event();
	MUST(aclrtResetDevice(0));
	MUST(aclFinalize());
	return CLEAN;
}

/* A reset ends the block, which is told before; the event is left until the end. */
TEST_F(leak, what_a_reset_ends)
{
	const char *second;

	ASSERT_EQ(CLEAN, check_run("leak,json", reset_then_more, NULL, &self->report));
	EXPECT_EQ(2, occurrences(self->report, "\"report\":\"leak\"")) TH_LOG("%s", self->report);
	EXPECT_NE(NULL, strstr(self->report, "\"at\":\"aclrtResetDevice\""));
	EXPECT_EQ(1, occurrences(self->report, "block of aclrtMalloc()"));
	second = strstr(self->report, "\"at\":\"aclFinalize\"");
	ASSERT_NE(NULL, second) TH_LOG("%s", self->report);
	EXPECT_NE(NULL, strstr(second, "\"kind\":\"event\"")) TH_LOG("%s", self->report);
}

/* ---- references ---- */

static int one_reference_too_many(void *arg)
{
	aclrtDrvMemHandle again;
	struct block b;
	int i;

	(void)arg;
	check_device();
	for (i = 0; i < 3; i++) {
		MUST(block_make(&b, BLOCK, 0));
		MUST(aclrtMemRetainAllocationHandle(b.addr, &again));
		MUST(block_unmap(&b));
		MUST(aclrtFreePhysical(again));
	}
	return CLEAN;
}

TEST_F(leak, history_of_references)
{
	static const char *const acts[] = { "created", "mapped", "retained", "unmapped", "freed" };
	char text[64];
	size_t i;

	ASSERT_EQ(CLEAN, check_run("leak,json", one_reference_too_many, NULL, &self->report));
	EXPECT_EQ(3, total(self->report)) TH_LOG("%s", self->report);
	EXPECT_EQ(1, occurrences(self->report, "\"kind\":")) TH_LOG("%s", self->report);
	EXPECT_NE(NULL, strstr(self->report, "\"references\":3,\"mappings\":0"))
		TH_LOG("%s", self->report);
	for (i = 0; i < 5; i++) {
		snprintf(text, sizeof(text), "\"act\":\"%s\"", acts[i]);
		EXPECT_EQ(1, occurrences(self->report, text)) TH_LOG("%s: %s", text, self->report);
	}
	EXPECT_EQ(5, occurrences(self->report, "\"count\":3,\"frames\""))
		TH_LOG("%s", self->report);
}

/* ---- processes, threads, modules ---- */

static int fork_without_calls(void *arg)
{
	pid_t pid;

	(void)arg;
	check_device();
	leak_event();
	pid = fork();
	if (!pid)
		exit(CLEAN);
	return join(pid);
}

static int fork_with_calls(void *arg)
{
	pid_t pid;

	(void)arg;
	check_device();
	leak_event();
	pid = fork();
	if (!pid) {
		check_device();
		leak_stream();
		exit(CLEAN);
	}
	return join(pid);
}

TEST_F(leak, forked_child_has_its_own)
{
	ASSERT_EQ(CLEAN, check_run("leak,json", fork_without_calls, NULL, &self->report));
	EXPECT_EQ(1, occurrences(self->report, "\"report\":\"leak\"")) TH_LOG("%s", self->report);
	free(self->report);
	ASSERT_EQ(CLEAN, check_run("leak,json", fork_with_calls, NULL, &self->report));
	EXPECT_EQ(2, occurrences(self->report, "\"report\":\"leak\"")) TH_LOG("%s", self->report);
	EXPECT_EQ(1, occurrences(self->report, "\"kind\":\"event\"")) TH_LOG("%s", self->report);
	EXPECT_EQ(1, occurrences(self->report, "\"kind\":\"stream\"")) TH_LOG("%s", self->report);
}

static void *leak_in_thread(void *arg)
{
	(void)arg;
	MUST(aclrtSetDevice(0));
	leak_block();
	return NULL;
}

static int threads(void *arg)
{
	pthread_t thread[4];
	int i;

	(void)arg;
	check_device();
	for (i = 0; i < 4; i++)
		pthread_create(&thread[i], NULL, leak_in_thread, NULL);
	for (i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	return CLEAN;
}

/* Threads that leak at one place are one group. */
TEST_F(leak, threads)
{
	ASSERT_EQ(CLEAN, check_run("leak,json", threads, NULL, &self->report));
	EXPECT_EQ(4, total(self->report)) TH_LOG("%s", self->report);
	EXPECT_EQ(1, occurrences(self->report, "\"kind\":")) TH_LOG("%s", self->report);
}

static int unloaded_module(void *arg)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 32);
	aclError (*leak)(void);
	void *module;
	int round;

	(void)arg;
	strcpy(path + (n > 0 ? n : 0), "_module.so");
	check_device();
	for (round = 0; round < 2; round++) {
		module = dlopen(path, RTLD_NOW);
		if (!module) {
			fprintf(stderr, "# %s\n", dlerror());
			return FAILED;
		}
		*(void **)&leak = dlsym(module, "leak_event");
		MUST(leak());
		dlclose(module);
		if (dlopen(path, RTLD_NOW | RTLD_NOLOAD))
			return FAILED;
	}
	return CLEAN;
}

TEST_F(leak, module_that_was_unloaded)
{
	ASSERT_EQ(CLEAN, check_run("leak,json", unloaded_module, NULL, &self->report));
	EXPECT_EQ(2, total(self->report)) TH_LOG("%s", self->report);
	EXPECT_EQ(1, occurrences(self->report, "\"kind\":")) TH_LOG("%s", self->report);
	EXPECT_EQ(1, occurrences(self->report, "/leak_module.so\",\"build_id\":\""))
		TH_LOG("%s", self->report);
	EXPECT_EQ(0, occurrences(self->report, "\"module\":-1")) TH_LOG("%s", self->report);
}

static int through_quick_end(void *arg)
{
	(void)arg;
	check_device();
	leak_event();
	_exit(CLEAN);
}

/* A process that ends without its exit handlers reports nothing and loses nothing else. */
TEST_F(leak, end_without_handlers)
{
	ASSERT_EQ(CLEAN, check_run("leak,json", through_quick_end, NULL, &self->report));
	EXPECT_STREQ("", self->report);
}

/* ---- no false reports ---- */

static int everything_freed(void *arg)
{
	aclrtDrvMemHandle again;
	aclrtMemPool pool;
	aclrtStream stream;
	aclrtEvent event;
	void *a, *b, *c;
	struct block block;

	(void)arg;
	check_device();
	MUST(aclrtCreateStream(&stream));
	MUST(aclrtCreateEvent(&event));
	MUST(aclrtRecordEvent(event, NULL));	/* the default stream */
	MUST(aclrtStreamWaitEvent(stream, event));
	MUST(aclrtMalloc(&a, 1000, ACL_MEM_MALLOC_HUGE_FIRST));
	MUST(aclrtMallocHost(&b, 1000));
	pool = pool_make();
	MUST(aclrtMemPoolMallocAsync(&c, 4096, pool, stream));
	MUST(aclrtMemPoolFreeAsync(c, stream));
	MUST(aclrtSynchronizeStream(stream));
	MUST(block_make(&block, BLOCK, 0));
	MUST(aclrtMemRetainAllocationHandle(block.addr, &again));
	MUST(aclrtFreePhysical(again));
	MUST(block_drop(&block));
	MUST(aclrtMemPoolDestroy(pool));
	MUST(aclrtFree(a));
	MUST(aclrtFreeHost(b));
	MUST(aclrtDestroyEvent(event));
	MUST(aclrtDestroyStream(stream));
	MUST(aclrtResetDevice(0));
	MUST(aclFinalize());
	return CLEAN;
}

static int nothing_created(void *arg)
{
	(void)arg;
	return CLEAN;
}

TEST_F(leak, clean_program)
{
	ASSERT_EQ(CLEAN, check_run(",leak,", everything_freed, NULL, &self->report));
	EXPECT_STREQ("", self->report);
	free(self->report);
	ASSERT_EQ(CLEAN, check_run("leak,exit=7", nothing_created, NULL, &self->report));
	EXPECT_STREQ("", self->report);
}

/* A block that its pool keeps is the pool's. */
static int idle_in_pool(void *arg)
{
	aclrtMemPool pool;
	aclrtStream stream;
	uint64_t keep = UINT64_MAX;
	void *addr;

	(void)arg;
	check_device();
	pool = pool_make();
	MUST(aclrtMemPoolSetAttr(pool, ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD, &keep));
	MUST(aclrtCreateStream(&stream));
	MUST(aclrtMemPoolMallocAsync(&addr, BLOCK, pool, stream));
	MUST(aclrtMemPoolFreeAsync(addr, stream));
	MUST(aclrtSynchronizeStream(stream));
	MUST(aclrtDestroyStream(stream));
	return CLEAN;
}

TEST_F(leak, idle_blocks_belong_to_the_pool)
{
	ASSERT_EQ(CLEAN, check_run("leak,json", idle_in_pool, NULL, &self->report));
	EXPECT_EQ(1, total(self->report)) TH_LOG("%s", self->report);
	EXPECT_NE(NULL, strstr(self->report,
			       "\"kind\":\"memory pool\",\"count\":1,\"bytes\":2097152"))
		TH_LOG("%s", self->report);
}

static const char *const examples[] = {
	"expandable_segments", "sleep_wake", "ring", "kv_cache", "graph_decode", "gm_share",
	"gm_share_cpp",
};

static int run_example(void *name)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 64);

	path[n > 0 ? n : 0] = '\0';
	snprintf(strrchr(path, '/'), 64, "/../../examples/%s", (const char *)name);
	if (!freopen("/dev/null", "w", stdout))
		return FAILED;
	execl(path, path, NULL);
	return FAILED;
}

TEST_F(leak, examples_are_clean)
{
	size_t i;

	for (i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		free(self->report);
		EXPECT_EQ(CLEAN, check_run("leak,stuck=86400", run_example, (void *)examples[i],
					   &self->report)) TH_LOG("%s", examples[i]);
		EXPECT_STREQ("", self->report) TH_LOG("%s", examples[i]);
	}
}

TEST_HARNESS_MAIN
