// SPDX-License-Identifier: MIT
/*
 * Operations of other processes: the peer imports again and again, visitors import
 * once and die in various ways, the taker allocates what others free.
 */
#include "race.h"

#include <sys/uio.h>

/* ---- the peer ---- */

/* Maps an import, looks, and gives it back. */
static void race_use_import(struct race_me *me, uint64_t handle)
{
	uint64_t page = race_random(me) % 512;
	uint64_t word = RACE_STAMP(RACE_OWNER, 0, me->number);

	if (!RACE_CALL(me, MAP, uapi_map(me->fd, me->own, RACE_MEM, handle))) {
		race_look(me, me->own, page);
		race_touch(me->own + page * SIZE_4K + RACE_SCRATCH + 8 * me->number, &word, true);
		if (!RACE_CALL(me, UNMAP, uapi_unmap(me->fd, me->own)) &&
		    race_look(me, me->own, page))
			race_fault(me, "unmapped, but still there");
	}
	RACE_CALL(me, PHYS_FREE, uapi_free(me->fd, handle));
}

static void race_far_import(struct race_me *me)
{
	uint64_t handle = 0;

	if (!RACE_CALL(me, IMPORT, uapi_import(me->fd, race_load(&race->key),
					       race_random(me) % 2, &handle)))
		race_use_import(me, handle);
}

/* The owner's descriptor, taken out of the owner. */
static void race_far_import_fd(struct race_me *me)
{
	int owner = syscall(SYS_pidfd_open, race->owner, 0);
	int fd = syscall(SYS_pidfd_getfd, owner, race->dmabuf, 0);
	uint64_t handle = 0;

	close(owner);
	if (fd < 0)
		return;
	/* It may have got another meaning meanwhile, which is told. */
	if (!RACE_CALL(me, IMPORT_FD, uapi_import_fd(me->fd, fd, 0, &handle)))
		race_use_import(me, handle);
	close(fd);
}

static void race_far_query(struct race_me *me)
{
	struct acl_emu_share_query query = UAPI_ARG(acl_emu_share_query,
						    .key = race_load(&race->key));
	struct acl_emu_share_close close_it = UAPI_ARG(acl_emu_share_close, .key = query.key);
	int32_t pid = race->peer;

	if (!RACE_CALL(me, SHARE_QUERY, UAPI_CALL(me->fd, SHARE_QUERY, &query)) &&
	    (query.own || query.size != RACE_MEM))
		race_fault(me, "a key of %" PRIu64 " bytes, own %u", (uint64_t)query.size,
			   query.own);
	if (!RACE_CALL(me, SHARE_CLOSE, UAPI_CALL(me->fd, SHARE_CLOSE, &close_it)))
		race_fault(me, "closed the key of another process");
	if (!RACE_CALL(me, ALLOW_PIDS, uapi_allow(me->fd, query.key, &pid, 1)))
		race_fault(me, "allowed itself to import");
}

static void race_far_reset(struct race_me *me)
{
	race_reset(me);
}

static void race_far_sync(struct race_me *me)
{
	uint64_t handle = 0;
	struct acl_emu_sync_wait wait = UAPI_ARG(acl_emu_sync_wait, .value = 1,
						 .head.flags = ACL_EMU_SYNC_TAKE);

	if (RACE_CALL(me, IMPORT, uapi_sync_import(me->fd, race_load(&race->sync_key),
						   &handle)))
		return;
	wait.handle = handle;
	RACE_CALL(me, SYNC_WAIT, UAPI_CALL(me->fd, SYNC_WAIT, &wait));
	RACE_CALL(me, SYNC_SIGNAL, uapi_sync_signal(me->fd, wait.handle, ACL_EMU_SYNC_SET, 1,
						    NULL));
	RACE_CALL(me, PHYS_FREE, uapi_free(me->fd, wait.handle));
}

static void race_far_mem(struct race_me *me)
{
	uint64_t word, page = race_random(me) % 512;
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", race->owner);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (pread(fd, &word, 8, RACE_PLACE + page * SIZE_4K) == 8)
		race_check_stamp(me, "/proc/PID/mem", word, page);
	close(fd);
	race_process_vm(me);
}

static void race_far_madvise(struct race_me *me)
{
	struct iovec iov = { (void *)RACE_PLACE, RACE_MEM };
	int owner = syscall(SYS_pidfd_open, race->owner, 0);

	for (int advice = 0; advice < 30; advice++)
		syscall(SYS_process_madvise, owner, &iov, 1, advice, 0);
	close(owner);
	(void)me;
}

static int race_far_prepare(struct race_me *me, uint64_t at)
{
	struct acl_emu_range_reserve range = { .addr = at, .size = RACE_SIZE };

	me->fd = uapi_open();
	return me->fd < 0 || uapi_device_open(me->fd, 0) || uapi_device_open(me->fd, 1) ||
	       uapi_reserve_as(me->fd, &range, ACL_EMU_RANGE_FIXED);
}

