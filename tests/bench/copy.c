// SPDX-License-Identifier: MIT
/*
 * aclrtMemcpy() against memcpy() between the same kinds of pages. Under -icount
 * an instruction that moves 32 bytes counts as one that moves 8: only natively
 * does this compare speeds.
 */
#include <sys/mman.h>

#include "acl/acl.h"
#include "bench.h"

#define LARGEST	SIZE_1G

struct copy {
	char *to;
	char *from;
	uint64_t size;
	aclrtMemcpyKind kind;
};

static uint64_t ours(void *arg)
{
	struct copy *c = arg;
	uint64_t start = bench_now();

	BENCH_CHECK(!aclrtMemcpy(c->to, c->size, c->from, c->size, c->kind));
	return bench_now() - start;
}

static uint64_t libc(void *arg)
{
	struct copy *c = arg;
	uint64_t start = bench_now();

	memcpy(c->to, c->from, c->size);
	return bench_now() - start;
}

static uint64_t words(void *arg)
{
	struct copy *c = arg;
	unsigned long count = c->size / 8;
	uint64_t start = bench_now();
	void *to = c->to, *from = c->from;

	__asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
	return bench_now() - start;
}

static void rows(const char *row, char *to, char *from, aclrtMemcpyKind kind)
{
	static const uint64_t sizes[] = { SIZE_4K, 64 * 1024, SIZE_2M, 64 * 1024 * 1024, LARGEST };
	uint64_t took;

	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct copy c = { to, from, sizes[i], kind };
		unsigned int reps = sizes[i] < SIZE_1G ? 11 : 1;

		took = bench_repeat(reps, ours, &c);
		bench_row(row, bench_size(sizes[i]), took, "memcpy", bench_repeat(reps, libc, &c));
		bench_row(row, bench_size(sizes[i]), took, "rep movsq",
			  bench_repeat(reps, words, &c));
	}
}

static char *host(uint64_t size)
{
	char *at = peer_room(size);

	BENCH_CHECK(!mprotect(at, size, PROT_READ | PROT_WRITE));
	BENCH_CHECK(!madvise(at, size, MADV_HUGEPAGE));
	bench_touch(at, size, SIZE_4K);
	return at;
}

int main(void)
{
	void *a, *b;
	char *h;

	BENCH_CHECK(!aclInit(NULL) && !aclrtSetDevice(0));
	BENCH_CHECK(!aclrtMalloc(&a, LARGEST, ACL_MEM_MALLOC_HUGE_ONLY));
	BENCH_CHECK(!aclrtMalloc(&b, LARGEST, ACL_MEM_MALLOC_HUGE_ONLY));
	bench_touch(a, LARGEST, SIZE_4K);
	bench_touch(b, LARGEST, SIZE_4K);
	h = host(LARGEST);
	rows("copy H2D", a, h, ACL_MEMCPY_HOST_TO_DEVICE);
	rows("copy D2H", h, a, ACL_MEMCPY_DEVICE_TO_HOST);
	rows("copy D2D", b, a, ACL_MEMCPY_DEVICE_TO_DEVICE);
	BENCH_CHECK(!aclrtFree(a) && !aclrtFree(b) && !aclFinalize());
	return 0;
}
