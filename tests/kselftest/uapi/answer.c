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
};

#define SET(member, ...) \
	(arg->member = (__typeof__(arg->member)){ .head.size = sizeof(arg->member), \
						  ##__VA_ARGS__ })

static bool make_share_arg(struct world *w, unsigned int nr, union arg *arg)
{
	switch (nr) {
	case ACL_EMU_NR_EXPORT:
		SET(export, .head.flags = ACL_EMU_EXPORT_ONCE, .handle = w->handle);
		return true;
	case ACL_EMU_NR_EXPORT_FD:
		SET(export_fd, .handle = w->handle);
		return true;
	case ACL_EMU_NR_ALLOW_PIDS:
		SET(allow_pids, .key = w->key, .pids = (uintptr_t)&w->self, .count = 1);
		return true;
	case ACL_EMU_NR_SHARE_QUERY:
		SET(share_query, .key = w->key);
		return true;
	case ACL_EMU_NR_SHARE_CLOSE:
		SET(share_close, .key = w->key);
		return true;
	case ACL_EMU_NR_IMPORT:
		SET(import, .key = w->far);
		return true;
	case ACL_EMU_NR_IMPORT_FD:
		SET(import_fd, .fd = w->dmabuf);
		return true;
	case ACL_EMU_NR_SYNC_CREATE:
		SET(sync_create);
		return true;
	case ACL_EMU_NR_SYNC_SIGNAL:
		SET(sync_signal, .head.flags = ACL_EMU_SYNC_ADD, .handle = w->sync, .value = 1);
		return true;
	case ACL_EMU_NR_SYNC_WAIT:
		SET(sync_wait, .head.flags = ACL_EMU_SYNC_TAKE, .handle = w->sync, .value = 1);
		return true;
	case ACL_EMU_NR_GET_TGID:
		SET(tgid);
		return true;
	case ACL_EMU_NR_ENUM:
		SET(enumerate, .count = ARRAY_SIZE(w->entry), .entries = (uintptr_t)w->entry);
		return true;
	case ACL_EMU_NR_LABEL:
		SET(label, .handle = w->handle, .label = "answer");
		return true;
	case ACL_EMU_NR_HOLDERS:
		SET(holders, .count = 1, .entry_size = sizeof(struct acl_emu_holder),
		    .entries = (uintptr_t)w->list);
		return true;
	case ACL_EMU_NR_OBJECTS:
		SET(objects, .count = 1, .entry_size = sizeof(struct acl_emu_object),
		    .entries = (uintptr_t)w->list);
		return true;
	case ACL_EMU_NR_IDLE:
		SET(idle, .figures = (uintptr_t)w->figures);
		return true;
	}
	return false;
}

/* A call that would succeed. False for a number that this test does not know. */
static bool make_arg(struct world *w, unsigned int nr, union arg *arg)
{
	switch (nr) {
	case ACL_EMU_NR_QUERY:
		SET(query);
		return true;
	case ACL_EMU_NR_DEVICE_INFO:
		SET(device_info, .loc = uapi_device(0));
		return true;
	case ACL_EMU_NR_DEVICE_OPEN:
		SET(device, .device = 1);
		return true;
	case ACL_EMU_NR_DEVICE_RESET:
		SET(device);
		return true;
	case ACL_EMU_NR_PHYS_ALLOC:
		SET(phys_alloc, .size = SIZE_2M, .loc = uapi_device(0));
		return true;
	case ACL_EMU_NR_PHYS_RETAIN:
		SET(phys_retain, .handle = w->handle);
		return true;
	case ACL_EMU_NR_PHYS_FREE:
		SET(phys_free, .handle = w->handle);
		return true;
	case ACL_EMU_NR_PHYS_INFO:
		SET(phys_info, .handle = w->handle);
		return true;
	case ACL_EMU_NR_RANGE_RESERVE:
		SET(range_reserve, .size = SIZE_2M);
		return true;
	case ACL_EMU_NR_RANGE_RELEASE:
		SET(range_release, .addr = w->empty);
		return true;
	case ACL_EMU_NR_MAP:
		SET(map, .addr = w->empty, .size = SIZE_2M, .handle = w->handle,
		    .rights = READ_WRITE);
		return true;
	case ACL_EMU_NR_UNMAP:
		SET(unmap, .addr = w->addr);
		return true;
	case ACL_EMU_NR_SET_ACCESS:
		SET(access, .addr = w->addr, .size = SIZE_2M, .loc = uapi_device(0));
		return true;
	case ACL_EMU_NR_GET_ACCESS:
		SET(access, .addr = w->addr, .loc = uapi_device(0));
		return true;
	case ACL_EMU_NR_LOOKUP:
		SET(lookup, .addr = w->addr);
		return true;
	case ACL_EMU_NR_COPY:
		SET(copy, .head.flags = ACL_EMU_COPY_SRC_MAPPED, .dst = (uintptr_t)w->buffer,
		    .src = w->addr, .size = sizeof(w->buffer));
		return true;
	}
	return make_share_arg(w, nr, arg);
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

/* The call, with its argument across two pages of which one or both are read-only. */
static int call_unwritable(int fd, unsigned int nr, const union arg *arg, enum place place)
{
	uint32_t size = arg->head.size;
	uint8_t *pages = mmap(NULL, 2 * SIZE_4K, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint8_t *at = pages + SIZE_4K - (place == TAIL_ONLY ? size - 4 : 4);
	int rc;

	memcpy(at, arg, size);
	if (place != TAIL_ONLY)
		mprotect(pages, SIZE_4K, PROT_READ);
	if (place != HEAD_ONLY)
		mprotect(pages + SIZE_4K, SIZE_4K, PROT_READ);
	rc = uapi_ioctl(fd, nr, at);
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
	return uapi_peer_call(peer, PEER_EXPORT_NO_LIST, far, &w->far);
}

TEST_F(answer, read_only_argument)
{
	struct uapi_peer peer = uapi_peer_start();
	struct world w = { .fd = self->fd };
	struct snapshot before, after;
	union arg arg;

	ASSERT_EQ(0, make_world(&w, &peer));
	take_snapshot(&w, &before);
	EXPECT_EQ(0, before.open[1]);
	for (unsigned int nr = ACL_EMU_NR_BASE; nr < ACL_EMU_NR_END; nr++) {
		ASSERT_TRUE(make_arg(&w, nr, &arg)) TH_LOG("no argument for ioctl %#x", nr);
		for (enum place place = 0; place < PLACES; place++) {
			EXPECT_EQ(-EFAULT, call_unwritable(self->fd, nr, &arg, place))
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
	struct uapi_peer peer = uapi_peer_start();
	struct world w = { .fd = self->fd };
	union arg arg;

	ASSERT_EQ(0, make_world(&w, &peer));
	for (unsigned int nr = ACL_EMU_NR_BASE; nr < ACL_EMU_NR_END; nr++) {
		/* These end what others need. */
		if (nr == ACL_EMU_NR_DEVICE_RESET || nr == ACL_EMU_NR_SHARE_CLOSE ||
		    nr == ACL_EMU_NR_RANGE_RELEASE || nr == ACL_EMU_NR_PHYS_FREE ||
		    nr == ACL_EMU_NR_UNMAP)
			continue;
		ASSERT_TRUE(make_arg(&w, nr, &arg));
		EXPECT_EQ(0, uapi_ioctl(self->fd, nr, &arg)) TH_LOG("ioctl %#x", nr);
		if (nr == ACL_EMU_NR_SET_ACCESS)
			uapi_set_access(self->fd, w.addr, SIZE_2M, uapi_device(0), READ_WRITE, 0);
	}
	ASSERT_TRUE(make_arg(&w, ACL_EMU_NR_SHARE_CLOSE, &arg));
	EXPECT_EQ(0, uapi_ioctl(self->fd, ACL_EMU_NR_SHARE_CLOSE, &arg));
	ASSERT_EQ(0, uapi_unmap(self->fd, w.empty));
	ASSERT_TRUE(make_arg(&w, ACL_EMU_NR_RANGE_RELEASE, &arg));
	EXPECT_EQ(0, uapi_ioctl(self->fd, ACL_EMU_NR_RANGE_RELEASE, &arg));
	ASSERT_TRUE(make_arg(&w, ACL_EMU_NR_UNMAP, &arg));
	EXPECT_EQ(0, uapi_ioctl(self->fd, ACL_EMU_NR_UNMAP, &arg));
	ASSERT_TRUE(make_arg(&w, ACL_EMU_NR_PHYS_FREE, &arg));
	EXPECT_EQ(0, uapi_ioctl(self->fd, ACL_EMU_NR_PHYS_FREE, &arg));
	ASSERT_TRUE(make_arg(&w, ACL_EMU_NR_DEVICE_RESET, &arg));
	EXPECT_EQ(0, uapi_ioctl(self->fd, ACL_EMU_NR_DEVICE_RESET, &arg));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* What a lost answer named is free again: the next call gets it or may make it. */
TEST_F(answer, call_after_lost_answer)
{
	struct uapi_peer peer = uapi_peer_start();
	struct world w = { .fd = self->fd };
	uint64_t key, first, second;
	union arg arg;
	int fd;

	ASSERT_EQ(0, make_world(&w, &peer));
	ASSERT_TRUE(make_arg(&w, ACL_EMU_NR_EXPORT, &arg));
	ASSERT_EQ(-EFAULT, call_unwritable(self->fd, ACL_EMU_NR_EXPORT, &arg, TAIL_ONLY));
	EXPECT_EQ(0, uapi_export(self->fd, w.handle, ACL_EMU_EXPORT_ONCE, &key));
	EXPECT_EQ(-EEXIST, uapi_export(self->fd, w.handle, ACL_EMU_EXPORT_ONCE, &key));

	ASSERT_TRUE(make_arg(&w, ACL_EMU_NR_IMPORT, &arg));
	ASSERT_EQ(-EFAULT, call_unwritable(self->fd, ACL_EMU_NR_IMPORT, &arg, TAIL_ONLY));
	ASSERT_EQ(0, uapi_import(self->fd, w.far, 0, &first));
	ASSERT_EQ(-EFAULT, call_unwritable(self->fd, ACL_EMU_NR_IMPORT, &arg, TAIL_ONLY));
	EXPECT_EQ(1, uapi_phys_info(self->fd, first).users);
	ASSERT_EQ(0, uapi_import(self->fd, w.far, 0, &second));
	EXPECT_EQ(first, second);
	EXPECT_EQ(2, uapi_phys_info(self->fd, first).users);

	ASSERT_TRUE(make_arg(&w, ACL_EMU_NR_EXPORT_FD, &arg));
	fd = dup(0);
	ASSERT_EQ(0, close(fd));
	ASSERT_EQ(-EFAULT, call_unwritable(self->fd, ACL_EMU_NR_EXPORT_FD, &arg, TAIL_ONLY));
	EXPECT_EQ(fd, uapi_export_fd(self->fd, w.handle));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_HARNESS_MAIN
