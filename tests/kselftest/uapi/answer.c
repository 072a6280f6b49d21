// SPDX-License-Identifier: MIT
/*
 * Answers that cannot be delivered: the argument lies in memory that is
 * read-only. Such a call fails with EFAULT and changes nothing.
 */
#include "uapi_peer.h"

#include <dirent.h>

UAPI_FIXTURE(answer)

/* Which part of the argument is read-only. */
enum place { ALL_OF_IT, HEAD_ONLY, TAIL_ONLY, PLACES };

union arg {
	struct acl_emu_head head;
	struct acl_emu_query query;
	struct acl_emu_device_info device_info;
	struct acl_emu_device device;
	struct acl_emu_phys_alloc phys_alloc;
	struct acl_emu_phys_retain phys_retain;
	struct acl_emu_phys_free phys_free;
	struct acl_emu_phys_info phys_info;
	struct acl_emu_range_reserve range_reserve;
	struct acl_emu_range_release range_release;
	struct acl_emu_map map;
	struct acl_emu_unmap unmap;
	struct acl_emu_access access;
	struct acl_emu_lookup lookup;
	struct acl_emu_copy copy;
	struct acl_emu_export export;
	struct acl_emu_export_fd export_fd;
	struct acl_emu_allow_pids allow_pids;
	struct acl_emu_share_query share_query;
	struct acl_emu_share_close share_close;
	struct acl_emu_import import;
	struct acl_emu_import_fd import_fd;
	struct acl_emu_sync_create sync_create;
	struct acl_emu_sync_signal sync_signal;
	struct acl_emu_sync_wait sync_wait;
	struct acl_emu_tgid tgid;
	struct acl_emu_enum enumerate;
	struct acl_emu_label label;
	struct acl_emu_holders holders;
	struct acl_emu_objects objects;
	struct acl_emu_idle idle;
};

/* Objects for a valid argument of every ioctl. */
struct world {
	int fd;
	uint64_t handle;	/* mapped at addr */
	uint64_t addr;
	uint64_t empty;		/* reservation without mappings */
	uint64_t sync;
	uint64_t key;		/* share of handle, with a list */
	uint64_t far;		/* share of another process */
	int dmabuf;
	int32_t self;
	char buffer[64];
	struct acl_emu_enum_entry entry[4];
	uint8_t list[512];
	_Alignas(4096) uint64_t figures[512];
	union arg args[ACL_EMU_NR_END];
};

