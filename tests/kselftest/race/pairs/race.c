// SPDX-License-Identifier: MIT
/*
 * The setting of the races, the actors and their rounds: see race.h.
 */
#include "race.h"
#include "ioctls.h"

#include <linux/futex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <time.h>

struct race *race;

static __thread sigjmp_buf race_jump;

void race_fault(const struct race_me *me, const char *format, ...)
{
	size_t at = 0;
	va_list list;

	if (__atomic_fetch_add(&race->faults, 1, __ATOMIC_RELAXED))
		return;
	for (uint32_t i = 0; i < RACE_ACTORS; i++)
		if (race->op[i])
			at += snprintf(race->fault + at, sizeof(race->fault) - at, "%s ",
				       race->op[i]->name);
	at += snprintf(race->fault + at, sizeof(race->fault) - at, "(flavour %u): %s: ",
		       race->flavour, me ? me->op ? me->op->name : "?" : "the round");
	va_start(list, format);
	vsnprintf(race->fault + at, sizeof(race->fault) - at, format, list);
	va_end(list);
}

int race_rc(const struct race_me *me, unsigned int nr, int rc)
{
	if (rc >= 0)
		return rc;
	__atomic_fetch_add(&race->denied, 1, __ATOMIC_RELAXED);
	if (rc == -EBADF && race->flags & RACE_CLOSES && me->tag == RACE_OWNER)
		return rc;
	if (!ioctl_may_fail(nr, -rc, uapi_last.reason))
		race_fault(me, "ioctl %#x gives %s, reason %u", nr, strerror(-rc),
			   uapi_last.reason);
	return rc;
}

uint64_t race_random(struct race_me *me)
{
	me->random = me->random * 6364136223846793005ull + 1442695040888963407ull;
	return me->random >> 33;
}

static void race_on_signal(int sig)
{
	siglongjmp(race_jump, sig);
}

void race_catch(void)
{
	struct sigaction action = { .sa_handler = race_on_signal };

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

int race_touch(uint64_t addr, uint64_t *word, bool write)
{
	volatile uint64_t *at = uapi_words(addr);
	int sig = sigsetjmp(race_jump, 1);

	if (sig)
		return sig;
	if (write)
		*at = *word;
	else
		*word = *at;
	return 0;
}

void race_check_stamp(const struct race_me *me, const char *way, uint64_t word, uint64_t page)
{
	__atomic_fetch_add(&race->looks, 1, __ATOMIC_RELAXED);
	if (RACE_TAG(word) != RACE_OWNER || RACE_PAGE(word) != page)
		race_fault(me, "%s: page %" PRIu64 " begins with %#" PRIx64, way, page, word);
}

void race_check_scratch(const struct race_me *me, const char *way, uint64_t word)
{
	if (word && RACE_TAG(word) != RACE_OWNER)
		race_fault(me, "%s: %#" PRIx64 " behind the beginning of a page", way, word);
}

bool race_look(const struct race_me *me, uint64_t base, uint64_t page)
{
	uint64_t word;

	if (race_touch(base + page * SIZE_4K, &word, false))
		return false;
	race_check_stamp(me, "a look", word, page);
	if (!race_touch(base + page * SIZE_4K + RACE_SCRATCH, &word, false))
		race_check_scratch(me, "a look", word);
	return true;
}

/* Fresh memory is zero, and from then on the owner's. */
static int race_stamp(const struct race_me *me, uint64_t addr, uint64_t size, uint32_t serial)
{
	for (uint64_t page = 0; page < size / SIZE_4K; page++) {
		uint64_t stamp = RACE_STAMP(me->tag, page, serial), word;

		if (race_touch(addr + page * SIZE_4K, &word, false))
			return -1;
		if (word)
			race_fault(me, "fresh page %" PRIu64 " begins with %#" PRIx64, page, word);
		if (race_touch(addr + page * SIZE_4K, &stamp, true))
			return -1;
	}
	return 0;
}

static uint32_t race_phys_flags(void)
{
	return race->flavour == RACE_SMALL ? ACL_EMU_PHYS_4K : 0;
}

uint32_t race_range_flags(void)
{
	return ACL_EMU_RANGE_FIXED |
	       (race->flavour == RACE_RDONLY ? ACL_EMU_RANGE_RDONLY_CAPABLE : 0);
}

static uint32_t race_serial(void)
{
	return __atomic_add_fetch(&race->serial, 1, __ATOMIC_RELAXED);
}

int race_alloc(const struct race_me *me, uint64_t addr, bool keep, uint64_t *handle)
{
	struct acl_emu_phys_alloc arg = UAPI_ARG(acl_emu_phys_alloc, .size = RACE_MEM,
		.loc = uapi_device(0), .cookie = race_serial(), .head.flags = race_phys_flags());
	int rc = RACE_CALL(me, PHYS_ALLOC, UAPI_CALL(me->fd, PHYS_ALLOC, &arg));

	if (rc)
		return rc;
	*handle = arg.handle;
	rc = RACE_CALL(me, MAP, uapi_map(me->fd, addr, RACE_MEM, arg.handle));
	if (!rc) {
		rc = race_stamp(me, addr, RACE_MEM, arg.cookie);
		if (!keep || rc)
			RACE_CALL(me, UNMAP, uapi_unmap(me->fd, addr));
	}
	if (rc)
		RACE_CALL(me, PHYS_FREE, uapi_free(me->fd, arg.handle));
	return rc;
}

void race_demolish(struct race_me *me)
{
	if (race->dmabuf >= 0)
		close(race->dmabuf);
	race->dmabuf = -1;
	munmap((void *)RACE_PLACE, RACE_SIZE);
	close(RACE_FD);
	me->fd = -1;
	race->handle = 0;
}

static int race_open(void)
{
	int fd = uapi_open(), high;

	if (fd < 0)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, RACE_FD);
	close(fd);
	if (high != RACE_FD)
		return -1;
	return uapi_device_open(high, 0) || uapi_device_open(high, 1) ? -1 : high;
}

