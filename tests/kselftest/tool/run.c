// SPDX-License-Identifier: MIT
/*
 * acl-emu run, trace, load, unload, doctor.
 */
#include "tool.h"
#include "module.h"

#include <poll.h>

FIXTURE(run) { };
FIXTURE_SETUP(run) { MODULE_SETUP("devices=2 capacity_mb=64"); }
FIXTURE_TEARDOWN_PARENT(run) { MODULE_TEARDOWN(); }

TEST_F(run, status)
{
	EXPECT_EQ(0, TOOL_RUN("run", "--", "true"));
	EXPECT_EQ(0, TOOL_RUN("run", "true"));
	EXPECT_EQ(37, TOOL_RUN("run", "--", "sh", "-c", "exit 37"));
	EXPECT_EQ(1000 + SIGUSR1, TOOL_RUN("run", "--", "sh", "-c", "kill -USR1 $$"));
	EXPECT_EQ(127, TOOL_RUN("run", "--", "/nonexistent"));
	EXPECT_EQ(126, TOOL_RUN("run", "--", "/dev"));
	EXPECT_EQ(2, TOOL_RUN("run"));
	EXPECT_EQ(2, TOOL_RUN("run", "--devices", "0", "--", "true"));
	EXPECT_EQ(2, TOOL_RUN("run", "--devices", "65", "--", "true"));
	EXPECT_EQ(2, TOOL_RUN("run", "--capacity", "7X", "--", "true"));
	EXPECT_EQ(2, TOOL_RUN("run", "--unknown", "--", "true"));
}

/* The node is used as it is if it suits, else the VM runner is called. */
TEST_F(run, loaded)
{
	EXPECT_EQ(0, TOOL_RUN("run", "-d", "2", "-c", "64M", "--", "echo", "-d", "here"));
	EXPECT_STREQ("-d here\n", tool_text);
	/* In place of the runner: it prints what it is told. */
	ASSERT_EQ(0, setenv("ACL_EMU_VM", "/bin/echo", 1));
	EXPECT_EQ(0, TOOL_RUN("run", "-d", "3", "-c", "1G", "--", "prog", "-x"));
	EXPECT_TEXT("--module-args devices=3 capacity_mb=1024 -- prog -x\n");
	EXPECT_EQ(0, TOOL_RUN("run", "-c", "65M", "prog"));
	EXPECT_TEXT("--module-args capacity_mb=65 -- prog\n");
	ASSERT_EQ(0, setenv("ACL_EMU_VM", "/nonexistent", 1));
	EXPECT_EQ(125, TOOL_RUN("run", "-c", "65M", "prog"));
	EXPECT_TEXT("ACL_EMU_VM");
}

/* Without the module, root loads it and unloads it at the end. */
TEST_F(run, loads)
{
	ASSERT_EQ(0, module_remove());
	EXPECT_EQ(37, TOOL_RUN("run", "-d", "5", "-c", "8M", "--", "sh", "-c",
			       "cat /sys/module/acl_emu/parameters/devices; exit 37"));
	EXPECT_STREQ("5\n", tool_text);
	EXPECT_FALSE(module_loaded());
	EXPECT_EQ(128 + SIGUSR1, TOOL_RUN("run", "--", "sh", "-c", "kill -USR1 $$"));
	EXPECT_FALSE(module_loaded());
}

TEST_F(run, load)
{
	EXPECT_EQ(3, TOOL_RUN("load"));
	EXPECT_TEXT("loaded already");
	EXPECT_EQ(0, TOOL_RUN("unload"));
	EXPECT_FALSE(module_loaded());
	EXPECT_EQ(3, TOOL_RUN("unload"));
	EXPECT_TEXT("not loaded");
	EXPECT_EQ(3, TOOL_RUN("info"));
	EXPECT_TEXT("acl-emu load");
	EXPECT_EQ(3, TOOL_RUN("load", "devices=65"));
	EXPECT_TEXT("parameters");
	/* The log of the kernel says which, and why. */
	EXPECT_TEXT("devices=65");
	EXPECT_EQ(3, TOOL_RUN("load", "reserved_mb=1000000", "overcommit=1"));
	EXPECT_TEXT("enough memory");
	EXPECT_EQ(3, TOOL_RUN("load", "--module", "/nonexistent"));
	EXPECT_EQ(2, TOOL_RUN("load", "devices"));
	EXPECT_FALSE(module_loaded());
	EXPECT_EQ(0, TOOL_RUN("load", "devices=3", "capacity_mb=32"));
	EXPECT_TRUE(module_loaded());
	EXPECT_EQ(0, TOOL_RUN("info"));
}

TEST_F(run, in_use)
{
	int fd = uapi_open();
	char text[32];

	ASSERT_GE(fd, 0);
	EXPECT_EQ(3, TOOL_RUN("unload"));
	snprintf(text, sizeof(text), "(pid %d)", getpid());
	EXPECT_TEXT(text);
	close(fd);
	EXPECT_EQ(0, TOOL_RUN("unload"));
}

