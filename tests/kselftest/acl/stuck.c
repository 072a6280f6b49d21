// SPDX-License-Identifier: MIT
/*
 * Streams that do not move: acl_emu_dump(), ACL_EMU_CHECK=stuck and the sentences of
 * timeouts name the task, what it waits for and who records it.
 */
#include "acl_stream.h"

#include <sys/un.h>

#include "check.h"

FIXTURE(stuck) { struct world world; aclrtStream a, b; aclrtEvent event; char *text; };

FIXTURE_SETUP(stuck)
{
	world_open(_metadata, &self->world);
	self->text = NULL;
	WORKS(aclrtCreateStream(&self->a));
	WORKS(aclrtCreateStream(&self->b));
	WORKS(aclrtCreateEventWithFlag(&self->event, ACL_EVENT_SYNC));
}

FIXTURE_TEARDOWN(stuck)
{
	free(self->text);
	WORKS(aclrtDestroyStreamForce(self->a));
	WORKS(aclrtDestroyStreamForce(self->b));
	WORKS(aclrtDestroyEvent(self->event));
	world_close(_metadata, &self->world);
}

static char *dump(void)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (acl_emu_dump(out))
		abort();
	fclose(out);
	return text;
}

/* Returns the dump in which the stream waits for something. */
static char *dump_waiting(const char *function)
{
	char what[128], *text = dump();

	snprintf(what, sizeof(what), "%s() has waited", function);
	while (!strstr(text, what)) {
		free(text);
		sched_yield();
		text = dump();
	}
	return text;
}

TEST_F(stuck, wrong)
{
	FAILS(ACL_ERROR_INVALID_PARAM, acl_emu_dump(NULL), "file");
}

TEST_F(stuck, nothing_runs)
{
	self->text = dump();
	EXPECT_HOLDS(self->text, "2 streams without tasks");
	EXPECT_EQ(NULL, strstr(self->text, "has ")) TH_LOG("%s", self->text);
}

TEST_F(stuck, function_that_runs)
{
	struct hold hold = HOLD;

	WORKS(hold_stream(&hold, self->a));
	WORKS(aclrtRecordEvent(self->event, self->a));
	self->text = dump();
	EXPECT_HOLDS(self->text, "aclrtLaunchHostFunc() has run for");
	EXPECT_HOLDS(self->text, "1 task (aclrtRecordEvent)");
	EXPECT_HOLDS(self->text, hex(self->a));
	EXPECT_EQ(NULL, strstr(self->text, hex(self->b))) TH_LOG("%s", self->text);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->a));
}

TEST_F(stuck, event_that_nobody_records)
{
	WORKS(aclrtStreamWaitEvent(self->a, self->event));
	self->text = dump_waiting("aclrtStreamWaitEvent");
	EXPECT_HOLDS(self->text, hex(self->event));
	EXPECT_HOLDS(self->text, "never recorded");
	EXPECT_HOLDS(self->text, "no stream");
	FAILS(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 1),
	      hex(self->event));
	FAILS(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, aclrtSynchronizeDeviceWithTimeout(1),
	      hex(self->event));
}

TEST_F(stuck, event_that_was_reset)
{
	const char *text;

	WORKS(aclrtRecordEvent(self->event, self->b));
	WORKS(aclrtRecordEvent(self->event, self->b));
	WORKS(aclrtResetEvent(self->event, self->b));
	WORKS(aclrtStreamWaitEvent(self->a, self->event));
	free(dump_waiting("aclrtStreamWaitEvent"));
	ASSERT_EQ(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 1));
	text = aclGetRecentErrMsg();
	EXPECT_HOLDS(text, "recorded 2 times");
	EXPECT_HOLDS(text, "reset");
	/* The next record ends the wait, and the event is no longer one that was reset. */
	WORKS(aclrtRecordEvent(self->event, self->b));
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtSynchronizeEvent(self->event));
}

TEST_F(stuck, event_that_another_stream_records)
{
	struct hold hold = HOLD;
	const char *text;

	WORKS(hold_stream(&hold, self->b));
	WORKS(aclrtRecordEvent(self->event, self->b));
	WORKS(aclrtStreamWaitEvent(self->a, self->event));
	self->text = dump_waiting("aclrtStreamWaitEvent");
	EXPECT_EQ(2, occurrences(self->text, hex(self->b))) TH_LOG("%s", self->text);
	EXPECT_HOLDS(self->text, "after 1 other task");
	ASSERT_EQ(ACL_ERROR_RT_EVENT_SYNC_TIMEOUT,
		  aclrtSynchronizeEventWithTimeout(self->event, 1));
	text = aclGetRecentErrMsg();
	EXPECT_HOLDS(text, hex(self->b));
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->a));
}

TEST_F(stuck, event_behind_its_own_wait)
{
	WORKS(aclrtStreamWaitEvent(self->a, self->event));
	WORKS(aclrtRecordEvent(self->event, self->a));
	self->text = dump_waiting("aclrtStreamWaitEvent");
	EXPECT_HOLDS(self->text, "same stream");
}

