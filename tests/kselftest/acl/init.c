// SPDX-License-Identifier: MIT
/*
 * aclInit, aclFinalize, aclFinalizeReference, aclrtGetVersion, the last error, and
 * the errors when there is no device node.
 */
#include "acl_test.h"
#include "uapi_test.h"

#include <sys/mount.h>

FIXTURE(init)
{
	char config[64];
};

FIXTURE_SETUP(init)
{
	strcpy(self->config, "/tmp/acl-init.XXXXXX");
	int fd = mkstemp(self->config);

	ASSERT_LE(0, fd);
	close(fd);
}

FIXTURE_TEARDOWN(init)
{
	unlink(self->config);
}

static void config_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
}

TEST_F(init, once)
{
	WORKS(aclInit(NULL));
	WORKS(aclFinalize());
	FAILS(ACL_ERROR_REPEAT_FINALIZE, aclFinalize(), NULL);
}

TEST_F(init, never)
{
	uint64_t left = UNTOUCHED;

	FAILS(ACL_ERROR_REPEAT_FINALIZE, aclFinalizeReference(&left), NULL);
	/* The first end needs no beginning. */
	WORKS(aclFinalize());
	FAILS(ACL_ERROR_REPEAT_FINALIZE, aclFinalize(), NULL);
	EXPECT_EQ(UNTOUCHED, left);
}

TEST_F(init, counts)
{
	uint64_t left = UNTOUCHED;

	WORKS(aclInit(NULL));
	EXPECT_EQ(ACL_ERROR_REPEAT_INITIALIZE, aclInit(NULL));
	EXPECT_EQ(ACL_ERROR_REPEAT_INITIALIZE, aclInit(""));
	WORKS(aclFinalizeReference(&left));
	EXPECT_EQ(2, left);
	WORKS(aclFinalizeReference(NULL));
	WORKS(aclFinalizeReference(&left));
	EXPECT_EQ(0, left);
	left = UNTOUCHED;
	FAILS(ACL_ERROR_REPEAT_FINALIZE, aclFinalizeReference(&left), NULL);
	EXPECT_EQ(UNTOUCHED, left);
}

TEST_F(init, end_at_once)
{
	WORKS(aclInit(NULL));
	EXPECT_EQ(ACL_ERROR_REPEAT_INITIALIZE, aclInit(NULL));
	WORKS(aclFinalize());
	FAILS(ACL_ERROR_REPEAT_FINALIZE, aclFinalize(), NULL);
	WORKS(aclInit(NULL));
	WORKS(aclFinalize());
}

TEST_F(init, config)
{
	config_write(self->config, "{ \"err_msg_mode\": \"1\" }");
	WORKS(aclInit(self->config));
	EXPECT_EQ(ACL_ERROR_REPEAT_INITIALIZE, aclInit(self->config));
	EXPECT_EQ(ACL_ERROR_REPEAT_INITIALIZE, aclInit(NULL));
	config_write(self->config, "{ }");
	FAILS(INVALID, aclInit(self->config), self->config);
	WORKS(aclFinalize());
}

TEST_F(init, config_missing)
{
	FAILS(ACL_ERROR_INVALID_FILE, aclInit("/nowhere/acl.json"), "/nowhere/acl.json");
	FAILS(ACL_ERROR_REPEAT_FINALIZE, aclFinalizeReference(NULL), NULL);
}

TEST_F(init, config_garbled)
{
	static const char *const text[] = {
		"", "hello", "{", "[1]", "{ \"a\" 1 }", "{ } x", "{ \"a\": [1 }", "{ \"a\": 01 }",
		"{ \"a\": 1. }", "{ \"a\": 1e }", "{ \"a\": \"\t\" }", "{ \"a\": \"\\x\" }",
		"{ \"a\": \"\\u00fy\" }", "{ \"a\": \"\\", "{ \"a\": - }", "{ \"a\": tru }",
		"{ \"a\": fals }", "{ \"a\": nul }", "{ \"a\": what }",
	};
	size_t i;

	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		config_write(self->config, text[i]);
		FAILS(ACL_ERROR_PARSE_FILE, aclInit(self->config), self->config);
	}
	FAILS(ACL_ERROR_REPEAT_FINALIZE, aclFinalizeReference(NULL), NULL);
}

