// SPDX-License-Identifier: MIT
/*
 * The long mode: programs made by chance, and where the kernel tells what code
 * they reached, from those that reached something new.
 *
 *   fuzz [-m MINUTES] [-n PROGRAMS] [-s SEED] [-t THREADS] [-o DIR] [-k] [FILE...]
 *
 * FILEs are run first and are the beginning of the corpus; with -n 0 they are
 * all that is run. -k keeps those of them that reach something new, too, which
 * makes a small corpus of a large one. In DIR stands what will run next
 * (running.txt), what is new (new-N.txt) and what was wrong (wrong.txt): a kernel
 * that dies leaves it there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fuzz.h"

#define BATCH	64
#define CORPUS	65536

static struct fuzz_program *corpus;
static unsigned int nr_corpus, nr_new;
static uint64_t executed;
static const char *dir = ".";
static uint64_t state = 1;
static unsigned int threads = 1;
static int log_fd = -1;
static bool keep_files;

static FILE *create(const char *name)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	if (!file)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	return file;
}

/* Each record of the log is one read. */
static bool kernel_complains(void)
{
	static const char * const signs[] = { "WARNING:", "BUG:", "KASAN", "UBSAN", "Oops",
					      "Call Trace", "refcount_t", "possible " };
	char line[2048];
	bool bad = false;
	ssize_t got;

	while ((got = read(log_fd, line, sizeof(line) - 1)) > 0 || (got < 0 && errno == EPIPE)) {
		if (got < 0)
			continue;
		line[got] = 0;
		for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
			if (strstr(line, signs[i]) && !bad) {
				fprintf(stderr, "kernel: %s", line);
				bad = true;
			}
	}
	return bad;
}

static void keep(const struct fuzz_program *program)
{
	char name[32];
	FILE *file;

	if (nr_corpus < CORPUS)
		corpus[nr_corpus++] = *program;
	snprintf(name, sizeof(name), "new-%05u.txt", nr_new++);
	file = create(name);
	if (!file)
		return;
	fuzz_print(file, program);
	fclose(file);
}

static int wrong(const struct fuzz_program *batch, unsigned int nr, const char *what)
{
	FILE *file = create("wrong.txt");

	fprintf(stderr, "after %llu programs: %s\n", (unsigned long long)executed, what);
	if (file) {
		fprintf(file, "# %s\n", what);
		while (nr--)
			fuzz_print(file, batch++);
		fclose(file);
	}
	return 1;
}

/* Runs some programs, which are on the disk before the first of them begins. */
static int run_batch(const struct fuzz_program *batch, unsigned int nr, bool fresh)
{
	FILE *file = create("running.txt");
	const char *what;

	if (!file)
		return 1;
	for (unsigned int i = 0; i < nr; i++)
		fuzz_print(file, &batch[i]);
	fclose(file);
	for (unsigned int i = 0; i < nr; i++) {
		what = fuzz_execute(&batch[i], fuzz_random(&state) % 4);
		executed++;
		if (what)
			return wrong(batch, i + 1, what);
		if (fuzz_cover_new() && fresh)
			keep(&batch[i]);
	}
	return kernel_complains() ? wrong(batch, nr, "the kernel complains") : 0;
}

static int run_file(const char *name)
{
	struct fuzz_program program;
	FILE *file = fopen(name, "r");
	int more;

	if (!file) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		return 1;
	}
	while ((more = fuzz_parse(file, name, &program)) > 0) {
		if (nr_corpus < CORPUS)
			corpus[nr_corpus++] = program;
		more = run_batch(&program, 1, keep_files);
		if (more)
			break;
	}
	fclose(file);
	return more ? 1 : 0;
}

static void make(struct fuzz_program *program)
{
	if (!nr_corpus || !(fuzz_random(&state) % 10)) {
		fuzz_generate(program, &state);
		return;
	}
	*program = corpus[fuzz_random(&state) % nr_corpus];
	fuzz_mutate(program, &corpus[fuzz_random(&state) % nr_corpus], &state);
}

static uint64_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void tell(void)
{
	printf("%llu programs, %llu calls, %llu successful; %u edges, %u programs new\n",
	       (unsigned long long)executed, (unsigned long long)fuzz_calls_made,
	       (unsigned long long)fuzz_calls_good, fuzz_cover_total(), nr_new);
	fflush(stdout);
}

static int run_long(uint64_t programs, uint64_t minutes)
{
	static struct fuzz_program batch[BATCH];
	uint64_t begin = seconds(), told = begin;
	int rc = 0;

	while (!rc && (minutes ? seconds() - begin < 60 * minutes : executed < programs)) {
		for (unsigned int i = 0; i < BATCH; i++)
			make(&batch[i]);
		rc = run_batch(batch, BATCH, true);
		if (seconds() - told >= 30) {
			told = seconds();
			tell();
		}
	}
	return rc;
}

int main(int argc, char **argv)
{
	uint64_t programs = 10000, minutes = 0;
	int opt, rc = 0;

	while ((opt = getopt(argc, argv, "m:n:s:t:o:k")) != -1) {
		switch (opt) {
		case 'm':
			minutes = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			programs = strtoull(optarg, NULL, 0);
			break;
		case 's':
			state = strtoull(optarg, NULL, 0);
			break;
		case 't':
			threads = strtoul(optarg, NULL, 0) > 1 ? 2 : 1;
			break;
		case 'o':
			dir = optarg;
			break;
		case 'k':
			keep_files = true;
			break;
		default:
			return 2;
		}
	}
	corpus = calloc(CORPUS, sizeof(*corpus));
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	lseek(log_fd, 0, SEEK_END);
	printf("%s\n", fuzz_cover_open(threads + 1) ? "guided by coverage" : "blind");
	if (!corpus || fuzz_start(threads)) {
		perror("fuzz");
		return 2;
	}
	for (; !rc && optind < argc; optind++)
		rc = run_file(argv[optind]);
	if (!rc && (programs || minutes))
		rc = run_long(programs, minutes);
	tell();
	if (!rc)
		fuzz_stop();
	return rc;
}
