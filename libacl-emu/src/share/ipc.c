// SPDX-License-Identifier: MIT
/*
 * Device memory that other processes import by an IPC name (the API's "key").
 *
 * The name holds the share key of the module and the place of the piece in the
 * shared memory. The module shares the whole memory that holds the piece; for a
 * small block of aclrtMalloc() this includes neighbouring blocks.
 *
 * The importer has a reservation and a mapping for each import. Programs close
 * names, not addresses, so imports are listed by share key, the oldest first.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/driver.h"
#include "core/error.h"
#include "core/ipc_name.h"
#include "core/leak.h"
#include "core/process.h"
#include "core/report.h"
#include "core/visible.h"
#include "core/window.h"
#include "device/context.h"
#include "memory/classify.h"
#include "memory/peer.h"
#include "share/ipc.h"

#define KEY_LEN		EMU_IPC_NAME_LEN

/* The contents of an IPC name. */
struct key {
	uint64_t share;
	uint64_t offset;	/* of the piece in the shared memory */
	uint64_t size;
};

/* A name that this process exported, or an import. */
struct import {
	struct import *next;
	uint64_t share;
	uint64_t start;		/* of the reservation, and of the mapping; 0: an export */
	uint64_t addr;		/* returned to the program */
};

/* A name that this process has closed, for sentences. */
struct closed {
	uint64_t share;
	uint64_t imports;	/* that were closed */
	uint64_t last;		/* address of the last one */
	bool exported;
};

#define CLOSED_MAX	16

struct ipc {
	pthread_mutex_t lock;
	struct import *imports;
	struct import *exports;
	uint32_t closed_next;
	struct closed closed[CLOSED_MAX];
};

EMU_STATE(struct ipc, ipc, NULL)

static void list_add(struct import **list, struct import *new)
{
	struct import **p;

	pthread_mutex_lock(&ipc()->lock);
	for (p = list; *p; p = &(*p)->next)
		;
	*p = new;
	pthread_mutex_unlock(&ipc()->lock);
}

/* Removes the oldest record of a share key from a list. */
static struct import *list_take(struct import **list, uint64_t share)
{
	struct import **p, *found;

	pthread_mutex_lock(&ipc()->lock);
	for (p = list; *p && (*p)->share != share; p = &(*p)->next)
		;
	found = *p;
	if (found)
		*p = found->next;
	pthread_mutex_unlock(&ipc()->lock);
	return found;
}

/* --- closed names -------------------------------------------------------------- */

static struct closed *closed_find(uint64_t share)
{
	uint32_t i;

	for (i = 0; i < CLOSED_MAX && ipc()->closed[i].share != share; i++)
		;
	return i < CLOSED_MAX ? &ipc()->closed[i] : NULL;
}

/* @import: the record that is closed, before it is freed. */
static void closed_add(const struct import *import)
{
	struct closed *c;

	pthread_mutex_lock(&ipc()->lock);
	c = closed_find(import->share);
	if (!c) {
		c = &ipc()->closed[ipc()->closed_next++ % CLOSED_MAX];
		*c = (struct closed){ .share = import->share };
	}
	if (import->start) {
		c->imports++;
		c->last = import->addr;
	} else {
		c->exported = true;
	}
	pthread_mutex_unlock(&ipc()->lock);
}

static bool closed_get(uint64_t share, struct closed *closed)
{
	const struct closed *c;

	pthread_mutex_lock(&ipc()->lock);
	c = closed_find(share);
	if (c)
		*closed = *c;
	pthread_mutex_unlock(&ipc()->lock);
	return c;
}

