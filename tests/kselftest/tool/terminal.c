// SPDX-License-Identifier: MIT
/*
 * acl-emu in a terminal: colours, and top.
 */
#include "tool.h"

UAPI_FIXTURE(terminal)

#define IN_TERMINAL(master, ...) \
	tool_terminal((const char *const []){ __VA_ARGS__, NULL }, master)

TEST_F(terminal, colours)
{
	int master;
	pid_t pid;

	ASSERT_EQ(0, TOOL_RUN("info"));
	EXPECT_NO_TEXT("\033");
	pid = IN_TERMINAL(&master, "info");
	EXPECT_EQ(0, tool_terminal_end(pid, master));
	EXPECT_TEXT("\033[1mDEVICE");
	pid = IN_TERMINAL(&master, "doctor");
	EXPECT_EQ(0, tool_terminal_end(pid, master));
	EXPECT_TEXT("\033[32mok");
	/* JSON has none, wherever it goes. */
	pid = IN_TERMINAL(&master, "info", "--json");
	EXPECT_EQ(0, tool_terminal_end(pid, master));
	EXPECT_NO_TEXT("\033");
	ASSERT_EQ(0, setenv("NO_COLOR", "1", 1));
	pid = IN_TERMINAL(&master, "info");
	EXPECT_EQ(0, tool_terminal_end(pid, master));
	EXPECT_NO_TEXT("\033");
}

TEST_F(terminal, top)
{
	uint64_t handle;
	char text[16];
	int master;
	pid_t pid;

	ASSERT_EQ(0, prctl(PR_SET_NAME, "top-victim"));
	ASSERT_EQ(0, uapi_alloc(self->fd, 3 * SIZE_2M, 0, &handle));
	pid = IN_TERMINAL(&master, "top");
	snprintf(text, sizeof(text), "%d", getpid());
	/* The last words of the screen; later only what changes is sent. */
	EXPECT_TRUE(tool_wait_for(master, "allocations, maps, pid, name"));
	EXPECT_TEXT("acl-emu top");
	EXPECT_TEXT("top-victim");
	EXPECT_TEXT("6 MiB");
	EXPECT_TEXT(text);
	/* Each key has its order; an unknown one changes nothing. */
	ASSERT_EQ(1, write(master, "s", 1));
	EXPECT_TRUE(tool_wait_for(master, "allocations"));
	ASSERT_EQ(2, write(master, "zn", 2));
	EXPECT_TRUE(tool_wait_for(master, "name"));
	/* It is live. */
	ASSERT_EQ(0, uapi_alloc(self->fd, 4 * SIZE_2M, 0, &handle));
	EXPECT_TRUE(tool_wait_for(master, "14"));
	ASSERT_EQ(1, write(master, "q", 1));
	EXPECT_EQ(0, tool_terminal_end(pid, master));
}

TEST_F(terminal, watch)
{
	const char *const words[] = { "info", "--watch", "1", NULL };
	int out;
	pid_t pid = tool_start(words, &out);

	/* It prints again without being asked. */
	EXPECT_TRUE(tool_wait_for(out, "DEVICE"));
	EXPECT_TRUE(tool_wait_for(out, "DEVICE"));
	EXPECT_TRUE(tool_wait_for(out, "host"));
	kill(pid, SIGTERM);
	EXPECT_EQ(1000 + SIGTERM, tool_end(pid, out));
}

TEST_HARNESS_MAIN
