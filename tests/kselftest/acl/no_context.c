// SPDX-License-Identifier: MIT
/*
 * The calls that need a current context fail with 107002 in a thread that has none.
 */
#include "acl_calls.h"

static const struct call_table *const tables[] = {
	&calls_vmm, &calls_share, &calls_memory, &calls_stream, &calls_pools, &calls_device,
	&calls_more, &calls_keys, &calls_rest,
};

static const char *const need_context[] = {
	"aclrtMemImportFromShareableHandle", "aclrtMemImportFromShareableHandleV2",
	"aclrtIpcMemGetExportKey", "aclrtIpcMemImportByKey", "aclrtMalloc", "aclrtMallocAlign32",
	"aclrtMallocWithCfg", "aclrtMallocHost", "aclrtMallocHostWithCfg", "aclrtFreeHost",
	"aclrtHostRegister", "aclrtHostRegisterV2", "aclrtMemcpy", "aclrtMemset", "aclrtMemcpy2d",
	"aclrtMemcpyBatch", "aclrtMemcpyBatchV2", "aclrtMemcpyBatchAsync",
	"aclrtMemcpyBatchAsyncV2", "aclrtMemcpyAsyncWithCondition", "aclrtGetMemInfo",
	"aclrtFreeWithDevSync", "aclrtFreeHostWithDevSync", "aclrtCreateStream",
	"aclrtCreateStreamWithConfig", "aclrtMemcpyAsync", "aclrtMemcpy2dAsync",
	"aclrtMemsetAsync", "aclrtMemsetD32", "aclrtMemsetD32Async", "aclrtCreateEvent",
	"aclrtCreateEventWithFlag", "aclrtCreateEventExWithFlag", "aclrtRecordEvent",
	"aclrtStreamWaitEvent", "aclrtResetEvent", "aclrtIpcOpenEventHandle", "aclrtCreateNotify",
	"aclrtRecordNotify", "aclrtWaitAndResetNotify", "aclrtNotifyImportByKey",
	"aclrtValueWrite", "aclrtLaunchHostFunc", "acl_emu_launch", "aclrtSubscribeReport",
	"aclrtMemPoolCreate", "aclrtMemPoolMallocAsync", "aclrtMemPoolFreeAsync",
	"aclrtCntNotifyCreate", "aclrtCntNotifyRecord", "aclrtCntNotifyWaitWithTimeout",
	"aclrtCntNotifyReset", "aclrtDeviceEnablePeerAccess", "aclrtSynchronizeDevice",
	"aclrtStreamAbort", "aclrtStreamStop", "aclrtSetStreamFailureMode",
	"aclrtSynchronizeStreamWithTimeout", "aclrtSynchronizeDeviceWithTimeout",
	"aclrtSynchronizeStream", "aclrtCtxGetCurrentDefaultStream",
};

CALL(aclrtSynchronizeStream, aclrtSynchronizeStream(NULL))
CALL(aclrtCtxGetCurrentDefaultStream, aclrtCtxGetCurrentDefaultStream(&c->made))

static const struct call own_list[] = {
	ONE(aclrtSynchronizeStream), ONE(aclrtCtxGetCurrentDefaultStream),
};

static const struct call_table own = TABLE(own_list);

struct attempt {
	struct calls *calls;
	const struct call *call;
	aclError code;
	char why[512];
};

static void *attempt(void *data)
{
	struct attempt *a = data;

	forget();
	a->calls->made = (void *)UNTOUCHED;
	a->code = a->call->call(a->calls);
	blame(a->call->name, NO_CONTEXT, "context", a->why);
	return NULL;
}

/* The call succeeds with a context and fails without; returns whether @table has it. */
static bool try(struct __test_metadata *_metadata, struct calls *c,
		const struct call_table *table, const char *name)
{
	struct attempt a = { .calls = c };
	pthread_t thread;
	size_t i;

	for (i = 0; i < table->count && strcmp(table->calls[i].name, name); i++)
		;
	if (i == table->count)
		return false;
	a.call = &table->calls[i];
	EXPECT_EQ(ACL_SUCCESS, a.call->call(c)) TH_LOG("%s", name);
	EXPECT_EQ(ACL_SUCCESS, a.call->undo ? a.call->undo(c) : 0) TH_LOG("%s", name);
	EXPECT_EQ(0, pthread_create(&thread, NULL, attempt, &a));
	pthread_join(thread, NULL);
	EXPECT_EQ(NO_CONTEXT, a.code) TH_LOG("%s", name);
	EXPECT_STREQ("", a.why);
	EXPECT_EQ((void *)UNTOUCHED, c->made) TH_LOG("%s wrote a result", name);
	return true;
}

TEST(calls)
{
	static struct calls c;
	size_t i, k;

	calls_open(_metadata, &c);
	for (i = 0; i < sizeof(need_context) / sizeof(need_context[0]); i++) {
		bool found = try(_metadata, &c, &own, need_context[i]);

		for (k = 0; k < sizeof(tables) / sizeof(tables[0]) && !found; k++)
			found = try(_metadata, &c, tables[k], need_context[i]);
		EXPECT_TRUE(found) TH_LOG("%s is in no table", need_context[i]);
	}
	calls_close(_metadata, &c);
}

TEST_HARNESS_MAIN