static int refused_as_nobody(int sock, void *data)
{
	(void)sock;
	(void)data;
	CHILD_CHECK(!uapi_become_nobody());
	CHILD_CHECK(TOOL_RUN("unload") == 3 && strstr(tool_text, "root"));
	CHILD_CHECK(TOOL_RUN("info") == 3 && strstr(tool_text, "doctor"));
	CHILD_CHECK(TOOL_RUN("trace", "true") == 3 && strstr(tool_text, "root"));
	/* The finding and what mends it. */
	CHILD_CHECK(TOOL_RUN("doctor") == 1);
	CHILD_CHECK(strstr(tool_text, "fault  node") && strstr(tool_text, "chown"));
	return 0;
}

TEST_F(run, unprivileged)
{
	int sock;

	EXPECT_EQ(0, uapi_wait(uapi_child(refused_as_nobody, NULL, &sock)));
}

TEST_F(run, doctor)
{
	json_t *answer = TOOL_JSON("doctor", "--json"), *finding;
	size_t i;

	ASSERT_NE(NULL, answer) TH_LOG("%s", tool_text);
	EXPECT_TRUE(tool_has_keys(answer, "findings"));
	json_array_foreach(json_object_get(answer, "findings"), i, finding) {
		const char *verdict = tool_string(finding, "verdict");

		EXPECT_TRUE(tool_has_keys(finding, "check verdict text remedy"));
		EXPECT_EQ(!strcmp(verdict, "ok"), json_is_null(json_object_get(finding, "remedy")))
			TH_LOG("%s", tool_string(finding, "check"));
		EXPECT_STRNE("fault", verdict);
	}
	EXPECT_LE(10, i);
	json_decref(answer);
	ASSERT_EQ(0, module_remove());
	EXPECT_EQ(1, TOOL_RUN("doctor", "--json"));
	EXPECT_EQ(1, TOOL_RUN("doctor"));
	EXPECT_TEXT("fault  module");
	EXPECT_TEXT("-> sudo acl-emu load");
	EXPECT_EQ(2, TOOL_RUN("doctor", "x"));
}

/* ---- trace ---- */

TEST_F(run, trace)
{
	EXPECT_EQ(0, TOOL_RUN("trace", "--", "/proc/self/exe", "info"));
	EXPECT_TEXT("QUERY = 0");
	EXPECT_TEXT("HOLDERS = 0");
	EXPECT_TEXT(" us\n");
	EXPECT_EQ(37, TOOL_RUN("trace", "sh", "-c", "exit 37"));
	EXPECT_EQ(128 + SIGUSR1, TOOL_RUN("trace", "sh", "-c", "kill -USR1 $$"));
	EXPECT_EQ(127, TOOL_RUN("trace", "/nonexistent"));
	EXPECT_EQ(2, TOOL_RUN("trace", "--unknown"));
	/* Nothing is left of the instances. */
	EXPECT_EQ(0, TOOL_RUN("run", "--", "sh", "-c",
			      "ls /sys/kernel/tracing/instances | grep -c acl-emu || :"));
	EXPECT_STREQ("0\n", tool_text);
}

TEST_F(run, trace_summary)
{
	unsigned int calls, failed;
	const char *line;

	ASSERT_EQ(0, TOOL_RUN("trace", "--summary", "--", "/proc/self/exe", "info", "--json"));
	line = strstr(tool_text, "\nDEVICE_INFO ");
	ASSERT_NE(NULL, line) TH_LOG("%s", tool_text);
	ASSERT_EQ(2, sscanf(line, " DEVICE_INFO %u %u", &calls, &failed));
	/* Two devices and the host. */
	EXPECT_EQ(3, calls);
	EXPECT_EQ(0, failed);
}

static int fail_a_call(int sock, void *data)
{
	uint64_t handle;
	int fd = uapi_open();

	(void)data;
	CHILD_CHECK(fd >= 0 && !uapi_device_open(fd, 0));
	/* Until the other side traces. */
	CHILD_CHECK(uapi_recv(sock) == 1);
	CHILD_CHECK(uapi_alloc(fd, SIZE_1G, 0, &handle) == -ENOMEM);
	CHILD_CHECK(!uapi_send(sock, 2));
	uapi_recv(sock);
	return 0;
}

/* All processes, until a signal comes; a failure with its reason. */
TEST_F(run, trace_all)
{
	const char *const words[] = { "trace", NULL };
	int sock, out;
	pid_t child = uapi_child(fail_a_call, NULL, &sock), pid;

	pid = tool_start(words, &out);
	/* The first open after tracing has begun appears in it. */
	for (;;) {
		struct pollfd ready = { .fd = out, .events = POLLIN };
		int fd = uapi_open();

		ASSERT_GE(fd, 0);
		close(fd);
		if (poll(&ready, 1, 100) == 1)
			break;
	}
	ASSERT_EQ(0, uapi_send(sock, 1));
	EXPECT_EQ(2, uapi_recv(sock));
	EXPECT_TRUE(tool_wait_for(out, "PHYS_ALLOC = -1 ENOMEM (CAPACITY)"));
	kill(pid, SIGINT);
	EXPECT_EQ(0, tool_end(pid, out));
	close(sock);
	EXPECT_EQ(0, uapi_wait(child));
}

TEST_HARNESS_MAIN
