// SPDX-License-Identifier: MIT
/*
 * The short mode of the fuzzer: all programs of the corpus, and some random ones from
 * a fixed seed.
 */
#include "fuzz.h"
#include "ioctls.h"
#include "module.h"
#include "uapi_test.h"

#include <dirent.h>
#include <stdio.h>

FIXTURE(fuzz) {
	int unused;
};

/* Little memory, so that programs see its end. */
FIXTURE_SETUP(fuzz)
{
	MODULE_SETUP("devices=2 capacity_mb=32 host_mb=32");
	self->unused = 0;
}

/* The other process of the fuzzer may be on its way out. */
FIXTURE_TEARDOWN_PARENT(fuzz)
{
	MODULE_TEARDOWN();
}

static unsigned int run_file(struct __test_metadata *_metadata, const char *path)
{
	struct fuzz_program program;
	FILE *file = fopen(path, "r");
	unsigned int nr = 0;
	int more;

	ASSERT_NE(NULL, file) TH_LOG("%s", path);
	while ((more = fuzz_parse(file, path, &program)) > 0) {
		const char *wrong = fuzz_execute(&program, 0);

		ASSERT_EQ(NULL, wrong) {
			TH_LOG("%s, program %u: %s", path, nr + 1, wrong);
			fuzz_print(stderr, &program);
		}
		nr++;
	}
	ASSERT_EQ(0, more);
	fclose(file);
	return nr;
}

/* The grammar has each ioctl of the table. */
TEST_F(fuzz, grammar)
{
	for (size_t i = 0; i < ioctl_count; i++) {
		EXPECT_LT(fuzz_type_find(ioctl_forms[i].name), fuzz_nr_types)
			TH_LOG("%s", ioctl_forms[i].name);
	}
}

TEST_F(fuzz, corpus)
{
	char path[512];
	struct dirent *entry;
	DIR *dir = opendir(FUZZ_CORPUS);
	unsigned int nr = 0;

	ASSERT_NE(NULL, dir) TH_LOG("%s", FUZZ_CORPUS);
	ASSERT_EQ(0, fuzz_start(1));
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", FUZZ_CORPUS, entry->d_name);
		nr += run_file(_metadata, path);
	}
	closedir(dir);
	fuzz_stop();
	TH_LOG("%u programs, %" PRIu64 " calls, %" PRIu64 " successful", nr, fuzz_calls_made,
	       fuzz_calls_good);
	/* A corpus of nonsense would run as well, and say nothing. */
	EXPECT_GT(fuzz_calls_good * 4, fuzz_calls_made);
	EXPECT_GT(nr, 30);
}

static void by_chance(struct __test_metadata *_metadata, unsigned int threads,
		      unsigned int programs)
{
	struct fuzz_program program;
	uint64_t state = 1;

	ASSERT_EQ(0, fuzz_start(threads));
	for (unsigned int i = 0; i < programs; i++) {
		const char *wrong;

		fuzz_generate(&program, &state);
		if (i % 2)
			fuzz_mutate(&program, &program, &state);
		wrong = fuzz_execute(&program, i % 4);
		ASSERT_EQ(NULL, wrong) {
			TH_LOG("program %u: %s", i, wrong);
			fuzz_print(stderr, &program);
		}
	}
	fuzz_stop();
	TH_LOG("%" PRIu64 " calls, %" PRIu64 " successful", fuzz_calls_made, fuzz_calls_good);
	EXPECT_GT(fuzz_calls_good * 10, fuzz_calls_made);
}

TEST_F(fuzz, random_programs)
{
	by_chance(_metadata, 1, 1000);
}

/* Two threads at the same program, on the same results. */
TEST_F(fuzz, two_threads)
{
	by_chance(_metadata, 2, 400);
}

/* What is written can be read, and is the same. */
TEST(text)
{
	struct fuzz_program program, again;
	uint64_t state = 1;

	for (int i = 0; i < 200; i++) {
		FILE *file = tmpfile();

		ASSERT_NE(NULL, file);
		fuzz_generate(&program, &state);
		fuzz_mutate(&program, &program, &state);
		fuzz_print(file, &program);
		rewind(file);
		ASSERT_EQ(1, fuzz_parse(file, "a temporary file", &again));
		ASSERT_EQ(program.nr, again.nr);
		for (unsigned int n = 0; n < program.nr; n++) {
			ASSERT_EQ(program.calls[n].type, again.calls[n].type);
			for (int v = 0; v < FUZZ_FIELDS; v++) {
				ASSERT_EQ(program.calls[n].values[v].ref,
					  again.calls[n].values[v].ref);
				ASSERT_EQ(program.calls[n].values[v].plain,
					  again.calls[n].values[v].plain);
			}
		}
		fclose(file);
	}
}

TEST_HARNESS_MAIN
