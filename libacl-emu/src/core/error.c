// SPDX-License-Identifier: MIT
/*
 * What went wrong: the last code of a thread, and the sentence about it.
 *
 * A sentence reads "function: what is wrong, with its values (code); what to
 * do". Here are also the codes and words for the reasons of the module.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/emu.h"
#include "core/init.h"
#include "core/visible.h"

#define CODE_INTERNAL	ACL_ERROR_RT_DRV_INTERNAL_ERROR
#define CODE_PARAM	ACL_ERROR_RT_PARAM_INVALID
#define CODE_HANDLE	ACL_ERROR_RT_INVALID_HANDLE
#define CODE_MEMORY	ACL_ERROR_RT_MEMORY_ALLOCATION

/*
 * Texts continue a sentence that begins with its subject. {x0} is replaced by
 * the reason's first value, {x1} by the second; x is one of
 * a: address, s: size, m: largest size, d: number, x: bits, l: location,
 * o: an open device, k: kind of a reservation, r: rights, e: errno.
 */
struct reason {
	aclError code;
	const char *text;
	const char *advice;
};

static const struct reason reasons[ACL_EMU_REASON_END] = {
	[ACL_EMU_REASON_FLAGS] = { CODE_INTERNAL,
		"uses flags {x0}, of which the module knows {x1}",
		"load the module that belongs to this library" },
	[ACL_EMU_REASON_RESERVED] = { CODE_INTERNAL,
		"has a reserved field at byte {d0} that is not zero",
		"load the module that belongs to this library" },
	[ACL_EMU_REASON_VALUE] = { ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
		"has the value {d0} where the module's limit is {d1}", NULL },
	[ACL_EMU_REASON_FOREIGN_MM] = { CODE_INTERNAL,
		"cannot be reached from a process that did not open the device node itself",
		"make the call in the process that owns the memory" },
	[ACL_EMU_REASON_DEAD] = { CODE_INTERNAL,
		"cannot be served while the process is being ended", NULL },
	[ACL_EMU_REASON_NO_DEVICE] = { ACL_ERROR_RT_INVALID_DEVICEID,
		"names device {d0}, but there are {d1} devices", "device ids begin with 0" },
	[ACL_EMU_REASON_DEVICE_CLOSED] = { CODE_HANDLE,
		"needs {o0} set in this process", "call aclrtSetDevice() first" },
	[ACL_EMU_REASON_NUMA_NODE] = { CODE_INTERNAL,
		"names node {d0}, which is not online",
		"choose a node of /sys/devices/system/node/online" },
	[ACL_EMU_REASON_SIZE] = { CODE_INTERNAL,
		"has an impossible size, {s0} (limit: {m1})", NULL },
	[ACL_EMU_REASON_SIZE_ALIGN] = { CODE_INTERNAL,
		"has a size of {s0}, which is not a multiple of the granule {s1}",
		"round up to aclrtMemGetAllocationGranularity()" },
	[ACL_EMU_REASON_ADDR_ALIGN] = { CODE_INTERNAL,
		"begins at {a0}, which is not a multiple of {s1}", "align the address" },
	[ACL_EMU_REASON_OFFSET] = { CODE_INTERNAL,
		"begins {s0} into the memory, which is not aligned or past {s1}", NULL },
	[ACL_EMU_REASON_CAPACITY] = { CODE_MEMORY,
		"asks for {s0} where {s1} are left",
		"free memory or load the module with a larger capacity_mb (host_mb for the host)" },
	[ACL_EMU_REASON_HOST_NOMEM] = { CODE_MEMORY,
		"is within the capacity, but this machine ran out of memory ({s0} asked, {s1} got)",
		"free memory of the machine or raise the limit of the memory cgroup" },
	[ACL_EMU_REASON_HANDLE] = { CODE_PARAM,
		"is no memory of this process",
		"a handle ends with its last aclrtFreePhysical() and unmap, with a reset of its "
		"device, and is worth nothing in another process" },
	[ACL_EMU_REASON_OVERFREE] = { CODE_PARAM,
		"was freed too many times: all references left belong to its {d1} mappings",
		"unmap it with aclrtUnmapMem()" },
	[ACL_EMU_REASON_VA_WINDOW] = { CODE_MEMORY,
		"lies outside the addresses that can be reserved",
		"choose addresses in [0x100000000000, 0x180000000000) or let the library choose" },
	[ACL_EMU_REASON_VA_TAKEN] = { CODE_MEMORY,
		"is occupied at {a0} by {s1}", "choose other addresses" },
	[ACL_EMU_REASON_VA_FULL] = { CODE_MEMORY,
		"finds no gap of {s0} aligned to {s1}",
		"release reservations, or set ACL_EMU_VA=any to use addresses outside the window" },
	[ACL_EMU_REASON_VA_LIMIT] = { CODE_MEMORY,
		"exceeds what the process may map ({s0}: {e1})",
		"raise RLIMIT_AS (ulimit -v) or vm.max_map_count" },
	[ACL_EMU_REASON_NO_RANGE] = { CODE_INTERNAL,
		"is in no reservation", "use addresses that aclrtReserveMemAddress() gave" },
	[ACL_EMU_REASON_NOT_RANGE_START] = { CODE_PARAM,
		"is inside the reservation that begins at {a0} and has {s1}",
		"give the start of the reservation" },
	[ACL_EMU_REASON_KIND] = { CODE_INTERNAL,
		"is memory of {k0}, not of {k1}", "use the function that belongs to it" },
	[ACL_EMU_REASON_PAST_RANGE] = { CODE_INTERNAL,
		"leaves the reservation at {a0} of {s1}", "stay inside it" },
	[ACL_EMU_REASON_DETACHED] = { CODE_INTERNAL,
		"lies in the reservation at {a0} of {s1}, which was unmapped by other means",
		"release it with aclrtReleaseMemAddress(), never with munmap()" },
	[ACL_EMU_REASON_STILL_MAPPED] = { CODE_INTERNAL,
		"still holds mappings, the first at {a0} of {s1}",
		"unmap them with aclrtUnmapMem()" },
	[ACL_EMU_REASON_OVERLAPS] = { CODE_INTERNAL,
		"overlaps the mapping at {a0} of {s1}", "unmap it first" },
	[ACL_EMU_REASON_PHYS_SHORT] = { CODE_MEMORY,
		"is {s0} long but the memory has {s1}", "give the size of the memory" },
	[ACL_EMU_REASON_PHYS_LONG] = { CODE_PARAM,
		"is {s0} long but the memory has {s1}, and is mapped whole",
		"give the size of the memory" },
	[ACL_EMU_REASON_DEVICE_TIE] = { CODE_INTERNAL,
		"is in a reservation that is tied to {l0} while the memory belongs to {l1}",
		"use one reservation for each device" },
	[ACL_EMU_REASON_IMPORT_MIX] = { CODE_INTERNAL,
		"would mix memory of this process with imported memory in one reservation",
		"use one reservation for each" },
	[ACL_EMU_REASON_NOT_MAPPED] = { CODE_INTERNAL,
		"is not mapped at {a0}", "use addresses that aclrtMapMem() mapped" },
	[ACL_EMU_REASON_NOT_MAP_START] = { CODE_INTERNAL,
		"is inside the mapping that begins at {a0} and has {s1}",
		"give the start of the mapping" },
	[ACL_EMU_REASON_PAST_MAPPING] = { CODE_INTERNAL,
		"leaves the mapping at {a0} of {s1}", "stay inside it" },
	[ACL_EMU_REASON_COPY_BUSY] = { CODE_INTERNAL,
		"is used by a copy at {a0} of {s1} that is still running",
		"wait until the copy is done" },
	[ACL_EMU_REASON_RIGHTS] = { CODE_HANDLE,
		"may not be accessed at {a0} (rights: {r1})", "grant it with aclrtMemSetAccess()" },
	[ACL_EMU_REASON_NOT_RDONLY] = { ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
		"cannot be read-only: the reservation at {a0} of {s1} was not made for that",
		NULL },
	[ACL_EMU_REASON_GRANTED] = { CODE_INTERNAL,
		"was granted before as {a0} of {s1}",
		"repeat that grant exactly, or unmap and map again" },
	[ACL_EMU_REASON_NO_SHARE] = { CODE_HANDLE,
		"names no shared memory",
		"export it first; it ends when nobody holds the memory any more" },
	[ACL_EMU_REASON_EXPORTED] = { CODE_INTERNAL,
		"was exported before", "hand over the value of the first export" },
	[ACL_EMU_REASON_IMPORTED] = { CODE_INTERNAL,
		"is imported memory", "only the process that allocated it can export it" },
	[ACL_EMU_REASON_OWN_SHARE] = { CODE_INTERNAL,
		"was exported by this very process",
		"use the handle it was exported from" },
	[ACL_EMU_REASON_NOT_EXPORTER] = { CODE_INTERNAL,
		"was exported by another process", "let the exporter allow the pids" },
	[ACL_EMU_REASON_NO_LIST] = { ACL_ERROR_RT_NO_PERMISSION,
		"was exported without a whitelist",
		"export with ACL_RT_VMM_EXPORT_FLAG_DEFAULT to have one" },
	[ACL_EMU_REASON_NO_PIDS] = { CODE_INTERNAL,
		"gets {d0} pids which are all 0", "use the pids of aclrtDeviceGetBareTgid()" },
	[ACL_EMU_REASON_LIST_FULL] = { ACL_ERROR_RT_OVER_LIMIT,
		"would have {d0} pids on its whitelist, {d1} are possible",
		"export without a whitelist" },
	[ACL_EMU_REASON_FD] = { CODE_PARAM,
		"is file descriptor {d0}, which is of another type", NULL },
	[ACL_EMU_REASON_USER_FAULT] = { CODE_HANDLE,
		"meets memory that cannot be accessed at {a0}, after {s1}",
		"check pointer and size" },
	[ACL_EMU_REASON_INTERRUPTED] = { CODE_INTERNAL,
		"was interrupted by a signal after {s0} of {s1}", NULL },
};

