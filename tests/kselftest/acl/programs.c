// SPDX-License-Identifier: MIT
/*
 * The examples. Each one checks its own result, ends with status 0 and leaves
 * nothing in use. What they do under load is tested by the programs of stress/.
 */
#define MODULE_ARGS "devices=3 capacity_mb=128 host_mb=1024"
#include "acl_test.h"

#include "machine.h"

#define DEVICES		3
#define MAX_WORDS	8
#define TEXT		4096

/* ---- running a program ---- */

/* The examples lie beside the directory of the tests, or in $ACL_EMU_EXAMPLES. */
static const char *program_dir(char dir[512])
{
	const char *given = getenv("ACL_EMU_EXAMPLES");
	ssize_t n;

	if (given)
		return given;
	n = readlink("/proc/self/exe", dir, 480);
	dir[n > 0 ? n : 0] = '\0';
	*strrchr(dir, '/') = '\0';
	return strcat(dir, "/../../examples");
}

struct program {
	pid_t pid;
	int out;		/* what it and its children print */
	char text[TEXT];
};

static bool program_start(struct program *p, const char *line)
{
	char dir[512], path[1024], *copy = strdup(line), *argv[MAX_WORDS], *rest = copy;
	int fd[2], n = 0;

	while (n < MAX_WORDS - 1 && (argv[n] = strsep(&rest, " ")))
		n++;
	argv[n] = NULL;
	snprintf(path, sizeof(path), "%s/%s", program_dir(dir), argv[0]);
	if (pipe2(fd, O_CLOEXEC))
		return false;
	p->pid = fork();
	if (!p->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fd[1], STDOUT_FILENO);
		dup2(fd[1], STDERR_FILENO);
		execv(path, argv);
		fprintf(stderr, "cannot run %s: %s; make examples\n", path, strerror(errno));
		_exit(127);
	}
	close(fd[1]);
	free(copy);
	p->out = fd[0];
	return p->pid > 0;
}

/* Exit status, after the last of its processes closed its output. */
static int program_end(struct program *p)
{
	size_t used = 0;
	ssize_t n;

	while (used < TEXT - 1 && (n = read(p->out, p->text + used, TEXT - 1 - used)) > 0)
		used += (size_t)n;
	p->text[used] = '\0';
	close(p->out);
	return join(p->pid);
}

/* ---- examples of one program ---- */

FIXTURE(programs) { struct program program; };

FIXTURE_SETUP(programs)
{
	ASSERT_NE(UNTOUCHED, used(DEVICES - 1)) TH_LOG("the tests need three devices");
	ASSERT_STREQ("", machine_left(DEVICES));
}

FIXTURE_TEARDOWN(programs)
{
	EXPECT_STREQ("", machine_left(DEVICES));
}

FIXTURE_VARIANT(programs) {
	const char *line;
	const char *says;
};

#define RUNS(name, text, word) \
	FIXTURE_VARIANT_ADD(programs, name) { .line = text, .says = word }

/* clang-format off */
RUNS(segments, "expandable_segments", "grew to 32 MiB\n");
RUNS(segments_out_of_memory, "expandable_segments 130", "the device has no 130 MiB: still 8 MiB\n");
RUNS(sleep, "sleep_wake", "asleep: 0 MiB in use\n");
RUNS(ring, "ring", "the all-gather of 3 processes is complete\n");
RUNS(cache, "kv_cache", "B ended, A is complete and unchanged\n");
/* clang-format on */

TEST_F_TIMEOUT(programs, verify_their_result, 120)
{
	struct program *p = &self->program;

	ASSERT_TRUE(program_start(p, variant->line));
	EXPECT_EQ(0, program_end(p)) TH_LOG("%s: %s", variant->line, p->text);
	EXPECT_NE(NULL, strstr(p->text, variant->says)) TH_LOG("%s: %s", variant->line, p->text);
}

TEST_HARNESS_MAIN
