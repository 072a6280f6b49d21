// SPDX-License-Identifier: MIT
/*
 * Page table entries that could survive their mapping: removing thousands of 4 KiB
 * entries takes time, which widens the window in which another thread could use one.
 */
#include "module.h"
#include "uapi_test.h"

#include <stdlib.h>

#define LONG		(4 * SIZE_2M)		/* of one mapping */
#define PAGES		(LONG / SIZE_4K)
#define ROUNDS		40
#define RESERVED_MB	"16"

FIXTURE_VARIANT(race_stale) {
	const char *options;
};
FIXTURE(race_stale) {
	int fd;
	uint64_t addr;
	uint64_t handle[2];
};
FIXTURE_VARIANT_ADD(race_stale, pages) { "devices=1" };
/* Little memory of its own: what comes back is soon handed out again. */
FIXTURE_VARIANT_ADD(race_stale, owned) { "devices=1 reserved_mb=" RESERVED_MB };

FIXTURE_SETUP(race_stale)
{
	MODULE_SETUP(variant->options);
	self->fd = uapi_open();
	ASSERT_GE(self->fd, 0);
	ASSERT_EQ(0, uapi_device_open(self->fd, 0));
	ASSERT_EQ(0, uapi_reserve(self->fd, LONG, &self->addr));
}

/* The module can be unloaded only if nothing holds it. */
FIXTURE_TEARDOWN_PARENT(race_stale)
{
	MODULE_TEARDOWN();
}

static __thread sigjmp_buf stale_jump;

static void stale_on_signal(int sig)
{
	siglongjmp(stale_jump, sig);
}

/* The word there, or ~0 if nothing is. */
static uint64_t look(uint64_t addr)
{
	struct sigaction action = { .sa_handler = stale_on_signal };

	sigaction(SIGBUS, &action, NULL);
	return sigsetjmp(stale_jump, 1) ? ~0ull : *(volatile uint64_t *)(uintptr_t)addr;
}

/* Makes 4 KiB memory that says its number, and leaves it mapped or not. */
static int make(int fd, uint64_t addr, uint64_t number, uint64_t *handle)
{
	int rc = uapi_alloc(fd, LONG, ACL_EMU_PHYS_4K, handle);

	if (!rc)
		rc = uapi_map(fd, addr, LONG, *handle);
	for (uint64_t page = 0; !rc && page < PAGES; page++) {
		if (*uapi_words(addr + page * SIZE_4K))
			return -EUCLEAN;
		*uapi_words(addr + page * SIZE_4K) = number;
	}
	return rc;
}

struct stale {
	int fd;
	uint64_t addr;
	uint64_t handle;
	uint64_t begun;
	uint64_t done;
	uint64_t seen;		/* what should not have been */
	uint64_t looks;
};

static void *unmap_it(void *data)
{
	struct stale *stale = data;

	__atomic_store_n(&stale->begun, 1, __ATOMIC_RELEASE);
	if (uapi_unmap(stale->fd, stale->addr))
		stale->seen = -uapi_last.reason;
	__atomic_store_n(&stale->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

static void touch_all(uint64_t addr)
{
	for (uint64_t page = 0; page < PAGES; page++)
		look(addr + page * SIZE_4K);
}

/* A thread that may map at addresses reads its own mapping from the first read on. */
TEST_F(race_stale, map_behind_unmap)
{
	struct stale stale = { .fd = self->fd, .addr = self->addr };
	uint64_t last = self->addr + LONG - SIZE_4K, other;
	pthread_t thread;

	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &other));
	ASSERT_EQ(0, uapi_map(self->fd, last, SIZE_4K, other));
	*uapi_words(last) = 4711;
	ASSERT_EQ(0, uapi_unmap(self->fd, last));
	ASSERT_EQ(0, make(self->fd, self->addr, 1, &self->handle[0]));
	for (int round = 0; round < ROUNDS; round++) {
		int rc;

		touch_all(self->addr);
		stale.begun = 0;
		ASSERT_EQ(0, pthread_create(&thread, NULL, unmap_it, &stale));
		while (!__atomic_load_n(&stale.begun, __ATOMIC_ACQUIRE))
			sched_yield();
		while ((rc = uapi_map(self->fd, last, SIZE_4K, other)) == -EADDRINUSE)
			stale.looks++;
		ASSERT_EQ(0, rc);
		ASSERT_EQ(4711, look(last));
		ASSERT_EQ(0, pthread_join(thread, NULL));
		ASSERT_EQ(0, stale.seen);
		ASSERT_EQ(4711, look(last));
		ASSERT_EQ(0, uapi_unmap(self->fd, last));
		ASSERT_EQ(0, uapi_map(self->fd, self->addr, LONG, self->handle[0]));
	}
	TH_LOG("%" PRIu64 " times in between", stale.looks);
}

