// SPDX-License-Identifier: MIT
/*
 * The calls on shares, on bytes and on blocks.
 */
#include <string.h>

#include "model.h"

#define PTR(i)		((void *)(uintptr_t)job->v[i])
#define OUT(i, to)	(job->v[i] ? (to) : NULL)

/* The form of a share that a type asks for; any other type gets that of a number. */
static void *key_form(struct key *key, uint64_t type)
{
	return type == ACL_MEM_SHARE_HANDLE_TYPE_FABRIC ? (void *)key->fabric :
		(void *)&key->number;
}

static void *key_in(struct job *job, uint64_t type)
{
	return job->v[0] ? key_form(&job->key, type) : NULL;
}

static void do_export(struct job *job)
{
	job->code = aclrtMemExportToShareableHandle(PTR(0), (aclrtMemHandleType)job->v[1],
						    job->v[2], OUT(3, &job->out_key.number));
}

static void do_export_v2(struct job *job)
{
	job->code = aclrtMemExportToShareableHandleV2(PTR(0), job->v[1],
						      (aclrtMemSharedHandleType)job->v[2],
						      OUT(3, key_form(&job->out_key, job->v[2])));
}

static void do_allow(struct job *job)
{
	int32_t pid[2] = { (int32_t)job->v[1], (int32_t)job->v[2] };

	job->code = aclrtMemSetPidToShareableHandle(job->key.number, pid, job->v[3]);
}

static void do_allow_v2(struct job *job)
{
	int32_t pid[2] = { (int32_t)job->v[2], (int32_t)job->v[3] };

	job->code = aclrtMemSetPidToShareableHandleV2(key_in(job, job->v[1]),
						      (aclrtMemSharedHandleType)job->v[1], pid,
						      job->v[4]);
}

static void do_import(struct job *job)
{
	job->code = aclrtMemImportFromShareableHandle(job->key.number, (int32_t)job->v[1],
						      OUT(2, (aclrtDrvMemHandle *)job->out));
}

static void do_import_v2(struct job *job)
{
	job->code = aclrtMemImportFromShareableHandleV2(key_in(job, job->v[1]),
							(aclrtMemSharedHandleType)job->v[1],
							job->v[2],
							OUT(3, (aclrtDrvMemHandle *)job->out));
}

static void do_copy(struct job *job)
{
	job->code = aclrtMemcpy(PTR(0), job->v[1], PTR(2), job->v[3], (aclrtMemcpyKind)job->v[4]);
}

static void do_fill(struct job *job)
{
	job->code = aclrtMemset(PTR(0), job->v[1], (int32_t)job->v[2], job->v[3]);
}

static void do_pointer(struct job *job)
{
	aclrtPtrAttributes attributes;

	job->code = aclrtPointerGetAttributes(PTR(0), &attributes);
	if (job->code)
		return;
	job->out[0] = attributes.location.type;
	job->out[1] = attributes.location.id;
	job->out[2] = attributes.pageSize;
}

static void do_extent(struct job *job)
{
	job->code = aclrtMemGetAddressRange(PTR(0), (void **)&job->out[0], &job->out[1]);
}

static void do_malloc(struct job *job)
{
	job->code = aclrtMalloc(OUT(0, (void **)job->out), job->v[1],
				(aclrtMemMallocPolicy)job->v[2]);
}

static void do_malloc_host(struct job *job)
{
	job->code = aclrtMallocHost(OUT(0, (void **)job->out), job->v[1]);
}

static void do_free(struct job *job)
{
	job->code = aclrtFree(PTR(0));
}

static void do_free_host(struct job *job)
{
	job->code = aclrtFreeHost(PTR(0));
}

static const char *name_in(const struct job *job, int arg)
{
	return job->v[arg] ? job->name.text : NULL;
}

static void do_ipc_key(struct job *job)
{
	job->code = aclrtIpcMemGetExportKey(PTR(0), job->v[1], OUT(2, job->out_name.text),
					    job->v[3], job->v[4]);
}

static void do_ipc_allow(struct job *job)
{
	int32_t pid[2] = { (int32_t)job->v[1], (int32_t)job->v[2] };

	job->code = aclrtIpcMemSetImportPid(name_in(job, 0), pid, job->v[3]);
}

static void do_ipc_import(struct job *job)
{
	job->code = aclrtIpcMemImportByKey(OUT(0, (void **)job->out), name_in(job, 1), job->v[2]);
}

static void do_ipc_close(struct job *job)
{
	job->code = aclrtIpcMemClose(name_in(job, 0));
}

const perform_fn perform_more[OPS] = {
	[EXPORT] = do_export, [EXPORT_V2] = do_export_v2, [ALLOW] = do_allow,
	[ALLOW_V2] = do_allow_v2, [IMPORT] = do_import, [IMPORT_V2] = do_import_v2,
	[COPY] = do_copy, [FILL] = do_fill, [POINTER] = do_pointer, [EXTENT] = do_extent,
	[MALLOC] = do_malloc, [MALLOC_HOST] = do_malloc_host, [FREE] = do_free,
	[FREE_HOST] = do_free_host, [IPC_KEY] = do_ipc_key, [IPC_ALLOW] = do_ipc_allow,
	[IPC_IMPORT] = do_ipc_import, [IPC_CLOSE] = do_ipc_close,
};