int race_build(struct race_me *me)
{
	struct acl_emu_range_reserve range = { .addr = RACE_PLACE, .size = RACE_SIZE };

	race_demolish(me);
	me->fd = race_open();
	if (me->fd < 0 || uapi_reserve_as(me->fd, &range, race_range_flags()) ||
	    race_alloc(me, RACE_PLACE, true, &race->handle) ||
	    uapi_export(me->fd, race->handle, ACL_EMU_EXPORT_NO_LIST, &race->key) ||
	    uapi_sync(me->fd, 1, &race->sync) ||
	    uapi_export(me->fd, race->sync, ACL_EMU_EXPORT_NO_LIST, &race->sync_key)) {
		race_fault(NULL, "the world cannot be built: %s, reason %u", strerror(errno),
			   uapi_last.reason);
		return -1;
	}
	race->dmabuf = uapi_export_fd(me->fd, race->handle);
	return race->dmabuf < 0;
}

bool race_whole(struct race_me *me)
{
	struct acl_emu_lookup at = uapi_lookup(me->fd, RACE_PLACE);
	struct acl_emu_share_query key = UAPI_ARG(acl_emu_share_query, .key = race->key);
	struct acl_emu_share_query sync = UAPI_ARG(acl_emu_share_query, .key = race->sync_key);
	struct acl_emu_phys_info info = uapi_phys_info(me->fd, race->handle);
	struct acl_emu_device_info dev = uapi_info(me->fd, uapi_device(1));

	return at.found == (ACL_EMU_FOUND_RANGE | ACL_EMU_FOUND_MAPPING) &&
	       at.handle == race->handle && at.map_size == RACE_MEM &&
	       at.granule == (race->flavour == RACE_SMALL ? SIZE_4K : SIZE_2M) &&
	       info.users == 1 && dev.open == 1 && race->dmabuf >= 0 &&
	       !UAPI_CALL(me->fd, SHARE_QUERY, &key) && !UAPI_CALL(me->fd, SHARE_QUERY, &sync);
}

static void race_settle_page(struct race_me *me, uint64_t page, bool open)
{
	uint64_t addr = RACE_PLACE + page * SIZE_4K, word = 0;
	struct acl_emu_lookup at = uapi_lookup(me->fd, addr);
	bool there = at.found != ~0u && at.found & ACL_EMU_FOUND_MAPPING && at.rights;
	int sig = race_touch(addr, &word, false);

	if (open && sig && there)
		race_fault(NULL, "signal %d on page %" PRIu64 " that is mapped", sig, page);
	if (open && !sig && !there)
		race_fault(NULL, "page %" PRIu64 " shows %#" PRIx64 " and is not mapped", page,
			   word);
	if (!sig)
		race_check_stamp(NULL, "after all", word, page);
}

