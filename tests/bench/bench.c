// SPDX-License-Identifier: MIT
/*
 * Clock, statistics, output.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#include "bench.h"

void bench_die(const char *format, ...)
{
	int error = errno;
	va_list args;

	fflush(stdout);
	fprintf(stderr, "bench: %s: ", program_invocation_short_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, " (%s)\n", strerror(error));
	exit(1);
}

static bool clock_is_tsc(void)
{
	static int answer = -1;
	const char *name;

	if (answer < 0) {
		name = getenv("BENCH_CLOCK");
		answer = name && !strcmp(name, "tsc");
	}
	return answer;
}

uint64_t bench_now(void)
{
	struct timespec now;

	if (clock_is_tsc())
		return __rdtsc();
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

uint64_t bench_median(uint64_t *values, unsigned int count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

uint64_t bench_repeat(unsigned int reps, uint64_t (*fn)(void *arg), void *arg)
{
	uint64_t took[BENCH_MAX_REPS];

	BENCH_CHECK(reps > 0 && reps <= BENCH_MAX_REPS);
	fn(arg);
	for (unsigned int i = 0; i < reps; i++)
		took[i] = fn(arg);
	return bench_median(took, reps);
}

void bench_row_unit(const char *row, const char *param, double ours, const char *peer,
		    double value, const char *unit)
{
	if (value > 0)
		printf("bench,%s,%s,%.3f,%s,%.3f,%.3f,%s\n", row, param, ours, peer, value,
		       ours / value, unit);
	else
		printf("bench,%s,%s,%.3f,%s,,,%s\n", row, param, ours, peer, unit);
	fflush(stdout);
}

void bench_row(const char *row, const char *param, uint64_t ours, const char *peer,
	       uint64_t value)
{
	bench_row_unit(row, param, ours / 1e3, peer, value / 1e3, "us");
}

const char *bench_size(uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	static char text[8][32];
	static unsigned int next;
	unsigned int unit = 0;
	char *buffer = text[next++ % 8];

	while (bytes >= 1024 && bytes % 1024 == 0 && unit < 4) {
		bytes /= 1024;
		unit++;
	}
	snprintf(buffer, sizeof(text[0]), "%" PRIu64 " %s", bytes, units[unit]);
	return buffer;
}

void bench_touch(void *addr, uint64_t size, uint64_t step)
{
	volatile char *byte = addr;

	for (uint64_t at = 0; at < size; at += step)
		byte[at] = 1;
}

uint64_t bench_meminfo(const char *key)
{
	FILE *file = fopen("/proc/meminfo", "r");
	size_t length = strlen(key);
	uint64_t value = 0;
	char line[128];

	BENCH_CHECK(file);
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, key, length) && line[length] == ':')
			value = strtoull(line + length + 1, NULL, 10) * 1024;
	fclose(file);
	return value;
}

bool bench_write(const char *path, uint64_t value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	char text[32];
	int length = snprintf(text, sizeof(text), "%" PRIu64, value);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, length) == length;
	close(fd);
	return ok;
}

uint64_t bench_read(const char *path)
{
	FILE *file = fopen(path, "r");
	uint64_t value = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%" SCNu64, &value) != 1)
		value = 0;
	fclose(file);
	return value;
}
