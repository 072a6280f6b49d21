// SPDX-License-Identifier: MIT
/*
 * The sweep of failnth_uapi.h.
 */
#include "failnth_uapi.h"

/* ENOMEM with a reason that speaks of memory; EFAULT where user memory failed. */
static bool failnth_documented(const struct failnth_case *c, int rc)
{
	switch (rc) {
	case -ENOMEM:
		return uapi_last.reason == ACL_EMU_REASON_HOST_NOMEM ||
		       uapi_last.reason == ACL_EMU_REASON_VA_LIMIT;
	case -EFAULT:
		return uapi_last.reason == ACL_EMU_REASON_NONE ||
		       uapi_last.reason == ACL_EMU_REASON_USER_FAULT;
	}
	for (int i = 0; i < ERRNOS; i++)
		if (c->errno_too[i] && rc == -c->errno_too[i])
			return true;
	return false;
}

static bool failnth_as_before(int fd, const struct uapi_before *before)
{
	struct uapi_before now;
	bool same = true;

	uapi_state(fd, &now);
	for (size_t i = 0; i < ARRAY_SIZE(now.counter); i++) {
		if (now.counter[i] == before->counter[i])
			continue;
		fprintf(stderr, "# counter %zu: %" PRIu64 ", was %" PRIu64 "\n", i,
			now.counter[i], before->counter[i]);
		same = false;
	}
	return same && !memcmp(now.used, before->used, sizeof(now.used));
}

static int failnth_undo(const struct failnth_case *c, struct scene *s)
{
	return c->undo ? c->undo(s) : 0;
}

void failnth_sweep(struct __test_metadata *_metadata, struct scene *s, const struct failnth_case
		   *c)
{
	struct uapi_before before;
	unsigned int nth, failed = 0;
	bool used = true;
	int rc = 0;

	uapi_state(s->fd, &before);
	for (nth = 1; used && nth < FAILNTH_MOST; nth++) {
		memset(&uapi_last, 0, sizeof(uapi_last));
		ASSERT_EQ(0, failnth_arm(nth));
		rc = c->call(s);
		used = failnth_disarm();
		if (rc) {
			failed++;
			EXPECT_TRUE(failnth_documented(c, rc))
				TH_LOG("%s, number %u: %d, reason %u", c->name, nth, rc,
				       uapi_last.reason);
		} else {
			ASSERT_EQ(0, failnth_undo(c, s)) TH_LOG("%s, number %u", c->name, nth);
		}
		ASSERT_TRUE(failnth_as_before(s->fd, &before))
			TH_LOG("%s, number %u: %d", c->name, nth, rc);
		/* The objects are as good as new. */
		ASSERT_EQ(0, c->call(s)) TH_LOG("%s after number %u", c->name, nth);
		ASSERT_EQ(0, failnth_undo(c, s)) TH_LOG("%s after number %u", c->name, nth);
		ASSERT_TRUE(failnth_as_before(s->fd, &before))
			TH_LOG("%s after number %u", c->name, nth);
	}
	EXPECT_EQ(0, rc) TH_LOG("%s", c->name);
	EXPECT_FALSE(used) TH_LOG("%s: no end", c->name);
	EXPECT_GE(failed, c->least) TH_LOG("%s: %u of %u failed", c->name, failed, nth - 2);
	fprintf(stderr, "# %s: %u places, %u failures\n", c->name, nth - 2, failed);
}
