// SPDX-License-Identifier: MIT
/*
 * The order of checks of the calls on shares, and of those that allocate and
 * copy: of two or more wrong arguments the first in the documented order is
 * reported.
 */
#include "acl_order.h"

#define PTR(x, i, to)	((x)->a[i] ? (void *)(to) : NULL)
#define SET	1	/* an argument that is a pointer into struct args, see PTR */
#define NO_KEY	0x0123456789abcdeful

FIXTURE(order)
{
	struct world world;
	aclrtDrvMemHandle open;		/* exported without a list */
	uint64_t open_key;
	aclrtDrvMemHandle listed;	/* exported with a list */
	uint64_t listed_key;
	aclrtDrvMemHandle inside;	/* not exported */
	aclrtDrvMemHandle stale;
};

FIXTURE_SETUP(order)
{
	world_open(_metadata, &self->world);
	WORKS(phys(&self->open, BLOCK, 0));
	WORKS(aclrtMemExportToShareableHandle(self->open, ACL_MEM_HANDLE_TYPE_NONE, 1,
					      &self->open_key));
	WORKS(phys(&self->listed, BLOCK, 0));
	WORKS(aclrtMemExportToShareableHandle(self->listed, ACL_MEM_HANDLE_TYPE_NONE, 0,
					      &self->listed_key));
	WORKS(phys(&self->stale, BLOCK, 0));
	WORKS(aclrtFreePhysical(self->stale));
	WORKS(phys(&self->inside, BLOCK, 0));
}

FIXTURE_TEARDOWN(order)
{
	WORKS(aclrtFreePhysical(self->open));
	WORKS(aclrtFreePhysical(self->listed));
	WORKS(aclrtFreePhysical(self->inside));
	world_close(_metadata, &self->world);
}

static aclError do_export(struct args *x)
{
	return aclrtMemExportToShareableHandle((void *)x->a[0], (aclrtMemHandleType)x->a[1],
					       x->a[2], PTR(x, 3, x->out));
}

TEST_F(order, export)
{
	struct trial t = {
		"aclrtMemExportToShareableHandle(", do_export,
		{ .a = { (uintptr_t)self->inside, 0, 0, SET } }, 6, {
			{ 100000, "handle", 0, { FIELD(a[0], 0) } },
			{ 100000, "handleType", 0, { FIELD(a[1], 2) } },
			{ 100000, "shareableHandle", 0, { FIELD(a[3], 0) } },
			{ 107000, "flags", 0, { FIELD(a[2], 2) } },
			{ 107000, hex(self->stale), 0, { FIELD(a[0], self->stale) } },
			{ 507899, hex(self->open), 0, { FIELD(a[0], self->open) } },
		},
	};

	try_all(_metadata, &t);
	GOOD(&t);
}

static aclError do_export_v2(struct args *x)
{
	return aclrtMemExportToShareableHandleV2((void *)x->a[0], x->a[1],
						 (aclrtMemSharedHandleType)x->a[2],
						 PTR(x, 3, x->out));
}

TEST_F(order, export_v2)
{
	struct trial t = {
		"aclrtMemExportToShareableHandleV2(", do_export_v2,
		{ .a = { (uintptr_t)self->inside, 0, 1, SET } }, 8, {
			{ 100000, "handle", 0, { FIELD(a[0], 0) } },
			{ 100000, "shareableHandle", 0, { FIELD(a[3], 0) } },
			{ 107000, "shareType", 0, { FIELD(a[2], 0) } },
			{ 107000, "shareType", 0, { FIELD(a[2], 3) } },
			{ 107000, "flags", 0, { FIELD(a[1], 2) } },
			{ 107002, "context", PLACE_THREAD, { FIELD(a[2], 2) } },
			{ 107000, hex(self->stale), 0, { FIELD(a[0], self->stale) } },
			{ 507899, hex(self->open), 0, { FIELD(a[0], self->open) } },
		},
	};

	try_all(_metadata, &t);
	GOOD(&t);
}

static aclError do_allow(struct args *x)
{
	return aclrtMemSetPidToShareableHandle(x->a[0], PTR(x, 1, &x->pid), x->a[2]);
}

