// SPDX-License-Identifier: MIT
/*
 * Running programs, and judging what comes back: errors are documented ones,
 * failures change nothing, and in the end everything is as it was.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "execute.h"

#define NODE		"/dev/acl_emu"
#define DEVICES		2
#define HANG		60	/* seconds; the slowest calls take one */

uint64_t fuzz_calls_made, fuzz_calls_good;
struct fuzz_shared *fuzz_shared;

static int clients[2] = { -1, -1 };
static uint64_t used_before[DEVICES + 1];
static unsigned int nr_threads;
static pthread_t second;
static pthread_mutex_t far_lock = PTHREAD_MUTEX_INITIALIZER;
static pid_t far_pid;

void fuzz_fault(const char *format, ...)
{
	va_list list;

	if (__atomic_exchange_n(&fuzz_shared->faulty, 1, __ATOMIC_RELAXED))
		return;
	va_start(list, format);
	vsnprintf(fuzz_shared->report, sizeof(fuzz_shared->report), format, list);
	va_end(list);
}

static void futex(uint32_t *word, int op, uint32_t value)
{
	struct timespec second_long = { 1, 0 };

	syscall(SYS_futex, word, op, value, &second_long, NULL, 0);
}

/* ---- one call ---- */

uint64_t fuzz_resolve(const struct fuzz_value *value)
{
	uint64_t base = 0;

	if (value->ref)
		base = __atomic_load_n(&fuzz_shared->results[value->ref - 1], __ATOMIC_RELAXED);
	return base + value->plain;
}

/* A process without the second client uses the first one. */
static int client_fd(const struct fuzz_call *call)
{
	return clients[call->values[0].plain == FUZZ_CTX_SECOND && clients[1] >= 0];
}

static void run_call(unsigned int at)
{
	const struct fuzz_call *call = &fuzz_shared->program.calls[at];
	uint64_t result = 0;
	bool good;

	if (fuzz_types[call->type].nr)
		good = fuzz_ioctl(client_fd(call), call, &result);
	else
		good = fuzz_other(client_fd(call), call, at, &result);
	__atomic_fetch_add(&fuzz_shared->made, 1, __ATOMIC_RELAXED);
	if (!good)
		return;
	__atomic_fetch_add(&fuzz_shared->good, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&fuzz_shared->results[at], result, __ATOMIC_RELAXED);
}

/* ---- after a program ---- */

static int call(int fd, unsigned int nr, void *arg)
{
	return ioctl(fd, _IO(ACL_EMU_IOCTL_TYPE, nr), arg);
}

#define ARG(type, ...) ((struct type){ .head = { .size = sizeof(struct type) }, ##__VA_ARGS__ })

static void reset_devices(int fd)
{
	for (uint32_t i = 0; i < DEVICES; i++) {
		struct acl_emu_device arg = ARG(acl_emu_device, .device = i);

		if (call(fd, ACL_EMU_NR_DEVICE_OPEN, &arg) ||
		    call(fd, ACL_EMU_NR_DEVICE_RESET, &arg))
			fuzz_fault("a device cannot be reset: reason %u", arg.head.reason);
	}
}

/* Memory of the host survives a reset. */
static void free_handles(int fd)
{
	struct acl_emu_enum_entry entries[64];
	struct acl_emu_enum list = ARG(acl_emu_enum, .what = ACL_EMU_ENUM_HANDLES, .count = 64,
				       .entries = (uintptr_t)entries);
	unsigned int tries = 0;

	for (;;) {
		list.count = 64;
		list.cursor = 0;
		if (call(fd, ACL_EMU_NR_ENUM, &list) || !list.count)
			return;
		for (uint32_t i = 0; i < list.count; i++) {
			struct acl_emu_phys_free arg = ARG(acl_emu_phys_free,
							   .handle = entries[i].a);

			while (!call(fd, ACL_EMU_NR_PHYS_FREE, &arg) && (arg.left || arg.maps))
				if (!arg.left)
					break;
		}
		if (++tries > 1000) {
			fuzz_fault("handle %#" PRIx64 " stays", (uint64_t)entries[0].a);
			return;
		}
	}
}

