// SPDX-License-Identifier: MIT
/*
 * ICPU_RUN_KF in C++: what may be a kernel, what may be an argument, and the buffers of
 * std::cout. Prints what host_gm_cpp.sh counts.
 */
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include "tikicpulib.h"

using namespace AscendC;

extern "C" __global__ __aicore__ void plain(GM_ADDR x)
{
	x[GetBlockIdx()] = static_cast<uint8_t>(block_idx + 1);
}

template <int Add>
__global__ __aicore__ void chosen(GM_ADDR x, GM_ADDR y)
{
	if (TILING_KEY_IS(7))
		*x = static_cast<uint8_t>(*y + Add);
}

struct Object {
	int add;

	void operator()(uint8_t *x) const
	{
		*x = static_cast<uint8_t>(add + AscendC::GetBlockNum());
	}
};

static void check(bool good, int line)
{
	if (!good) {
		std::cout << "line " << line << " failed" << std::endl;
		std::exit(1);
	}
}
#define CHECK(condition) check(condition, __LINE__)

static void run_kernels(uint8_t *x)
{
	const uint32_t blocks = 4;
	const int *constant = reinterpret_cast<const int *>(x);
	int at = 3;

	AscendC::SetKernelMode(KernelMode::AIC_MODE);
	ICPU_RUN_KF(plain, blocks, x);
	CHECK(x[0] == 1 && x[3] == 4 && x[4] == 0);
	ICPU_SET_TILING_KEY(7);
	ICPU_RUN_KF(chosen<5>, 1, x + 8, x + 3);
	CHECK(x[8] == 9);
	ICPU_RUN_KF(Object{ 40 }, 2, x);
	CHECK(x[0] == 42);
	ICPU_RUN_KF([&] { x[at] = 77; }, 1ul);
	CHECK(x[3] == 77);
	/* Pointers of other types, and an address as a number. */
	ICPU_RUN_KF([](const int *a, uint64_t b) { *reinterpret_cast<char *>(b) = char(*a); }, 1,
		    constant, reinterpret_cast<uint64_t>(x + 16));
	CHECK(x[16] == 42);
}

#define FOUR(m, n) m((n)), m((n) + 1), m((n) + 2), m((n) + 3)
#define BYTE(n) x + (n)

static void run_most(uint8_t *x)
{
	auto kernel = [](decltype(x) first, FOUR(decltype, x), FOUR(decltype, x), FOUR(decltype, x),
			 FOUR(decltype, x), FOUR(decltype, x), FOUR(decltype, x), FOUR(decltype, x),
			 decltype(x), decltype(x), decltype(x) last) {
		*first = 1;
		*last = 32;
	};

	ICPU_RUN_KF(kernel, 1, FOUR(BYTE, 0), FOUR(BYTE, 4), FOUR(BYTE, 8), FOUR(BYTE, 12),
		    FOUR(BYTE, 16), FOUR(BYTE, 20), FOUR(BYTE, 24), FOUR(BYTE, 28));
	CHECK(x[0] == 1 && x[31] == 32);
}

int main()
{
	auto *x = static_cast<uint8_t *>(GmAlloc(32));

	std::ios::sync_with_stdio(false);
	run_kernels(x);
	run_most(x);
	std::cout << "program says;";
	ICPU_RUN_KF([] { std::cout << "block " << block_idx << " says;"; }, 2);
	/* An exception that leaves a kernel ends its block only. */
	ICPU_RUN_KF([] { throw std::runtime_error("thrown in a kernel"); }, 1);
	GmFree(x);
	std::cout << "end" << std::endl;
	return 0;
}
