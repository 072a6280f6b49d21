// SPDX-License-Identifier: MIT
/*
 * userfaultfd and reservations. A marker of userfaultfd in the place of a page table
 * entry makes the insertion of an entry fail, and a page fault that only tried again
 * would never end. The module answers SIGBUS then.
 *
 * Debian's kernels do not get there: 6.12.117 refuses to register a reservation in each
 * of the modes below, and 6.1.0-56 refuses write protection and has no WP_ASYNC. Kernels
 * from 6.7 on accept WP_ASYNC until they have the change "userfaultfd: prevent
 * registration of special VMAs"; there, the second half of the test runs. On 6.12.117
 * the rule was tried once with a marker that a module entered by apply_to_page_range():
 * read() into the page failed with EFAULT, a store got SIGBUS.
 */
#include "uapi_test.h"
#include "uffd.h"

#ifndef UFFD_FEATURE_WP_UNPOPULATED
#define UFFD_FEATURE_WP_UNPOPULATED	(1 << 13)
#endif
#ifndef UFFD_FEATURE_WP_ASYNC
#define UFFD_FEATURE_WP_ASYNC		(1 << 15)
#endif

UAPI_FIXTURE(marker)

static const struct mode {
	const char *name;
	uint64_t features;
	uint64_t mode;
} modes[] = {
	{ "missing", 0, UFFDIO_REGISTER_MODE_MISSING },
	{ "minor", 0, UFFDIO_REGISTER_MODE_MINOR },
	{ "write protection", 0, UFFDIO_REGISTER_MODE_WP },
	{ "WP_UNPOPULATED", UFFD_FEATURE_WP_UNPOPULATED, UFFDIO_REGISTER_MODE_WP },
	{ "WP_ASYNC", UFFD_FEATURE_WP_ASYNC, UFFDIO_REGISTER_MODE_WP },
};

TEST_F(marker, refused_or_sigbus)
{
	uint64_t addr, handle;
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_4K, ACL_EMU_PHYS_4K, &addr, &handle));
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		struct uffdio_register reg = { .range = { addr, SIZE_2M }, .mode = modes[i].mode };
		struct uffdio_writeprotect wp = { .range = { addr, SIZE_2M },
						  .mode = UFFDIO_WRITEPROTECT_MODE_WP };
		int uffd = uffd_open(0, modes[i].features);

		if (uffd < 0) {
			fprintf(stderr, "# %s: this kernel does not have it\n", modes[i].name);
			continue;
		}
		if (ioctl(uffd, UFFDIO_REGISTER, &reg)) {
			EXPECT_EQ(EINVAL, errno) TH_LOG("%s", modes[i].name);
			fprintf(stderr, "# %s: refused\n", modes[i].name);
		} else if (!ioctl(uffd, UFFDIO_WRITEPROTECT, &wp)) {
			fprintf(stderr, "# %s: accepted\n", modes[i].name);
			EXPECT_EQ(-1, read(zero, (void *)addr, SIZE_4K));
			EXPECT_EQ(EFAULT, errno) TH_LOG("%s", modes[i].name);
			EXPECT_EQ(SIGBUS, UAPI_WRITE(addr)) TH_LOG("%s", modes[i].name);
		}
		close(uffd);
		EXPECT_EQ(0, UAPI_WRITE(addr)) TH_LOG("%s", modes[i].name);
		/* So that the next mode finds no entry. */
		madvise((void *)addr, SIZE_2M, MADV_DONTNEED);
	}
	close(zero);
	EXPECT_EQ(0, uapi_unmapped(self->fd, addr, handle));
}

TEST_HARNESS_MAIN
