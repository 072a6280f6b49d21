// SPDX-License-Identifier: MIT
/*
 * Failures: the last code of a thread, and the message about it.
 *
 * A message reads "function: what was refused, the values, the rule (code). The
 * remedy." Here are also the codes and the sentences for the reasons of the module.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "core/init.h"
#include "core/late.h"
#include "core/process.h"
#include "core/visible.h"
#include "core/wrong.h"

#define CODE_INTERNAL	ACL_ERROR_RT_DRV_INTERNAL_ERROR
#define CODE_PARAM	ACL_ERROR_RT_PARAM_INVALID
#define CODE_HANDLE	ACL_ERROR_RT_INVALID_HANDLE
#define CODE_MEMORY	ACL_ERROR_RT_MEMORY_ALLOCATION

/*
 * Each text continues a sentence that begins with the subject. {x0} stands for the
 * first value of the reason, {x1} for the second; x is one of
 * a: address, s: size, m: largest size, d: number, x: bits or key, l: location,
 * o: an open device, k: kind of a reservation, r: rights, e: errno, i: imported.
 */
struct reason {
	aclError code;
	const char *text;
	const char *remedy;
};

static const struct reason reasons[ACL_EMU_REASON_END] = {
	[ACL_EMU_REASON_FLAGS] = { CODE_INTERNAL,
		"has the flags {x0}, which the module does not know (it knows {x1})",
		"load the module that belongs to this library" },
	[ACL_EMU_REASON_RESERVED] = { CODE_INTERNAL,
		"has a reserved field at byte {d0}, which must be zero",
		"load the module that belongs to this library" },
	[ACL_EMU_REASON_VALUE] = { ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
		"has the value {d0}, but the limit of the module is {d1}",
		"use a value that the module supports" },
	[ACL_EMU_REASON_FOREIGN_MM] = { CODE_INTERNAL,
		"cannot be accessed by a process that did not open the device node itself",
		"make the call in the process that owns the memory" },
	[ACL_EMU_REASON_DEAD] = { CODE_INTERNAL,
		"cannot be accessed while the process exits",
		"make no calls while the process exits" },
	[ACL_EMU_REASON_NO_DEVICE] = { ACL_ERROR_RT_INVALID_DEVICEID,
		"names device {d0}, but there are {d1} devices", "device ids begin with 0" },
	[ACL_EMU_REASON_DEVICE_CLOSED] = { CODE_HANDLE,
		"needs {o0} set in this process", "call aclrtSetDevice() first" },
	[ACL_EMU_REASON_NUMA_NODE] = { CODE_INTERNAL,
		"names NUMA node {d0}, which is not online",
		"choose a node of /sys/devices/system/node/online" },
	[ACL_EMU_REASON_SIZE] = { CODE_INTERNAL,
		"has a size of {s0}, which is 0 or exceeds the limit ({m1})",
		"give a size between 1 byte and the limit" },
	[ACL_EMU_REASON_SIZE_ALIGN] = { CODE_INTERNAL,
		"has a size of {s0}, which is not a multiple of the granule {s1}",
		"round up to aclrtMemGetAllocationGranularity()" },
	[ACL_EMU_REASON_ADDR_ALIGN] = { CODE_INTERNAL,
		"begins at {a0}, which is not a multiple of {s1}", "align the address" },
	[ACL_EMU_REASON_OFFSET] = { CODE_INTERNAL,
		"has the offset {s0}, which is not aligned or exceeds the limit {s1}",
		"give an aligned offset inside the memory" },
	[ACL_EMU_REASON_CAPACITY] = { CODE_MEMORY,
		"exceeds the capacity: {s0} requested, {s1} free",
		"free memory or load the module with a larger capacity_mb (host_mb for the host)" },
	[ACL_EMU_REASON_HOST_NOMEM] = { CODE_MEMORY,
		"is within the capacity, but this machine ran out of memory ({s0} requested, "
		"{s1} allocated)",
		"free memory of the machine or raise the limit of the memory cgroup" },
	[ACL_EMU_REASON_HANDLE] = { CODE_PARAM,
		"is no memory of this process, or was freed",
		"use a handle of this process; it ends with its last aclrtFreePhysical() and "
		"unmap, and with a reset of its device" },
	[ACL_EMU_REASON_OVERFREE] = { CODE_PARAM,
		"was freed too often: all references left belong to its {d1} mappings",
		"unmap it with aclrtUnmapMem()" },
	[ACL_EMU_REASON_VA_WINDOW] = { CODE_MEMORY,
		"lies outside the addresses that can be reserved",
		"choose addresses in [0x100000000000, 0x180000000000) or let the library choose" },
	[ACL_EMU_REASON_VA_TAKEN] = { CODE_MEMORY,
		"overlaps [{a0}, +{s1}), which is occupied", "choose other addresses" },
	[ACL_EMU_REASON_VA_FULL] = { CODE_MEMORY,
		"does not fit: no gap of {s0} aligned to {s1} is free",
		"release reservations, or set ACL_EMU_VA=any to use addresses outside the window" },
	[ACL_EMU_REASON_VA_LIMIT] = { CODE_MEMORY,
		"exceeds what the process may map ({s0}: {e1})",
		"raise RLIMIT_AS (ulimit -v) or vm.max_map_count" },
	[ACL_EMU_REASON_NO_RANGE] = { CODE_INTERNAL,
		"is in no reservation", "use addresses that aclrtReserveMemAddress() returned" },
	[ACL_EMU_REASON_NOT_RANGE_START] = { CODE_PARAM,
		"is not the start of its reservation [{a0}, +{s1})",
		"give the start of the reservation" },
	[ACL_EMU_REASON_KIND] = { CODE_INTERNAL,
		"is memory of {k0}, not of {k1}", "use the functions for that kind of memory" },
	[ACL_EMU_REASON_PAST_RANGE] = { CODE_INTERNAL,
		"leaves the reservation [{a0}, +{s1})", "stay inside the reservation" },
	[ACL_EMU_REASON_DETACHED] = { CODE_INTERNAL,
		"lies in the reservation [{a0}, +{s1}), which the program unmapped itself",
		"release reservations with aclrtReleaseMemAddress(), never with munmap()" },
	[ACL_EMU_REASON_STILL_MAPPED] = { CODE_INTERNAL,
		"still holds mappings, the first is [{a0}, +{s1})",
		"unmap them with aclrtUnmapMem()" },
	[ACL_EMU_REASON_OVERLAPS] = { CODE_INTERNAL,
		"overlaps an existing mapping [{a0}, +{s1})", "unmap it first" },
	[ACL_EMU_REASON_PHYS_SHORT] = { CODE_MEMORY,
		"has a size of {s0}, which exceeds the {s1} of the memory",
		"give the size of the memory" },
	[ACL_EMU_REASON_PHYS_LONG] = { CODE_PARAM,
		"has a size of {s0}, but the memory has {s1} and must be mapped whole",
		"give the size of the memory" },
	[ACL_EMU_REASON_DEVICE_TIE] = { CODE_INTERNAL,
		"is in a reservation for memory of {l0}, but the memory belongs to {l1}",
		"use one reservation for each device" },
	[ACL_EMU_REASON_IMPORT_MIX] = { CODE_INTERNAL,
		"is in a reservation for {i0} memory, which cannot hold both imported memory and "
		"memory of this process",
		"use one reservation for each" },
	[ACL_EMU_REASON_NOT_MAPPED] = { CODE_INTERNAL,
		"is not mapped at {a0}", "use addresses that aclrtMapMem() mapped" },
	[ACL_EMU_REASON_NOT_MAP_START] = { CODE_INTERNAL,
		"is not the start of its mapping [{a0}, +{s1})", "give the start of the mapping" },
	[ACL_EMU_REASON_PAST_MAPPING] = { CODE_INTERNAL,
		"leaves the mapping [{a0}, +{s1})", "stay inside the mapping" },
	[ACL_EMU_REASON_COPY_BUSY] = { CODE_INTERNAL,
		"is used by a running copy of [{a0}, +{s1})", "wait until the copy is done" },
	[ACL_EMU_REASON_RIGHTS] = { CODE_HANDLE,
		"must not be accessed at {a0} (rights: {r1})",
		"grant access with aclrtMemSetAccess()" },
	[ACL_EMU_REASON_NOT_RDONLY] = { ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
		"cannot be read-only: the reservation [{a0}, +{s1}) does not support it",
		"map it for reading and writing" },
	[ACL_EMU_REASON_GRANTED] = { CODE_INTERNAL,
		"was granted before as [{a0}, +{s1})",
		"repeat that grant exactly, or unmap and map again" },
	[ACL_EMU_REASON_NO_SHARE] = { CODE_HANDLE,
		"names no shared memory",
		"export it first; a share ends with the last reference to its memory" },
	[ACL_EMU_REASON_EXPORTED] = { CODE_INTERNAL,
		"was exported before as {x1}", "pass on the value of the first export" },
	[ACL_EMU_REASON_IMPORTED] = { CODE_INTERNAL,
		"is imported memory", "make this call in the process that allocated it" },
	[ACL_EMU_REASON_OWN_SHARE] = { CODE_INTERNAL,
		"was exported by this process", "use the handle it was exported from" },
	[ACL_EMU_REASON_NOT_EXPORTER] = { CODE_INTERNAL,
		"was exported by another process", "allow the pids in the exporting process" },
	[ACL_EMU_REASON_NO_LIST] = { ACL_ERROR_RT_NO_PERMISSION,
		"was exported without a whitelist",
		"export with ACL_RT_VMM_EXPORT_FLAG_DEFAULT to have one" },
	[ACL_EMU_REASON_NO_PIDS] = { CODE_INTERNAL,
		"gets {d0} pids, which are all 0", "use the pids of aclrtDeviceGetBareTgid()" },
	[ACL_EMU_REASON_LIST_FULL] = { ACL_ERROR_RT_OVER_LIMIT,
		"would have {d0} pids on its whitelist, the limit is {d1}",
		"export without a whitelist" },
	[ACL_EMU_REASON_FD] = { CODE_PARAM,
		"is file descriptor {d0}, which is of another type",
		"pass a descriptor of the required type" },
	[ACL_EMU_REASON_USER_FAULT] = { CODE_HANDLE,
		"cannot be accessed at {a0}, after {s1}", "check pointer and size" },
	[ACL_EMU_REASON_INTERRUPTED] = { CODE_INTERNAL,
		"was interrupted by a signal after {s0} of {s1}", "repeat the call" },
	[ACL_EMU_REASON_SYNC_TIMEOUT] = { ACL_ERROR_RT_REPORT_TIMEOUT,
		"did not become {d0} before the deadline, it is {d1}", "wait again, or longer" },
	[ACL_EMU_REASON_SYNC_CANCELED] = { CODE_INTERNAL,
		"did not become {d0} before the wait was canceled, it is {d1}", "wait again" },
	[ACL_EMU_REASON_LABEL] = { CODE_PARAM,
		"has the value {d1} at byte {d0} of its label, which is not allowed there",
		"use at most 63 printable ASCII characters" },
	[ACL_EMU_REASON_NO_CLIENT] = { CODE_PARAM,
		"names client {d0} of the module, which does not exist",
		"list the clients again" },
	[ACL_EMU_REASON_CLIENT_KEY] = { ACL_ERROR_RT_NO_PERMISSION,
		"needs the key of client {d0} of the module",
		"read it in /proc/PID/fdinfo of that process, which needs the right to trace it" },
};

