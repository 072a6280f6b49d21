// SPDX-License-Identifier: MIT
/*
 * The other process of uapi_peer.h.
 */
#include "uapi_peer.h"

struct uapi_answer {
	int64_t rc;
	uint64_t value;
	struct acl_emu_head last;
};

static int uapi_peer_map(int fd, uint64_t handle, uint64_t *addr)
{
	uint64_t size = uapi_phys_info(fd, handle).size;
	int rc = uapi_reserve(fd, (size + SIZE_2M - 1) & -SIZE_2M, addr);

	return rc ? rc : uapi_map(fd, *addr, size, handle);
}

static int uapi_peer_query(int fd, uint64_t key, uint64_t *own)
{
	struct acl_emu_share_query arg = UAPI_ARG(acl_emu_share_query, .key = key);
	int rc = UAPI_CALL(fd, SHARE_QUERY, &arg);

	*own = arg.own;
	return rc;
}

static int uapi_peer_tgid(int fd, uint64_t *tgid)
{
	struct acl_emu_tgid arg = UAPI_ARG(acl_emu_tgid);
	int rc = UAPI_CALL(fd, GET_TGID, &arg);

	*tgid = arg.tgid;
	return rc;
}

static int uapi_peer_import_fd(int fd, int sock, uint64_t *handle)
{
	int dmabuf = uapi_recv_fd(sock);
	int rc = uapi_import_fd(fd, dmabuf, 0, handle);

	close(dmabuf);
	return rc;
}

static int uapi_peer_take(int fd, uint64_t handle, uint64_t *now)
{
	struct acl_emu_sync_wait arg = UAPI_ARG(acl_emu_sync_wait, .handle = handle, .value = 1,
						.head.flags = ACL_EMU_SYNC_TAKE,
						.deadline = ACL_EMU_SYNC_FOREVER);
	int rc = UAPI_CALL(fd, SYNC_WAIT, &arg);

	*now = arg.now;
	return rc;
}

static int uapi_peer_do(int fd, int sock, uint64_t op, uint64_t arg, uint64_t *value)
{
	int32_t parent = getppid();

	switch (op) {
	case PEER_SYNC:
		return uapi_sync(fd, arg, value);
	case PEER_SYNC_IMPORT:
		return uapi_sync_import(fd, arg, value);
	case PEER_SYNC_ADD:
		return uapi_sync_signal(fd, arg, ACL_EMU_SYNC_ADD, 1, value);
	case PEER_SYNC_TAKE:
		return uapi_peer_take(fd, arg, value);
	case PEER_ALLOC:
		return uapi_alloc(fd, arg, arg % SIZE_2M ? ACL_EMU_PHYS_4K : 0, value);
	case PEER_EXPORT:
		return uapi_export(fd, arg, 0, value);
	case PEER_EXPORT_NO_LIST:
		return uapi_export(fd, arg, ACL_EMU_EXPORT_NO_LIST, value);
	case PEER_EXPORT_FD:
		*value = uapi_export_fd(fd, arg);
		return (int64_t)*value < 0 ? (int64_t)*value : 0;
	case PEER_QUERY:
		return uapi_peer_query(fd, arg, value);
	case PEER_ALLOW:
		return uapi_allow(fd, arg, &parent, 1);
	case PEER_IMPORT:
		return uapi_import(fd, arg, 0, value);
	case PEER_IMPORT_FD:
		return uapi_peer_import_fd(fd, sock, value);
	case PEER_USERS:
		*value = uapi_phys_info(fd, arg).users;
		return 0;
	case PEER_FREE:
		return uapi_free(fd, arg);
	case PEER_MAP:
		return uapi_peer_map(fd, arg, value);
	case PEER_UNMAP:
		return uapi_unmap(fd, arg) ? -EINVAL : uapi_release(fd, arg);
	case PEER_READ:
		*value = *uapi_words(arg);
		return 0;
	case PEER_WRITE:
		*uapi_words(arg) = arg;
		return 0;
	case PEER_TGID:
		return uapi_peer_tgid(fd, value);
	}
	return -ENOSYS;
}

int uapi_peer_main(int sock, void *data)
{
	int fd = uapi_open();

	(void)data;
	CHILD_CHECK(fd >= 0 && !uapi_device_open(fd, 0));
	for (;;) {
		struct uapi_answer answer = { .value = 0 };
		uint64_t op = uapi_recv(sock);

		if (op == ~0ull)
			return 0;
		answer.rc = uapi_peer_do(fd, sock, op, uapi_recv(sock), &answer.value);
		answer.last = uapi_last;
		CHILD_CHECK(send(sock, &answer, sizeof(answer), 0) == sizeof(answer));
		if (op == PEER_EXPORT_FD && !answer.rc) {
			CHILD_CHECK(!uapi_send_fd(sock, answer.value));
			close(answer.value);
		}
	}
}

int uapi_peer_answer(struct uapi_peer *peer, uint64_t *value)
{
	struct uapi_answer answer;

	if (recv(peer->sock, &answer, sizeof(answer), MSG_WAITALL) != sizeof(answer))
		return -EPIPE;
	uapi_last = answer.last;
	if (value)
		*value = answer.value;
	return answer.rc;
}

struct uapi_peer uapi_peer_start(void)
{
	struct uapi_peer peer = { .sock = -1 };

	peer.pid = uapi_child(uapi_peer_main, NULL, &peer.sock);
	return peer;
}

static int uapi_peer_main_nobody(int sock, void *data)
{
	CHILD_CHECK(!uapi_become_nobody());
	return uapi_peer_main(sock, data);
}

struct uapi_peer uapi_peer_start_nobody(void)
{
	struct uapi_peer peer = { .sock = -1 };

	peer.pid = uapi_child(uapi_peer_main_nobody, NULL, &peer.sock);
	return peer;
}
