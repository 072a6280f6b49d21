// SPDX-License-Identifier: MIT
/*
 * The add_custom example: a kernel function that adds two vectors, run on the CPU. Each block
 * adds its part in a process of its own, and the host reads the sum from the same memory.
 *
 * On a device the kernel is written with the tensor classes of AscendC; here it is plain C++.
 *
 *     c++ gm_share_cpp.cpp -lascendcl && ./a.out
 */
#include <cstdint>
#include <cstdio>

#include "tikicpulib.h"

constexpr uint32_t BLOCKS = 8;
constexpr size_t LENGTH = BLOCKS * 2048;

struct Tiling {
	uint32_t length; // elements of a block
};

extern "C" __global__ __aicore__ void add_custom(GM_ADDR x, GM_ADDR y, GM_ADDR z, GM_ADDR tiling)
{
	const size_t length = reinterpret_cast<const Tiling *>(tiling)->length;
	const size_t first = length * static_cast<size_t>(AscendC::GetBlockIdx());
	const half *a = reinterpret_cast<const half *>(x) + first;
	const half *b = reinterpret_cast<const half *>(y) + first;
	half *sum = reinterpret_cast<half *>(z) + first;

	for (size_t i = 0; i < length; i++)
		sum[i] = a[i] + b[i];
}

static size_t count_wrong(const half *z)
{
	size_t wrong = 0;

	for (size_t i = 0; i < LENGTH; i++)
		wrong += static_cast<float>(z[i]) != static_cast<float>(i % 512) * 1.5f;
	return wrong;
}

int main()
{
	constexpr size_t bytes = LENGTH * sizeof(half);
	auto *x = static_cast<uint8_t *>(AscendC::GmAlloc(bytes));
	auto *y = static_cast<uint8_t *>(AscendC::GmAlloc(bytes));
	auto *z = static_cast<uint8_t *>(AscendC::GmAlloc(bytes));
	/* Each argument of a kernel is in memory of GmAlloc, the tiling data too. */
	auto *tiling = static_cast<uint8_t *>(AscendC::GmAlloc(sizeof(Tiling)));
	size_t wrong;

	for (size_t i = 0; i < LENGTH; i++) {
		reinterpret_cast<half *>(x)[i] = static_cast<half>(static_cast<float>(i % 512));
		reinterpret_cast<half *>(y)[i] = static_cast<half>(static_cast<float>(i % 512) / 2);
	}
	reinterpret_cast<Tiling *>(tiling)->length = LENGTH / BLOCKS;

	AscendC::SetKernelMode(KernelMode::AIV_MODE);
	ICPU_RUN_KF(add_custom, BLOCKS, x, y, z, tiling);

	wrong = count_wrong(reinterpret_cast<const half *>(z));
	std::printf("z holds x + y in %zu of %zu elements\n", LENGTH - wrong, LENGTH);
	AscendC::GmFree(x);
	AscendC::GmFree(y);
	AscendC::GmFree(z);
	AscendC::GmFree(tiling);
	return wrong != 0;
}