TEST_F(order, allow)
{
	struct trial t = {
		"aclrtMemSetPidToShareableHandle(", do_allow,
		{ .a = { self->listed_key, SET, 1 }, .pid = getpid() }, 6, {
			{ 100000, "pid", 0, { FIELD(a[1], 0) } },
			{ 100000, "pidNum", 0, { FIELD(a[2], 0) } },
			{ 107000, "65535", 0, { FIELD(a[2], 65536) } },
			{ 107017, hex((void *)NO_KEY), 0, { FIELD(a[0], NO_KEY) } },
			{ 207006, hex((void *)self->open_key), 0, { FIELD(a[0], self->open_key) } },
			{ 507899, "pid", 0, { FIELD(pid, 0) } },
		},
	};

	try_all(_metadata, &t);
	GOOD(&t);
}

/* The value itself is in out[], which is no out parameter of these calls. */
static aclError do_allow_v2(struct args *x)
{
	uint64_t key = x->a[4];

	return aclrtMemSetPidToShareableHandleV2(PTR(x, 0, &key), (aclrtMemSharedHandleType)x->a[1],
						 PTR(x, 2, &x->pid), x->a[3]);
}

TEST_F(order, allow_v2)
{
	struct trial t = {
		"aclrtMemSetPidToShareableHandleV2(", do_allow_v2,
		{ .a = { SET, 1, SET, 1, self->listed_key }, .pid = getpid() }, 8, {
			{ 100000, "shareableHandle", 0, { FIELD(a[0], 0) } },
			{ 100000, "pid", 0, { FIELD(a[2], 0) } },
			{ 100000, "pidNum", 0, { FIELD(a[3], 0) } },
			{ 107000, "shareType", 0, { FIELD(a[1], 3) } },
			{ 107000, "65535", 0, { FIELD(a[3], 65536) } },
			{ 107017, hex((void *)NO_KEY), 0, { FIELD(a[4], NO_KEY) } },
			{ 207006, hex((void *)self->open_key), 0, { FIELD(a[4], self->open_key) } },
			{ 507899, "pid", 0, { FIELD(pid, 0) } },
		},
	};

	try_all(_metadata, &t);
	GOOD(&t);
}

static aclError do_import(struct args *x)
{
	return aclrtMemImportFromShareableHandle(x->a[0], (int32_t)x->a[1], PTR(x, 2, x->out));
}

TEST_F(order, import)
{
	struct trial t = {
		"aclrtMemImportFromShareableHandle(", do_import,
		{ .a = { self->open_key, 0, SET } }, 6, {
			{ 100000, "handle", 0, { FIELD(a[2], 0) } },
			{ 107001, "-1", 0, { FIELD(a[1], -1) } },
			{ 107001, "63", 0, { FIELD(a[1], 63) } },
			{ 107017, hex((void *)NO_KEY), 0, { FIELD(a[0], NO_KEY) } },
			{ 107002, "context", PLACE_THREAD, { { 0 } } },
			{ 507899, hex((void *)self->open_key), 0, { FIELD(a[0], self->open_key) } },
		},
	};

	try_all(_metadata, &t);
}

static aclError do_import_v2(struct args *x)
{
	uint64_t key = x->a[4];

	return aclrtMemImportFromShareableHandleV2(PTR(x, 0, &key),
						   (aclrtMemSharedHandleType)x->a[1], x->a[2],
						   PTR(x, 3, x->out));
}

TEST_F(order, import_v2)
{
	struct trial t = {
		"aclrtMemImportFromShareableHandleV2(", do_import_v2,
		{ .a = { SET, 1, 0, SET, self->open_key } }, 7, {
			{ 100000, "shareableHandle", 0, { FIELD(a[0], 0) } },
			{ 100000, "handle", 0, { FIELD(a[3], 0) } },
			{ 100000, "flags", 0, { FIELD(a[2], 1) } },
			{ 107002, "context", PLACE_THREAD, { { 0 } } },
			{ 107000, "shareType", 0, { FIELD(a[1], 0) } },
			{ 107017, hex((void *)NO_KEY), 0, { FIELD(a[4], NO_KEY) } },
			{ 507899, hex((void *)self->open_key), 0, { FIELD(a[4], self->open_key) } },
		},
	};

	try_all(_metadata, &t);
}

