// SPDX-License-Identifier: MIT
/*
 * What is left of programs that have ended, see machine.h.
 */
#include "machine.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "acl_emu.h"

static char text[512];

static void expect(const char *what, int index, uint64_t wanted, uint64_t value)
{
	size_t length = strlen(text);

	if (value != wanted)
		snprintf(text + length, sizeof(text) - length, "%s %d is %" PRIu64 "; ", what,
			 index, value);
}

static void expect_stat(int fd, enum acl_emu_stat which, uint64_t wanted)
{
	struct acl_emu_query q = {
		.head.size = sizeof(q), .param = ACL_EMU_PARAM_STAT, .index = which,
	};

	if (ioctl(fd, ACL_EMU_IOCTL(QUERY), &q))
		q.value = UINT64_MAX;
	expect("stat", which, wanted, q.value);
}

static void expect_unused(int fd, const char *what, uint32_t type, uint32_t id)
{
	struct acl_emu_device_info info = {
		.head.size = sizeof(info), .loc = { .type = type, .id = id },
	};

	if (ioctl(fd, ACL_EMU_IOCTL(DEVICE_INFO), &info))
		info.used = UINT64_MAX;
	expect(what, (int)id, 0, info.used);
}

const char *machine_left(int devices)
{
	const char *path = getenv("ACL_EMU_DEVICE");
	int i, fd = open(path ? path : "/dev/acl_emu", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return "no /dev/acl_emu";
	text[0] = '\0';
	/* This process is a client itself. */
	expect_stat(fd, ACL_EMU_STAT_CLIENTS, 1);
	for (i = ACL_EMU_STAT_CLIENTS + 1; i <= ACL_EMU_STAT_QUARANTINE; i++)
		expect_stat(fd, (enum acl_emu_stat)i, 0);
	expect_stat(fd, ACL_EMU_STAT_SYNCS, 0);
	for (i = 0; i < devices; i++)
		expect_unused(fd, "bytes in use on device", ACL_EMU_LOC_DEVICE, (uint32_t)i);
	expect_unused(fd, "bytes in use on host", ACL_EMU_LOC_HOST, 0);
	close(fd);
	return text;
}
