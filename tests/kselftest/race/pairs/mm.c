// SPDX-License-Identifier: MIT
/*
 * Operations: what the kernel lets a process do with its own addresses, without the
 * module.
 */
#include "race.h"
#include "uapi_block.h"

#include <linux/userfaultfd.h>
#include <sys/uio.h>

static void race_munmap(struct race_me *me)
{
	munmap((void *)RACE_PLACE, RACE_SIZE);
	(void)me;
}

/* Something else at the addresses: a file without a byte, so that nobody sees any. */
static void race_mmap_over(struct race_me *me)
{
	int file = memfd_create("race", MFD_CLOEXEC);
	void *at = mmap((void *)RACE_PLACE, RACE_SIZE, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_FIXED, file, 0);

	if (at == MAP_FAILED)
		race_fault(me, "mmap() over the reservation: %s", strerror(errno));
	close(file);
	munmap((void *)RACE_PLACE, RACE_SIZE);
}

static void race_munmap_part(struct race_me *me)
{
	uint64_t word;

	/* Already gone, or refused. */
	if (!munmap((void *)(RACE_PLACE + SIZE_4K), SIZE_4K) &&
	    !race_touch(RACE_PLACE + SIZE_4K, &word, false) && !(race->flags & RACE_COVERS))
		race_fault(me, "half of a reservation could be unmapped");
}

static void race_mremap(struct race_me *me)
{
	void *at = (void *)RACE_PLACE;
	int how = race_random(me) % 4;

	if (how == 0)
		at = mremap(at, RACE_SIZE, 2 * RACE_SIZE, MREMAP_MAYMOVE);
	else if (how == 1)
		at = mremap(at, RACE_SIZE, RACE_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED,
			    (void *)(RACE_PLACE + 4 * RACE_SIZE));
	else if (how == 2)
		at = mremap(at, SIZE_2M, SIZE_2M, MREMAP_MAYMOVE | MREMAP_FIXED,
			    (void *)(RACE_PLACE + 4 * RACE_SIZE));
	else
		at = mremap(at, RACE_SIZE, SIZE_2M, 0);
	if (at == MAP_FAILED)
		return;
	if (!(race->flags & RACE_COVERS))
		race_fault(me, "mremap() of a reservation, case %d, gives %p", how, at);
	munmap(at, 2 * RACE_SIZE);
}

/* All of them end with both rights, so that this is how a round ends. */
static void race_mprotect(struct race_me *me)
{
	static const int prot[] = { PROT_NONE, PROT_READ };

	mprotect((void *)RACE_PLACE, RACE_SIZE, prot[race_random(me) % 2]);
	race_look(me, RACE_PLACE, 9);
	mprotect((void *)RACE_PLACE, SIZE_2M, PROT_READ);
	mprotect((void *)RACE_PLACE, RACE_SIZE, PROT_READ | PROT_WRITE);
}

/*
 * All advice there is. Left out are MADV_HWPOISON and MADV_SOFT_OFFLINE (from
 * 100 on): they are the administrator's, and take pages from the machine.
 */
static void race_madvise(struct race_me *me)
{
	for (int advice = 0; advice < 30; advice++) {
		/* Hugepages of later rounds shall be as in the first. */
		if (advice == MADV_NOHUGEPAGE || advice == MADV_DOFORK)
			continue;
		madvise((void *)RACE_PLACE, RACE_SIZE, advice);
		madvise((void *)RACE_PLACE, SIZE_2M / 2, advice);
	}
	madvise((void *)RACE_PLACE, RACE_SIZE, MADV_NOHUGEPAGE);
	madvise((void *)RACE_PLACE, RACE_SIZE, MADV_HUGEPAGE);
	madvise((void *)RACE_PLACE, RACE_SIZE, MADV_DOFORK);
	madvise((void *)RACE_PLACE, RACE_SIZE, MADV_DONTFORK);
	(void)me;
}

static void race_lock(struct race_me *me)
{
	unsigned char core[RACE_MEM / SIZE_4K];

	mlock((void *)RACE_PLACE, RACE_MEM);
	mlock((void *)RACE_PLACE, RACE_SIZE);
	mincore((void *)RACE_PLACE, RACE_MEM, core);
	msync((void *)RACE_PLACE, RACE_SIZE, MS_SYNC);
	munlock((void *)RACE_PLACE, RACE_SIZE);
	(void)me;
}

static void race_userfaultfd(struct race_me *me)
{
	struct uffdio_api api = { .api = UFFD_API, .features = 1ull << 15 };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return;
	/* Bit 15: write protection without messages, for any memory (from 6.7 on). */
	if (ioctl(fd, UFFDIO_API, &api)) {
		api.features = 0;
		ioctl(fd, UFFDIO_API, &api);
	}
	for (uint64_t mode = 1; mode < 8; mode++) {
		struct uffdio_register reg = { { RACE_PLACE, RACE_SIZE }, .mode = mode };

		if (!ioctl(fd, UFFDIO_REGISTER, &reg) && !(race->flags & RACE_COVERS))
			race_fault(me, "userfaultfd takes a reservation, mode %" PRIu64, mode);
	}
	close(fd);
}

/* ---- pages that the kernel holds ---- */