/* A call of each number that would succeed; the size is 0 where there is none. */
static void make_args(struct world *w)
{
	union arg *args = w->args;
	const struct acl_emu_location device = uapi_device(0);

	memset(args, 0, sizeof(w->args));
#define ARG(nr, member, ...) \
	(args[ACL_EMU_NR_##nr].member = (__typeof__(args->member)){ \
		.head.size = sizeof(args->member), ##__VA_ARGS__ })
	ARG(QUERY, query);
	ARG(DEVICE_INFO, device_info, .loc = device);
	ARG(DEVICE_OPEN, device, .device = 1);
	ARG(DEVICE_RESET, device);
	ARG(PHYS_ALLOC, phys_alloc, .size = SIZE_2M, .loc = device);
	ARG(PHYS_RETAIN, phys_retain, .handle = w->handle);
	ARG(PHYS_FREE, phys_free, .handle = w->handle);
	ARG(PHYS_INFO, phys_info, .handle = w->handle);
	ARG(RANGE_RESERVE, range_reserve, .size = SIZE_2M);
	ARG(RANGE_RELEASE, range_release, .addr = w->empty);
	ARG(MAP, map, .addr = w->empty, .size = SIZE_2M, .handle = w->handle,
	    .rights = READ_WRITE);
	ARG(UNMAP, unmap, .addr = w->addr);
	ARG(SET_ACCESS, access, .addr = w->addr, .size = SIZE_2M, .loc = device);
	ARG(GET_ACCESS, access, .addr = w->addr, .loc = device);
	ARG(LOOKUP, lookup, .addr = w->addr);
	ARG(COPY, copy, .head.flags = ACL_EMU_COPY_SRC_MAPPED, .dst = (uintptr_t)w->buffer,
	    .src = w->addr, .size = sizeof(w->buffer));
	ARG(EXPORT, export, .head.flags = ACL_EMU_EXPORT_ONCE, .handle = w->handle);
	ARG(EXPORT_FD, export_fd, .handle = w->handle);
	ARG(ALLOW_PIDS, allow_pids, .key = w->key, .pids = (uintptr_t)&w->self, .count = 1);
	ARG(SHARE_QUERY, share_query, .key = w->key);
	ARG(SHARE_CLOSE, share_close, .key = w->key);
	ARG(IMPORT, import, .key = w->far);
	ARG(IMPORT_FD, import_fd, .fd = w->dmabuf);
	ARG(SYNC_CREATE, sync_create);
	ARG(SYNC_SIGNAL, sync_signal, .head.flags = ACL_EMU_SYNC_ADD, .handle = w->sync,
	    .value = 1);
	ARG(SYNC_WAIT, sync_wait, .head.flags = ACL_EMU_SYNC_TAKE, .handle = w->sync, .value = 1);
	ARG(GET_TGID, tgid);
	ARG(ENUM, enumerate, .count = ARRAY_SIZE(w->entry), .entries = (uintptr_t)w->entry);
	ARG(LABEL, label, .handle = w->handle, .label = "answer");
	ARG(HOLDERS, holders, .count = 1, .entry_size = sizeof(struct acl_emu_holder),
	    .entries = (uintptr_t)w->list);
	ARG(OBJECTS, objects, .count = 1, .entry_size = sizeof(struct acl_emu_object),
	    .entries = (uintptr_t)w->list);
	ARG(IDLE, idle, .figures = (uintptr_t)w->figures);
#undef ARG
}

/* All of this must be as before after a call that failed. */
struct snapshot {
	struct uapi_before state;
	struct acl_emu_enum_entry entry[ACL_EMU_ENUM_END][16];
	uint32_t count[ACL_EMU_ENUM_END];
	uint32_t open[2];
	uint32_t files;
	uint32_t vmas;
	int32_t rights;
	int32_t key;
	uint64_t sync;
};

static uint32_t count_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	uint32_t count = 0;

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}

static void take_snapshot(struct world *w, struct snapshot *s)
{
	struct acl_emu_share_query query = UAPI_ARG(acl_emu_share_query, .key = w->key);

	memset(s, 0, sizeof(*s));
	uapi_state(w->fd, &s->state);
	for (uint32_t what = 0; what < ACL_EMU_ENUM_END; what++) {
		struct acl_emu_enum arg = UAPI_ARG(acl_emu_enum, .what = what,
						   .count = ARRAY_SIZE(s->entry[what]),
						   .entries = (uintptr_t)s->entry[what]);

		s->count[what] = UAPI_CALL(w->fd, ENUM, &arg) ? ~0u : arg.count;
	}
	for (uint32_t id = 0; id < ARRAY_SIZE(s->open); id++)
		s->open[id] = uapi_info(w->fd, uapi_device(id)).open;
	s->files = count_files();
	s->vmas = uapi_vmas(ACL_EMU_VA_HEAP_FIRST, ACL_EMU_VA_LAST);
	s->rights = uapi_get_access(w->fd, w->addr, uapi_device(0));
	s->key = UAPI_CALL(w->fd, SHARE_QUERY, &query);
	uapi_sync_signal(w->fd, w->sync, 0, 0, &s->sync);
}

/* Makes the call with its argument across two pages of which one or both are read-only. */
static int call_unwritable(struct world *w, unsigned int nr, enum place place)
{
	uint32_t size = w->args[nr].head.size;
	uint8_t *pages = mmap(NULL, 2 * SIZE_4K, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint8_t *at = pages + SIZE_4K - (place == TAIL_ONLY ? size - 4 : 4);
	int rc;

	memcpy(at, &w->args[nr], size);
	if (place != TAIL_ONLY)
		mprotect(pages, SIZE_4K, PROT_READ);
	if (place != HEAD_ONLY)
		mprotect(pages + SIZE_4K, SIZE_4K, PROT_READ);
	rc = uapi_ioctl(w->fd, nr, at);
	munmap(pages, 2 * SIZE_4K);
	return rc;
}

static int make_world(struct world *w, struct uapi_peer *peer)
{
	uint64_t far;

	w->self = getpid();
	if (uapi_mapped(w->fd, SIZE_2M, 0, &w->addr, &w->handle) ||
	    uapi_reserve(w->fd, SIZE_2M, &w->empty) || uapi_sync(w->fd, 5, &w->sync) ||
	    uapi_export(w->fd, w->handle, 0, &w->key))
		return -1;
	w->dmabuf = uapi_export_fd(w->fd, w->handle);
	if (w->dmabuf < 0 || uapi_peer_call(peer, PEER_ALLOC, SIZE_2M, &far))
		return -1;
	if (uapi_peer_call(peer, PEER_EXPORT_NO_LIST, far, &w->far))
		return -1;
	make_args(w);
	return 0;
}

TEST_F(answer, read_only_argument)
{
	struct uapi_peer peer = uapi_peer_start();
	struct world w = { .fd = self->fd };
	struct snapshot before, after;

	ASSERT_EQ(0, make_world(&w, &peer));
	take_snapshot(&w, &before);
	EXPECT_EQ(0, before.open[1]);
	for (unsigned int nr = ACL_EMU_NR_BASE; nr < ACL_EMU_NR_END; nr++) {
		ASSERT_NE(0, w.args[nr].head.size) TH_LOG("no argument for ioctl %#x", nr);
		for (enum place place = 0; place < PLACES; place++) {
			EXPECT_EQ(-EFAULT, call_unwritable(&w, nr, place))
				TH_LOG("ioctl %#x, place %d", nr, place);
			take_snapshot(&w, &after);
			ASSERT_EQ(0, memcmp(&before, &after, sizeof(before)))
				TH_LOG("ioctl %#x changed something, place %d", nr, place);
		}
	}
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* The same arguments are good ones: most calls succeed in writable memory. */
TEST_F(answer, writable_argument)
{
	/* They end what others need. */
	static const unsigned int last[] = { ACL_EMU_NR_SHARE_CLOSE, ACL_EMU_NR_RANGE_RELEASE,
					     ACL_EMU_NR_UNMAP, ACL_EMU_NR_PHYS_FREE,
					     ACL_EMU_NR_DEVICE_RESET };
	struct uapi_peer peer = uapi_peer_start();
	struct world w = { .fd = self->fd };

	ASSERT_EQ(0, make_world(&w, &peer));
	for (unsigned int nr = ACL_EMU_NR_BASE; nr < ACL_EMU_NR_END; nr++) {
		bool ends = false;

		for (size_t i = 0; i < ARRAY_SIZE(last); i++)
			ends |= nr == last[i];
		if (ends)
			continue;
		EXPECT_EQ(0, uapi_ioctl(self->fd, nr, &w.args[nr])) TH_LOG("ioctl %#x", nr);
		if (nr == ACL_EMU_NR_SET_ACCESS)
			uapi_set_access(self->fd, w.addr, SIZE_2M, uapi_device(0), READ_WRITE, 0);
	}
	ASSERT_EQ(0, uapi_unmap(self->fd, w.empty));
	for (size_t i = 0; i < ARRAY_SIZE(last); i++) {
		EXPECT_EQ(0, uapi_ioctl(self->fd, last[i], &w.args[last[i]]))
			TH_LOG("ioctl %#x", last[i]);
	}
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* What a lost answer named is free again: the next call gets it or may make it. */
TEST_F(answer, call_after_lost_answer)
{
	struct uapi_peer peer = uapi_peer_start();
	struct world w = { .fd = self->fd };
	uint64_t key, first, second;
	int fd;

	ASSERT_EQ(0, make_world(&w, &peer));
	ASSERT_EQ(-EFAULT, call_unwritable(&w, ACL_EMU_NR_EXPORT, TAIL_ONLY));
	EXPECT_EQ(0, uapi_export(self->fd, w.handle, ACL_EMU_EXPORT_ONCE, &key));
	EXPECT_EQ(-EEXIST, uapi_export(self->fd, w.handle, ACL_EMU_EXPORT_ONCE, &key));

	ASSERT_EQ(-EFAULT, call_unwritable(&w, ACL_EMU_NR_IMPORT, TAIL_ONLY));
	ASSERT_EQ(0, uapi_import(self->fd, w.far, 0, &first));
	ASSERT_EQ(-EFAULT, call_unwritable(&w, ACL_EMU_NR_IMPORT, TAIL_ONLY));
	EXPECT_EQ(1, uapi_phys_info(self->fd, first).users);
	ASSERT_EQ(0, uapi_import(self->fd, w.far, 0, &second));
	EXPECT_EQ(first, second);
	EXPECT_EQ(2, uapi_phys_info(self->fd, first).users);

	fd = dup(0);
	ASSERT_EQ(0, close(fd));
	ASSERT_EQ(-EFAULT, call_unwritable(&w, ACL_EMU_NR_EXPORT_FD, TAIL_ONLY));
	EXPECT_EQ(fd, uapi_export_fd(self->fd, w.handle));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_HARNESS_MAIN
