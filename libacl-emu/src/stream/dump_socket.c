// SPDX-License-Identifier: MIT
/*
 * The socket on which a process with ACL_EMU_CHECK=stuck answers what its streams do,
 * and with ACL_EMU_CHECK=leak also what it holds.
 *
 * Its name is abstract, "acl-emu-streams-PID", so nothing is left when the process
 * ends. Whoever connects gets lines of JSON, if it is the user of the process or
 * root. An answer that does not fit into the buffer of the socket is cut: a process
 * that does not read must not block this one.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stddef.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "stream/dump_socket.h"

#define ANSWER_MAX	(4 << 20)	/* wanted room; the system may give less */

int emu_dump_socket_open(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int length;

	if (fd < 0)
		return -1;
	length = snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1, "acl-emu-streams-%d",
			  (int)getpid());
	if (!bind(fd, (struct sockaddr *)&addr,
		  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)) &&
	    !listen(fd, 4))
		return fd;
	close(fd);
	return -1;
}

static bool may_ask(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) &&
	       (!peer.uid || peer.uid == geteuid());
}

static void answer(int fd, void (*print)(FILE *out))
{
	int room = ANSWER_MAX;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	print(out);
	if (!fclose(out)) {
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
		send(fd, text, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	free(text);
}

void emu_dump_socket_answer(int fd, void (*print)(FILE *out))
{
	int peer = fd < 0 ? -1 : accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (peer < 0)
		return;
	if (may_ask(peer))
		answer(peer, print);
	close(peer);
}
