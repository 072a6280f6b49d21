// SPDX-License-Identifier: MIT
/*
 * Operations: the ioctls of the owner.
 */
#include "race.h"

uint64_t race_load(const uint64_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void race_map(struct race_me *me)
{
	RACE_CALL(me, MAP, uapi_map(me->fd, RACE_PLACE, RACE_MEM, race_load(&race->handle)));
}

static void race_map_now(struct race_me *me)
{
	RACE_CALL(me, MAP, uapi_map_as(me->fd, (struct acl_emu_map){ .addr = RACE_PLACE,
		.size = RACE_MEM, .handle = race_load(&race->handle), .rights = READ_WRITE },
		ACL_EMU_MAP_POPULATE));
}

/* The same memory at addresses of one's own. */
static void race_alias(struct race_me *me)
{
	uint64_t page = race_random(me) % 512;

	if (RACE_CALL(me, MAP, uapi_map(me->fd, me->own, RACE_MEM, race_load(&race->handle))))
		return;
	race_look(me, me->own, page);
	if (!RACE_CALL(me, UNMAP, uapi_unmap(me->fd, me->own)) &&
	    race_look(me, me->own, page))
		race_fault(me, "unmapped, but still there");
}

static void race_unmap(struct race_me *me)
{
	RACE_CALL(me, UNMAP, uapi_unmap(me->fd, RACE_PLACE));
}

static void race_read(struct race_me *me)
{
	for (int i = 0; i < 4; i++)
		race_look(me, RACE_PLACE, race_random(me) % 512);
}

static void race_write(struct race_me *me)
{
	uint64_t word = RACE_STAMP(me->tag, 0, me->number);

	for (int i = 0; i < 4; i++)
		race_touch(RACE_PLACE + race_random(me) % 512 * SIZE_4K + RACE_SCRATCH +
			   8 * me->number, &word, true);
}

static void race_rights(struct race_me *me)
{
	static const uint32_t rights[] = { NO_RIGHTS, READ_ONLY };
	uint32_t which = race->flavour == RACE_RDONLY ? race_random(me) % 2 : 0;

	RACE_CALL(me, SET_ACCESS, uapi_set_access(me->fd, RACE_PLACE, RACE_MEM, uapi_device(0),
						  rights[which], 0));
	race_look(me, RACE_PLACE, 7);
	RACE_CALL(me, SET_ACCESS, uapi_set_access(me->fd, RACE_PLACE, RACE_MEM, uapi_device(0),
						  READ_WRITE, 0));
}

static void race_grant(struct race_me *me)
{
	for (int i = 0; i < 2; i++)
		RACE_CALL(me, SET_ACCESS,
			  uapi_set_access(me->fd, RACE_PLACE, SIZE_4K << race_random(me) % 9,
					  uapi_device(1), i ? NO_RIGHTS : READ_WRITE,
					  race_random(me) % 2 ? ACL_EMU_ACCESS_KEEP : 0));
}

static void race_queries(struct race_me *me)
{
	struct acl_emu_lookup at = UAPI_ARG(acl_emu_lookup, .addr = RACE_PLACE + SIZE_4K);
	struct acl_emu_phys_info info = UAPI_ARG(acl_emu_phys_info,
						 .handle = race_load(&race->handle));
	struct acl_emu_device_info dev = UAPI_ARG(acl_emu_device_info, .loc = uapi_device(0));

	RACE_CALL(me, GET_ACCESS, uapi_get_access(me->fd, RACE_PLACE, uapi_device(1)));
	RACE_CALL(me, LOOKUP, UAPI_CALL(me->fd, LOOKUP, &at));
	RACE_CALL(me, PHYS_INFO, UAPI_CALL(me->fd, PHYS_INFO, &info));
	RACE_CALL(me, DEVICE_INFO, UAPI_CALL(me->fd, DEVICE_INFO, &dev));
}

static void race_enum(struct race_me *me)
{
	struct acl_emu_enum_entry entries[2];

	for (uint32_t what = 0; what < ACL_EMU_ENUM_END; what++) {
		struct acl_emu_enum arg = UAPI_ARG(acl_emu_enum, .what = what, .count = 2,
						   .entries = (uintptr_t)entries);

		while (arg.cursor != ~0ull) {
			if (RACE_CALL(me, ENUM, UAPI_CALL(me->fd, ENUM, &arg)))
				return;
			if (arg.count > 2)
				race_fault(me, "%u entries where 2 fit", arg.count);
			arg.count = 2;
		}
	}
}

static void race_retain(struct race_me *me)
{
	struct acl_emu_phys_retain arg = UAPI_ARG(acl_emu_phys_retain, .addr = RACE_PLACE);

	if (race_random(me) % 2)
		arg.head.flags = ACL_EMU_RETAIN_BY_ADDR;
	else
		arg.handle = race_load(&race->handle);
	if (!RACE_CALL(me, PHYS_RETAIN, UAPI_CALL(me->fd, PHYS_RETAIN, &arg)))
		RACE_CALL(me, PHYS_FREE, uapi_free(me->fd, arg.handle));
}

static void race_free(struct race_me *me)
{
	RACE_CALL(me, PHYS_FREE, uapi_free(me->fd, race_load(&race->handle)));
}

/* Other memory becomes that of the world. */
static void race_swap(struct race_me *me)
{
	uint64_t handle = 0;

	if (race_alloc(me, me->own, false, &handle))
		return;
	handle = __atomic_exchange_n(&race->handle, handle, __ATOMIC_ACQ_REL);
	RACE_CALL(me, UNMAP, uapi_unmap(me->fd, RACE_PLACE));
	RACE_CALL(me, PHYS_FREE, uapi_free(me->fd, handle));
	race_map(me);
}

static void race_export(struct race_me *me)
{
	uint32_t flags = race_random(me) % 3 ? ACL_EMU_EXPORT_NO_LIST :
			 ACL_EMU_EXPORT_NO_LIST | ACL_EMU_EXPORT_ONCE;
	uint64_t key = 0;

	if (!RACE_CALL(me, EXPORT, uapi_export(me->fd, race_load(&race->handle), flags, &key)))
		__atomic_store_n(&race->key, key, __ATOMIC_RELEASE);
}

/* A share with a list, on which the peer comes in the middle. */
static void race_allow(struct race_me *me)
{
	int32_t pids[] = { 0, race->peer, 1, race->peer, 999999 };
	uint64_t key = 0, handle = race_load(&race->handle);

	if (RACE_CALL(me, EXPORT, uapi_export(me->fd, handle, 0, &key)))
		return;
	__atomic_store_n(&race->key, key, __ATOMIC_RELEASE);
	RACE_CALL(me, ALLOW_PIDS, uapi_allow(me->fd, race_load(&race->key), pids,
					     1 + race_random(me) % ARRAY_SIZE(pids)));
	RACE_CALL(me, ALLOW_PIDS, uapi_allow(me->fd, key, pids, ARRAY_SIZE(pids)));
}

static void race_share_close(struct race_me *me)
{
	struct acl_emu_share_close arg = UAPI_ARG(acl_emu_share_close,
						  .key = race_load(&race->key));

	if (RACE_CALL(me, SHARE_CLOSE, UAPI_CALL(me->fd, SHARE_CLOSE, &arg)) == -EACCES)
		race_fault(me, "the exporter is told that it is another one");
}

static void race_export_fd(struct race_me *me)
{
	int fd = RACE_CALL(me, EXPORT_FD, uapi_export_fd(me->fd, race_load(&race->handle)));

	if (fd < 0)
		return;
	fd = __atomic_exchange_n(&race->dmabuf, fd, __ATOMIC_ACQ_REL);
	if (fd >= 0)
		close(fd);
}

/* The dma-buf itself, and what is made of it. */
static void race_mmap_fd(struct race_me *me)
{
	uint64_t page = race_random(me) % 512;
	int fd = fcntl(race->dmabuf, F_DUPFD_CLOEXEC, 0);
	void *at;

	if (fd < 0)
		return;
	at = mmap(NULL, RACE_MEM, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	/* The number may be that of another file by now. */
	close(fd);
	if (at == MAP_FAILED)
		return;
	race_look(me, (uintptr_t)at, page);
	munmap((char *)at + page * SIZE_4K, RACE_MEM - page * SIZE_4K);
	if (page)
		munmap(at, page * SIZE_4K);
}

static void race_import_fd(struct race_me *me)
{
	uint64_t handle = 0;

	/* Local and imported memory do not mix, so it is not mapped here. */
	if (!RACE_CALL(me, IMPORT_FD, uapi_import_fd(me->fd, race->dmabuf, 1, &handle)))
		RACE_CALL(me, PHYS_FREE, uapi_free(me->fd, handle));
}

static void race_import_own(struct race_me *me)
{
	uint64_t handle = 0;

	if (!RACE_CALL(me, IMPORT, uapi_import(me->fd, race_load(&race->key), 0, &handle)))
		race_fault(me, "imported by the exporter");
}

static void race_copy_in(struct race_me *me)
{
	uint64_t words[256], at = RACE_PLACE + race_random(me) % 512 * SIZE_4K + RACE_SCRATCH;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = RACE_STAMP(me->tag, 0, i);
	RACE_CALL(me, COPY, uapi_copy(me->fd, at, (uintptr_t)words, sizeof(words),
				      ACL_EMU_COPY_DST_MAPPED, NULL));
}

static void race_copy_out(struct race_me *me)
{
	uint64_t page = race_random(me) % 256;
	uint64_t *words = calloc(256, SIZE_4K);

	if (!RACE_CALL(me, COPY, uapi_copy(me->fd, (uintptr_t)words, RACE_PLACE + page * SIZE_4K,
					   256 * SIZE_4K, ACL_EMU_COPY_SRC_MAPPED, NULL)))
		for (int i = 0; i < 256; i++)
			race_check_stamp(me, "a copy", words[i * 512], page + i);
	free(words);
}

/* Half of the memory onto itself, page for page. */
static void race_copy(struct race_me *me)
{
	RACE_CALL(me, COPY, uapi_copy(me->fd, RACE_PLACE, RACE_PLACE, RACE_MEM / 2,
				      ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED, NULL));
}

static void race_fill(struct race_me *me)
{
	uint64_t at = RACE_PLACE + race_random(me) % 512 * SIZE_4K + RACE_SCRATCH;

	RACE_CALL(me, COPY, uapi_copy(me->fd, at, RACE_OWNER * 0x01010101u, 1024,
				      ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_FILL, NULL));
}

static void race_reserve(struct race_me *me)
{
	uint64_t addr = 0;

	if (!RACE_CALL(me, RANGE_RESERVE, uapi_reserve(me->fd, SIZE_2M << race_random(me) % 4,
						       &addr)))
		RACE_CALL(me, RANGE_RELEASE, uapi_release(me->fd, addr));
}

/* The world's own reservation. */
static void race_release(struct race_me *me)
{
	struct acl_emu_range_reserve range = { .addr = RACE_PLACE, .size = RACE_SIZE };

	if (race_random(me) % 2)
		RACE_CALL(me, UNMAP, uapi_unmap(me->fd, RACE_PLACE));
	if (!RACE_CALL(me, RANGE_RELEASE, uapi_release(me->fd, RACE_PLACE)))
		RACE_CALL(me, RANGE_RESERVE, uapi_reserve_as(me->fd, &range, race_range_flags()));
}

void race_reset(struct race_me *me)
{
	RACE_CALL(me, DEVICE_RESET, uapi_device_reset(me->fd, 0));
	RACE_CALL(me, DEVICE_OPEN, uapi_device_open(me->fd, 0));
}

static void race_reset_other(struct race_me *me)
{
	RACE_CALL(me, DEVICE_RESET, uapi_device_reset(me->fd, 1));
	RACE_CALL(me, DEVICE_OPEN, uapi_device_open(me->fd, 1));
}

static void race_signal(struct race_me *me)
{
	RACE_CALL(me, SYNC_SIGNAL, uapi_sync_signal(me->fd, race_load(&race->sync),
						    race_random(me) % 3, race_random(me) % 4,
						    NULL));
}

static void race_wait(struct race_me *me)
{
	struct timespec now;
	struct acl_emu_sync_wait arg = UAPI_ARG(acl_emu_sync_wait, .value = race_random(me) % 4,
		.handle = race_load(&race->sync), .head.flags = race_random(me) % 2);

	clock_gettime(CLOCK_MONOTONIC, &now);
	arg.deadline = now.tv_sec * 1000000000ll + now.tv_nsec + 1000000;
	if (race_random(me) % 2)
		arg.cancel = arg.handle;
	RACE_CALL(me, SYNC_WAIT, UAPI_CALL(me->fd, SYNC_WAIT, &arg));
}

/* Another counter becomes that of the world. */
static void race_sync(struct race_me *me)
{
	struct acl_emu_sync_create arg = UAPI_ARG(acl_emu_sync_create, .value = 1);
	uint64_t key = 0, handle;

	if (RACE_CALL(me, SYNC_CREATE, UAPI_CALL(me->fd, SYNC_CREATE, &arg)))
		return;
	if (!RACE_CALL(me, EXPORT, uapi_export(me->fd, arg.handle, ACL_EMU_EXPORT_NO_LIST, &key)))
		__atomic_store_n(&race->sync_key, key, __ATOMIC_RELEASE);
	handle = __atomic_exchange_n(&race->sync, arg.handle, __ATOMIC_ACQ_REL);
	RACE_CALL(me, PHYS_FREE, uapi_free(me->fd, handle));
}

static void race_close(struct race_me *me)
{
	(void)me;
	close(RACE_FD);
}

/* The context ends: neither file nor addresses are left. */
static void race_close_all(struct race_me *me)
{
	close(RACE_FD);
	munmap((void *)RACE_PLACE, RACE_SIZE);
	(void)me;
}

const struct race_op race_own[] = {
	{ "map", race_map, 0 },
	{ "map_now", race_map_now, 0 },
	{ "alias", race_alias, 0 },
	{ "unmap", race_unmap, 0 },
	{ "read", race_read, 0 },
	{ "write", race_write, 0 },
	{ "rights", race_rights, 0 },
	{ "grant", race_grant, 0 },
	{ "queries", race_queries, 0 },
	{ "enum", race_enum, 0 },
	{ "retain", race_retain, 0 },
	{ "free", race_free, 0 },
	{ "swap", race_swap, 0 },
	{ "export", race_export, 0 },
	{ "allow", race_allow, 0 },
	{ "share_close", race_share_close, 0 },
	{ "export_fd", race_export_fd, 0 },
	{ "mmap_fd", race_mmap_fd, 0 },
	{ "import_fd", race_import_fd, 0 },
	{ "import_own", race_import_own, 0 },
	{ "copy_in", race_copy_in, 0 },
	{ "copy_out", race_copy_out, 0 },
	{ "copy", race_copy, 0 },
	{ "fill", race_fill, 0 },
	{ "reserve", race_reserve, 0 },
	{ "release", race_release, 0 },
	{ "reset", race_reset, 0 },
	{ "reset_other", race_reset_other, 0 },
	{ "signal", race_signal, 0 },
	{ "wait", race_wait, 0 },
	{ "sync", race_sync, 0 },
	{ "close", race_close, RACE_CLOSES },
	{ "close_all", race_close_all, RACE_CLOSES },
	{ NULL, NULL, 0 },
};
