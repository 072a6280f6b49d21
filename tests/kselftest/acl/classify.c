// SPDX-License-Identifier: MIT
/*
 * What an address is, the same for every call: one table of all kinds of addresses
 * against the calls that depend on the kind.
 */
#include "acl_mempool.h"

#define UNREGISTERED	ACL_ERROR_HOST_MEMORY_NOT_REGISTERED

enum kind {
	DEVICE_BLOCK, POOL_BLOCK, MAPPING, HOST_BLOCK, HOST_MAPPING, RESERVATION, RELEASED,
	FREED_BLOCK, FREED_PIECE, FREED_HOST, REGISTERED, PLAIN, NOTHING, KINDS,
};

/*
 * What each call returns for a kind of address. location is that of
 * aclrtPointerGetAttributes(), or its code if that is an error.
 */
static const struct row {
	const char *name;
	int location;
	bool device;		/* aclrtCheckMemType() says so */
	aclError extent;	/* aclrtMemGetAddressRange() */
	aclError pointer;	/* aclrtHostGetDevicePointer() */
	aclError registers;	/* aclrtHostRegisterV2() of 4 KiB */
	aclError ipc;		/* aclrtIpcMemGetExportKey() */
	aclError on_device;	/* aclrtMemcpyBatch() that names the device */
	aclError on_host;	/* the same that names the host */
	const char *text;	/* is part of the sentences */
} rows[KINDS] = {
	[DEVICE_BLOCK] = { "a block of aclrtMalloc()", ACL_MEM_LOCATION_TYPE_DEVICE, true,
		0, UNREGISTERED, INTERNAL, 0, 0, PARAM, "aclrtMalloc()" },
	[POOL_BLOCK] = { "a block of a mempool", ACL_MEM_LOCATION_TYPE_DEVICE, true,
		0, UNREGISTERED, INTERNAL, 0, 0, PARAM, "device 0" },
	[MAPPING] = { "a mapping of device memory", ACL_MEM_LOCATION_TYPE_DEVICE, true,
		0, UNREGISTERED, INTERNAL, 0, 0, PARAM, "aclrtMapMem()" },
	[HOST_BLOCK] = { "a block of aclrtMallocHost()", ACL_MEM_LOCATION_TYPE_HOST, false,
		0, 0, 0, PARAM, PARAM, 0, "aclrtMallocHost()" },
	[HOST_MAPPING] = { "a mapping of host memory", ACL_MEM_LOCATION_TYPE_HOST, false,
		0, UNREGISTERED, INTERNAL, PARAM, PARAM, 0, "aclrtMapMem()" },
	[RESERVATION] = { "a reservation", INTERNAL, false,
		PARAM, UNREGISTERED, INTERNAL, PARAM, BAD_HANDLE, BAD_HANDLE, "reservation" },
	[RELEASED] = { "a released reservation", INTERNAL, false,
		PARAM, UNREGISTERED, INTERNAL, PARAM, BAD_HANDLE, BAD_HANDLE, NULL },
	[FREED_BLOCK] = { "a freed block", INTERNAL, false,
		PARAM, UNREGISTERED, INTERNAL, PARAM, BAD_HANDLE, BAD_HANDLE,
		"freed memory of device 0" },
	[FREED_PIECE] = { "a freed small block", INTERNAL, false,
		PARAM, UNREGISTERED, INTERNAL, PARAM, BAD_HANDLE, BAD_HANDLE,
		"freed memory of device 0" },
	[FREED_HOST] = { "a freed host block", INTERNAL, false,
		PARAM, UNREGISTERED, INTERNAL, PARAM, BAD_HANDLE, BAD_HANDLE,
		"freed memory of the host" },
	[REGISTERED] = { "registered host memory", ACL_MEM_LOCATION_TYPE_HOST, false,
		PARAM, 0, ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED, PARAM, PARAM, 0,
		"registered" },
	[PLAIN] = { "host memory", ACL_MEM_LOCATION_TYPE_UNREGISTERED, false,
		PARAM, UNREGISTERED, 0, PARAM, PARAM, 0, "host memory of the program" },
	[NOTHING] = { "no memory", ACL_MEM_LOCATION_TYPE_UNREGISTERED, false,
		PARAM, UNREGISTERED, INTERNAL, PARAM, PARAM, BAD_HANDLE, NULL },
};