/* The whitelist's answer has two forms. */
static const struct reason pid_unlisted = { CODE_INTERNAL,
	"is not open to this process (pid {d0})",
	"let the exporter call aclrtMemSetPidToShareableHandle() with it" };
static const struct reason pid_reused = { CODE_INTERNAL,
	"was opened for an earlier process with the pid {d0} of this one",
	"let the exporter call aclrtMemSetPidToShareableHandle() again, after this process began" };

/* err_msg_mode 1: the newest sentence of any thread. */
static _Atomic bool per_process;
static pthread_mutex_t shared_lock = PTHREAD_MUTEX_INITIALIZER;
static char shared_message[EMU_MESSAGE_LEN];
static bool shared_there;

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

/* An id that no device has stands for any device. */
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
	self->has_message = true;
	if (!atomic_load_explicit(&per_process, memory_order_relaxed))
		return;
	pthread_mutex_lock(&shared_lock);
	memcpy(shared_message, self->message, sizeof(shared_message));
	shared_there = true;
	pthread_mutex_unlock(&shared_lock);
}

/*
 * Codes of calls that meet what is not there. In a forked child, and after the
 * end of the runtime, that is why: nothing of the parent is in the child.
 */
static const char *why_lost(aclError code)
{
	switch (code) {
	case ACL_ERROR_RT_PARAM_INVALID:
	case ACL_ERROR_RT_CONTEXT_NULL:
	case ACL_ERROR_RT_INVALID_HANDLE:
	case ACL_ERROR_RT_CONTEXT_RELEASE_ERROR:
	case ACL_ERROR_RT_DRV_INTERNAL_ERROR:
		break;
	default:
		return NULL;
	}
	if (emu_process_forked())
		return "this process was forked after its parent used devices, and has none of its "
		       "parent's handles and memory: fork before the first acl call, or exec";
	if (emu_init_ended())
		return "the runtime was ended by aclFinalize()";
	return NULL;
}

