// SPDX-License-Identifier: MIT
/*
 * The examples, run as whole programs: with several devices and processes, with
 * devices that are out of memory and with processes that are killed. Afterwards the
 * module is as before.
 */
#define MODULE_ARGS "devices=3 capacity_mb=128 host_mb=1024"
#include "acl_test.h"

#include <sys/random.h>

#define DEVICES		3
#define MAX_WORDS	24
#define TEXT		16384

/* ---- running a program ---- */

/* The examples lie beside the directory of the tests, or where they are said to. */
static const char *program_dir(char dir[512])
{
	const char *told = getenv("ACL_EMU_EXAMPLES");
	ssize_t n;

	if (told)
		return told;
	n = readlink("/proc/self/exe", dir, 480);
	dir[n > 0 ? n : 0] = '\0';
	*strrchr(dir, '/') = '\0';
	return strcat(dir, "/../../examples");
}

struct program {
	pid_t pid;
	FILE *out;		/* what it and its processes print */
	char text[TEXT];	/* what was read of it */
};

static bool program_start(struct program *p, const char *line)
{
	char dir[512], path[1024], *copy = strdup(line), *argv[MAX_WORDS], *rest = copy;
	int fd[2], n = 0;

	while (n < MAX_WORDS - 1 && (argv[n] = strsep(&rest, " ")))
		n++;
	argv[n] = NULL;
	snprintf(path, sizeof(path), "%s/%s", program_dir(dir), argv[0]);
	p->text[0] = '\0';
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
	p->out = fdopen(fd[0], "r");
	return p->pid > 0 && p->out;
}

/* Keeps the line, but for those that tell of progress. */
static bool program_line(struct program *p, char *line, int size)
{
	size_t used = strlen(p->text);

	if (!fgets(line, size, p->out))
		return false;
	if (!strstr(line, " step "))
		snprintf(p->text + used, sizeof(p->text) - used, "%s", line);
	return true;
}

/* Exit status, after the last of its processes closed its output. */
static int program_end(struct program *p)
{
	char line[1024];

	while (program_line(p, line, sizeof(line)))
		;
	fclose(p->out);
	return join(p->pid);
}

/* ---- before and after ---- */

struct machine {
	uint64_t count[ACL_EMU_STAT_QUARANTINE + 1];
	uint64_t syncs;
	uint64_t used[DEVICES];
	uint64_t host;
};

static struct machine machine_now(void)
{
	struct machine m = { .host = host_used(), .syncs = module_stat(ACL_EMU_STAT_SYNCS) };
	int i;

	for (i = 0; i <= ACL_EMU_STAT_QUARANTINE; i++)
		m.count[i] = module_stat((enum acl_emu_stat)i);
	for (i = 0; i < DEVICES; i++)
		m.used[i] = used(i);
	return m;
}

/* No other process uses the module, so nothing is left. */
static void machine_empty(struct __test_metadata *_metadata)
{
	struct machine m = machine_now();
	int i;

	/* The query itself is a client. */
	EXPECT_EQ(1, m.count[ACL_EMU_STAT_CLIENTS]);
	for (i = ACL_EMU_STAT_CLIENTS + 1; i <= ACL_EMU_STAT_QUARANTINE; i++) {
		EXPECT_EQ(0, m.count[i]) TH_LOG("counter %d", i);
	}
	for (i = 0; i < DEVICES; i++) {
		EXPECT_EQ(0, m.used[i]) TH_LOG("bytes in use on device %d", i);
	}
	EXPECT_EQ(0, m.syncs) TH_LOG("counters between processes");
	EXPECT_EQ(0, m.host) TH_LOG("bytes in use on the host");
}

#define EMPTY_FIXTURE(name) \
	FIXTURE(name) { struct program program; }; \
	FIXTURE_SETUP(name) \
	{ \
		self->program.pid = 0; \
		ASSERT_NE(UNTOUCHED, used(DEVICES - 1)) TH_LOG("the tests need three devices"); \
		machine_empty(_metadata); \
	} \
	FIXTURE_TEARDOWN(name) { machine_empty(_metadata); }

/* ---- programs that run to their end ---- */

EMPTY_FIXTURE(programs)

FIXTURE_VARIANT(programs) {
	const char *line;
	int status;
	const char *says;	/* NULL: that nothing is lost */
};

#define RUNS(name, text) \
	FIXTURE_VARIANT_ADD(programs, name) { .line = text }
#define STOPS(name, text, number, word) \
	FIXTURE_VARIANT_ADD(programs, name) { .line = text, .status = number, .says = word }

/* clang-format off */
RUNS(segments, "expandable_segments -r 5");
RUNS(segments_alone, "expandable_segments -p 1 -r 2 -o");
RUNS(segments_of_20_mib, "expandable_segments -d 2 -s 20 -g 1 -r 3");
RUNS(segments_of_odd_size, "expandable_segments -s 3 -g 5 -r 2");
RUNS(segments_run_out, "expandable_segments -d 2 -p 3 -g 3 -r 2 -o");
STOPS(segments_too_many, "expandable_segments -g 64", 1, "device 0 is full: ");
STOPS(segments_no_device, "expandable_segments -d 4", 1, "there is no device 3");
STOPS(segments_usage, "expandable_segments -g 65", 2, "-g is a number from 1 to 64");

RUNS(sleep, "sleep_wake -p 3 -n 5");
RUNS(sleep_alone, "sleep_wake -p 1 -n 2 -s 2 -r 5 -o");
/* 120 MiB each: two of them do not fit. */
RUNS(sleep_in_turns, "sleep_wake -d 2 -p 2 -n 5 -s 28 -r 2");
RUNS(sleep_run_out, "sleep_wake -d 2 -p 2 -n 7 -s 8 -r 2 -o");
STOPS(sleep_too_large, "sleep_wake -s 128", 1, "device 0 is full after 1 of 4 blocks");