static aclError report_closed(const char *key, uint64_t share)
{
	const struct emu_deed *deed = NULL;
	struct emu_past past;
	struct closed c;

	if (!closed_get(share, &c))
		return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR,
				 "close each import once, and the export once",
				 "key %s is neither imported nor exported by this process", key);
	if (c.exported && !c.imports)
		return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR, "close the export once",
				 "key %s was exported by this process and is closed", key);
	if (emu_check_on(~0u) && emu_history_get(EMU_IPC_IMPORT, c.last, false, &past))
		deed = emu_past_deed(&past, EMU_ENDED);
	return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR, "close each import once",
			 "key %s: this process has closed all its %" PRIu64 " import%s of it, the "
			 "last one, 0x%" PRIx64 "%s%s", key, c.imports, c.imports == 1 ? "" : "s",
			 c.last, deed ? ", by " : "", deed ? EMU_REPORT_PLACE(deed->stack) : "");
}

/* Imports of a name that are open; @first: the address of one. */
static uint32_t count_imports(uint64_t share, uint64_t *first)
{
	const struct import *i;
	uint32_t count = 0;

	pthread_mutex_lock(&ipc()->lock);
	for (i = ipc()->imports; i; i = i->next) {
		if (i->share != share)
			continue;
		if (!count++)
			*first = i->addr;
	}
	pthread_mutex_unlock(&ipc()->lock);
	return count;
}

/* --- IPC names ------------------------------------------------------------- */

static void key_write(const struct key *key, char *text)
{
	const struct emu_ipc_name k = { .word = { key->share, key->offset, key->size } };

	emu_ipc_name_write(EMU_IPC_NAME_MEMORY, &k, text);
	text[KEY_LEN] = '\0';
}

static aclError key_read(const char *text, struct key *key)
{
	struct emu_ipc_name k;

	if (strnlen(text, KEY_LEN + 1) != KEY_LEN ||
	    !emu_ipc_name_read(EMU_IPC_NAME_MEMORY, text, &k))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "pass on the whole key of aclrtIpcMemGetExportKey() unchanged",
				 "key '%.*s' was not made by this library", KEY_LEN, text);
	*key = (struct key){ .share = k.word[0], .offset = k.word[1], .size = k.word[2] };
	return ACL_SUCCESS;
}

/* --- the exporter ---------------------------------------------------------- */

static aclError check_export(const void *devPtr, size_t size, const char *key, size_t len,
			     uint64_t flags)
{
	if (!devPtr)
		return emu_null("devPtr");
	if (!key)
		return emu_null("key");
	if (!size)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "share at least 1 byte", "size is 0");
	if (len <= KEY_LEN)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give room for 65 bytes",
				 "len is %zu", len);
	if (flags > ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "set it to 0 or 1",
				 "flags is 0x%" PRIx64, flags);
	return ACL_SUCCESS;
}

/* The block or mapping of device memory that contains all of [@addr, +@size). */
static aclError find_memory(uint64_t addr, uint64_t size, struct acl_emu_lookup *found)
{
	struct emu_at at;

	emu_classify(addr, &at);
	*found = at.map;
	if (!emu_at_is_device(&at))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "share memory of aclrtMalloc()",
				 "0x%" PRIx64 " is no memory of a device, it is %s", addr,
				 EMU_AT_TEXT(&at));
	if (size > at.size - (addr - at.start))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "stay inside it",
				 "[0x%" PRIx64 ", +%s) leaves the block at 0x%" PRIx64 " of %s",
				 addr, EMU_SIZE(size), at.start, EMU_SIZE(at.size));
	return ACL_SUCCESS;
}

