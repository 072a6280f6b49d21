// SPDX-License-Identifier: MIT
/*
 * A machine whose free memory is fragmented: no 2 MiB page is free although there
 * is memory, and allocations are made of smaller pages.
 */
#include "uapi_test.h"
#include "module.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/sysinfo.h>

#define MIB	(1ull << 20)
/* For the rest of the system. */
#define SPARE	(200 * MIB)
/* What is fragmented: enough that half of it is more than what is spared. */
#define PIECES	(800 * MIB)
#define MAX	65536
#define POOL	"/proc/sys/vm/nr_hugepages"

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
	snprintf(options, sizeof(options), "devices=1 overcommit=1 backing=eager capacity_mb=%llu",
		 (unsigned long long)(info.totalram * info.mem_unit / MIB));
	ASSERT_EQ(0, module_replace(options));
	self->fd = uapi_open();
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(0, uapi_device_open(self->fd, 0));
	self->piece = calloc(MAX, sizeof(*self->piece));
	ASSERT_NE(NULL, self->piece);
}

/* The process of the test has exited, so its memory is free. */
FIXTURE_TEARDOWN_PARENT(fragment)
{
	uapi_write_file(POOL, "0");
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
	return uapi_stat(fd, ACL_EMU_STAT_FALLBACK_BLOCKS);
}

/* Pages of this pool are neither zeroed nor touched, so taking them costs nothing. */
static void take_the_rest(void)
{
	uint64_t bytes = available();
	char text[24];

	if (bytes < SPARE + PIECES)
		return;
	snprintf(text, sizeof(text), "%" PRIu64, (uint64_t)((bytes - SPARE - PIECES) / SIZE_2M));
	uapi_write_file(POOL, text);
}

/*
 * Pages of the module cannot be moved. It allocates halves of 2 MiB pages until
 * memory is short, then frees every second half.
 */
TEST_F(fragment, blocks_of_small_pages)
{
	uint64_t addr, handle, before, n = 0, size;

	take_the_rest();
	while (n < MAX && available() > SPARE)
		if (uapi_alloc(self->fd, MIB, ACL_EMU_PHYS_4K, &self->piece[n++])) {
			n--;
			break;
		}
	ASSERT_GT(n, 16);
	for (uint64_t i = 0; i < n; i += 2)
		ASSERT_EQ(0, uapi_free(self->fd, self->piece[i]));

	/* More than was spared, less than was freed. */
	size = (SPARE + n / 4 * MIB) & -SIZE_2M;
	before = fallback_blocks(self->fd);
	EXPECT_EQ(0, before);
	ASSERT_EQ(0, uapi_mapped(self->fd, size, 0, &addr, &handle));
	EXPECT_GT(fallback_blocks(self->fd), before);
	EXPECT_EQ(size, uapi_nonzero(addr, size));
	uapi_fill(addr, size, SIZE_4K, 5);
	EXPECT_EQ(size, uapi_differs(addr, size, SIZE_4K, 5));
	EXPECT_GT(COUNT(PTE_ENTRIES), 0);
	ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));

	for (uint64_t i = 1; i < n; i += 2)
		ASSERT_EQ(0, uapi_free(self->fd, self->piece[i]));
	EXPECT_EQ(0, uapi_used(self->fd, 0));
}

TEST_HARNESS_MAIN