/* ACL_EMU_REASON_PID has two sentences; its second value selects. */
static const struct reason pid_reasons[] = {
	{ CODE_INTERNAL, "is not open to this process (pid {d0})",
	  "call aclrtMemSetPidToShareableHandle() with this pid in the exporting process" },
	{ CODE_INTERNAL, "was opened for an earlier process with the pid {d0} of this one",
	  "call aclrtMemSetPidToShareableHandle() again, after this process has started" },
};

/* err_msg_mode 1: the newest message of any thread. */
struct messages {
	_Atomic bool per_process;
	pthread_mutex_t lock;	/* for the members below */
	char newest[EMU_MESSAGE_LEN];
	bool there;
};

EMU_STATE(struct messages, messages, NULL)

/* Exact, and short where that is possible. */
const char *emu_size(char buf[EMU_SIZE_LEN], uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int unit = 0;
	uint64_t n = bytes;

	if (!n || n % 1024) {
		snprintf(buf, EMU_SIZE_LEN, "%" PRIu64 " byte%s", n, n == 1 ? "" : "s");
		return buf;
	}
	for (n /= 1024; n % 1024 == 0 && unit < 5; n /= 1024)
		unit++;
	snprintf(buf, EMU_SIZE_LEN, "%" PRIu64 " %s", n, units[unit]);
	return buf;
}