/* A page in a pipe stays what it is, whatever becomes of its mapping. */
static void race_pin_pipe(struct race_me *me)
{
	uint64_t words[SIZE_4K / 8], page = race_random(me) % 512;
	struct iovec iov = { (void *)(RACE_PLACE + page * SIZE_4K), SIZE_4K };
	int pipes[2];

	if (pipe2(pipes, O_CLOEXEC))
		return;
	if (vmsplice(pipes[1], &iov, 1, SPLICE_F_NONBLOCK) == (ssize_t)SIZE_4K) {
		sched_yield();
		if (read(pipes[0], words, SIZE_4K) == (ssize_t)SIZE_4K) {
			race_check_stamp(me, "a pipe", words[0], page);
			race_check_scratch(me, "a pipe", words[RACE_SCRATCH / 8]);
		}
	}
	close(pipes[0]);
	close(pipes[1]);
}

/* To a disk past the page cache, and back. */
static void race_pin_disk(struct race_me *me)
{
	static int disk = -2;
	uint64_t page = race_random(me) % 512, *words;
	int block = SIZE_4K * (1 + me->number);

	if (disk == -2)
		disk = uapi_block_open();
	if (disk < 0)
		return;
	words = aligned_alloc(SIZE_4K, SIZE_4K);
	if (pwrite(disk, (void *)(RACE_PLACE + page * SIZE_4K), SIZE_4K, block) ==
	    (ssize_t)SIZE_4K && pread(disk, words, SIZE_4K, block) == (ssize_t)SIZE_4K)
		race_check_stamp(me, "a disk", words[0], page);
	/* The last 512 bytes of the block have never been anything else but zero. */
	if (pread(disk, (void *)(RACE_PLACE + page * SIZE_4K + 3584), 512, block + 3584) < 0 &&
	    errno != EFAULT)
		race_fault(me, "a disk: %s", strerror(errno));
	free(words);
}

static void race_pread_self(struct race_me *me)
{
	uint64_t word, page = race_random(me) % 512;
	uint64_t scratch = RACE_STAMP(me->tag, 0, me->number);
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return;
	if (pread(fd, &word, 8, RACE_PLACE + page * SIZE_4K) == 8)
		race_check_stamp(me, "/proc/self/mem", word, page);
	pwrite(fd, &scratch, 8, RACE_PLACE + page * SIZE_4K + RACE_SCRATCH);
	close(fd);
}

void race_process_vm(struct race_me *me)
{
	uint64_t words[4] = { 0 };
	struct iovec to[4], from[4];
	ssize_t got;

	for (int i = 0; i < 4; i++) {
		to[i] = (struct iovec){ &words[i], 8 };
		from[i] = (struct iovec){ (void *)(RACE_PLACE + i * SIZE_2M / 4), 8 };
	}
	got = process_vm_readv(race->owner, to, 4, from, 4, 0);
	for (int i = 0; i < got / 8; i++)
		race_check_stamp(me, "process_vm_readv", words[i], i * 128);
}

/* Registered for long, as RDMA does, and let go after the memory perhaps. */
static void race_mlock_onfault(struct race_me *me)
{
	syscall(SYS_mlock2, RACE_PLACE, RACE_SIZE, 1);
	race_look(me, RACE_PLACE, 11);
	munlock((void *)RACE_PLACE, RACE_SIZE);
}

/* ---- children ---- */

void race_reap(const struct race_me *me, pid_t pid, const char *who, int allowed)
{
	int status = 0;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return;
	if (status && !(WIFSIGNALED(status) && WTERMSIG(status) == allowed))
		race_fault(me, "%s ends with %#x", who, status);
}

/* A child has the file, and can do nothing with it. */
static void race_fork(struct race_me *me)
{
	pid_t pid = fork();
	uint64_t word;

	if (!pid) {
		int rc = uapi_free(me->fd, race->handle);

		if (rc != -ESTALE && rc != -EBADF)
			race_fault(me, "an heir may free: %d", rc);
		for (int page = 0; page < 512; page += 73)
			if (!race_touch(RACE_PLACE + page * SIZE_4K, &word, false))
				race_fault(me, "an heir sees %#" PRIx64, word);
		_exit(0);
	}
	race_reap(me, pid, "an heir", 0);
}

/* The addresses are inherited, too: nothing is behind them. */
static void race_dofork(struct race_me *me)
{
	madvise((void *)RACE_PLACE, RACE_SIZE, MADV_DOFORK);
	race_look(me, RACE_PLACE, 3);
	race_fork(me);
	madvise((void *)RACE_PLACE, RACE_SIZE, MADV_DONTFORK);
}

const struct race_op race_mm[] = {
	{ "munmap", race_munmap, 0 },
	{ "mmap_over", race_mmap_over, RACE_COVERS },
	{ "munmap_part", race_munmap_part, 0 },
	{ "mremap", race_mremap, 0 },
	{ "mprotect", race_mprotect, 0 },
	{ "madvise", race_madvise, 0 },
	{ "lock", race_lock, 0 },
	{ "mlock_onfault", race_mlock_onfault, 0 },
	{ "userfaultfd", race_userfaultfd, 0 },
	{ "pin_pipe", race_pin_pipe, 0 },
	{ "pin_disk", race_pin_disk, 0 },
	{ "pread_self", race_pread_self, 0 },
	{ "process_vm", race_process_vm, 0 },
	{ "fork", race_fork, 0 },
	{ "dofork", race_dofork, 0 },
	{ NULL, NULL, 0 },
};