TEST_F(stuck, notifies_and_values)
{
	aclrtCntNotifyWaitInfo info = {
		.mode = ACL_RT_CNT_NOTIFY_WAIT_EQUAL_MODE, .value = 4711,
	};
	aclrtCntNotify count;
	aclrtNotify notify;
	void *addr;

	WORKS(aclrtCreateNotify(&notify, 0));
	WORKS(aclrtWaitAndResetNotify(notify, self->a, 0));
	self->text = dump_waiting("aclrtWaitAndResetNotify");
	EXPECT_HOLDS(self->text, "notify ");
	EXPECT_HOLDS(self->text, "no stream");
	WORKS(aclrtRecordNotify(notify, self->b));
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtDestroyNotify(notify));
	free(self->text);

	WORKS(aclrtCntNotifyCreate(&count, 0));
	WORKS(aclrtCntNotifyWaitWithTimeout(count, self->a, &info));
	self->text = dump_waiting("aclrtCntNotifyWaitWithTimeout");
	EXPECT_HOLDS(self->text, "4711");
	WORKS(aclrtStreamAbort(self->a));
	WORKS(aclrtCntNotifyDestroy(count));
	free(self->text);

	WORKS(aclrtMalloc(&addr, 4096, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtValueWait(addr, 4712, ACL_STREAM_WAIT_VALUE_EQ, self->a));
	self->text = dump_waiting("aclrtValueWait");
	EXPECT_HOLDS(self->text, hex(addr));
	EXPECT_HOLDS(self->text, "0x1268");
	WORKS(aclrtStreamAbort(self->a));
	WORKS(aclrtFree(addr));
}

/* ---- the check ---- */

/* Ends when the report is there: it is not empty before. */
static int wait_until_reported(void *form)
{
	struct stat st = { .st_size = 0 };
	aclrtStream stream;
	aclrtEvent event;

	(void)form;
	if (aclrtSetDevice(0) || aclrtCreateStream(&stream) ||
	    aclrtCreateEventWithFlag(&event, ACL_EVENT_SYNC) ||
	    aclrtStreamWaitEvent(stream, event) || aclrtRecordEvent(event, stream))
		return 1;
	while (!st.st_size) {
		sched_yield();
		if (stat(getenv("ACL_EMU_REPORT"), &st))
			return 2;
	}
	if (aclrtDestroyStreamForce(stream) || aclrtDestroyEvent(event) || aclrtResetDevice(0))
		return 3;
	return 0;
}

TEST_F(stuck, check_reports_by_itself)
{
	ASSERT_EQ(0, check_run("stuck=1", wait_until_reported, NULL, &self->text));
	EXPECT_EQ(1, occurrences(self->text, "stuck: ")) TH_LOG("%s", self->text);
	EXPECT_HOLDS(self->text, "aclrtStreamWaitEvent() has waited for");
	EXPECT_HOLDS(self->text, "submitted by aclrtStreamWaitEvent() at\n      #0 ");
	EXPECT_HOLDS(self->text, "stream created at\n      #0 ");
	EXPECT_LE(2, occurrences(self->text, "/acl/stuck+0x")) TH_LOG("%s", self->text);
	free(self->text);
	ASSERT_EQ(0, check_run("json,stuck=1", wait_until_reported, NULL, &self->text));
	EXPECT_HOLDS(self->text, "\"report\":\"stuck\"");
	EXPECT_NE(NULL, strstr(self->text,
			       "\"function\":\"aclrtStreamWaitEvent\",\"waiting\":true"))
		TH_LOG("%s", self->text);
	EXPECT_HOLDS(self->text, "\"behind\":1");
}

/* ---- questions of another process ---- */

static int connect_to(pid_t pid)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), length;

	length = snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1, "acl-emu-streams-%d", pid);
	if (connect(fd, (struct sockaddr *)&addr, (socklen_t)(sizeof(sa_family_t) + 1) + length)) {
		close(fd);
		return -1;
	}
	return fd;
}

static size_t read_answer(int fd, char *text, size_t size)
{
	size_t used = 0;
	ssize_t n;

	while (used < size - 1 && (n = read(fd, text + used, size - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = '\0';
	close(fd);
	return used;
}

/* Waits with a stream until its standard input ends. */
static pid_t start_waiting(int *end)
{
	int pipe_fd[2];
	aclrtStream stream;
	aclrtEvent event;
	char byte;
	pid_t pid;

	if (pipe(pipe_fd))
		return -1;
	pid = fork();
	if (!pid) {
		close(pipe_fd[1]);
		setenv("ACL_EMU_CHECK", "stuck=86400", 1);
		if (aclrtSetDevice(0) || aclrtCreateStream(&stream) ||
		    aclrtCreateEventWithFlag(&event, ACL_EVENT_SYNC) ||
		    aclrtStreamWaitEvent(stream, event))
			_exit(1);
		if (read(pipe_fd[0], &byte, 1) || aclrtDestroyStreamForce(stream))
			_exit(2);
		_exit(0);
	}
	close(pipe_fd[0]);
	*end = pipe_fd[1];
	return pid;
}

/* As another user: 0 if it gets no answer. */
static int ask_as_nobody(pid_t pid)
{
	pid_t asker = fork();
	char text[64];

	if (!asker) {
		if (setresuid(65534, 65534, 65534))
			_exit(77);
		_exit(read_answer(connect_to(pid), text, sizeof(text)) != 0);
	}
	return join(asker);
}

TEST_F(stuck, answers_its_own_user)
{
	int end, fd;
	pid_t pid = start_waiting(&end);

	ASSERT_LT(0, pid);
	while ((fd = connect_to(pid)) < 0 && !waitpid(pid, NULL, WNOHANG))
		sched_yield();
	self->text = calloc(1, 16384);
	ASSERT_LT(0, read_answer(fd, self->text, 16384));
	EXPECT_HOLDS(self->text, "\"report\":\"streams\"");
	EXPECT_EQ('\n', self->text[strlen(self->text) - 1]);
	if (!geteuid())
		EXPECT_EQ(0, ask_as_nobody(pid));
	close(end);
	EXPECT_EQ(0, join(pid));
	EXPECT_EQ(-1, connect_to(pid));
}

TEST_HARNESS_MAIN