TEST_F(init, config_too_large)
{
	ASSERT_EQ(0, truncate(self->config, 10 * 1024 * 1024 + 1));
	FAILS(ACL_ERROR_INVALID_FILE_SIZE, aclInit(self->config), self->config);
	FAILS(ACL_ERROR_REPEAT_FINALIZE, aclFinalizeReference(NULL), NULL);
}

TEST_F(init, config_of_another_mode)
{
	static const char *const text[] = {
		"{ \"err_msg_mode\": \"2\" }", "{ \"err_msg_mode\": null }",
		"{ \"a\": 1, \"err_msg_mode\": [0] }",
	};
	size_t i;

	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		config_write(self->config, text[i]);
		FAILS(ACL_ERROR_FILE_ATTR_INVALID, aclInit(self->config), "err_msg_mode");
	}
	FAILS(ACL_ERROR_REPEAT_FINALIZE, aclFinalizeReference(NULL), NULL);
}

/* A byte 0 and a depth of more than 100 levels are refused. */
TEST_F(init, config_refused)
{
	static const char zero[] = "{ }\0";
	char deep[1024] = "{ \"a\": ";
	FILE *f = fopen(self->config, "w");
	size_t n = strlen(deep);

	fwrite(zero, 1, sizeof(zero) - 1, f);
	fclose(f);
	FAILS(ACL_ERROR_PARSE_FILE, aclInit(self->config), "value 0");
	memset(deep + n, '[', 100);
	memset(deep + n + 100, ']', 100);
	strcpy(deep + n + 200, " }");
	config_write(self->config, deep);
	FAILS(ACL_ERROR_PARSE_FILE, aclInit(self->config), "levels at byte 107");
	FAILS(ACL_ERROR_INVALID_FILE, aclInit("/tmp"), "/tmp is not a file");
	FAILS(ACL_ERROR_REPEAT_FINALIZE, aclFinalizeReference(NULL), NULL);
}

/* The largest file that is read, and one byte less. */
TEST_F(init, config_largest)
{
	const size_t largest = 10 * 1024 * 1024;
	FILE *f = fopen(self->config, "w");
	size_t i;

	for (i = 0; i < largest - 2; i++)
		fputc(' ', f);
	fputs("{}", f);
	fclose(f);
	WORKS(aclInit(self->config));
	WORKS(aclFinalize());
}

/* A configuration after a call without one is another one. */
TEST_F(init, config_second)
{
	config_write(self->config, "{ }");
	WORKS(aclInit(NULL));
	FAILS(INVALID, aclInit(self->config), self->config);
	WORKS(aclFinalize());
	WORKS(aclInit(self->config));
	WORKS(aclFinalize());
}

/* A repeated aclInit() returns a code, which is not kept as the last error. */
TEST_F(init, repeated_is_no_error)
{
	const char *text;

	WORKS(aclInit(NULL));
	forget();
	EXPECT_EQ(ACL_ERROR_REPEAT_INITIALIZE, aclInit(NULL));
	EXPECT_EQ(ACL_SUCCESS, aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL));
	text = aclGetRecentErrMsg();
	ASSERT_NE(NULL, text);
	EXPECT_NE(NULL, strstr(text, "call 2"));
	WORKS(aclFinalize());
}

TEST_F(init, version)
{
	int32_t major = -1, minor = -1, patch = -1;

	FAILS(INVALID, aclrtGetVersion(NULL, &minor, &patch), "majorVersion");
	FAILS(INVALID, aclrtGetVersion(&major, NULL, &patch), "minorVersion");
	FAILS(INVALID, aclrtGetVersion(&major, &minor, NULL), "patchVersion");
	EXPECT_EQ(-3, major + minor + patch);
	WORKS(aclrtGetVersion(&major, &minor, &patch));
	EXPECT_EQ(ACL_MAJOR_VERSION, major);
	EXPECT_EQ(ACL_MINOR_VERSION, minor);
	EXPECT_EQ(ACL_PATCH_VERSION, patch);
}