const char *emu_place(char buf[EMU_SIZE_LEN], uint32_t type, uint32_t id)
{
	uint32_t user;

	if (type == ACL_EMU_LOC_DEVICE && emu_visible_user(id, &user))
		snprintf(buf, EMU_SIZE_LEN, "device %" PRIu32, user);
	else if (type == ACL_EMU_LOC_DEVICE)
		snprintf(buf, EMU_SIZE_LEN, "device %" PRIu32 " of the machine", id);
	else if (type == ACL_EMU_LOC_HOST_NUMA && id != ACL_EMU_NUMA_ANY)
		snprintf(buf, EMU_SIZE_LEN, "node %" PRIu32 " of the host", id);
	else
		snprintf(buf, EMU_SIZE_LEN, "the host");
	return buf;
}

/* An id above all devices means any device. */
static void put_device(char *out, size_t room, uint64_t id)
{
	if (id < ACL_EMU_MAX_DEVICES)
		snprintf(out, room, "%s", emu_place((char[EMU_SIZE_LEN]){ 0 }, ACL_EMU_LOC_DEVICE,
						    (uint32_t)id));
	else
		snprintf(out, room, "a device");
}

static void put_value(char *out, size_t room, char how, uint64_t v)
{
	static const char *const kinds[] = {
		"aclrtReserveMemAddress()", "aclrtMalloc()", "aclrtMallocHost()" };
	static const char *const rights[] = { "none", "read", "write", "read and write" };

	if (how == 'a' || how == 'x')
		snprintf(out, room, "0x%" PRIx64, v);
	else if (how == 'm' && v == UINT64_MAX)
		snprintf(out, room, "none");
	else if (how == 's' || how == 'm')
		snprintf(out, room, "%s", EMU_SIZE(v));
	else if (how == 'l')
		snprintf(out, room, "%s",
			 emu_place((char[EMU_SIZE_LEN]){ 0 }, (uint32_t)(v >> 32), (uint32_t)v));
	else if (how == 'o')
		put_device(out, room, v);
	else if (how == 'k')
		snprintf(out, room, "%s", v < ACL_EMU_RANGE_KIND_END ? kinds[v] : "another kind");
	else if (how == 'r')
		snprintf(out, room, "%s", rights[v & 3]);
	else if (how == 'i')
		snprintf(out, room, "%s", v ? "imported" : "local");
	else if (how == 'e')
		snprintf(out, room, "%s", strerror((int)v));
	else
		snprintf(out, room, "%" PRIu64, v);
}

