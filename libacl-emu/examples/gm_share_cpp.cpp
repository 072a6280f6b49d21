// SPDX-License-Identifier: MIT
/*
 * The C++ side of GmAlloc: the function in the global scope, the one in
 * namespace AscendC and the one found after "using namespace" are the same,
 * and a block goes from one to the other.
 *
 *     c++ gm_share_cpp.cpp -lascendcl && ./a.out
 */
#include <cstdint>
#include <cstdio>
#include <sys/wait.h>
#include <unistd.h>

#include "tikicpulib.h"

namespace by_global {
static int *get(size_t n)
{
	return static_cast<int *>(::GmAlloc(n * sizeof(int)));
}
}

namespace by_qualified {
static void put(int *p)
{
	AscendC::GmFree(p);
}
}

namespace by_using {
using namespace AscendC;

static uint64_t size(const int *p)
{
	return GmGetUserSize(reinterpret_cast<uint64_t>(p));
}

static void check(int *p)
{
	uint64_t argument = reinterpret_cast<uint64_t>(p);

	CheckGmValied(1, &argument);
}
}

int main()
{
	constexpr size_t n = 1000;
	int *x = by_global::get(n), status = 1;
	pid_t child;

	by_using::check(x);
	child = fork();
	if (child == 0) {
		for (size_t i = 0; i < n; i++)
			x[i] = static_cast<int>(i);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status) {
		std::perror("child");
		return 1;
	}
	if (by_using::size(x) != n * sizeof(int) || x[n - 1] != static_cast<int>(n - 1)) {
		std::printf("wrong: %llu bytes, last %d\n",
			    static_cast<unsigned long long>(by_using::size(x)), x[n - 1]);
		return 1;
	}
	std::printf("a forked child filled the %zu numbers of an AscendC block\n", n);
	by_qualified::put(x);
	return &::GmAlloc == &AscendC::GmAlloc ? 0 : 1;
}