static aclError do_malloc(struct args *x)
{
	return aclrtMalloc(PTR(x, 0, x->out), x->a[1], ACL_MEM_MALLOC_HUGE_FIRST);
}

TEST_F(order, malloc)
{
	struct trial t = {
		"aclrtMalloc(", do_malloc, { .a = { SET, BLOCK } }, 5, {
			{ 100000, "devPtr", 0, { FIELD(a[0], 0) } },
			{ 100000, "size", 0, { FIELD(a[1], 0) } },
			{ 100000, "size", 0, { FIELD(a[1], SIZE_MAX) } },
			{ 107002, "context", PLACE_THREAD, { { 0 } } },
			{ 207001, NULL, 0, { FIELD(a[1], 1ul << 46) } },
		},
	};
	struct args x = t.good;

	try_all(_metadata, &t);
	WORKS(do_malloc(&x));
	WORKS(aclrtFree((void *)x.out[0]));
}

static aclError do_malloc_host(struct args *x)
{
	return aclrtMallocHost(PTR(x, 0, x->out), x->a[1]);
}

TEST_F(order, malloc_host)
{
	struct trial t = {
		"aclrtMallocHost(", do_malloc_host, { .a = { SET, BLOCK } }, 4, {
			{ 100000, "hostPtr", 0, { FIELD(a[0], 0) } },
			{ 100000, "size", 0, { FIELD(a[1], 0) } },
			{ 107002, "context", PLACE_THREAD, { { 0 } } },
			{ 207001, NULL, 0, { FIELD(a[1], 1ul << 46) } },
		},
	};
	struct args x = t.good;

	try_all(_metadata, &t);
	WORKS(do_malloc_host(&x));
	WORKS(aclrtFreeHost((void *)x.out[0]));
}

static aclError do_copy(struct args *x)
{
	return aclrtMemcpy(PTR(x, 0, x->out), x->a[1], PTR(x, 2, &x->prop), x->a[3],
			   (aclrtMemcpyKind)x->a[4]);
}

TEST_F(order, copy)
{
	struct trial t = {
		"aclrtMemcpy(", do_copy,
		{ .a = { SET, 32, SET, 32, ACL_MEMCPY_DEFAULT } }, 5, {
			{ 100000, "dst", 0, { FIELD(a[0], 0) } },
			{ 100000, "src", 0, { FIELD(a[2], 0) } },
			{ 100000, "kind", 0, { FIELD(a[4], 6) } },
			{ 107000, "destMax", 0, { FIELD(a[1], 31) } },
			{ 107002, "context", PLACE_THREAD, { { 0 } } },
		},
	};

	try_all(_metadata, &t);
	GOOD(&t);
	/* From host to host no context is needed. */
	t.good.a[4] = ACL_MEMCPY_HOST_TO_HOST;
	t.count--;
	t.wrong[0].place = PLACE_THREAD;
	try_all(_metadata, &t);
}

static aclError do_set(struct args *x)
{
	return aclrtMemset(PTR(x, 0, x->out), x->a[1], 7, x->a[2]);
}

TEST_F(order, set)
{
	struct trial t = {
		"aclrtMemset(", do_set, { .a = { SET, 32, 32 } }, 3, {
			{ 100000, "devPtr", 0, { FIELD(a[0], 0) } },
			{ 107002, "context", PLACE_THREAD, { { 0 } } },
			{ 107000, "maxCount", 0, { FIELD(a[1], 31) } },
		},
	};

	try_all(_metadata, &t);
	GOOD(&t);
}

static aclError do_mem_info(struct args *x)
{
	return aclrtGetMemInfo((aclrtMemAttr)x->a[0], PTR(x, 1, &x->out[0]),
			       PTR(x, 2, &x->out[1]));
}

TEST_F(order, mem_info)
{
	struct trial t = {
		"aclrtGetMemInfo(", do_mem_info, { .a = { ACL_HBM_MEM, SET, SET } }, 4, {
			{ 100000, "free", 0, { FIELD(a[1], 0) } },
			{ 100000, "total", 0, { FIELD(a[2], 0) } },
			{ 107016, "attr", 0, { FIELD(a[0], 18) } },
			{ 107002, "context", PLACE_THREAD, { { 0 } } },
		},
	};

	try_all(_metadata, &t);
	GOOD(&t);
}

TEST_HARNESS_MAIN