static void expand(char *out, size_t room, const char *text, const __u64 val[2])
{
	size_t used = 0;

	while (*text && used + 1 < room) {
		if (*text != '{') {
			out[used++] = *text++;
			continue;
		}
		put_value(out + used, room - used, text[1], val[text[2] - '0']);
		used += strlen(out + used);
		text += 4;
	}
	out[used] = '\0';
}

static void publish(struct emu_thread *self)
{
	struct messages *m = messages();

	self->has_message = true;
	if (!atomic_load_explicit(&m->per_process, memory_order_relaxed))
		return;
	pthread_mutex_lock(&m->lock);
	memcpy(m->newest, emu_messages.newest, sizeof(m->newest));
	m->there = true;
	pthread_mutex_unlock(&m->lock);
}

/*
 * Why a handle, a context or an address of the program can be unknown: a forked
 * child has nothing of its parent, and aclFinalize() ends the runtime.
 */
static const char *why_unknown(aclError code)
{
	switch (code) {
	case ACL_ERROR_RT_PARAM_INVALID:
	case ACL_ERROR_RT_CONTEXT_NULL:
	case ACL_ERROR_RT_INVALID_HANDLE:
	case ACL_ERROR_RT_CONTEXT_RELEASE_ERROR:
	case ACL_ERROR_RT_DRV_INTERNAL_ERROR:
		break;
	default:
		return "";
	}
	if (emu_process_forked())
		return " This process was forked after its parent had used devices, and has none "
		       "of its parent's handles and memory: fork before the first call, or exec.";
	if (emu_init_ended())
		return " The runtime was ended by aclFinalize().";
	return "";
}

