// SPDX-License-Identifier: MIT
/*
 * The order of checks of the calls on shares, and of those that allocate and
 * copy: of two or more wrong arguments the first in the documented order is
 * reported.
 */
#include "acl_order.h"

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

DO(export,
   aclrtMemExportToShareableHandle((void *)x->a[0], (aclrtMemHandleType)x->a[1], x->a[2],
				   PTR(x, 3, x->out)))

TEST_F(order, export)
{
	struct args x = { .a = { (uintptr_t)self->inside, 0, 0, SET } };

	TRY(aclrtMemExportToShareableHandle, do_export, x,
	    { 100000, "handle", 0, { FIELD(a[0], 0) } },
	    { 100000, "handleType", 0, { FIELD(a[1], 2) } },
	    { 100000, "shareableHandle", 0, { FIELD(a[3], 0) } },
	    { 107000, "flags", 0, { FIELD(a[2], 2) } },
	    { 107000, hex(self->stale), 0, { FIELD(a[0], self->stale) } },
	    { 507899, hex(self->open), 0, { FIELD(a[0], self->open) } });
	WORKS(do_export(&x));
}

DO(export_v2,
   aclrtMemExportToShareableHandleV2((void *)x->a[0], x->a[1],
				     (aclrtMemSharedHandleType)x->a[2], PTR(x, 3, x->out)))

TEST_F(order, export_v2)
{
	struct args x = { .a = { (uintptr_t)self->inside, 0, 1, SET } };

	TRY(aclrtMemExportToShareableHandleV2, do_export_v2, x,
	    { 100000, "handle", 0, { FIELD(a[0], 0) } },
	    { 100000, "shareableHandle", 0, { FIELD(a[3], 0) } },
	    { 107000, "shareType", 0, { FIELD(a[2], 0) } },
	    { 107000, "shareType", 0, { FIELD(a[2], 3) } },
	    { 107000, "flags", 0, { FIELD(a[1], 2) } },
	    { 107002, "context", PLACE_THREAD, { FIELD(a[2], 2) } },
	    { 107000, hex(self->stale), 0, { FIELD(a[0], self->stale) } },
	    { 507899, hex(self->open), 0, { FIELD(a[0], self->open) } });
	WORKS(do_export_v2(&x));
}

DO(allow, aclrtMemSetPidToShareableHandle(x->a[0], PTR(x, 1, &x->pid), x->a[2]))

TEST_F(order, allow)
{
	struct args x = { .a = { self->listed_key, SET, 1 }, .pid = getpid() };

	TRY(aclrtMemSetPidToShareableHandle, do_allow, x,
	    { 100000, "pid", 0, { FIELD(a[1], 0) } },
	    { 100000, "pidNum", 0, { FIELD(a[2], 0) } },
	    { 107000, "65535", 0, { FIELD(a[2], 65536) } },
	    { 107017, hex((void *)NO_KEY), 0, { FIELD(a[0], NO_KEY) } },
	    { 207006, hex((void *)self->open_key), 0, { FIELD(a[0], self->open_key) } },
	    { 507899, "pid", 0, { FIELD(pid, 0) } });
	WORKS(do_allow(&x));
}

/* The fifth argument is the value that the first one points to. */
DO(allow_v2,
   aclrtMemSetPidToShareableHandleV2(PTR(x, 0, &x->a[4]), (aclrtMemSharedHandleType)x->a[1],
				     PTR(x, 2, &x->pid), x->a[3]))

TEST_F(order, allow_v2)
{
	struct args x = { .a = { SET, 1, SET, 1, self->listed_key }, .pid = getpid() };

	TRY(aclrtMemSetPidToShareableHandleV2, do_allow_v2, x,
	    { 100000, "shareableHandle", 0, { FIELD(a[0], 0) } },
	    { 100000, "pid", 0, { FIELD(a[2], 0) } },
	    { 100000, "pidNum", 0, { FIELD(a[3], 0) } },
	    { 107000, "shareType", 0, { FIELD(a[1], 3) } },
	    { 107000, "65535", 0, { FIELD(a[3], 65536) } },
	    { 107017, hex((void *)NO_KEY), 0, { FIELD(a[4], NO_KEY) } },
	    { 207006, hex((void *)self->open_key), 0, { FIELD(a[4], self->open_key) } },
	    { 507899, "pid", 0, { FIELD(pid, 0) } });
	WORKS(do_allow_v2(&x));
}

DO(import, aclrtMemImportFromShareableHandle(x->a[0], (int32_t)x->a[1], PTR(x, 2, x->out)))

TEST_F(order, import)
{
	struct args x = { .a = { self->open_key, 0, SET } };

	TRY(aclrtMemImportFromShareableHandle, do_import, x,
	    { 100000, "handle", 0, { FIELD(a[2], 0) } },
	    { 107001, "-1", 0, { FIELD(a[1], -1) } },
	    { 107001, "63", 0, { FIELD(a[1], 63) } },
	    { 107017, hex((void *)NO_KEY), 0, { FIELD(a[0], NO_KEY) } },
	    { 107002, "context", PLACE_THREAD, { { 0 } } },
	    { 507899, hex((void *)self->open_key), 0, { FIELD(a[0], self->open_key) } });
}