static aclError record(aclError code, const char *advice, const char *what)
{
	struct emu_thread *self = &emu_self;
	const char *lost = why_lost(code);

	if (self->quiet)
		return code;
	snprintf(self->message, sizeof(self->message), "%s: %s (%d)%s%s%s%s", self->function, what,
		 code, lost ? "; " : "", lost ? lost : "", advice ? "; " : "",
		 advice ? advice : "");
	/* This one means "go on", and must not be found by a later look. */
	if (code != ACL_ERROR_REPEAT_INITIALIZE)
		self->last = code;
	publish(self);
	return code;
}

/*
 * Every failure that the library finds itself ends here. Gives the code back,
 * so that functions can return it.
 */
aclError (emu_error)(aclError code, const char *advice, const char *format, ...)
{
	char what[EMU_MESSAGE_LEN];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return record(code, advice, what);
}

aclError (emu_null)(const char *name)
{
	return emu_error(ACL_ERROR_INVALID_PARAM, "give a valid pointer", "%s is NULL", name);
}

aclError (emu_flags)(uint64_t flags)
{
	return emu_error(ACL_ERROR_INVALID_PARAM, "set it to 0", "flags is 0x%" PRIx64, flags);
}

/* For what has no reason: as the real driver's errors reach its users. */
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