aclError aclrtIpcMemGetExportKey(void *devPtr, size_t size, char *key, size_t len,
				 uint64_t flags)
{
	struct acl_emu_export arg = { .head = EMU_HEAD(acl_emu_export) };
	struct acl_emu_lookup found;
	struct import *record;
	uint32_t device;
	struct key k;
	aclError code;
	int err;

	EMU_ENTER();
	code = check_export(devPtr, size, key, len, flags);
	if (!code)
		code = emu_context_current(&device);
	if (!code)
		code = find_memory((uintptr_t)devPtr, size, &found);
	if (code)
		return code;
	record = calloc(1, sizeof(*record));
	if (!record)
		return emu_no_memory("record");
	if (flags)
		arg.head.flags = ACL_EMU_EXPORT_NO_LIST;
	arg.handle = found.handle;
	err = emu_ioctl(ACL_EMU_NR_EXPORT, &arg.head);
	if (err) {
		free(record);
		return emu_fail(err, &arg.head, NULL, "address %p", devPtr);
	}
	record->share = arg.key;
	list_add(&ipc()->exports, record);
	emu_note(EMU_IPC_NAME, EMU_CREATED, arg.key, size);
	k.share = arg.key;
	k.offset = found.map_offset + ((uintptr_t)devPtr - found.map_addr);
	k.size = size;
	key_write(&k, key);
	return ACL_SUCCESS;
}

aclError aclrtIpcMemSetImportPid(const char *key, int32_t *pid, size_t num)
{
	struct acl_emu_allow_pids arg = { .head = EMU_HEAD(acl_emu_allow_pids) };
	uint32_t device;
	struct key k;
	aclError code;
	int err;

	EMU_ENTER();
	if (!key)
		return emu_null("key");
	if (!pid)
		return emu_null("pid");
	if (!num || num > ACL_EMU_MAX_PIDS)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "give 1 to 65535 entries",
				 "num is %zu", num);
	code = emu_context_current(&device);
	if (!code)
		code = key_read(key, &k);
	if (code)
		return code;
	arg.key = k.share;
	arg.pids = (uintptr_t)pid;
	arg.count = (uint32_t)num;
	err = emu_ioctl(ACL_EMU_NR_ALLOW_PIDS, &arg.head);
	if (err)
		return emu_fail(err, &arg.head, NULL, "key %s", key);
	return ACL_SUCCESS;
}

/* --- the importer ---------------------------------------------------------- */

/* An import in progress. */
struct making {
	const char *text;
	struct key key;
	uint32_t device;
	uint32_t exporter;	/* device the memory is on */
	uint64_t handle;
	uint64_t first;		/* where the mapped part of the memory begins */
	uint64_t size;
	uint64_t granule;
	uint64_t start;
};

static aclError import_find(struct making *m)
{
	struct acl_emu_share_query arg = {
		.head = EMU_HEAD(acl_emu_share_query),
		.key = m->key.share,
	};
	int err = emu_ioctl(ACL_EMU_NR_SHARE_QUERY, &arg.head);
	uint64_t first = 0;
	uint32_t open;

	if (err) {
		open = count_imports(m->key.share, &first);
		if (!open)
			return emu_fail(err, &arg.head, NULL, "key %s", m->text);
		return emu_fail(err, &arg.head, NULL,
				"key %s, of which this process still has %" PRIu32 " import%s, the "
				"oldest at 0x%" PRIx64 ",", m->text, open, open == 1 ? "" : "s",
				first);
	}
	if (m->key.offset >= arg.size || m->key.size > arg.size - m->key.offset)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "pass on the key of aclrtIpcMemGetExportKey() unchanged",
				 "key %s names more than the shared %s", m->text,
				 EMU_SIZE(arg.size));
	m->exporter = arg.loc.id;
	return ACL_SUCCESS;
}

static aclError import_handle(struct making *m)
{
	struct acl_emu_phys_info info = { .head = EMU_HEAD(acl_emu_phys_info) };
	struct acl_emu_import arg = {
		.head = EMU_HEAD(acl_emu_import),
		.key = m->key.share,
		.device = m->device,
	};
	int err = emu_ioctl(ACL_EMU_NR_IMPORT, &arg.head);

	if (err)
		return emu_fail(err, &arg.head, NULL, "key %s for device %" PRIu32, m->text,
				emu_user_id(m->device));
	info.handle = arg.handle;
	err = emu_ioctl(ACL_EMU_NR_PHYS_INFO, &info.head);
	if (err)
		return emu_fail(err, &info.head, NULL, "key %s", m->text);
	m->handle = arg.handle;
	m->granule = info.granule < EMU_2M ? EMU_2M : info.granule;
	m->first = m->key.offset & ~(m->granule - 1);
	m->size = (m->key.offset + m->key.size + m->granule - 1 - m->first) & ~(m->granule - 1);
	return ACL_SUCCESS;
}