int race_be_peer(int sock, void *data)
{
	static struct race_me me[RACE_ACTORS / 2];
	pthread_t thread;

	(void)data;
	race_catch();
	CHILD_CHECK(!race_far_prepare(&me[0], RACE_FAR));
	for (int i = 0; i < RACE_ACTORS / 2; i++) {
		me[i].number = RACE_ACTORS / 2 + i;
		me[i].tag = RACE_PEER;
		me[i].fd = me[0].fd;
		me[i].base = RACE_FAR;
		me[i].own = RACE_FAR + i * RACE_MEM;
		if (i)
			CHILD_CHECK(!pthread_create(&thread, NULL, race_act, &me[i]));
	}
	CHILD_CHECK(!uapi_send(sock, 1));
	race_act(&me[0]);
	CHILD_CHECK(!pthread_join(thread, NULL));
	return 0;
}

/* ---- visitors: children of the owner with a client of their own ---- */

static void *race_visit_more(void *data)
{
	struct race_me me = *(struct race_me *)data;

	me.own += RACE_MEM;
	for (;;)
		race_far_import(&me);
	return NULL;
}

/* Imports and maps, then ends in the midst of it. */
static void race_visit(struct race_me *me, int how)
{
	struct race_me visitor = *me;
	pthread_t thread;
	uint64_t handle = 0;
	pid_t pid = fork();

	if (pid) {
		race_reap(me, pid, "a visitor", SIGKILL);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	visitor.tag = RACE_PEER;
	visitor.own = RACE_FAR;
	if (race_far_prepare(&visitor, RACE_FAR))
		_exit(1);
	if (!RACE_CALL(&visitor, IMPORT, uapi_import(visitor.fd, race->key, 0, &handle)) &&
	    !RACE_CALL(&visitor, MAP, uapi_map(visitor.fd, RACE_FAR, RACE_MEM, handle)))
		for (int i = 0; i < 8; i++)
			race_look(&visitor, RACE_FAR, race_random(&visitor) % 512);
	if (how && pthread_create(&thread, NULL, race_visit_more, &visitor))
		_exit(2);
	sched_yield();
	if (how == 1)
		execl("/bin/true", "true", NULL);
	if (how == 2)
		raise(SIGKILL);
	_exit(0);
}

static void race_visit_end(struct race_me *me)
{
	race_visit(me, 0);
}

static void race_visit_exec(struct race_me *me)
{
	race_visit(me, 1);
}

static void race_visit_kill(struct race_me *me)
{
	race_visit(me, 2);
}

/* ---- the taker ---- */

static void race_take(struct race_me *me, uint64_t flags)
{
	uint64_t handle = 0, addr = RACE_FAR, at;

	if (uapi_alloc(me->fd, RACE_MEM, flags, &handle))
		return;
	if (uapi_map(me->fd, addr, RACE_MEM, handle)) {
		race_fault(me, "the taker cannot map");
		return;
	}
	at = uapi_nonzero(addr, RACE_MEM);
	if (at != RACE_MEM)
		race_fault(me, "the taker gets %#" PRIx64 " at %#" PRIx64, *uapi_words(addr + at),
			   at);
	for (at = 0; at < RACE_MEM; at += SIZE_4K) {
		*uapi_words(addr + at) = RACE_STAMP(RACE_TAKER, at / SIZE_4K, 0);
		*uapi_words(addr + at + RACE_SCRATCH) = RACE_STAMP(RACE_TAKER, 0, 1);
	}
	sched_yield();
	for (at = 0; at < RACE_MEM; at += SIZE_4K) {
		if (*uapi_words(addr + at) != RACE_STAMP(RACE_TAKER, at / SIZE_4K, 0) ||
		    *uapi_words(addr + at + RACE_SCRATCH) != RACE_STAMP(RACE_TAKER, 0, 1))
			race_fault(me, "a write to the taker's page: %#" PRIx64 ", %#" PRIx64,
				   *uapi_words(addr + at), *uapi_words(addr + at + RACE_SCRATCH));
	}
	if (uapi_unmap(me->fd, addr) || uapi_free(me->fd, handle))
		race_fault(me, "the taker cannot give back");
	__atomic_fetch_add(&race->taken, 1, __ATOMIC_RELAXED);
}

int race_be_taker(int sock, void *data)
{
	static const struct race_op taking = { "taker", NULL, 0 };
	struct race_me me = { .number = -1, .tag = RACE_TAKER, .op = &taking };
	uint32_t seen = 0, now;

	(void)data;
	CHILD_CHECK(!race_far_prepare(&me, RACE_FAR));
	CHILD_CHECK(!uapi_send(sock, 1));
	while (!__atomic_load_n(&race->stop, __ATOMIC_ACQUIRE)) {
		now = __atomic_load_n(&race->round, __ATOMIC_ACQUIRE);
		if (now == seen)
			race_futex_wait(&race->round, seen);
		else if (!(now % 4))
			race_take(&me, now % 8 ? ACL_EMU_PHYS_4K : 0);
		seen = now;
	}
	return 0;
}

const struct race_op race_far[] = {
	{ "far_import", race_far_import, RACE_BY_PEER },
	{ "far_import_fd", race_far_import_fd, RACE_BY_PEER },
	{ "far_query", race_far_query, RACE_BY_PEER },
	{ "far_reset", race_far_reset, RACE_BY_PEER },
	{ "far_sync", race_far_sync, RACE_BY_PEER },
	{ "far_mem", race_far_mem, RACE_BY_PEER },
	{ "far_madvise", race_far_madvise, RACE_BY_PEER },
	{ "visit_end", race_visit_end, 0 },
	{ "visit_exec", race_visit_exec, 0 },
	{ "visit_kill", race_visit_kill, 0 },
	{ NULL, NULL, 0 },
};