/* ---- what is remembered ---- */

TEST_F(init, last_error)
{
	EXPECT_EQ(ACL_SUCCESS, aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL));
	EXPECT_EQ(NULL, aclGetRecentErrMsg());
	EXPECT_EQ(PARAM, aclrtMemSetAccess(NULL, 0, NULL, 0));
	EXPECT_EQ(PARAM, aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL));
	EXPECT_EQ(PARAM, aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL));
	EXPECT_EQ(PARAM, aclrtGetLastError(ACL_RT_THREAD_LEVEL));
	EXPECT_EQ(ACL_SUCCESS, aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL));
	EXPECT_EQ(ACL_SUCCESS, aclrtGetLastError(ACL_RT_THREAD_LEVEL));
	EXPECT_NE(NULL, aclGetRecentErrMsg());
	EXPECT_EQ(NULL, aclGetRecentErrMsg());
}

TEST_F(init, last_error_newest)
{
	int32_t id;

	EXPECT_EQ(NO_CONTEXT, aclrtSynchronizeStream(NULL));
	EXPECT_EQ(PARAM, aclrtMemSetAccess(NULL, 0, NULL, 0));
	/* These do not set it: codes of the upper layer, and the question for a context. */
	EXPECT_EQ(INVALID, aclrtFreePhysical(NULL));
	EXPECT_EQ(NO_CONTEXT, aclrtGetDevice(&id));
	EXPECT_EQ(PARAM, aclrtGetLastError(ACL_RT_THREAD_LEVEL));
}

TEST_F(init, last_error_level)
{
	EXPECT_EQ(INVALID, aclrtPeekAtLastError((aclrtLastErrLevel)1));
	EXPECT_EQ(INVALID, aclrtGetLastError((aclrtLastErrLevel)1));
}

struct seen {
	aclError first, last;
	bool text, text_before;
};

static void *fail_apart(void *data)
{
	struct seen *seen = data;

	seen->first = aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL);
	seen->text_before = aclGetRecentErrMsg() != NULL;
	aclrtMemSetAccess(NULL, 0, NULL, 0);
	seen->last = aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL);
	return NULL;
}

static struct seen in_thread(void)
{
	struct seen seen = { 0 };
	pthread_t thread;

	pthread_create(&thread, NULL, fail_apart, &seen);
	pthread_join(thread, NULL);
	return seen;
}

TEST_F(init, message_per_thread)
{
	struct seen seen;
	const char *text;

	EXPECT_EQ(INVALID, aclrtFreePhysical(NULL));
	seen = in_thread();
	EXPECT_EQ(ACL_SUCCESS, seen.first);
	EXPECT_FALSE(seen.text_before);
	EXPECT_EQ(PARAM, seen.last);
	EXPECT_EQ(ACL_SUCCESS, aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL));
	text = aclGetRecentErrMsg();
	ASSERT_NE(NULL, text);
	EXPECT_NE(NULL, strstr(text, "aclrtFreePhysical"));
}

TEST_F(init, process_wide_message)
{
	const char *text;

	config_write(self->config, "{ \"err_msg_mode\": \"1\" }");
	WORKS(aclInit(self->config));
	forget();
	in_thread();
	EXPECT_EQ(ACL_SUCCESS, aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL));
	text = aclGetRecentErrMsg();
	ASSERT_NE(NULL, text);
	EXPECT_NE(NULL, strstr(text, "aclrtMemSetAccess"));
	EXPECT_EQ(NULL, aclGetRecentErrMsg());
	WORKS(aclFinalize());
}

