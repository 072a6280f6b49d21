// SPDX-License-Identifier: MIT
/*
 * A machine whose memory is in pieces: 2 MiB pages cannot be had although half
 * of the memory is free, and allocations are made of smaller ones.
 */
#include "uapi_test.h"
#include "module.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/sysinfo.h>

#define MIB	(1ull << 20)
/* Left alone, so that the machine lives. */
#define SPARE	(300 * MIB)
#define MAX	65536

FIXTURE(fragment) {
	int fd;
	uint64_t *piece;
	uint64_t pieces;
};

FIXTURE_SETUP(fragment)
{
	struct sysinfo info;
	char options[96];

	MODULE_SKIP();
	ASSERT_EQ(0, sysinfo(&info));
	snprintf(options, sizeof(options), "devices=1 overcommit=1 capacity_mb=%llu",
		 (unsigned long long)(info.totalram * info.mem_unit / MIB));
	ASSERT_EQ(0, module_replace(options));
	self->fd = uapi_open();
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(0, uapi_device_open(self->fd, 0));
	self->piece = calloc(MAX, sizeof(*self->piece));
	ASSERT_NE(NULL, self->piece);
}

/* The test, and with it its memory, is gone by then. */
FIXTURE_TEARDOWN_PARENT(fragment)
{
	MODULE_TEARDOWN();
}

static uint64_t available(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	unsigned long long kib = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib << 10;
}

static uint64_t fallback_blocks(int fd)
{
	return uapi_counter(fd, ACL_EMU_STAT_FALLBACK_BLOCKS);
}

/*
 * Pages of the module cannot be moved. Half of a 2 MiB page after the other is
 * taken, then every second half is let go.
 */
TEST_F(fragment, made_of_smaller_pages)
{
	uint64_t addr, handle, before, n = 0, size;

	while (n < MAX && available() > SPARE)
		if (uapi_alloc(self->fd, MIB, ACL_EMU_PHYS_4K, &self->piece[n++])) {
			n--;
			break;
		}
	ASSERT_GT(n, 16);
	for (uint64_t i = 0; i < n; i += 2)
		ASSERT_EQ(0, uapi_free(self->fd, self->piece[i]));

	/* More than was spared, less than was let go. */
	size = (SPARE + n / 4 * MIB) & -SIZE_2M;
	before = fallback_blocks(self->fd);
	EXPECT_EQ(0, before);
	ASSERT_EQ(0, uapi_mapped(self->fd, size, 0, &addr, &handle));
	EXPECT_GT(fallback_blocks(self->fd), before);
	EXPECT_EQ(size, uapi_nonzero(addr, size));
	uapi_fill(addr, size, SIZE_4K, 5);
	EXPECT_EQ(size, uapi_differs(addr, size, SIZE_4K, 5));
	EXPECT_GT(uapi_counter(self->fd, ACL_EMU_STAT_PTE_ENTRIES), 0);
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));

	for (uint64_t i = 1; i < n; i += 2)
		ASSERT_EQ(0, uapi_free(self->fd, self->piece[i]));
	EXPECT_EQ(0, uapi_used(self->fd, 0));
}

TEST_HARNESS_MAIN
