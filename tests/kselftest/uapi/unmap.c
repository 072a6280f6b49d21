// SPDX-License-Identifier: MIT
/*
 * UNMAP against faults that are under way and against the next mapping of the same
 * addresses. The memory has small pages, so that removing its entries takes long.
 */
#include "uapi_test.h"

#include <pthread.h>

#define OLD_SIZE	(16 * SIZE_2M)
#define LAST_PAGE	(OLD_SIZE - SIZE_4K)
#define ROUNDS		20
#define OLD_SEED	0x0123456789abcdefull
#define NEW_SEED	0xfedcba9876543210ull

UAPI_FIXTURE(unmap)

struct race {
	int fd;
	uint64_t addr;		/* of the reservation */
	uint64_t next;		/* handle of a page */
	bool stop;
	int pipe[2];
	pthread_barrier_t barrier;
	const char *failed;
};

/* Maps the next memory over the last page as soon as that is possible. */
static void *take_last_page(void *data)
{
	struct race *race = data;
	int rc;

	for (int i = 0; i < ROUNDS && !race->failed; i++) {
		pthread_barrier_wait(&race->barrier);
		do {
			rc = uapi_map(race->fd, race->addr + LAST_PAGE, SIZE_4K, race->next);
		} while (rc == -EADDRINUSE);
		if (rc)
			race->failed = "the next mapping cannot be made";
		else if (*uapi_words(race->addr + LAST_PAGE) != NEW_SEED)
			race->failed = "the next mapping shows memory of the one before";
		else if (uapi_unmap(race->fd, race->addr + LAST_PAGE))
			race->failed = "the next mapping cannot be removed";
		pthread_barrier_wait(&race->barrier);
	}
	return NULL;
}

/* The thread that maps at the addresses next sees its own memory. */
TEST_F(unmap, next_mapping_is_seen)
{
	struct race race = { .fd = self->fd };
	pthread_t thread;
	uint64_t old;

	ASSERT_EQ(0, uapi_alloc(self->fd, OLD_SIZE, ACL_EMU_PHYS_4K, &old));
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &race.next));
	ASSERT_EQ(0, uapi_reserve(self->fd, OLD_SIZE, &race.addr));
	ASSERT_EQ(0, uapi_map(self->fd, race.addr, SIZE_4K, race.next));
	*uapi_words(race.addr) = NEW_SEED;
	ASSERT_EQ(0, uapi_unmap(self->fd, race.addr));
	ASSERT_EQ(0, pthread_barrier_init(&race.barrier, NULL, 2));
	ASSERT_EQ(0, pthread_create(&thread, NULL, take_last_page, &race));
	for (int i = 0; i < ROUNDS && !race.failed; i++) {
		ASSERT_EQ(0, uapi_map(self->fd, race.addr, OLD_SIZE, old));
		for (uint64_t at = SIZE_4K; at <= OLD_SIZE; at += SIZE_4K)
			*uapi_words(race.addr + OLD_SIZE - at) = OLD_SEED;
		pthread_barrier_wait(&race.barrier);
		EXPECT_EQ(0, uapi_unmap(self->fd, race.addr));
		pthread_barrier_wait(&race.barrier);
	}
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(NULL, race.failed) TH_LOG("%s", race.failed);
}

/* Lets the kernel read the first word, again and again; it need not be there. */
static void *read_first_page(void *data)
{
	struct race *race = data;
	uint64_t word;

	for (int i = 0; i < ROUNDS; i++) {
		pthread_barrier_wait(&race->barrier);
		while (!__atomic_load_n(&race->stop, __ATOMIC_ACQUIRE)) {
			ssize_t got = write(race->pipe[1], uapi_words(race->addr), sizeof(word));

			if (got == sizeof(word))
				got = read(race->pipe[0], &word, sizeof(word));
			else if (got != -1 || errno != EFAULT)
				race->failed = "write() does not say EFAULT";
		}
		pthread_barrier_wait(&race->barrier);
	}
	return NULL;
}

/* A fault that waited until the mapping was removed makes no entry. */
TEST_F(unmap, late_fault_fails)
{
	struct race race = { .fd = self->fd };
	pthread_t thread;
	uint64_t old;

	ASSERT_EQ(0, uapi_alloc(self->fd, OLD_SIZE, ACL_EMU_PHYS_4K, &old));
	ASSERT_EQ(0, uapi_reserve(self->fd, OLD_SIZE, &race.addr));
	ASSERT_EQ(0, pipe(race.pipe));
	ASSERT_EQ(0, pthread_barrier_init(&race.barrier, NULL, 2));
	ASSERT_EQ(0, pthread_create(&thread, NULL, read_first_page, &race));
	for (int i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(0, uapi_map(self->fd, race.addr, OLD_SIZE, old));
		uapi_fill(race.addr, OLD_SIZE, SIZE_4K, i);
		__atomic_store_n(&race.stop, false, __ATOMIC_RELEASE);
		pthread_barrier_wait(&race.barrier);
		EXPECT_EQ(0, uapi_unmap(self->fd, race.addr));
		__atomic_store_n(&race.stop, true, __ATOMIC_RELEASE);
		pthread_barrier_wait(&race.barrier);
		EXPECT_EQ(SIGBUS, UAPI_READ(race.addr)) TH_LOG("round %d", i);
	}
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(NULL, race.failed) TH_LOG("%s", race.failed);
	EXPECT_EQ(0, uapi_release(self->fd, race.addr));
	EXPECT_EQ(0, uapi_free(self->fd, old));
}

TEST_HARNESS_MAIN
