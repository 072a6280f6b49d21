// SPDX-License-Identifier: MIT
/*
 * What the streams of another process do (who --streams), and which places of it
 * created what it holds (who --places).
 *
 * The library answers on a socket, with ACL_EMU_CHECK=stuck only.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "report.h"
#include "streams.h"
#include "tool.h"

#define PATIENCE	10	/* seconds */

/* -1: see errno. */
static int ask(pid_t pid)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = PATIENCE };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), length, err;

	if (fd < 0)
		return -1;
	length = snprintf(addr.sun_path + 1, sizeof(addr.sun_path) - 1, "acl-emu-streams-%d",
			  (int)pid);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&addr,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)))
		return fd;
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

static int print(pid_t pid, bool json, const char *only, const char *checks)
{
	struct report_options options = { .json = json, .only = only };
	struct report_result result = { 0 };
	int fd = ask(pid);
	FILE *in = fd < 0 ? NULL : fdopen(fd, "r");

	if (!in)
		return fail(EXIT_FOUND, "process %d does not answer: %s. Start it with "
			    "ACL_EMU_CHECK=%s; it answers from its first aclrtSetDevice() on.",
			    (int)pid, strerror(errno), checks);
	report_print(in, stdout, &options, &result);
	fclose(in);
	if (!result.reports)
		return fail(EXIT_FOUND, "process %d gave no answer: it belongs to another user, "
			    "has ended, or runs without ACL_EMU_CHECK=%s", (int)pid, checks);
	return EXIT_GOOD;
}

int streams_print(pid_t pid, bool json)
{
	return print(pid, json, "streams", "stuck=SECONDS");
}

int places_print(pid_t pid, bool json)
{
	return print(pid, json, "held", "leak,stuck=SECONDS");
}