DO(import_v2,
   aclrtMemImportFromShareableHandleV2(PTR(x, 0, &x->a[4]), (aclrtMemSharedHandleType)x->a[1],
				       x->a[2], PTR(x, 3, x->out)))

TEST_F(order, import_v2)
{
	struct args x = { .a = { SET, 1, 0, SET, self->open_key } };

	TRY(aclrtMemImportFromShareableHandleV2, do_import_v2, x,
	    { 100000, "shareableHandle", 0, { FIELD(a[0], 0) } },
	    { 100000, "handle", 0, { FIELD(a[3], 0) } },
	    { 100000, "flags", 0, { FIELD(a[2], 1) } },
	    { 107002, "context", PLACE_THREAD, { { 0 } } },
	    { 107000, "shareType", 0, { FIELD(a[1], 0) } },
	    { 107017, hex((void *)NO_KEY), 0, { FIELD(a[4], NO_KEY) } },
	    { 507899, hex((void *)self->open_key), 0, { FIELD(a[4], self->open_key) } });
}

DO(malloc, aclrtMalloc(PTR(x, 0, x->out), x->a[1], ACL_MEM_MALLOC_HUGE_FIRST))

TEST_F(order, malloc)
{
	struct args x = { .a = { SET, BLOCK } };

	TRY(aclrtMalloc, do_malloc, x,
	    { 100000, "devPtr", 0, { FIELD(a[0], 0) } },
	    { 100000, "size", 0, { FIELD(a[1], 0) } },
	    { 100000, "size", 0, { FIELD(a[1], SIZE_MAX) } },
	    { 107002, "context", PLACE_THREAD, { { 0 } } },
	    { 207001, NULL, 0, { FIELD(a[1], 1ul << 46) } });
	WORKS(do_malloc(&x));
	WORKS(aclrtFree((void *)x.out[0]));
}

DO(malloc_host, aclrtMallocHost(PTR(x, 0, x->out), x->a[1]))

TEST_F(order, malloc_host)
{
	struct args x = { .a = { SET, BLOCK } };

	TRY(aclrtMallocHost, do_malloc_host, x,
	    { 100000, "hostPtr", 0, { FIELD(a[0], 0) } },
	    { 100000, "size", 0, { FIELD(a[1], 0) } },
	    { 107002, "context", PLACE_THREAD, { { 0 } } },
	    { 207001, NULL, 0, { FIELD(a[1], 1ul << 46) } });
	WORKS(do_malloc_host(&x));
	WORKS(aclrtFreeHost((void *)x.out[0]));
}

DO(copy,
   aclrtMemcpy(PTR(x, 0, x->out), x->a[1], PTR(x, 2, &x->prop), x->a[3], (aclrtMemcpyKind)x->a[4]))

TEST_F(order, copy)
{
	struct args x = { .a = { SET, 32, SET, 32, ACL_MEMCPY_DEFAULT } };

	TRY(aclrtMemcpy, do_copy, x,
	    { 100000, "dst", 0, { FIELD(a[0], 0) } },
	    { 100000, "src", 0, { FIELD(a[2], 0) } },
	    { 100000, "kind", 0, { FIELD(a[4], 6) } },
	    { 107000, "destMax", 0, { FIELD(a[1], 31) } },
	    { 107002, "context", PLACE_THREAD, { { 0 } } });
	WORKS(do_copy(&x));
	/* From host to host no context is needed. */
	x.a[4] = ACL_MEMCPY_HOST_TO_HOST;
	TRY(aclrtMemcpy, do_copy, x,
	    { 100000, "dst", PLACE_THREAD, { FIELD(a[0], 0) } },
	    { 100000, "src", 0, { FIELD(a[2], 0) } },
	    { 100000, "kind", 0, { FIELD(a[4], 6) } },
	    { 107000, "destMax", 0, { FIELD(a[1], 31) } });
}

DO(set, aclrtMemset(PTR(x, 0, x->out), x->a[1], 7, x->a[2]))

TEST_F(order, set)
{
	struct args x = { .a = { SET, 32, 32 } };

	TRY(aclrtMemset, do_set, x,
	    { 100000, "devPtr", 0, { FIELD(a[0], 0) } },
	    { 107002, "context", PLACE_THREAD, { { 0 } } },
	    { 107000, "maxCount", 0, { FIELD(a[1], 31) } });
	WORKS(do_set(&x));
}

DO(mem_info, aclrtGetMemInfo((aclrtMemAttr)x->a[0], PTR(x, 1, &x->out[0]), PTR(x, 2, &x->out[1])))

TEST_F(order, mem_info)
{
	struct args x = { .a = { ACL_HBM_MEM, SET, SET } };

	TRY(aclrtGetMemInfo, do_mem_info, x,
	    { 100000, "free", 0, { FIELD(a[1], 0) } },
	    { 100000, "total", 0, { FIELD(a[2], 0) } },
	    { 107016, "attr", 0, { FIELD(a[0], 18) } },
	    { 107002, "context", PLACE_THREAD, { { 0 } } });
	WORKS(do_mem_info(&x));
}

TEST_HARNESS_MAIN
