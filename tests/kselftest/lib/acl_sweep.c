// SPDX-License-Identifier: MIT
/*
 * The sweep of acl_sweep.h.
 */
#include "acl_sweep.h"

/* The failure is told: code of the thread, and a sentence with the code. */
static bool sweep_told(const struct call *call, aclError code)
{
	aclError last = aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL);
	const char *text = aclGetRecentErrMsg();
	char number[24];

	if (code != FULL && (!call->code || code != call->code))
		return false;
	snprintf(number, sizeof(number), "(%d)", code);
	/* Only codes of the runtime are last errors. */
	return (last == code || code / 1000 % 100 != 7) && text && strstr(text, number);
}

/* Without what is counted since the module was loaded. */
static struct world sweep_now(void)
{
	struct world w = world_now();
	int i;

	for (i = ACL_EMU_STAT_FALLBACK_BLOCKS; i <= ACL_EMU_STAT_SCRUBBED_LATE; i++)
		w.count[i] = 0;
	for (i = ACL_EMU_STAT_ALLOCS; i <= ACL_EMU_STAT_COPIES; i++)
		w.count[i] = 0;
	return w;
}

static bool sweep_same(const struct world *before, const struct world *now)
{
	const uint64_t *a = (const uint64_t *)before, *b = (const uint64_t *)now;
	size_t i, n = sizeof(*now) / sizeof(uint64_t);

	for (i = 0; i < n && a[i] == b[i]; i++)
		;
	if (i < n)
		fprintf(stderr, "# word %zu of the world: %" PRIu64 ", was %" PRIu64 "\n", i, b[i],
			a[i]);
	return i == n;
}

static aclError sweep_undo(const struct call *call, struct calls *c)
{
	return call->undo ? call->undo(c) : ACL_SUCCESS;
}

/* How often it failed. */
static unsigned int sweep_one(struct __test_metadata *_metadata, struct calls *c,
				     const struct call *call)
{
	struct world before, now;
	unsigned int nth, failed = 0;
	aclError code = ACL_SUCCESS;
	bool used = true;

	/* The first time may make what stays, such as addresses of an allocator. */
	ASSERT_EQ(ACL_SUCCESS, call->call(c)) TH_LOG("%s: %s", call->name, aclGetRecentErrMsg());
	ASSERT_EQ(ACL_SUCCESS, sweep_undo(call, c)) TH_LOG("%s", call->name);
	before = sweep_now();
	for (nth = 1; used && nth < SWEEP_MOST; nth++) {
		forget();
		sweep_arm(nth);
		code = call->call(c);
		used = sweep_stop();
		if (code) {
			failed++;
			EXPECT_TRUE(sweep_told(call, code))
				TH_LOG("%s, number %u: %d", call->name, nth, code);
		} else {
			ASSERT_EQ(ACL_SUCCESS, sweep_undo(call, c))
				TH_LOG("%s, number %u: %s", call->name, nth, aclGetRecentErrMsg());
		}
		now = sweep_now();
		ASSERT_TRUE(sweep_same(&before, &now))
			TH_LOG("%s, number %u: %d", call->name, nth, code);
		ASSERT_EQ(ACL_SUCCESS, call->call(c))
			TH_LOG("%s after number %u: %s", call->name, nth, aclGetRecentErrMsg());
		ASSERT_EQ(ACL_SUCCESS, sweep_undo(call, c))
			TH_LOG("%s after number %u: %s", call->name, nth, aclGetRecentErrMsg());
		now = sweep_now();
		ASSERT_TRUE(sweep_same(&before, &now)) TH_LOG("%s after %u", call->name, nth);
	}
	EXPECT_EQ(ACL_SUCCESS, code) TH_LOG("%s", call->name);
	EXPECT_FALSE(used) TH_LOG("%s: no end", call->name);
	fprintf(stderr, "# %s: %u places, %u failures\n", call->name, nth - 2, failed);
	return failed;
}

void sweep(struct __test_metadata *_metadata, const struct call_table *table, unsigned int least)
{
	static struct calls c;
	unsigned int failing = 0;

	calls_open(_metadata, &c);
	for (size_t i = 0; i < table->count; i++)
		failing += !!sweep_one(_metadata, &c, &table->calls[i]);
	EXPECT_GE(failing, least);
	calls_close(_metadata, &c);
	aclrtResetDeviceForce(1);
	aclrtResetDeviceForce(0);
	aclFinalize();
}
