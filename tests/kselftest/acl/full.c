// SPDX-License-Identifier: MIT
/*
 * The sentence of 207001 about a full device: what is free, who holds the memory, and
 * how much of the own memory is idle in memory pools or exported.
 */
#include <sys/prctl.h>
#include <sys/socket.h>

#include "acl_stream.h"
#include "acl/acl_rt_memory_soma.h"

#define ALL	(128 * MIB)

WORLD_FIXTURE(full)

/* A process that holds @count handles of @size bytes of device 0 until its socket closes. */
struct holder {
	pid_t pid;
	int sock;
};

static int hold(int sock, const char *name, int count, size_t size)
{
	aclrtDrvMemHandle handle;
	char byte = 0;

	prctl(PR_SET_NAME, name);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (aclInit(NULL) || aclrtSetDevice(0))
		return 1;
	while (count--)
		if (phys(&handle, size, 0))
			return 2;
	if (write(sock, &byte, 1) != 1)
		return 3;
	return read(sock, &byte, 1) ? 4 : 0;
}

static struct holder holder_start(const char *name, int count, size_t size)
{
	struct holder h = { .pid = -1 };
	int pair[2];
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return h;
	h.pid = fork();
	if (!h.pid) {
		close(pair[0]);
		_exit(hold(pair[1], name, count, size));
	}
	close(pair[1]);
	h.sock = pair[0];
	if (read(h.sock, &byte, 1) != 1)
		h.pid = -1;
	return h;
}

static int holder_end(struct holder h)
{
	shutdown(h.sock, SHUT_RDWR);
	close(h.sock);
	return join(h.pid);
}

/* The sentence of an allocation that fails. */
static const char *sentence(size_t size)
{
	static char text[1024];
	aclrtDrvMemHandle handle;
	const char *message;

	forget();
	if (phys(&handle, size, 0) != ACL_ERROR_RT_MEMORY_ALLOCATION)
		return "no failure";
	message = aclGetRecentErrMsg();
	snprintf(text, sizeof(text), "%s", message ? message : "no message");
	return text;
}

#define EXPECT_SAYS(text, ...) do { \
	char want_[256]; \
	snprintf(want_, sizeof(want_), __VA_ARGS__); \
	EXPECT_HOLDS(text, want_); \
} while (0)

TEST_F(full, nobody_holds)
{
	EXPECT_STREQ("aclrtMallocPhysical: device 0 has 128 MiB of 128 MiB free, but 130 MiB are "
		     "requested (207001). Free memory, or load the module with a larger "
		     "capacity_mb.", sentence(ALL + 2 * MIB));
}

TEST_F(full, own)
{
	aclrtDrvMemHandle handle;

	WORKS(phys(&handle, 120 * MIB, 0));
	EXPECT_STREQ("aclrtMallocPhysical: device 0 has 8 MiB of 128 MiB free, but 10 MiB are "
		     "requested (207001). Held: 120 MiB by this process. Free memory, or load the "
		     "module with a larger capacity_mb.", sentence(10 * MIB));
	WORKS(aclrtFreePhysical(handle));
}

TEST_F(full, others)
{
	struct holder first = holder_start("first", 3, 20 * MIB);
	struct holder second = holder_start("se cond", 1, 40 * MIB);
	aclrtDrvMemHandle handle;
	const char *text;

	ASSERT_LT(0, first.pid);
	ASSERT_LT(0, second.pid);
	WORKS(phys(&handle, 28 * MIB, 0));
	text = sentence(2 * MIB);
	EXPECT_SAYS(text, "device 0 has 0 bytes of 128 MiB free, but 2 MiB are requested (207001). "
		    "Held: 60 MiB by first (pid %d, 3 handles), 40 MiB by se?cond (pid %d, "
		    "1 handle), 28 MiB by this process. ", first.pid, second.pid);
	WORKS(aclrtFreePhysical(handle));
	EXPECT_EQ(0, holder_end(first));
	EXPECT_EQ(0, holder_end(second));
}