/* Faults all the time, also while the entries are taken out. */
static void *look_all_the_time(void *data)
{
	struct stale *stale = data;
	uint64_t word;

	__atomic_store_n(&stale->begun, 1, __ATOMIC_RELEASE);
	do {
		word = look(stale->addr);
		stale->looks++;
	} while (!__atomic_load_n(&stale->done, __ATOMIC_ACQUIRE));
	if (word != ~0ull)
		word = look(stale->addr);
	if (word != ~0ull)
		stale->seen = word;
	return NULL;
}

/* Faults while UNMAP removes the mapping, or SET_ACCESS the rights. */
static void fault_behind(struct __test_metadata *_metadata, FIXTURE_DATA(race_stale) *self,
			 bool rights)
{
	const struct acl_emu_location device = uapi_device(0);
	uint64_t addr = self->addr;
	pthread_t thread;
	int fd = self->fd;

	ASSERT_EQ(0, make(fd, addr, 1, &self->handle[0]));
	for (int round = 0; round < ROUNDS; round++) {
		struct stale stale = { .fd = fd, .addr = addr };

		touch_all(addr);
		ASSERT_EQ(0, pthread_create(&thread, NULL, look_all_the_time, &stale));
		while (!__atomic_load_n(&stale.begun, __ATOMIC_ACQUIRE))
			sched_yield();
		ASSERT_EQ(0, rights ? uapi_set_access(fd, addr, LONG, device, NO_RIGHTS, 0) :
			     uapi_unmap(fd, addr));
		__atomic_store_n(&stale.done, 1, __ATOMIC_RELEASE);
		ASSERT_EQ(0, pthread_join(thread, NULL));
		ASSERT_EQ(0, stale.seen);
		ASSERT_EQ(0, rights ? uapi_set_access(fd, addr, LONG, device, READ_WRITE, 0) :
			     uapi_map(fd, addr, LONG, self->handle[0]));
	}
}

/* A fault that waits for the end of UNMAP makes no entry afterwards. */
TEST_F(race_stale, fault_behind_unmap)
{
	fault_behind(_metadata, self, false);
}

TEST_F(race_stale, fault_behind_rights)
{
	fault_behind(_metadata, self, true);
}

struct trade {
	uint64_t number;	/* what its memory says */
	uint64_t rounds;
	uint32_t flags;
};

/* Allocates, finds zeros, writes its number, finds its number, frees. */
static int trade(int sock, void *data)
{
	struct trade *trade = data;
	uint64_t addr, handle, size = 2 * SIZE_2M;
	int fd = uapi_client();

	(void)sock;
	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_reserve(fd, size, &addr));
	for (uint64_t n = 0; n < trade->rounds; n++) {
		CHILD_CHECK(!uapi_alloc(fd, size, trade->flags, &handle));
		CHILD_CHECK(!uapi_map(fd, addr, size, handle));
		CHILD_CHECK(uapi_nonzero(addr, size) == size);
		uapi_fill(addr, size, 8, trade->number);
		CHILD_CHECK(uapi_differs(addr, size, 512, trade->number) == size);
		/* Freed first, unmapped first, or left to the reservation's end. */
		if (n % 3 == 0)
			CHILD_CHECK(!uapi_free(fd, handle) && !uapi_unmap(fd, addr));
		if (n % 3 == 1)
			CHILD_CHECK(!uapi_unmap(fd, addr) && !uapi_free(fd, handle));
		if (n % 3 == 2)
			CHILD_CHECK(!munmap((void *)addr, size) && !uapi_free(fd, handle) &&
				    !uapi_release(fd, addr) && !uapi_reserve(fd, size, &addr));
	}
	return 0;
}

/* Three threads reuse the same pages: none reads the data of another. */
TEST_F(race_stale, pages_go_round)
{
	struct trade trades[3];
	pid_t pid[ARRAY_SIZE(trades)];
	int sock;

	for (size_t i = 0; i < ARRAY_SIZE(trades); i++) {
		trades[i] = (struct trade){ .number = i + 1, .rounds = 12,
					    .flags = i == 1 ? ACL_EMU_PHYS_4K : 0 };
		pid[i] = uapi_child(trade, &trades[i], &sock);
		ASSERT_GT(pid[i], 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(trades); i++)
		EXPECT_EQ(0, uapi_wait(pid[i]));
	EXPECT_EQ(0, uapi_used(self->fd, 0));
}

TEST_HARNESS_MAIN