/* Is it a code of the runtime, x07xxx, and not of the layer above it? */
bool emu_error_of_runtime(aclError code)
{
	return code / 1000 % 100 == 7;
}

/*
 * The last error of a thread is the code of its last failure, whatever succeeds
 * later. Codes of the upper layer are not recorded, nor is the 107002 of
 * aclrtGetDevice(), with which programs ask whether there is a context.
 */
static void set_last(struct emu_thread *self, aclError code)
{
	if (emu_error_of_runtime(code) && (code != ACL_ERROR_RT_CONTEXT_NULL ||
					   strcmp(self->function, "aclrtGetDevice")))
		self->last = code;
}

/* The remedy becomes a sentence: remedies in the source begin with a small letter. */
static aclError record(aclError code, const char *remedy, const char *what)
{
	struct emu_thread *self = &emu_self;

	if (self->quiet)
		return code;
	snprintf(emu_messages.newest, sizeof(emu_messages.newest), "%s: %s (%d).%s %c%s.", self->function,
		 what, code, why_unknown(code), toupper((unsigned char)*remedy), remedy + 1);
	set_last(self, code);
	publish(self);
	emu_late_call();
	emu_wrong_call(code, emu_messages.newest);
	return code;
}

/*
 * Reports a failure that the library finds itself. Returns the code, so that the
 * caller can return it.
 */
aclError (emu_error)(aclError code, const char *remedy, const char *format, ...)
{
	char what[EMU_MESSAGE_LEN];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return record(code, remedy, what);
}

aclError (emu_null)(const char *name)
{
	return emu_error(ACL_ERROR_INVALID_PARAM, "give a valid pointer", "%s is NULL", name);
}

aclError (emu_flags)(uint64_t flags)
{
	return emu_error(ACL_ERROR_INVALID_PARAM, "set it to 0", "flags is 0x%" PRIx64, flags);
}

aclError (emu_no_memory)(const char *what)
{
	return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, "free memory of this machine",
			 "no memory for a record (%s)", what);
}

/* The code for an errno without a reason, as the real driver maps it. */
static aclError errno_code(int err)
{
	switch (err) {
	case EPERM:
		return ACL_ERROR_RT_NO_PERMISSION;
	case ENXIO:
	case ENODEV:
		return ACL_ERROR_RT_NO_DEVICE;
	case E2BIG:
		return ACL_ERROR_RT_OVER_LIMIT;
	case ENOMEM:
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	case EFAULT:
		return ACL_ERROR_RT_INVALID_HANDLE;
	case ENOSPC:
		return ACL_ERROR_RT_RESOURCE_ALLOC_FAIL;
	case EOPNOTSUPP:
		return ACL_ERROR_RT_FEATURE_NOT_SUPPORT;
	case ETIMEDOUT:
		return ACL_ERROR_RT_REPORT_TIMEOUT;
	default:
		return ACL_ERROR_RT_DRV_INTERNAL_ERROR;
	}
}