RUNS(ring, "ring -r 5");
RUNS(ring_of_two, "ring -p 2 -r 3");
RUNS(ring_devices, "ring -d 3 -p 5 -r 3");
RUNS(ring_run_out, "ring -d 2 -p 4 -r 5 -o");
STOPS(ring_too_large, "ring -p 2 -s 40", 1, "device 0 is full after 1 of 2 parts");

RUNS(cache, "kv_cache -r 6");
RUNS(cache_devices, "kv_cache -d 3 -p 2 -n 5 -r 2 -x 2");
RUNS(cache_few_pages, "kv_cache -p 1 -n 4 -q 8 -k 100 -r 3 -x 3");
RUNS(cache_run_out, "kv_cache -d 2 -p 2 -n 6 -r 2 -x 4 -o");
STOPS(cache_too_large, "kv_cache -n 65 -p 1", 1, "device 0 is full after 64 of 65 pages");
/* clang-format on */

TEST_F(programs, end_well)
{
	const char *says = variant->says ? variant->says : "; all memory is back\n";
	struct program *p = &self->program;

	ASSERT_TRUE(program_start(p, variant->line));
	EXPECT_EQ(variant->status, program_end(p)) TH_LOG("%s: %s", variant->line, p->text);
	EXPECT_NE(NULL, strstr(p->text, says)) TH_LOG("%s: %s", variant->line, p->text);
}

/* ---- addresses that change under copies ---- */

EMPTY_FIXTURE(cache)

/* Some of them do while the engine is held, so their number does not depend on time. */
TEST_F(cache, remaps_come_under_copies)
{
	struct program *p = &self->program;
	unsigned long remaps, under_way;
	const char *at;

	ASSERT_TRUE(program_start(p, "kv_cache"));
	ASSERT_EQ(0, program_end(p)) TH_LOG("%s", p->text);
	at = strstr(p->text, "rounds: ");
	ASSERT_NE(NULL, at) TH_LOG("%s", p->text);
	ASSERT_EQ(2, sscanf(at, "rounds: %lu remaps, %lu of them under", &remaps, &under_way));
	EXPECT_GT(under_way, 0);
	EXPECT_LE(under_way, remaps);
}

/* ---- processes that are killed ---- */

EMPTY_FIXTURE(killed)

FIXTURE_VARIANT(killed) {
	const char *line;
	int processes;
};

FIXTURE_VARIANT_ADD(killed, two) {
	.line = "ring -p 2 -r 1000000000 -v", .processes = 2,
};

FIXTURE_VARIANT_ADD(killed, two_devices) {
	.line = "ring -d 2 -p 5 -r 1000000000 -v", .processes = 5,
};

/* The device is out of memory after the first round, all grow after the second. */
FIXTURE_VARIANT_ADD(killed, after_growth) {
	.line = "ring -d 2 -p 3 -r 1000000000 -o -v", .processes = 3,
};

/*
 * Reads so many lines of progress and gives the pid of the last one, or 0 if
 * the program ended before.
 */
static pid_t progress(struct program *p, unsigned int lines)
{
	char line[1024], *pid;
	pid_t last = 0;

	while (lines > 0) {
		if (!program_line(p, line, sizeof(line)))
			return 0;
		pid = strstr(line, " pid ");
		if (!pid)
			continue;
		last = (pid_t)strtol(pid + 5, NULL, 10);
		lines--;
	}
	return last;
}

static unsigned int some_number(unsigned int below)
{
	unsigned int n = 0;

	while (getrandom(&n, sizeof(n), 0) != sizeof(n))
		;
	return n % below;
}

static int count_lines(const char *text, const char *word)
{
	int n = 0;

	while ((text = strstr(text, word))) {
		text += strlen(word);
		n++;
	}
	return n;
}

/* All others notice and end, and the program says that nothing is lost. */
TEST_F(killed, a_member)
{
	struct program *p = &self->program;
	unsigned int round, lines;
	pid_t victim;

	for (round = 0; round < 3; round++) {
		lines = 1 + some_number(40);
		ASSERT_TRUE(program_start(p, variant->line));
		victim = progress(p, lines);
		ASSERT_GT(victim, 1) TH_LOG("%s", p->text);
		ASSERT_EQ(0, kill(victim, SIGKILL));
		EXPECT_EQ(3, program_end(p)) TH_LOG("after %u lines: %s", lines, p->text);
		EXPECT_EQ(variant->processes - 1, count_lines(p->text, " is gone\n"))
			TH_LOG("after %u lines: %s", lines, p->text);
		EXPECT_NE(NULL, strstr(p->text, "; all memory is back\n"))
			TH_LOG("after %u lines: %s", lines, p->text);
		machine_empty(_metadata);
	}
}

/* No process is left that could print; the test inherits the processes. */
TEST_F(killed, the_parent)
{
	struct program *p = &self->program;
	int status;

	ASSERT_EQ(0, prctl(PR_SET_CHILD_SUBREAPER, 1));
	ASSERT_TRUE(program_start(p, variant->line));
	ASSERT_GT(progress(p, 1 + some_number(40)), 1) TH_LOG("%s", p->text);
	ASSERT_EQ(0, kill(p->pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, program_end(p));
	while (wait(&status) > 0)
		;
	EXPECT_EQ(ECHILD, errno);
}

TEST_HARNESS_MAIN
