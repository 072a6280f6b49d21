// SPDX-License-Identifier: MIT
/*
 * What a mapping costs the kernel: its record, which is charged to the memory cgroup
 * of the process, and its part of the nodes of the tree of mappings, which is not. (The
 * kernel allocates the nodes of a maple tree without accounting, those of the VMAs of
 * a process too.) kmod/SECURITY.md has these numbers.
 */
#include "uapi_hostile.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>

#define GROUP		"/sys/fs/cgroup/acl_emu_charge"
#define MAPPINGS	65536ul
#define THINNED		8

/* Bytes of a mapping: at least so many charged, at most so many not. */
#define CHARGED_LEAST	96
#define NODES_MOST	112

#define GRACES		1000

HOSTILE_FIXTURE(charge, "devices=1 capacity_mb=64 host_mb=64")

/* Bytes of all tree nodes of the machine; 0 if the kernel does not tell. */
static uint64_t node_bytes(void)
{
	FILE *file = fopen("/proc/slabinfo", "r");
	unsigned long active = 0, size = 0;
	char line[512];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "maple_node %lu %*u %lu", &active, &size) == 2)
			break;
	if (file)
		fclose(file);
	return active * size;
}

/* Where mapping number i is. */
struct pattern {
	const char *name;
	uint64_t stride;	/* in pages */
	bool shuffled;
	unsigned int keep;	/* one of this many mappings stays */
};

static const struct pattern patterns[] = {
	{ "one behind the other", 1, false, 1 },
	{ "with gaps", 2, false, 1 },
	{ "with gaps, in any order", 2, true, 1 },
	{ "with gaps, thinned", 2, false, THINNED },
	{ "with gaps, in any order, thinned", 2, true, THINNED },
};

struct report {
	int64_t charged;
	int64_t nodes;
	uint64_t count;
};

struct job {
	const struct pattern *pattern;
	struct report *report;
};

/* Odd, so that it reaches each number below a power of two. */
#define SHUFFLE		40503ul

static uint64_t place(const struct pattern *p, uint64_t i, uint64_t count)
{
	return (p->shuffled ? i * SHUFFLE % count : i) * p->stride * SIZE_4K;
}

static int map_in_group(int sock, void *data)
{
	const struct job *job = data;
	const struct pattern *p = job->pattern;
	uint64_t count = harness_count(MAPPINGS, 4), addr, handle, charged, nodes;
	int fd;

	CHILD_CHECK(!uapi_write_file(GROUP "/cgroup.procs", "0"));
	fd = hostile_start();
	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_alloc(fd, SIZE_4K, ACL_EMU_PHYS_4K, &handle));
	CHILD_CHECK(!uapi_reserve(fd, count * p->stride * SIZE_4K, &addr));
	nodes = node_bytes();
	charged = uapi_read_number(GROUP "/memory.current");
	for (uint64_t i = 0; i < count; i++)
		CHILD_CHECK(!uapi_map(fd, addr + place(p, i, count), SIZE_4K, handle));
	job->report->charged = uapi_read_number(GROUP "/memory.current") - charged;
	for (uint64_t i = 0; i < count; i++)
		if (i % p->keep)
			CHILD_CHECK(!uapi_unmap(fd, addr + i * p->stride * SIZE_4K));
	job->report->count = count;
	CHILD_CHECK(!uapi_send(sock, nodes));
	HOSTILE_WAIT(sock);
	return 0;
}

TEST_F(charge, mappings)
{
	struct job job;

	if (!node_bytes())
		SKIP(return, "no /proc/slabinfo with the cache maple_node");
	job.report = mmap(NULL, SIZE_4K, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)job.report);
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		int64_t before, live;
		int sock;
		pid_t pid;

		job.pattern = &patterns[i];
		if (!uapi_make_group(GROUP, "memory.current"))
			SKIP(return, "no memory cgroups");
		pid = uapi_child(map_in_group, &job, &sock);
		before = uapi_recv(sock);
		ASSERT_NE(-1, before) TH_LOG("%s", job.pattern->name);
		live = job.report->count / job.pattern->keep;
		/* The kernel frees replaced nodes after one or more grace periods. */
		for (int wait = 0; wait < GRACES; wait++) {
			job.report->nodes = node_bytes() - before;
			if (job.report->nodes <= live * NODES_MOST)
				break;
			syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
		}
		fprintf(stderr, "# %s: %" PRId64 " bytes of a mapping charged, %" PRId64 " not\n",
			job.pattern->name, job.report->charged / (int64_t)job.report->count,
			job.report->nodes / live);
		EXPECT_GE(job.report->charged, (int64_t)job.report->count * CHARGED_LEAST)
			TH_LOG("%s", job.pattern->name);
		EXPECT_LE(job.report->nodes, live * NODES_MOST)
			TH_LOG("%s", job.pattern->name);
		close(sock);
		EXPECT_EQ(0, uapi_wait(pid)) TH_LOG("%s", job.pattern->name);
		EXPECT_EQ(0, rmdir(GROUP));
	}
}

TEST_HARNESS_MAIN