static aclError import_map(struct making *m)
{
	struct acl_emu_range_reserve range = {
		.head = EMU_HEAD(acl_emu_range_reserve),
		.size = m->size,
		.align = m->granule,
		.kind = ACL_EMU_RANGE_HEAP,
	};
	struct acl_emu_range_release release = {
		.head = EMU_HEAD(acl_emu_range_release),
		.kind = ACL_EMU_RANGE_HEAP,
	};
	struct acl_emu_map map = {
		.head = EMU_HEAD(acl_emu_map),
		.size = m->size,
		.offset = m->first,
		.handle = m->handle,
		.rights = ACL_EMU_RIGHTS_RW,
		.kind = ACL_EMU_RANGE_HEAP,
	};
	int err = emu_range_reserve(&range);

	if (err)
		return emu_fail(err, &range.head, NULL, "a reservation of %s", EMU_SIZE(m->size));
	map.addr = range.addr;
	release.addr = range.addr;
	m->start = range.addr;
	err = emu_ioctl(ACL_EMU_NR_MAP, &map.head);
	if (!err)
		return ACL_SUCCESS;
	emu_range_release(&release);
	return emu_fail(err, &map.head, NULL, "key %s", m->text);
}

static aclError import_make(struct making *m)
{
	struct import *new = calloc(1, sizeof(*new));
	aclError code;

	if (!new)
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, "free memory of this machine",
				 "no memory for the record of key %s", m->text);
	code = import_handle(m);
	if (!code) {
		code = import_map(m);
		/* From here on the mapping holds the memory. */
		emu_drop_handle(m->handle);
	}
	if (code) {
		free(new);
		return code;
	}
	new->share = m->key.share;
	new->start = m->start;
	new->addr = m->start + (m->key.offset - m->first);
	list_add(&ipc()->imports, new);
	emu_note(EMU_IPC_IMPORT, EMU_IMPORTED, new->addr, m->key.size);
	return ACL_SUCCESS;
}

aclError aclrtIpcMemImportByKey(void **devPtr, const char *key, uint64_t flags)
{
	struct making m = { .text = key };
	aclError code;

	EMU_ENTER();
	if (!devPtr)
		return emu_null("devPtr");
	if (!key)
		return emu_null("key");
	if (flags > ACL_RT_IPC_MEM_IMPORT_FLAG_ENABLE_PEER_ACCESS)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "set it to 0 or 1",
				 "flags is 0x%" PRIx64, flags);
	code = emu_context_current(&m.device);
	if (!code)
		code = key_read(key, &m.key);
	if (!code)
		code = import_find(&m);
	if (!code)
		code = import_make(&m);
	if (code)
		return code;
	if (flags && m.exporter != m.device)
		emu_peer_enable(m.device, m.exporter);
	*devPtr = (void *)(uintptr_t)(m.start + (m.key.offset - m.first));
	return ACL_SUCCESS;
}

/* Returns it to the head of the list: it is the oldest of its key. */
static void import_put_back(struct import *import)
{
	pthread_mutex_lock(&ipc()->lock);
	import->next = ipc()->imports;
	ipc()->imports = import;
	pthread_mutex_unlock(&ipc()->lock);
}

/*
 * After a reset of the device the mapping does not exist any more, but the
 * reservation does; to release it some device must be set.
 */
