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

#define EMPTY_SETUP(name) \
	FIXTURE_SETUP(name) { ASSERT_STREQ("", machine_left(DEVICES)); } \
	FIXTURE_TEARDOWN(name) { EXPECT_STREQ("", machine_left(DEVICES)); }

FIXTURE(programs) { struct program program; };

FIXTURE_VARIANT(programs) {
	const char *line;
	const char *says;
};

EMPTY_SETUP(programs)

#define RUNS(name, text, word) \
	FIXTURE_VARIANT_ADD(programs, name) { .line = text, .says = word }

/* clang-format off */
RUNS(segments, "expandable_segments", "grew to 32 MiB\n");
RUNS(segments_out_of_memory, "expandable_segments 130", "the device has no 130 MiB: still 8 MiB\n");
RUNS(sleep, "sleep_wake", "asleep: 0 MiB in use\n");
RUNS(ring, "ring", "the all-gather of 3 processes is complete\n");
RUNS(graph, "graph_decode", "90 replays of 3 graphs in 3 phases\n");
RUNS(cache, "kv_cache", "B ended, A is complete and unchanged\n");
/* clang-format on */

TEST_F(programs, verify_their_result)
{
	struct program *p = &self->program;

	ASSERT_TRUE(program_start(p, variant->line));
	EXPECT_EQ(0, program_end(p)) TH_LOG("%s: %s", variant->line, p->text);
	EXPECT_NE(NULL, strstr(p->text, variant->says)) TH_LOG("%s: %s", variant->line, p->text);
}

/* ---- the demo: share_owner and share_peer ---- */

FIXTURE(share) {
	struct program owner, b, c;
	char dir[32];
};

EMPTY_SETUP(share)

static const char *const pipes[] = { "a-b", "b-a", "a-c", "c-a" };

static bool make_pipes(char dir[32])
{
	char path[64];
	int i;

	strcpy(dir, "/tmp/programs-XXXXXX");
	if (!mkdtemp(dir))
		return false;
	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, pipes[i]);
		if (mkfifo(path, 0600))
			return false;
	}
	return true;
}

static void remove_pipes(const char *dir)
{
	char path[64];
	int i;

	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, pipes[i]);
		unlink(path);
	}
	rmdir(dir);
}

static bool start_in(const char *dir, struct program *p, const char *format)
{
	char line[256];

	snprintf(line, sizeof(line), format, dir, dir, dir, dir);
	return program_start(p, line);
}

/* B is allowed to import and writes, C is refused with the reason. */
TEST_F(share, one_peer_of_two)
{
	ASSERT_TRUE(make_pipes(self->dir));
	ASSERT_TRUE(start_in(self->dir, &self->owner,
			     "share_owner %s/b-a %s/a-b %s/c-a %s/a-c"));
	ASSERT_TRUE(start_in(self->dir, &self->b, "share_peer B %s/a-b %s/b-a"));
	ASSERT_TRUE(start_in(self->dir, &self->c, "share_peer C %s/a-c %s/c-a"));
	EXPECT_EQ(3, program_end(&self->c)) TH_LOG("%s", self->c.text);
	EXPECT_EQ(0, program_end(&self->b)) TH_LOG("%s", self->b.text);
	EXPECT_EQ(0, program_end(&self->owner)) TH_LOG("%s", self->owner.text);
	EXPECT_NE(NULL, strstr(self->b.text, "reads the A that A wrote"));
	EXPECT_NE(NULL, strstr(self->c.text, "the import is refused"));
	EXPECT_NE(NULL, strstr(self->owner.text, "reads the B that process B wrote"));
	remove_pipes(self->dir);
}

TEST_HARNESS_MAIN
