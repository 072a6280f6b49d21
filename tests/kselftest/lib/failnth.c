// SPDX-License-Identifier: MIT
/*
 * Fault injection of the kernel by /proc/thread-self/fail-nth and debugfs.
 */
#include "failnth.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAILNTH_FILE	"/proc/thread-self/fail-nth"
#define FAILNTH_DEBUGFS	"/sys/kernel/debug/"

/* One file a thread; -1 if there is none. */
static __thread int failnth_fd;
static __thread bool failnth_armed;
static __thread bool failnth_used;

int failnth_write(const char *dir, const char *name, const char *text)
{
	char path[128];
	int fd, rc = 0;

	snprintf(path, sizeof(path), FAILNTH_DEBUGFS "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		rc = -errno;
	close(fd);
	return rc;
}

/* Where the module's functions are, [first, last); false if nobody says. */
static bool failnth_module(unsigned long *first, unsigned long *last)
{
	FILE *modules = fopen("/proc/modules", "r");
	char line[256], name[64];
	unsigned long size;
	bool found = false;

	*first = 0;
	while (modules && !found && fgets(line, sizeof(line), modules))
		found = sscanf(line, "%63s %lu %*s %*s %*s %lx", name, &size, first) == 3 &&
			!strcmp(name, "acl_emu") && *first;
	if (modules)
		fclose(modules);
	*last = *first + size;
	return found;
}

/*
 * Where kmemleak makes its own records: wants of its own count for nothing, and how
 * many it has changes from call to call, so that what is looked for would be missed.
 */
static bool failnth_kmemleak(unsigned long *first, unsigned long *last)
{
	FILE *symbols = fopen("/proc/kallsyms", "r");
	unsigned long addr, from = 0, behind = 0;
	char line[256], name[128];

	/* Sorted by address, so what follows the last of them ends it. */
	while (symbols && fgets(line, sizeof(line), symbols)) {
		if (sscanf(line, "%lx %*c %127s", &addr, name) != 2)
			continue;
		if (!strcmp(name, "kmemleak_alloc") || !strcmp(name, "kmemleak_alloc_percpu") ||
		    !strcmp(name, "kmemleak_vmalloc")) {
			from = from ? from : addr;
			behind = 0;
		} else if (from && !behind) {
			behind = addr;
		}
	}
	if (symbols)
		fclose(symbols);
	*first = from;
	*last = behind;
	return from && behind > from;
}

static void failnth_range(const char *kind, const char *which, unsigned long first,
				 unsigned long last)
{
	char name[32], text[32];

	snprintf(name, sizeof(name), "%s-start", which);
	snprintf(text, sizeof(text), "%#lx", first);
	failnth_write(kind, name, text);
	snprintf(name, sizeof(name), "%s-end", which);
	snprintf(text, sizeof(text), "%#lx", last);
	failnth_write(kind, name, text);
}

int failnth_prepare(void)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc", "fail_usercopy" };
	unsigned long first, last, not_first, not_last;
	bool filter, reject;

	if (access(FAILNTH_FILE, W_OK) || access(FAILNTH_DEBUGFS "failslab", X_OK))
		return -ENOENT;
	filter = failnth_module(&first, &last);
	reject = failnth_kmemleak(&not_first, &not_last);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		failnth_write(kinds[i], "verbose", "0");
		failnth_write(kinds[i], "ignore-gfp-wait", "N");
		failnth_write(kinds[i], "ignore-gfp-highmem", "N");
		failnth_write(kinds[i], "min-order", "0");
		if (!filter)
			continue;
		failnth_write(kinds[i], "stacktrace-depth", "32");
		failnth_range(kinds[i], "require", first, last);
		if (reject)
			failnth_range(kinds[i], "reject", not_first, not_last);
	}
	return 0;
}

static int failnth_set(unsigned int nth)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%u", nth);

	/* Without a filter the write itself may be what fails. */
	for (int i = 0; i < 8; i++)
		if (pwrite(failnth_fd, text, n, 0) == n)
			return 0;
	return -1;
}

int failnth_arm(unsigned int nth)
{
	if (!failnth_fd)
		failnth_fd = open(FAILNTH_FILE, O_RDWR | O_CLOEXEC);
	failnth_used = false;
	failnth_armed = failnth_fd >= 0 && !failnth_set(nth);
	return failnth_armed ? 0 : -1;
}

void failnth_stop(void)
{
	char text[16] = "";

	if (!failnth_armed)
		return;
	failnth_used = pread(failnth_fd, text, sizeof(text) - 1, 0) <= 0 ||
		       !strtoul(text, NULL, 10);
	failnth_armed = false;
	failnth_set(0);
}

bool failnth_disarm(void)
{
	failnth_stop();
	return failnth_used;
}
