// SPDX-License-Identifier: MIT
/*
 * An allocator that returns its device memory while nobody needs it.
 *
 * A server sleeps between two phases of work: it returns all device memory
 * but keeps the addresses. On waking it maps new memory at the same addresses,
 * so every pointer into the memory is valid again, also those that are stored
 * in device memory. Weights are copied to the host and restored; the content
 * of caches is not kept.
 *
 *     cc sleep_wake.c -lascendcl -o sleep_wake
 *     ./sleep_wake
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "acl/acl.h"

#define MIB		((size_t)1 << 20)
#define MAX_BLOCKS	16

static void die(const char *what, aclError code)
{
	const char *why = aclGetRecentErrMsg();

	fprintf(stderr, "%s failed with %d: %s\n", what, code, why ? why : "no message");
	exit(1);
}

#define CHECK(call) do { \
	aclError code_ = (call); \
	if (code_ != ACL_SUCCESS) \
		die(#call, code_); \
} while (0)

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "wrong result: %s\n", what);
	exit(1);
}

/* ---- the allocator ---- */

enum kind { WEIGHTS, CACHE };

struct block {
	void *addr;
	size_t size;
	enum kind kind;
	aclrtDrvMemHandle handle;	/* while awake */
	void *host;			/* the content of weights while asleep */
};

static struct block block[MAX_BLOCKS];
static int blocks;

/* Allocates memory for a block and maps it at the block's address. */
static aclError block_map(struct block *b)
{
	aclrtPhysicalMemProp prop = {
		.handleType = ACL_MEM_HANDLE_TYPE_NONE,
		.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED,
		.memAttr = ACL_HBM_MEM_HUGE,
		.location = { .id = 0, .type = ACL_MEM_LOCATION_TYPE_DEVICE },
	};
	aclError code = aclrtMallocPhysical(&b->handle, b->size, &prop, 0);

	if (code == ACL_SUCCESS)
		CHECK(aclrtMapMem(b->addr, b->size, 0, b->handle, 0));
	return code;
}

static void block_unmap(struct block *b)
{
	CHECK(aclrtUnmapMem(b->addr));
	CHECK(aclrtFreePhysical(b->handle));
}

/* @size: a multiple of the granularity, 2 MiB. */
static void *allocate(size_t size, enum kind kind)
{
	struct block *b = &block[blocks];

	require(blocks < MAX_BLOCKS, "too many blocks");
	b->size = size;
	b->kind = kind;
	CHECK(aclrtReserveMemAddress(&b->addr, size, 0, NULL, 0));
	CHECK(block_map(b));
	blocks++;
	return b->addr;
}

/* All work on the blocks must be complete. */
static void fall_asleep(aclrtStream stream)
{
	struct block *b;

	for (b = block; b < block + blocks; b++) {
		if (b->kind != WEIGHTS)
			continue;
		CHECK(aclrtMallocHost(&b->host, b->size));
		CHECK(aclrtMemcpyAsync(b->host, b->size, b->addr, b->size,
				       ACL_MEMCPY_DEVICE_TO_HOST, stream));
	}
	CHECK(aclrtSynchronizeStream(stream));
	for (b = block; b < block + blocks; b++)
		block_unmap(b);
}

/* Maps all blocks again, or returns false and stays asleep. */
static bool wake_up(aclrtStream stream)
{
	struct block *b;
	aclError code;

	for (b = block; b < block + blocks; b++) {
		code = block_map(b);
		if (code == ACL_ERROR_RT_MEMORY_ALLOCATION) {
			/* Reads the error, so that it is not reported again later. */
			aclrtGetLastError(ACL_RT_THREAD_LEVEL);
			while (b > block)
				block_unmap(--b);
			return false;
		}
		if (code != ACL_SUCCESS)
			die("aclrtMallocPhysical", code);
	}
	for (b = block; b < block + blocks; b++)
		if (b->kind == WEIGHTS)
			CHECK(aclrtMemcpyAsync(b->addr, b->size, b->host, b->size,
					       ACL_MEMCPY_HOST_TO_DEVICE, stream));
	CHECK(aclrtSynchronizeStream(stream));
	for (b = block; b < block + blocks; b++)
		if (b->kind == WEIGHTS)
			CHECK(aclrtFreeHost(b->host));
	return true;
}

static void free_all(void)
{
	while (blocks > 0) {
		block_unmap(&block[--blocks]);
		CHECK(aclrtReleaseMemAddress(block[blocks].addr));
	}
}

/* ---- its use ---- */

/* The weights of a layer: the address of the next layer, then numbers. */
struct layer {
	struct layer *next;
	uint64_t number[MIB / 2 - 1];
};

#define LAYERS 3

/* Stores the layers in device memory and returns the address of the first one. */
static struct layer *load_model(struct layer *host)
{
	struct layer *layer = NULL, *addr;
	size_t i;
	int k;

	for (k = LAYERS - 1; k >= 0; k--) {
		addr = allocate(sizeof(*host), WEIGHTS);
		host->next = layer;
		for (i = 0; i < MIB / 2 - 1; i++)
			host->number[i] = (uint64_t)k * MIB + i;
		CHECK(aclrtMemcpy(addr, sizeof(*host), host, sizeof(*host),
				  ACL_MEMCPY_HOST_TO_DEVICE));
		layer = addr;
	}
	return layer;
}

/* Follows the pointers in device memory from layer to layer. */
static void check_model(const struct layer *layer, struct layer *host)
{
	size_t i;
	int k;

	for (k = 0; k < LAYERS; k++) {
		require(layer, "the model has too few layers");
		CHECK(aclrtMemcpy(host, sizeof(*host), layer, sizeof(*host),
				  ACL_MEMCPY_DEVICE_TO_HOST));
		for (i = 0; i < MIB / 2 - 1; i++)
			require(host->number[i] == (uint64_t)k * MIB + i, "a weight changed");
		layer = host->next;
	}
	require(!layer, "the model has too many layers");
}

static size_t in_use(void)
{
	size_t free_bytes, total;

	CHECK(aclrtGetMemInfo(ACL_HBM_MEM, &free_bytes, &total));
	return total - free_bytes;
}

int main(void)
{
	struct layer *model, *host;
	size_t before, awake;
	aclrtStream stream;
	void *cache;

	CHECK(aclInit(NULL));
	CHECK(aclrtSetDevice(0));
	CHECK(aclrtCreateStream(&stream));
	CHECK(aclrtMallocHost((void **)&host, sizeof(*host)));
	before = in_use();
	model = load_model(host);
	cache = allocate(8 * MIB, CACHE);
	awake = in_use() - before;
	printf("awake: %zu MiB in use, model at %p\n", awake / MIB, (void *)model);

	fall_asleep(stream);
	require(in_use() == before, "sleeping did not return all memory");
	printf("asleep: %zu MiB in use\n", (in_use() - before) / MIB);

	if (!wake_up(stream))
		die("waking", ACL_ERROR_RT_MEMORY_ALLOCATION);
	require(in_use() - before == awake, "waking did not allocate the same memory");
	printf("awake: %zu MiB in use, model at %p\n", (in_use() - before) / MIB, (void *)model);
	check_model(model, host);
	CHECK(aclrtMemset(cache, 8 * MIB, 0, 8 * MIB));
	printf("all weights are as before, at the same addresses\n");

	free_all();
	require(in_use() == before, "memory is still in use");
	CHECK(aclrtFreeHost(host));
	CHECK(aclrtDestroyStream(stream));
	CHECK(aclrtResetDevice(0));
	CHECK(aclFinalize());
	printf("all memory is back\n");
	return 0;
}