static const char *errno_advice(int err)
{
	switch (err) {
	case EBADF:
		return "the program closed a file descriptor that belongs to the library";
	case ENOTTY:
		return "load the module that belongs to this library; or the program closed a file "
		       "descriptor that belongs to the library";
	default:
		return NULL;
	}
}

static const struct reason *find_reason(const struct acl_emu_head *head)
{
	if (head->reason == ACL_EMU_REASON_PID)
		return head->val[1] ? &pid_reused : &pid_unlisted;
	if (head->reason >= ACL_EMU_REASON_END || !reasons[head->reason].text)
		return NULL;
	return &reasons[head->reason];
}

/*
 * Every failure of emu_ioctl() ends here. @err is what it gave, @codes (may be
 * NULL) ends with a reason of 0; one for which the function has another code
 * than usual is found there. @subject begins the sentence.
 */
aclError (emu_fail)(int err, const struct acl_emu_head *head, const struct emu_code *codes,
		  const char *subject, ...)
{
	const struct reason *reason = find_reason(head);
	char what[EMU_MESSAGE_LEN], rest[EMU_MESSAGE_LEN / 2];
	aclError code;
	va_list args;
	int used;

	/* The node could not be opened, and that is said already. */
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
		snprintf(rest, sizeof(rest), "fails in the module: %s (reason %u)", strerror(-err),
			 head->reason);
	snprintf(what + used, sizeof(what) - (size_t)used, " %s", rest);
	return record(code, reason ? reason->advice : errno_advice(-err), what);
}

void emu_error_per_process(bool on)
{
	atomic_store(&per_process, on);
}

void emu_error_forget(void)
{
	shared_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	shared_there = false;
	atomic_store(&per_process, false);
}

const char *aclGetRecentErrMsg(void)
{
	struct emu_thread *self = &emu_self;
	bool there;

	EMU_ENTER();
	there = self->has_message;
	if (there)
		memcpy(self->given, self->message, sizeof(self->given));
	if (atomic_load(&per_process)) {
		pthread_mutex_lock(&shared_lock);
		there = shared_there;
		if (there)
			memcpy(self->given, shared_message, sizeof(self->given));
		shared_there = false;
		pthread_mutex_unlock(&shared_lock);
	}
	self->has_message = false;
	return there ? self->given : NULL;
}

/*
 * A failure sets the code of its thread; success leaves it alone, so that the
 * code found after a failure is that failure's, and aclrtGetLastError() at the
 * end of a sequence finds a failure in the middle of it.
 */
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
