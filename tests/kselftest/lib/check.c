// SPDX-License-Identifier: MIT
/*
 * Runs a function in a process with checks, and reads the report.
 */
#include "check.h"

static char *read_all(const char *path)
{
	FILE *in = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;

	if (!in || getdelim(&text, &room, '\0', in) < 0) {
		free(text);
		text = strdup("");
	}
	if (in)
		fclose(in);
	return text;
}

void check_device(void)
{
	MUST(aclInit(NULL));
	MUST(aclrtSetDevice(0));
}

int check_run(const char *checks, int (*fn)(void *arg), void *arg, char **text)
{
	char path[] = "/tmp/acl-emu-check.XXXXXX";
	int fd = mkstemp(path), status;
	pid_t pid;

	if (fd < 0)
		return -1;
	close(fd);
	fflush(NULL);
	pid = fork();
	if (!pid) {
		setenv("ACL_EMU_CHECK", checks, 1);
		setenv("ACL_EMU_REPORT", path, 1);
		exit(fn(arg));
	}
	status = join(pid);
	*text = read_all(path);
	unlink(path);
	return status;
}

unsigned int occurrences(const char *text, const char *what)
{
	unsigned int count = 0;

	for (; (text = strstr(text, what)); text++)
		count++;
	return count;
}