/*
 * With nobody at work: what is mapped can be seen, and nothing else. With the file
 * closed nobody could unmap or can be asked, but what can be seen is still ours.
 */
static void race_settle(struct race_me *me)
{
	bool open = fcntl(me->fd, F_GETFD) >= 0;

	race_settle_page(me, 0, open);
	race_settle_page(me, 1, open);
	race_settle_page(me, 511, open);
	for (int i = 0; open && i < RACE_ACTORS; i++) {
		uint64_t word, addr = RACE_PLACE + (1 + i) * RACE_MEM;

		if (!race_touch(addr, &word, false))
			race_fault(NULL, "address %#" PRIx64 " shows %#" PRIx64, addr, word);
	}
}

void race_futex_wait(uint32_t *word, uint32_t value)
{
	struct timespec second = { 1, 0 };

	syscall(SYS_futex, word, FUTEX_WAIT, value, &second, NULL, 0);
}

void race_futex_wake(uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

/* Those who meet begin within some instructions of each other. */
static void race_meet(struct race_me *me)
{
	uint64_t spin = race_random(me);

	__atomic_add_fetch(&race->met, 1, __ATOMIC_ACQ_REL);
	for (unsigned int i = 1; __atomic_load_n(&race->met, __ATOMIC_ACQUIRE) < race->actors; i++)
		if (!(i % 1024))
			sched_yield();
	for (spin >>= spin % 32; spin % 65536; spin--)
		__asm__ volatile("");
}

void *race_act(void *data)
{
	struct race_me *me = data;
	uint32_t *go = &race->go[me->number];
	uint32_t seen = 0;

	while (!__atomic_load_n(&race->stop, __ATOMIC_ACQUIRE)) {
		if (__atomic_load_n(go, __ATOMIC_ACQUIRE) == seen) {
			race_futex_wait(go, seen);
			continue;
		}
		seen++;
		me->random = race->seed[me->number];
		me->op = race->op[me->number];
		me->fd = me->tag == RACE_OWNER ? RACE_FD : me->fd;
		race_meet(me);
		for (uint64_t n = race_random(me) % 3; n < 3; n++)
			me->op->fn(me);
		__atomic_add_fetch(&race->done, 1, __ATOMIC_RELAXED);
		if (!__atomic_sub_fetch(&race->busy, 1, __ATOMIC_ACQ_REL))
			race_futex_wake(&race->busy);
	}
	return NULL;
}

bool race_enlist(const struct race_op *op, uint64_t seed)
{
	int first = op->flags & RACE_BY_PEER ? RACE_ACTORS / 2 : 0;

	for (int i = first; i < first + RACE_ACTORS / 2; i++) {
		if (race->op[i])
			continue;
		race->op[i] = op;
		race->seed[i] = seed * 2654435761u + i;
		race->actors++;
		race->flags |= op->flags;
		return true;
	}
	return false;
}

bool race_round(struct race_me *me)
{
	uint32_t busy;
	int waited = 0;

	race->met = 0;
	__atomic_store_n(&race->busy, race->actors, __ATOMIC_RELEASE);
	__atomic_add_fetch(&race->round, 1, __ATOMIC_RELEASE);
	race_futex_wake(&race->round);
	for (int i = 0; i < RACE_ACTORS; i++) {
		if (!race->op[i])
			continue;
		__atomic_add_fetch(&race->go[i], 1, __ATOMIC_RELEASE);
		race_futex_wake(&race->go[i]);
	}
	while ((busy = __atomic_load_n(&race->busy, __ATOMIC_ACQUIRE)) && waited < RACE_HANG) {
		race_futex_wait(&race->busy, busy);
		waited += __atomic_load_n(&race->busy, __ATOMIC_ACQUIRE) == busy;
	}
	if (busy) {
		/* Whoever hangs is named by what the round does. */
		me->op = NULL;
		race_fault(me, "%u of %u do not come to an end", busy, race->actors);
		return false;
	}
	race->flags = 0;
	race->actors = 0;
	race_settle(me);
	memset(race->op, 0, sizeof(race->op));
	return true;
}