static void release_ranges(int fd)
{
	struct acl_emu_enum_entry entries[64];
	struct acl_emu_enum list = ARG(acl_emu_enum, .what = ACL_EMU_ENUM_RANGES, .count = 64,
				       .entries = (uintptr_t)entries);
	struct acl_emu_device arg = ARG(acl_emu_device);

	call(fd, ACL_EMU_NR_DEVICE_OPEN, &arg);
	munmap((void *)FUZZ_WINDOW, FUZZ_WINDOW_END - FUZZ_WINDOW);
	while (list.cursor != ~0ull) {
		list.count = 64;
		if (call(fd, ACL_EMU_NR_ENUM, &list))
			break;
		for (uint32_t i = 0; i < list.count; i++) {
			struct acl_emu_range_release release = ARG(acl_emu_range_release,
				.addr = entries[i].a, .kind = entries[i].c);

			if (!fuzz_in_window(entries[i].a, entries[i].b))
				munmap((void *)(uintptr_t)entries[i].a, entries[i].b);
			if (call(fd, ACL_EMU_NR_RANGE_RELEASE, &release))
				fuzz_fault("reservation %#" PRIx64 " stays: reason %u",
					   (uint64_t)entries[i].a, release.head.reason);
		}
	}
	call(fd, ACL_EMU_NR_DEVICE_RESET, &arg);
}

/* Takes back all that this process has. */
static void clean_up(void)
{
	fuzz_forget_fds();
	for (int i = 0; i < 2 && clients[i] >= 0; i++)
		reset_devices(clients[i]);
	for (int i = 0; i < 2 && clients[i] >= 0; i++)
		release_ranges(clients[i]);
	for (int i = 0; i < 2 && clients[i] >= 0; i++)
		free_handles(clients[i]);
}

static uint64_t used(unsigned int device)
{
	struct acl_emu_device_info arg = ARG(acl_emu_device_info, .loc.id = device,
		.loc.type = ACL_EMU_LOC_DEVICE);

	if (device == DEVICES)
		arg.loc = (struct acl_emu_location){ ACL_EMU_LOC_HOST, 0 };
	return call(clients[0], ACL_EMU_NR_DEVICE_INFO, &arg) ? ~0ull : arg.used;
}

static uint64_t stat_of(unsigned int which)
{
	struct acl_emu_query arg = ARG(acl_emu_query, .param = ACL_EMU_PARAM_STAT,
				       .index = which);

	return call(clients[0], ACL_EMU_NR_QUERY, &arg) ? ~0ull : arg.value;
}