FIXTURE(classify) {
	struct world world;
	char *at[KINDS];
	char *neighbour;	/* keeps the chunk of FREED_PIECE and FREED_HOST */
	char *host_neighbour;
	struct block mapping, host_mapping;
	aclrtStream stream;
	aclrtMemPool pool;
	char *other_host;	/* the other end of copies */
	char *other_device;
};

static aclError map_host(struct block *b)
{
	aclrtPhysicalMemProp prop = prop_on(ACL_MEM_LOCATION_TYPE_HOST, 0, ACL_MEM_HUGE);
	aclError code = aclrtMallocPhysical(&b->handle, BLOCK, &prop, 0);

	if (!code)
		code = reserve(&b->addr, BLOCK);
	return code ? code : aclrtMapMem(b->addr, BLOCK, 0, b->handle, 0);
}

static char *plain_map(void)
{
	return mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

FIXTURE_SETUP(classify)
{
	void **at = (void **)self->at;

	world_open(_metadata, &self->world);
	WORKS(aclrtCreateStream(&self->stream));
	WORKS(mempool_create(&self->pool, 0, 0));
	WORKS(aclrtMalloc(&at[DEVICE_BLOCK], 3 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMemPoolMallocAsync(&at[POOL_BLOCK], MIB, self->pool, self->stream));
	WORKS(block_make(&self->mapping, BLOCK, 0));
	at[MAPPING] = self->mapping.addr;
	WORKS(aclrtMallocHost(&at[HOST_BLOCK], 8192));
	WORKS(map_host(&self->host_mapping));
	at[HOST_MAPPING] = self->host_mapping.addr;
	WORKS(reserve(&at[RESERVATION], BLOCK));
	WORKS(reserve(&at[RELEASED], BLOCK));
	WORKS(aclrtReleaseMemAddress(at[RELEASED]));
	WORKS(aclrtMalloc((void **)&self->other_device, 8192, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMallocHost((void **)&self->other_host, 8192));
	WORKS(aclrtMalloc((void **)&self->neighbour, 64, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMalloc(&at[FREED_PIECE], 8192, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMalloc(&at[FREED_BLOCK], 3 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMallocHost((void **)&self->host_neighbour, 64));
	WORKS(aclrtMallocHost(&at[FREED_HOST], 8192));
	WORKS(aclrtFree(at[FREED_BLOCK]));
	WORKS(aclrtFree(at[FREED_PIECE]));
	WORKS(aclrtFreeHost(at[FREED_HOST]));
	at[REGISTERED] = plain_map();
	at[PLAIN] = plain_map();
	at[NOTHING] = plain_map();
	munmap(at[NOTHING], 8192);
	WORKS(aclrtHostRegisterV2(at[REGISTERED], 8192, ACL_HOST_REG_MAPPED));
}

FIXTURE_TEARDOWN(classify)
{
	WORKS(aclrtHostUnregister(self->at[REGISTERED]));
	munmap(self->at[REGISTERED], 8192);
	munmap(self->at[PLAIN], 8192);
	WORKS(aclrtMemPoolFreeAsync(self->at[POOL_BLOCK], self->stream));
	WORKS(aclrtSynchronizeStream(self->stream));
	WORKS(aclrtMemPoolDestroy(self->pool));
	WORKS(aclrtDestroyStream(self->stream));
	WORKS(aclrtFree(self->at[DEVICE_BLOCK]));
	WORKS(aclrtFree(self->neighbour));
	WORKS(aclrtFree(self->other_device));
	WORKS(aclrtFreeHost(self->other_host));
	WORKS(aclrtFreeHost(self->host_neighbour));
	WORKS(aclrtFreeHost(self->at[HOST_BLOCK]));
	WORKS(block_drop(&self->mapping));
	WORKS(block_drop(&self->host_mapping));
	WORKS(aclrtReleaseMemAddress(self->at[RESERVATION]));
	world_close(_metadata, &self->world);
}

/* The code is @want, and the sentence of a failure holds the row's text. */
static void judge(struct __test_metadata *_metadata, const struct row *row, const char *call,
		  aclError want, aclError got)
{
	const char *text = aclGetRecentErrMsg();

	EXPECT_EQ(want, got) TH_LOG("%s of %s: %s", call, row->name, text ? text : "no sentence");
	if (got && row->text && text) {
		EXPECT_NE(NULL, strstr(text, row->text)) TH_LOG("%s: %s", row->name, text);
	}
}

TEST_F(classify, attributes)
{
	aclrtPtrAttributes a;
	aclError code;
	uint32_t is;
	int i;

	for (i = 0; i < KINDS; i++) {
		memset(&a, 0x5a, sizeof(a));
		forget();
		code = aclrtPointerGetAttributes(self->at[i], &a);
		judge(_metadata, &rows[i], "aclrtPointerGetAttributes",
		      rows[i].location == INTERNAL ? INTERNAL : 0, code);
		EXPECT_EQ(code ? 0x5a5a5a5a : rows[i].location, (int)a.location.type)
			TH_LOG("%s", rows[i].name);
		WORKS(aclrtCheckMemType((void **)&self->at[i], 1, ACL_RT_MEM_TYPE_DEV, &is, 0));
		EXPECT_EQ(rows[i].device, is) TH_LOG("%s", rows[i].name);
	}
}

TEST_F(classify, extent)
{
	size_t size;
	void *base;
	int i;

	for (i = 0; i < KINDS; i++) {
		forget();
		judge(_metadata, &rows[i], "aclrtMemGetAddressRange", rows[i].extent,
		      aclrtMemGetAddressRange(self->at[i], &base, &size));
	}
}

TEST_F(classify, host_calls)
{
	aclError code;
	void *out;
	int i;

	for (i = 0; i < KINDS; i++) {
		forget();
		judge(_metadata, &rows[i], "aclrtHostGetDevicePointer", rows[i].pointer,
		      aclrtHostGetDevicePointer(self->at[i], &out, 0));
		forget();
		code = aclrtHostRegisterV2(self->at[i], 4096, ACL_HOST_REG_MAPPED);
		EXPECT_EQ(rows[i].registers, code)
			TH_LOG("aclrtHostRegisterV2 of %s", rows[i].name);
		if (!code)
			WORKS(aclrtHostUnregister(self->at[i]));
		code = aclrtHostRegister(self->at[i], 4096, ACL_HOST_REGISTER_MAPPED, &out);
		EXPECT_EQ(rows[i].registers, code)
			TH_LOG("aclrtHostRegister of %s", rows[i].name);
		if (!code)
			WORKS(aclrtHostUnregister(self->at[i]));
	}
}

TEST_F(classify, ipc)
{
	char key[65];
	aclError code;
	int i;

	for (i = 0; i < KINDS; i++) {
		forget();
		code = aclrtIpcMemGetExportKey(self->at[i], 4096, key, sizeof(key), 0);
		judge(_metadata, &rows[i], "aclrtIpcMemGetExportKey", rows[i].ipc, code);
		if (!code)
			WORKS(aclrtIpcMemClose(key));
	}
}

/* A function that frees refuses memory of other functions, and its sentence says what it is. */
TEST_F(classify, frees)
{
	int i;

	for (i = 0; i < KINDS; i++) {
		forget();
		if (i != DEVICE_BLOCK && i != POOL_BLOCK)
			judge(_metadata, &rows[i], "aclrtFree", PARAM, aclrtFree(self->at[i]));
		forget();
		if (i != HOST_BLOCK)
			judge(_metadata, &rows[i], "aclrtFreeHost", PARAM,
			      aclrtFreeHost(self->at[i]));
		forget();
		if (i != DEVICE_BLOCK && i != POOL_BLOCK)
			judge(_metadata, &rows[i], "aclrtMemPoolFreeAsync", PARAM,
			      aclrtMemPoolFreeAsync(self->at[i], self->stream));
	}
}

static aclError batch(void *dst, void *src, aclrtMemLocationType to, aclrtMemLocationType from)
{
	aclrtMemcpyBatchAttr attr = { .dstLoc.type = to, .srcLoc.type = from };
	size_t size = 64, first = 0, fail;

	return aclrtMemcpyBatch(&dst, &size, &src, &size, 1, &attr, &first, 1, &fail);
}

TEST_F(classify, batches)
{
	int i;

	for (i = 0; i < KINDS; i++) {
		forget();
		judge(_metadata, &rows[i], "aclrtMemcpyBatch to the device", rows[i].on_device,
		      batch(self->at[i], self->other_host, ACL_MEM_LOCATION_TYPE_DEVICE,
			    ACL_MEM_LOCATION_TYPE_HOST));
		forget();
		judge(_metadata, &rows[i], "aclrtMemcpyBatch from the host", rows[i].on_host,
		      batch(self->other_device, self->at[i], ACL_MEM_LOCATION_TYPE_DEVICE,
			    ACL_MEM_LOCATION_TYPE_HOST));
	}
}

/* Copies by rows whose kind the library finds out. */
TEST_F(classify, rows_by_default)
{
	static const int stale[] = { RESERVATION, RELEASED, FREED_BLOCK, FREED_PIECE, FREED_HOST };
	unsigned int i;

	for (i = 0; i < sizeof(stale) / sizeof(stale[0]); i++) {
		char *at = self->at[stale[i]];

		FAILS(BAD_HANDLE,
		      aclrtMemcpy2d(at, 64, self->other_device, 64, 64, 2,
				    ACL_MEMCPY_DEFAULT), hex(at));
		FAILS(BAD_HANDLE, aclrtMemcpy(self->other_host, 64, at, 64, ACL_MEMCPY_DEFAULT),
		      hex(at));
		FAILS(BAD_HANDLE, aclrtMemcpy(at, 64, self->other_host, 64, ACL_MEMCPY_DEFAULT),
		      hex(at));
		FAILS(BAD_HANDLE, aclrtMemset(at, 64, 1, 64), hex(at));
	}
	/* Of a copy that begins in a small block and leaves it nothing is done. */
	memset(self->other_host, 7, 8192);
	FAILS(BAD_HANDLE,
	      aclrtMemcpy(self->neighbour, 1024, self->other_host, 1024,
			  ACL_MEMCPY_DEFAULT), hex(self->at[FREED_PIECE]));
	EXPECT_EQ(0, self->neighbour[0]);
	WORKS(aclrtMemcpy(self->neighbour, 512, self->other_host, 512, ACL_MEMCPY_DEFAULT));
}

TEST_F(classify, values)
{
	aclError want;
	int i;

	for (i = 0; i < KINDS; i++) {
		want = rows[i].device || i == HOST_BLOCK || i == HOST_MAPPING || i == REGISTERED ?
		       0 : PARAM;
		forget();
		judge(_metadata, &rows[i], "aclrtValueWrite", want,
		      aclrtValueWrite(self->at[i], 7, 0, self->stream));
		forget();
		judge(_metadata, &rows[i], "aclrtValueWait", want,
		      aclrtValueWait(self->at[i], 7, ACL_STREAM_WAIT_VALUE_EQ, self->stream));
	}
	WORKS(aclrtSynchronizeStream(self->stream));
}

/* ---- kinds of copies in streams ---- */

#define K(name)		(1u << ACL_MEMCPY_##name)
#define ALL_KINDS	(K(HOST_TO_HOST) | K(HOST_TO_DEVICE) | K(DEVICE_TO_HOST) | \
			 K(DEVICE_TO_DEVICE) | K(DEFAULT))

TEST_F(classify, kinds_in_streams)
{
	/* Kinds that work, and that are refused as a copy from host to host. */
	static const struct {
		enum kind dst, src;
		unsigned int works, host;
	} pairs[] = {
		{ DEVICE_BLOCK, HOST_BLOCK, ALL_KINDS | K(HOST_TO_BUF_TO_DEVICE), 0 },
		{ DEVICE_BLOCK, REGISTERED, ALL_KINDS | K(HOST_TO_BUF_TO_DEVICE), 0 },
		{ DEVICE_BLOCK, MAPPING, ALL_KINDS, 0 },
		{ DEVICE_BLOCK, PLAIN, K(DEFAULT) | K(HOST_TO_DEVICE) | K(DEVICE_TO_DEVICE) |
				       K(HOST_TO_BUF_TO_DEVICE), 0 },
		{ HOST_BLOCK, DEVICE_BLOCK, ALL_KINDS, 0 },
		{ PLAIN, DEVICE_BLOCK, K(DEFAULT) | K(DEVICE_TO_HOST) | K(DEVICE_TO_DEVICE), 0 },
		{ HOST_BLOCK, REGISTERED, 0, ALL_KINDS },
		{ PLAIN, HOST_BLOCK, K(HOST_TO_DEVICE), K(DEFAULT) | K(HOST_TO_HOST) },
		{ HOST_BLOCK, PLAIN, K(DEVICE_TO_HOST), K(DEFAULT) | K(HOST_TO_HOST) },
		{ PLAIN, PLAIN, K(HOST_TO_DEVICE) | K(DEVICE_TO_HOST) | K(DEVICE_TO_DEVICE),
		  K(DEFAULT) | K(HOST_TO_HOST) },
	};
	aclError want, got;
	unsigned int i, kind;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		for (kind = 0; kind <= ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE; kind++) {
			want = pairs[i].works >> kind & 1 ? 0 :
			       pairs[i].host >> kind & 1 ? UNSUPPORTED : PARAM;
			got = aclrtMemcpyAsync(self->at[pairs[i].dst], 64, self->at[pairs[i].src],
					       64, (aclrtMemcpyKind)kind, self->stream);
			EXPECT_EQ(want, got)
				TH_LOG("kind %u, %s to %s", kind, rows[pairs[i].src].name,
				       rows[pairs[i].dst].name);
			/* Copies by rows have fewer kinds. */
			if (kind < ACL_MEMCPY_HOST_TO_DEVICE || kind > ACL_MEMCPY_DEFAULT)
				continue;
			got = aclrtMemcpy2dAsync(self->at[pairs[i].dst], 64,
						 self->at[pairs[i].src], 64, 32, 1,
						 (aclrtMemcpyKind)kind, self->stream);
			EXPECT_EQ(want, got)
				TH_LOG("rows, kind %u, %s to %s", kind, rows[pairs[i].src].name,
				       rows[pairs[i].dst].name);
		}
	}
	FAILS(PARAM, aclrtMemcpyAsync(self->other_device, 64, self->at[PLAIN], 64,
				      ACL_MEMCPY_DEVICE_TO_HOST, self->stream), "kind 2");
	WORKS(aclrtSynchronizeStream(self->stream));
}

/* ---- registering ---- */

/* Memory of aclrtMallocHost() is registered as any other host memory. */
TEST_F(classify, host_blocks_register)
{
	char *block = self->at[HOST_BLOCK];
	aclrtPtrAttributes a;
	void *device = NULL;

	WORKS(aclrtHostRegister(block, 8192, ACL_HOST_REGISTER_MAPPED, &device));
	EXPECT_EQ(block, device);
	WORKS(aclrtHostGetDevicePointer(block + 5, &device, 0));
	EXPECT_EQ(block + 5, device);
	FAILS(ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED,
	      aclrtHostRegisterV2(block, 4096, ACL_HOST_REG_PINNED), hex(block));
	WORKS(aclrtPointerGetAttributes(block, &a));
	EXPECT_EQ(ACL_MEM_LOCATION_TYPE_HOST, a.location.type);
	WORKS(aclrtHostUnregister(block));
	FAILS(UNREGISTERED, aclrtHostUnregister(block), hex(block));
	/* A part of it, by either call. */
	WORKS(aclrtHostRegisterV2(block + 4096, 4096, ACL_HOST_REG_PINNED | ACL_HOST_REG_MAPPED));
	WORKS(aclrtHostRegister(block, 4096, ACL_HOST_REGISTER_READONLY, &device));
	WORKS(aclrtHostUnregister(block));
	WORKS(aclrtHostUnregister(block + 4096));
	FAILS(INTERNAL, aclrtHostRegisterV2(block, 16384, ACL_HOST_REG_PINNED), "leaves");
	FAILS(PARAM, aclrtHostRegisterV2(block + 64, 64, ACL_HOST_REG_PINNED), hex(block + 64));
	/* A block that does not begin at a page can be registered, too. */
	WORKS(aclrtHostRegisterV2(self->host_neighbour, 64, ACL_HOST_REG_MAPPED));
	WORKS(aclrtHostUnregister(self->host_neighbour));
}

TEST_F(classify, host_blocks_with_attributes_register)
{
	aclrtMallocAttribute attr = { .attr = ACL_RT_MEM_ATTR_VA_FLAG, .value.vaFlag = 1 };
	aclrtMallocConfig config = { .attrs = &attr, .numAttrs = 1 };
	void *block, *device = NULL;

	WORKS(aclrtMallocHostWithCfg(&block, MIB, &config));
	WORKS(aclrtHostRegisterV2(block, MIB, ACL_HOST_REG_MAPPED));
	WORKS(aclrtHostGetDevicePointer(block, &device, 0));
	EXPECT_EQ(block, device);
	WORKS(aclrtHostUnregister(block));
	WORKS(aclrtFreeHost(block));
}

/* A registration ends with its block: the next block there has none. */
TEST_F(classify, registration_ends_with_block)
{
	void *block, *again;
	int i;

	for (i = 0; i < 2; i++) {
		WORKS(aclrtMallocHost(&block, 3 * MIB));
		WORKS(aclrtHostRegisterV2(block, MIB, ACL_HOST_REG_MAPPED));
		WORKS(i ? aclrtFreeHostWithDevSync(block) : aclrtFreeHost(block));
		FAILS(UNREGISTERED, aclrtHostUnregister(block), hex(block));
		WORKS(aclrtMallocHost(&again, 3 * MIB));
		EXPECT_EQ(block, again);
		WORKS(aclrtHostRegisterV2(again, 3 * MIB, ACL_HOST_REG_MAPPED));
		WORKS(aclrtHostUnregister(again));
		WORKS(aclrtFreeHost(again));
	}
}

TEST_F(classify, alignment)
{
	char *plain = self->at[PLAIN];
	void *device;

	FAILS(PARAM, aclrtHostRegister(plain + 16, 4096, ACL_HOST_REGISTER_MAPPED, &device),
	      hex(plain + 16));
	FAILS(PARAM, aclrtHostRegisterV2(plain + 2048, 4096, ACL_HOST_REG_MAPPED), "4 KiB");
	WORKS(aclrtHostRegisterV2(plain + 4096, 7, ACL_HOST_REG_MAPPED));
	WORKS(aclrtHostUnregister(plain + 4096));
}

/* Reservations, mapped or not, are not registered. */
TEST_F(classify, register_across)
{
	char *range = self->at[RESERVATION], *own;
	void *device = (void *)UNTOUCHED;
	aclrtDrvMemHandle handle;

	own = anonymous_at((uintptr_t)range + BLOCK, BLOCK);
	if (own != range + BLOCK)
		own = NULL;
	FAILS(INTERNAL, aclrtHostRegister(range, 4096, ACL_HOST_REGISTER_MAPPED, &device),
	      "reservation");
	WORKS(phys(&handle, BLOCK, 0));
	WORKS(aclrtMapMem(range, BLOCK, 0, handle, 0));
	WORKS(grant_host(range, BLOCK));
	FAILS(INTERNAL, aclrtHostRegister(range, BLOCK, ACL_HOST_REGISTER_MAPPED, &device),
	      "aclrtMapMem()");
	WORKS(aclrtUnmapMem(range));
	WORKS(aclrtFreePhysical(handle));
	EXPECT_EQ((void *)UNTOUCHED, device);
	if (own)
		munmap(own, BLOCK);
}

/* Host memory in front of a reservation: the range begins as host memory. */
TEST_F(classify, register_into)
{
	char *wanted = (char *)0x150000000000, *own;
	void *range;

	own = anonymous_at((uintptr_t)wanted - BLOCK, BLOCK);
	ASSERT_EQ(wanted - BLOCK, own);
	WORKS(aclrtReserveMemAddress(&range, BLOCK, 0, wanted, 0));
	FAILS(INTERNAL, aclrtHostRegisterV2(own, 2 * BLOCK, ACL_HOST_REG_MAPPED), hex(range));
	WORKS(aclrtHostRegisterV2(own, BLOCK, ACL_HOST_REG_MAPPED));
	WORKS(aclrtHostUnregister(own));
	WORKS(aclrtReleaseMemAddress(range));
	munmap(own, BLOCK);
}

TEST_HARNESS_MAIN