/* The largest are named, the others are one sum. */
TEST_F(full, many)
{
	struct holder holders[6];
	const char *text;

	for (int i = 0; i < 6; i++) {
		holders[i] = holder_start("many", 1, (size_t)(6 + 2 * i) * MIB);
		ASSERT_LT(0, holders[i].pid);
	}
	text = sentence(ALL);
	EXPECT_SAYS(text, "Held: 16 MiB by many (pid %d, 1 handle), 14 MiB by many (pid %d, "
		    "1 handle), 12 MiB by many (pid %d, 1 handle), 24 MiB by 3 other processes. ",
		    holders[5].pid, holders[4].pid, holders[3].pid);
	for (int i = 0; i < 6; i++)
		EXPECT_EQ(0, holder_end(holders[i]));
}

TEST_F(full, exported)
{
	aclrtDrvMemHandle handle, other;
	uint64_t key;

	WORKS(phys(&handle, 20 * MIB, 0));
	WORKS(phys(&other, 100 * MIB, 0));
	WORKS(aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE,
					      ACL_RT_VMM_EXPORT_FLAG_DEFAULT, &key));
	EXPECT_SAYS(sentence(10 * MIB), "Held: 120 MiB by this process, of which 20 MiB "
		    "exported. ");
	WORKS(aclrtFreePhysical(handle));
	WORKS(aclrtFreePhysical(other));
}

/* Memory that a descriptor keeps after its owner has freed it. */
TEST_F(full, kept)
{
	aclrtDrvMemHandle handle;
	int fd;

	WORKS(phys(&handle, 20 * MIB, 0));
	WORKS(acl_emu_export_fd(handle, &fd));
	WORKS(aclrtFreePhysical(handle));
	EXPECT_SAYS(sentence(ALL), "Held: 20 MiB that its owner has freed and others still use. ");
	close(fd);
}

/* A block whose stream has not reached the free is idle, and cannot be given back yet. */
TEST_F(full, idle)
{
	aclrtMemPoolProps props = { .location = { .type = ACL_MEM_LOCATION_TYPE_DEVICE } };
	struct hold hold = HOLD;
	uint64_t all = UINT64_MAX, key;
	aclrtDrvMemHandle handle;
	aclrtStream stream;
	aclrtMemPool pool;
	void *block;

	WORKS(aclrtCreateStream(&stream));
	WORKS(aclrtMemPoolCreate(&pool, &props));
	WORKS(aclrtMemPoolSetAttr(pool, ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD, &all));
	WORKS(aclrtMemPoolMallocAsync(&block, 64 * MIB, pool, stream));
	WORKS(hold_stream(&hold, stream));
	WORKS(aclrtMemPoolFreeAsync(block, stream));
	WORKS(phys(&handle, 20 * MIB, 0));
	EXPECT_SAYS(sentence(ALL), "Held: 84 MiB by this process, of which 64 MiB idle in memory "
		    "pools. ");
	WORKS(aclrtMemExportToShareableHandle(handle, ACL_MEM_HANDLE_TYPE_NONE,
					      ACL_RT_VMM_EXPORT_FLAG_DEFAULT, &key));
	EXPECT_SAYS(sentence(ALL), "of which 64 MiB idle in memory pools, 20 MiB exported. ");
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(stream));
	WORKS(aclrtFreePhysical(handle));
	WORKS(aclrtMemPoolDestroy(pool));
	WORKS(aclrtDestroyStream(stream));
}

TEST_F(full, rounded)
{
	void *ptr;

	FAILS(ACL_ERROR_RT_MEMORY_ALLOCATION, aclrtMalloc(&ptr, ALL + 1, ACL_MEM_MALLOC_HUGE_FIRST),
	      "130 MiB are requested (134217792 bytes rounded up)");
}

TEST_HARNESS_MAIN