static const char *errno_remedy(int err)
{
	switch (err) {
	case EBADF:
		return "the program closed a file descriptor that belongs to the library";
	case ENOTTY:
		return "load the module that belongs to this library; or the program closed a file "
		       "descriptor that belongs to the library";
	default:
		return "see the log of the kernel";
	}
}

static const struct reason *find_reason(const struct acl_emu_head *head)
{
	if (head->reason == ACL_EMU_REASON_PID)
		return &pid_reasons[head->val[1] != 0];
	if (head->reason >= ACL_EMU_REASON_END || !reasons[head->reason].text)
		return NULL;
	return &reasons[head->reason];
}

/*
 * Reports a failure of emu_ioctl(), which returned @err. @codes (may be NULL) lists
 * the reasons for which the function has another code than the usual one, and ends
 * with a reason of 0. @subject begins the sentence.
 */
aclError (emu_fail)(int err, const struct acl_emu_head *head, const struct emu_code *codes,
		  const char *subject, ...)
{
	const struct reason *reason = find_reason(head);
	char what[EMU_MESSAGE_LEN], rest[EMU_MESSAGE_LEN / 2];
	aclError code;
	va_list args;
	int used;

	/* The node could not be opened, which was reported already. */
	if (err == -EBADFD)
		return (aclError)head->val[0];
	va_start(args, subject);
	used = vsnprintf(what, sizeof(what) / 2, subject, args);
	va_end(args);
	if (used < 0 || (size_t)used >= sizeof(what) / 2)
		used = (int)strlen(what);
	code = reason ? reason->code : errno_code(-err);
	for (; reason && codes && codes->reason; codes++) {
		if (codes->reason == head->reason)
			code = codes->code;
	}
	if (reason)
		expand(rest, sizeof(rest), reason->text, head->val);
	else
		snprintf(rest, sizeof(rest), "failed in the module: %s (reason %u)", strerror(-err),
			 head->reason);
	snprintf(what + used, sizeof(what) - (size_t)used, " %s", rest);
	return record(code, reason ? reason->remedy : errno_remedy(-err), what);
}

void emu_error_per_process(bool on)
{
	atomic_store(&messages()->per_process, on);
}

const char *aclGetRecentErrMsg(void)
{
	struct emu_thread *self = &emu_self;
	struct messages *m;
	bool there;

	EMU_ENTER();
	m = messages();
	there = self->has_message;
	if (there)
		memcpy(emu_messages.given, emu_messages.newest, sizeof(emu_messages.given));
	if (atomic_load(&m->per_process)) {
		pthread_mutex_lock(&m->lock);
		there = m->there;
		if (there)
			memcpy(emu_messages.given, m->newest, sizeof(emu_messages.given));
		m->there = false;
		pthread_mutex_unlock(&m->lock);
	}
	self->has_message = false;
	return there ? emu_messages.given : NULL;
}

aclError aclrtPeekAtLastError(aclrtLastErrLevel level)
{
	EMU_ENTER();
	if ((unsigned int)level != ACL_RT_THREAD_LEVEL)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use ACL_RT_THREAD_LEVEL",
				 "level %u is unknown", (unsigned int)level);
	return emu_self.last;
}

aclError aclrtGetLastError(aclrtLastErrLevel level)
{
	aclError code;

	EMU_ENTER();
	if ((unsigned int)level != ACL_RT_THREAD_LEVEL)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use ACL_RT_THREAD_LEVEL",
				 "level %u is unknown", (unsigned int)level);
	code = emu_self.last;
	emu_self.last = ACL_SUCCESS;
	return code;
}
