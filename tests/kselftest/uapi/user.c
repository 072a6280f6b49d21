// SPDX-License-Identifier: MIT
/*
 * The mode of the node decides who may use it; no privilege is needed.
 */
#include "uapi_peer.h"

#include <sys/stat.h>

UAPI_FIXTURE(user)

static int open_as_nobody(int sock, void *data)
{
	(void)sock;
	(void)data;
	CHILD_CHECK(!uapi_become_nobody());
	CHILD_CHECK(uapi_open() == -1 && errno == EACCES);
	return 0;
}

TEST_F(user, no_access_without_mode)
{
	int sock;

	EXPECT_EQ(0, uapi_wait(uapi_child(open_as_nobody, NULL, &sock)));
}

/* A user without capabilities can make all calls, and share with other users. */
TEST_F(user, unprivileged_user)
{
	uint64_t addr, handle, key, far, there, word, tgid;
	struct uapi_peer peer;
	int fd;

	ASSERT_EQ(0, chmod(UAPI_NODE, 0666));
	peer = uapi_peer_start_nobody();
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_TGID, 0, &tgid));
	ASSERT_EQ(0, chmod(UAPI_NODE, 0660));
	EXPECT_EQ(peer.pid, tgid);

	/* The import of its memory here. */
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, 2 * SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_MAP, far, &there));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_WRITE, there, NULL));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT, far, &key));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOW, key, NULL));
	ASSERT_EQ(0, uapi_import(self->fd, key, 0, &handle));
	ASSERT_EQ(0, uapi_reserve(self->fd, 2 * SIZE_2M, &addr));
	ASSERT_EQ(0, uapi_map(self->fd, addr, 2 * SIZE_2M, handle));
	EXPECT_EQ(there, *uapi_words(addr));

	/* The import of our memory there. */
	ASSERT_EQ(0, uapi_mapped(self->fd, SIZE_2M, 0, &addr, &handle));
	*uapi_words(addr) = 4711;
	fd = uapi_export_fd(self->fd, handle);
	ASSERT_GE(fd, 0);
	ASSERT_EQ(0, uapi_peer_give_fd(&peer, fd, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_MAP, far, &there));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_READ, there, &word));
	EXPECT_EQ(4711, word);
	EXPECT_EQ(0, uapi_peer_call(&peer, PEER_UNMAP, there, NULL));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

TEST_HARNESS_MAIN