static aclError import_drop(struct import *import)
{
	struct acl_emu_unmap unmap = {
		.head = EMU_HEAD(acl_emu_unmap),
		.addr = import->start,
		.kind = ACL_EMU_RANGE_HEAP,
	};
	struct acl_emu_range_release release = {
		.head = EMU_HEAD(acl_emu_range_release),
		.addr = import->start,
		.kind = ACL_EMU_RANGE_HEAP,
	};
	int err = emu_ioctl(ACL_EMU_NR_UNMAP, &unmap.head);

	if (err == -EBUSY) {
		import_put_back(import);
		return emu_fail(err, &unmap.head, NULL, "address 0x%" PRIx64, import->start);
	}
	err = emu_range_release(&release);
	if (err) {
		import_put_back(import);
		return emu_fail(err, &release.head, NULL, "address 0x%" PRIx64,
				(uint64_t)release.addr);
	}
	emu_note(EMU_IPC_IMPORT, EMU_ENDED, import->addr, 0);
	closed_add(import);
	free(import);
	return ACL_SUCCESS;
}

/* Closes the import that returned an address. */
aclError emu_ipc_close(uint64_t addr)
{
	struct import **p, *found;

	pthread_mutex_lock(&ipc()->lock);
	for (p = &ipc()->imports; *p && (*p)->addr != addr; p = &(*p)->next)
		;
	found = *p;
	if (found)
		*p = found->next;
	pthread_mutex_unlock(&ipc()->lock);
	if (found)
		return import_drop(found);
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "close what rtIpcOpenMemory() returned, once",
			 "address 0x%" PRIx64 " was not imported, or was closed", addr);
}

aclError aclrtIpcMemClose(const char *key)
{
	struct acl_emu_share_close share = { .head = EMU_HEAD(acl_emu_share_close) };
	struct import *import;
	uint32_t device;
	struct key k;
	aclError code;
	int err;

	EMU_ENTER();
	if (!key)
		return emu_null("key");
	code = emu_context_current(&device);
	if (!code)
		code = key_read(key, &k);
	if (code)
		return code;
	import = list_take(&ipc()->imports, k.share);
	if (import)
		return import_drop(import);
	import = list_take(&ipc()->exports, k.share);
	if (!import)
		return report_closed(key, k.share);
	share.key = k.share;
	closed_add(import);
	free(import);
	emu_note(EMU_IPC_NAME, EMU_ENDED, k.share, 0);
	err = emu_ioctl(ACL_EMU_NR_SHARE_CLOSE, &share.head);
	/* The key ended with its memory. */
	if (err && share.head.reason != ACL_EMU_REASON_NO_SHARE)
		return emu_fail(err, &share.head, NULL, "key %s", key);
	return ACL_SUCCESS;
}

/* --- leaks ------------------------------------------------------------------ */

/* The record at a place of a list; false: the list is shorter. */
static bool list_nth(struct import **list, uint32_t n, struct import *record)
{
	struct import *i;

	pthread_mutex_lock(&ipc()->lock);
	for (i = *list; i && n; i = i->next)
		n--;
	if (i)
		*record = *i;
	pthread_mutex_unlock(&ipc()->lock);
	return i;
}

static void walk(struct emu_leaks *leaks)
{
	struct emu_held name = { .kind = EMU_IPC_NAME, .noun = "IPC name" };
	struct emu_held held = { .kind = EMU_IPC_IMPORT, .noun = "import", .of = " of IPC names" };
	struct import record;
	struct emu_at at;
	uint32_t n;

	for (n = 0; list_nth(&ipc()->exports, n, &record); n++) {
		name.id = record.share;
		emu_leak_add(leaks, &name);
	}
	for (n = 0; list_nth(&ipc()->imports, n, &record); n++) {
		emu_classify(record.addr, &at);
		held.id = record.addr;
		held.size = at.size;
		held.loc = at.loc;
		held.placed = at.kind == EMU_AT_IMPORTED;
		emu_leak_add(leaks, &held);
	}
}

EMU_WALK(walk);
