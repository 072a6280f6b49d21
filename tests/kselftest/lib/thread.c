// SPDX-License-Identifier: MIT
/*
 * Threads as /proc shows them: see thread.h.
 */
#include "thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The beginning of a file of a thread; "" if there is none. */
static void thread_read(pid_t tid, const char *name, char *text, size_t size)
{
	char path[64];
	size_t n = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/%s", tid, name);
	file = fopen(path, "r");
	if (file) {
		n = fread(text, 1, size - 1, file);
		fclose(file);
	}
	text[n] = '\0';
}

char thread_state(pid_t tid)
{
	char text[512], *end;

	thread_read(tid, "stat", text, sizeof(text));
	end = strrchr(text, ')');
	return !end || end[2] == 'Z' ? 'X' : end[2];
}

bool thread_in_stack(pid_t tid, const char *function)
{
	char text[8192];

	thread_read(tid, "stack", text, sizeof(text));
	return strstr(text, function);
}

bool thread_is_in(pid_t tid, long number)
{
	char text[64];

	thread_read(tid, "syscall", text, sizeof(text));
	return text[0] >= '0' && text[0] <= '9' && atol(text) == number;
}