/* All the spellings of a mode; 1 where another thread's sentence is seen. */
TEST_F(init, config_modes)
{
	static const struct { const char *text; bool shared; } mode[] = {
		{ "{ \"err_msg_mode\": 1 }", true },
		{ "{ \"err_msg_mode\": 0 }", false },
		{ "{ \"err_msg_mode\": \"0\" }", false },
		{ "{ \"a\": { }, \"b\": [ ], \"err_msg_mode\": \"1\" }", true },
		{ "{ \"a\": { \"err_msg_mode\": \"1\" } }", false },
		{ "{ \"a\": [ true, false, null, \"\\u00fF\\n\", -1.5e+3, 2E-1 ] }", false },
		{ "{ \"err_msg_mode\": \"1\", \"err_msg_mode\": \"0\" }", false },
	};
	size_t i;

	for (i = 0; i < sizeof(mode) / sizeof(mode[0]); i++) {
		config_write(self->config, mode[i].text);
		WORKS(aclInit(self->config));
		forget();
		in_thread();
		EXPECT_EQ(mode[i].shared, aclGetRecentErrMsg() != NULL)
			TH_LOG("%s", mode[i].text);
		/* The end of the runtime is the end of its mode. */
		if (i % 2) {
			WORKS(aclFinalize());
		} else {
			WORKS(aclFinalizeReference(NULL));
		}
		forget();
		in_thread();
		EXPECT_EQ(NULL, aclGetRecentErrMsg());
		WORKS(aclInit(NULL));
		forget();
		in_thread();
		EXPECT_EQ(NULL, aclGetRecentErrMsg());
		WORKS(aclFinalize());
	}
}

TEST_F(init, fork_starts_uninitialized)
{
	pid_t pid;

	config_write(self->config, "{ \"err_msg_mode\": \"1\" }");
	WORKS(aclInit(self->config));
	EXPECT_EQ(INVALID, aclrtFreePhysical(NULL));
	pid = fork();
	if (!pid) {
		in_thread();
		_exit(aclGetRecentErrMsg() ||
		      aclFinalizeReference(NULL) != ACL_ERROR_REPEAT_FINALIZE);
	}
	EXPECT_EQ(0, join(pid));
	WORKS(aclFinalize());
}

/* ---- no node ---- */

TEST_F(init, no_node)
{
	uint32_t count = 77;

	setenv("ACL_EMU_DEVICE", "/dev/acl_emu_nowhere", 1);
	WORKS(aclInit(NULL));
	FAILS(ACL_ERROR_RT_NO_DEVICE, aclrtSetDevice(0), "/dev/acl_emu_nowhere");
	FAILS(ACL_ERROR_RT_NO_DEVICE, aclrtSetDevice(0), "ACL_EMU_DEVICE");
	FAILS(ACL_ERROR_RT_NO_DEVICE, aclrtGetDeviceCount(&count), "ACL_EMU_DEVICE");
	EXPECT_EQ(77, count);
	WORKS(aclFinalize());
}

/* Nothing was loaded: an empty /dev, seen by this process alone. */
TEST_F(init, no_module)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "/dev", "tmpfs", 0, NULL)) {
		SKIP(return, "may not hide /dev: %s", strerror(errno));
	}
	unsetenv("ACL_EMU_DEVICE");
	WORKS(aclInit(NULL));
	FAILS(ACL_ERROR_RT_NO_DEVICE, aclrtSetDevice(0), "make load");
	FAILS(ACL_ERROR_RT_NO_DEVICE, aclrtSetDevice(0), "modprobe acl_emu");
	WORKS(aclFinalize());
}

TEST_F(init, no_permission)
{
	if (getuid()) {
		SKIP(return, "needs root");
	}
	WORKS(aclInit(NULL));
	ASSERT_EQ(0, uapi_become_nobody());
	if (!access("/dev/acl_emu", R_OK | W_OK)) {
		SKIP(return, "everyone may open the node");
	}
	FAILS(ACL_ERROR_RT_NO_PERMISSION, aclrtSetDevice(0), "/dev/acl_emu");
}

TEST_HARNESS_MAIN
