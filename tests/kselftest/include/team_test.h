/* SPDX-License-Identifier: MIT */
/*
 * The fixture of a stress test, see team.h. The file defines DEVICES, those of the
 * module, and work(), what a member does; its variants have a plan.
 */
#ifndef TEST_TEAM_TEST_H
#define TEST_TEAM_TEST_H

#include "acl_test.h"
#include "machine.h"
#include "team.h"

/* A fixture whose variants have a plan and the number of pieces that fit. */
#define TEAM_FIXTURE(name) \
	FIXTURE(name) { struct team team; }; \
	FIXTURE_VARIANT(name) { struct plan plan; size_t full_after; }

/* All members run and end as the variant says. */
#define TEAM_RUN(t) do { \
	ASSERT_TRUE(team_start(t)); \
	team_run(t); \
	EXPECT_STREQ("", team_verdict(t, variant->full_after)); \
} while (0)

/* Nothing may be in use before and after a test. */
#define TEAM_SETUP(name) \
	FIXTURE_SETUP(name) \
	{ \
		ASSERT_STREQ("", machine_left(DEVICES)); \
		self->team = (struct team){ \
			.size = variant->plan.processes, \
			.devices = (int)variant->plan.devices, \
			.work = work, .plan = &variant->plan, .used = used, \
		}; \
	} \
	FIXTURE_TEARDOWN(name) \
	{ \
		EXPECT_STREQ("", machine_left(DEVICES)); \
	}

#endif /* TEST_TEAM_TEST_H */
