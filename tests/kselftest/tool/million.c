// SPDX-License-Identifier: MIT
/*
 * acl-emu who of a process with many mappings: complete, and nobody waits for it.
 *
 * ACL_EMU_MANY=1000000 measures what acl-emu(1) says: who, who -v --json, and the
 * longest call of another process meanwhile.
 */
#include "tool.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <time.h>

#define USUAL	20000
#define ROUNDS	10
#define CALLS	10	/* of another process, in each round */

struct other {
	_Atomic uint64_t calls;
	_Atomic uint64_t longest;	/* ns, since it was set to zero */
};

static uint64_t many(void)
{
	const char *text = getenv("ACL_EMU_MANY");

	return text ? strtoull(text, NULL, 0) : USUAL;
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Another process allocates and frees, and counts. */
static pid_t other_start(struct other *o)
{
	uint64_t begin, handle;
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = uapi_open();
	if (fd < 0 || uapi_device_open(fd, 0))
		_exit(1);
	for (;;) {
		begin = now();
		if (uapi_alloc(fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle) || uapi_free(fd, handle))
			_exit(2);
		begin = now() - begin;
		if (begin > o->longest)
			o->longest = begin;
		o->calls++;
	}
}

/* Runs the tool and counts a word in what it prints; -1 if it fails. */
static int64_t count_word(const char *const *words, const char *word)
{
	size_t length = strlen(word), kept = 0;
	static char text[65536];
	int64_t count = 0;
	ssize_t n;
	int out;
	pid_t pid = tool_start(words, &out);

	while ((n = read(out, text + kept, sizeof(text) - 1 - kept)) > 0) {
		char *at = text;

		text[kept + (size_t)n] = '\0';
		for (; (at = strstr(at, word)); at += length)
			count++;
		/* A word that is cut goes on in the next piece. */
		n += (ssize_t)kept;
		kept = (size_t)n < length - 1 ? (size_t)n : length - 1;
		memmove(text, text + (size_t)n - kept, kept);
	}
	close(out);
	return uapi_wait(pid) ? -1 : count;
}

#define COUNT_WORD(word, ...)	count_word((const char *const []){ __VA_ARGS__, NULL }, word)

static void measure(struct other *o, const char *name, int64_t (*run)(void))
{
	uint64_t begin = now(), calls = o->calls;
	int64_t found;

	o->longest = 0;
	found = run();
	printf("# %s: %.2f s, found %lld; another process: %llu calls, the longest %.1f ms\n", name,
	       (double)(now() - begin) / 1e9, (long long)found,
	       (unsigned long long)(o->calls - calls), (double)o->longest / 1e6);
}

/* For comparison. */
static int64_t run_nothing(void)
{
	uint64_t until = now() + 5000000000;

	while (now() < until)
		;
	return 0;
}

static int64_t run_who(void)
{
	return COUNT_WORD("(pid ", "who");
}

static int64_t run_json(void)
{
	return COUNT_WORD("\"address\":", "who", "-v", "--json");
}

UAPI_FIXTURE(million)

TEST_F_TIMEOUT(million, complete_and_without_stalls, 900)
{
	struct other *o = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t handle, addr, size, count = many(), i, calls;
	pid_t pid;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	size = (count * SIZE_4K + SIZE_2M - 1) / SIZE_2M * SIZE_2M;
	ASSERT_EQ(0, uapi_reserve(self->fd, size, &addr));
	for (i = 0; i < count; i++)
		ASSERT_EQ(0, uapi_map(self->fd, addr + i * SIZE_4K, SIZE_4K, handle));
	pid = other_start(o);
	while (!o->calls)
		sched_yield();
	if (count != USUAL) {
		measure(o, "nothing", run_nothing);
		measure(o, "who", run_who);
		measure(o, "who -v --json", run_json);
	}
	/* This process and the other one. */
	EXPECT_EQ(2, run_who());
	calls = o->calls;
	for (i = 0; i < (count == USUAL ? ROUNDS : 1); i++)
		EXPECT_EQ(count, run_json());
	EXPECT_LE(i * CALLS, o->calls - calls);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

TEST_HARNESS_MAIN
