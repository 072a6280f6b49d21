// SPDX-License-Identifier: MIT
/*
 * Pages that userfaultfd holds back: see uffd.h.
 */
#define _GNU_SOURCE
#include "uffd.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIZE	4096

int uffd_open(int flags, uint64_t features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC | flags);

	if (uffd >= 0 && ioctl(uffd, UFFDIO_API, &api)) {
		close(uffd);
		return -1;
	}
	return uffd;
}

int uffd_page(void **page)
{
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int uffd = uffd_open(0, 0);

	*page = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range = (struct uffdio_range){ (uintptr_t)*page, SIZE };
	return uffd < 0 || ioctl(uffd, UFFDIO_REGISTER, &reg) ? -1 : uffd;
}

int uffd_wait(int uffd)
{
	struct uffd_msg msg;

	return read(uffd, &msg, sizeof(msg)) == sizeof(msg) &&
	       msg.event == UFFD_EVENT_PAGEFAULT ? 0 : -1;
}

int uffd_give(int uffd, void *page, const void *content)
{
	struct uffdio_copy arg = { .dst = (uintptr_t)page, .src = (uintptr_t)content, .len = SIZE };

	return ioctl(uffd, UFFDIO_COPY, &arg);
}