/* Pages in quarantine are still referenced for a short time. */
static void check_back(void)
{
	static const unsigned int zero[] = {
		ACL_EMU_STAT_HANDLES, ACL_EMU_STAT_RANGES, ACL_EMU_STAT_MAPPINGS,
		ACL_EMU_STAT_SHARES, ACL_EMU_STAT_SYNCS,
	};

	for (size_t i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
		if (stat_of(zero[i]))
			fuzz_fault("stat %u is %" PRIu64 " after all", zero[i],
				   stat_of(zero[i]));
	/* A dma-buf is released when the last process that closed it returns to user space. */
	if (stat_of(ACL_EMU_STAT_QUARANTINE) || stat_of(ACL_EMU_STAT_DMABUFS))
		return;
	for (unsigned int i = 0; i <= DEVICES; i++)
		if (used(i) != used_before[i])
			fuzz_fault("device %u: %" PRIu64 " bytes used, not %" PRIu64, i, used(i),
				   used_before[i]);
}

/* ---- the other process ---- */

enum { FAR_IDLE, FAR_STOP, FAR_CLEAN, FAR_CALL };

static void be_far(void)
{
	uint32_t seen = 0;

	clients[0] = fuzz_open(NODE);
	clients[1] = -1;
	fuzz_cover_enable(nr_threads);
	for (;;) {
		if (__atomic_load_n(&fuzz_shared->asked, __ATOMIC_ACQUIRE) == seen) {
			futex(&fuzz_shared->asked, FUTEX_WAIT, seen);
			if (getppid() != fuzz_shared->pid)
				_exit(0);
			continue;
		}
		seen++;
		if (fuzz_shared->what == FAR_CLEAN)
			clean_up();
		if (fuzz_shared->what >= FAR_CALL)
			run_call(fuzz_shared->what - FAR_CALL);
		if (fuzz_shared->what == FAR_STOP)
			_exit(0);
		__atomic_store_n(&fuzz_shared->answered, seen, __ATOMIC_RELEASE);
		futex(&fuzz_shared->answered, FUTEX_WAKE, 1);
	}
}

static void ask_far(uint32_t what)
{
	uint32_t now;
	int waited = 0;

	pthread_mutex_lock(&far_lock);
	fuzz_shared->what = what;
	__atomic_add_fetch(&fuzz_shared->asked, 1, __ATOMIC_RELEASE);
	futex(&fuzz_shared->asked, FUTEX_WAKE, 1);
	while (what != FAR_STOP &&
	       (now = __atomic_load_n(&fuzz_shared->answered, __ATOMIC_ACQUIRE)) !=
	       fuzz_shared->asked) {
		futex(&fuzz_shared->answered, FUTEX_WAIT, now);
		if (waitpid(far_pid, NULL, WNOHANG) || ++waited > HANG) {
			fuzz_fault("the other process has exited or hangs");
			break;
		}
	}
	pthread_mutex_unlock(&far_lock);
}

/* ---- programs ---- */

static void run_program(unsigned int thread)
{
	const struct fuzz_program *program = &fuzz_shared->program;

	for (unsigned int i = 0; i < program->nr && !fuzz_shared->faulty; i++) {
		unsigned int ahead = i + fuzz_shared->shift;

		while (thread && ahead < program->nr &&
		       __atomic_load_n(&fuzz_shared->progress, __ATOMIC_ACQUIRE) < ahead)
			sched_yield();
		if (program->calls[i].values[0].plain == FUZZ_CTX_FAR)
			ask_far(FAR_CALL + i);
		else
			run_call(i);
		if (!thread)
			__atomic_store_n(&fuzz_shared->progress, i + 1, __ATOMIC_RELEASE);
	}
	/* The thread that ends first must not be waited for. */
	if (!thread)
		__atomic_store_n(&fuzz_shared->progress, FUZZ_CALLS, __ATOMIC_RELEASE);
}

static void *be_second(void *data)
{
	uint32_t seen = 0;

	fuzz_cover_enable(1);
	for (;;) {
		if (__atomic_load_n(&fuzz_shared->begun, __ATOMIC_ACQUIRE) == seen) {
			futex(&fuzz_shared->begun, FUTEX_WAIT, seen);
			continue;
		}
		seen++;
		if (fuzz_shared->stop)
			return data;
		run_program(1);
		__atomic_store_n(&fuzz_shared->ended, seen, __ATOMIC_RELEASE);
		futex(&fuzz_shared->ended, FUTEX_WAKE, 1);
	}
}

static void start_second(void)
{
	fuzz_shared->progress = 0;
	__atomic_add_fetch(&fuzz_shared->begun, 1, __ATOMIC_RELEASE);
	futex(&fuzz_shared->begun, FUTEX_WAKE, 1);
}

static void await_second(void)
{
	uint32_t now;
	int waited = 0;

	while ((now = __atomic_load_n(&fuzz_shared->ended, __ATOMIC_ACQUIRE)) !=
	       fuzz_shared->begun) {
		futex(&fuzz_shared->ended, FUTEX_WAIT, now);
		if (++waited > HANG) {
			fuzz_fault("the second thread does not come to an end");
			return;
		}
	}
}

const char *fuzz_execute(const struct fuzz_program *program, unsigned int shift)
{
	fuzz_shared->program = *program;
	fuzz_shared->shift = shift;
	memset(fuzz_shared->results, 0, sizeof(fuzz_shared->results));
	fuzz_refresh();
	fuzz_cover_clear();
	if (nr_threads > 1)
		start_second();
	run_program(0);
	if (nr_threads > 1)
		await_second();
	clean_up();
	ask_far(FAR_CLEAN);
	check_back();
	fuzz_calls_made = fuzz_shared->made;
	fuzz_calls_good = fuzz_shared->good;
	return fuzz_shared->faulty ? fuzz_shared->report : NULL;
}

int fuzz_start(unsigned int threads)
{
	fuzz_shared = mmap(NULL, sizeof(*fuzz_shared), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (fuzz_shared == MAP_FAILED || fuzz_prepare())
		return -1;
	fuzz_shared->pid = getpid();
	nr_threads = threads;
	far_pid = fork();
	if (!far_pid)
		be_far();
	fuzz_shared->far_pid = far_pid;
	clients[0] = fuzz_open(NODE);
	clients[1] = fuzz_open(NODE);
	if (far_pid < 0 || clients[0] < 0 || clients[1] < 0)
		return -1;
	for (unsigned int i = 0; i <= DEVICES; i++)
		used_before[i] = used(i);
	fuzz_cover_enable(0);
	if (threads > 1 && pthread_create(&second, NULL, be_second, NULL))
		return -1;
	return 0;
}

void fuzz_stop(void)
{
	fuzz_shared->stop = 1;
	if (nr_threads > 1) {
		start_second();
		pthread_join(second, NULL);
	}
	ask_far(FAR_STOP);
	waitpid(far_pid, NULL, 0);
	close(clients[0]);
	close(clients[1]);
}
