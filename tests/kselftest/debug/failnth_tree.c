// SPDX-License-Identifier: MIT
/*
 * Failing allocations of tree nodes. The kernel's maple tree first allocates without
 * sleeping; only if that fails it drops the lock and waits for memory. UNMAP and
 * RANGE_RELEASE must not fail then, and what another thread enters meanwhile into the
 * same empty addresses must stay in the tree. (On 6.1 a store of nothing that is
 * repeated by the kernel covers all of the empty addresses around it.)
 *
 * Both debug kernels run it:
 *
 *   make check-debug TESTS=debug/failnth_tree
 *   make check-debug TESTS=debug/failnth_tree KERNEL=6.1
 */
#include "failnth_uapi.h"

/* What the other thread does for each failing call of this one. */
#define ROUNDS	4000

UAPI_FIXTURE(tree)

/*
 * Only allocations fail, access to user memory does not: what fails then is a tree
 * node, since these calls allocate nothing else.
 */
static int prepare(void)
{
	int rc = failnth_prepare();

	if (!rc && !failnth_write("fail_usercopy", "require-start", "0x1"))
		failnth_write("fail_usercopy", "require-end", "0x2");
	return rc;
}

#define PREPARE() do { \
	if (prepare()) \
		SKIP(return, "this kernel cannot fail allocations (FAULT_INJECTION): " \
		     "make check-debug TESTS=debug/failnth_tree, with KERNEL=6.1 too"); \
} while (0)

/* ---- one thread ---- */

/* A call that erases, and the call that undoes it; both 0 or -errno. */
struct erase {
	const char *name;
	int (*erase)(int fd, uint64_t at);
	int (*enter)(int fd, uint64_t at);
};

static uint64_t page_handle;

static int map_page(int fd, uint64_t at)
{
	return uapi_map(fd, at, SIZE_4K, page_handle);
}

static int reserve_at(int fd, uint64_t at)
{
	return uapi_reserve_fixed(fd, at, SIZE_2M);
}

static const struct erase mapping = { "UNMAP", uapi_unmap, map_page };
static const struct erase range = { "RANGE_RELEASE", uapi_release, reserve_at };

/* Fails each allocation of a call that erases in turn; tells how many there are. */
static unsigned int sweep(struct __test_metadata *_metadata, int fd, const struct erase *e,
			  uint64_t at)
{
	unsigned int nth;
	bool used = true;

	for (nth = 1; used && nth < FAILNTH_MOST; nth++) {
		int rc;

		ASSERT_EQ(0, failnth_arm(nth));
		rc = e->erase(fd, at);
		used = failnth_disarm();
		EXPECT_EQ(0, rc) TH_LOG("%s, allocation %u: %d", e->name, nth, rc);
		/* It is gone: its place is free. */
		ASSERT_EQ(0, e->enter(fd, at)) TH_LOG("%s, allocation %u", e->name, nth);
	}
	EXPECT_FALSE(used);
	return nth - 2;
}

/* ---- two threads ---- */

struct neighbour {
	const struct erase *erase;
	int fd;
	uint64_t at;
	bool stop;
	unsigned long rounds;
	int rc;			/* of the first call that failed */
};

/* Enters something and takes it out again: it must still be there. */
static void *enter_and_erase(void *data)
{
	struct neighbour *n = data;

	while (!n->rc && !__atomic_load_n(&n->stop, __ATOMIC_RELAXED)) {
		n->rc = n->erase->enter(n->fd, n->at);
		if (!n->rc)
			n->rc = n->erase->erase(n->fd, n->at);
		__atomic_fetch_add(&n->rounds, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

static int failing(int fd, uint64_t at, unsigned int nth, int (*call)(int fd, uint64_t at))
{
	int rc;

	if (failnth_arm(nth))
		return -EIO;
	rc = call(fd, at);
	failnth_stop();
	return rc;
}

/*
 * Entering and erasing with failing allocations, beside a neighbour in the same empty
 * addresses. Entering may fail, but it must not lose the neighbour either.
 */
static void beside(struct __test_metadata *_metadata, struct neighbour *n, uint64_t at,
		   unsigned int places)
{
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, enter_and_erase, n));
	for (unsigned int i = 0; i < ROUNDS; i++) {
		unsigned int nth = 1 + i % places;
		int rc = failing(n->fd, at, nth, n->erase->erase);

		EXPECT_EQ(0, rc) TH_LOG("%s: %d", n->erase->name, rc);
		rc = failing(n->fd, at, nth, n->erase->enter);
		if (rc) {
			EXPECT_EQ(-ENOMEM, rc);
			EXPECT_EQ(0, n->erase->enter(n->fd, at));
		}
		if (__atomic_load_n(&n->rc, __ATOMIC_RELAXED))
			break;
	}
	__atomic_store_n(&n->stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, n->rc)
		TH_LOG("what the neighbour entered is lost (%s, round %lu: %d)", n->erase->name,
		       n->rounds, n->rc);
	EXPECT_LT(0, n->rounds);
}

/* ---- the two trees ---- */

/* Places in the addresses: two that stay, one that is erased, the neighbour's. */
enum { FIRST = 0, ERASED = 10, NEIGHBOUR = 50, LAST = 100 };

/* Both tests; @unit is the distance of the places from @base on. */
static void erase_all(struct __test_metadata *_metadata, int fd, const struct erase *e,
		      uint64_t base, uint64_t unit)
{
	const uint64_t at[] = { base + FIRST * unit, base + ERASED * unit, base + LAST * unit };
	struct neighbour n = { .erase = e, .fd = fd, .at = base + NEIGHBOUR * unit };
	unsigned int places;

	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		ASSERT_EQ(0, e->enter(fd, at[i]));
	places = sweep(_metadata, fd, e, at[1]);
	ASSERT_LT(0, places) TH_LOG("%s allocates no tree node here", e->name);
	beside(_metadata, &n, at[1], places);
	for (size_t i = 0; i < ARRAY_SIZE(at); i++)
		EXPECT_EQ(0, e->erase(fd, at[i]));
}

TEST_F(tree, mappings)
{
	uint64_t addr;

	PREPARE();
	ASSERT_EQ(0, uapi_alloc(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &page_handle));
	ASSERT_EQ(0, uapi_reserve(self->fd, SIZE_2M, &addr));
	erase_all(_metadata, self->fd, &mapping, addr, SIZE_4K);
	EXPECT_EQ(0, uapi_release(self->fd, addr));
	EXPECT_EQ(0, uapi_free(self->fd, page_handle));
}

TEST_F(tree, ranges)
{
	PREPARE();
	erase_all(_metadata, self->fd, &range, ACL_EMU_VA_USER_FIRST + 512 * SIZE_1G, SIZE_2M);
}

TEST_HARNESS_MAIN
