// SPDX-License-Identifier: MIT
/*
 * The program acl-emu: see tool.h.
 */
#include "tool.h"

#include <pty.h>

char tool_text[TOOL_ROOM];

static void execute(const char *const *words)
{
	const char *argv[32] = { TOOL };

	for (int i = 0; words[i] && i < 30; i++)
		argv[i + 1] = words[i];
	execv(TOOL, (char **)argv);
	_exit(99);
}

pid_t tool_start(const char *const *words, int *out)
{
	int pair[2];
	pid_t pid;

	if (pipe2(pair, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(pair[1], STDOUT_FILENO);
		dup2(pair[1], STDERR_FILENO);
		execute(words);
	}
	close(pair[1]);
	*out = pair[0];
	return pid;
}

static void read_all(int fd)
{
	size_t used = 0;
	ssize_t n;

	while ((n = read(fd, tool_text + used, sizeof(tool_text) - 1 - used)) > 0)
		used += (size_t)n;
	tool_text[used] = '\0';
}

int tool_end(pid_t pid, int out)
{
	read_all(out);
	close(out);
	return uapi_wait(pid);
}

int tool_run(const char *const *words)
{
	int out;
	pid_t pid = tool_start(words, &out);

	return tool_end(pid, out);
}

pid_t tool_terminal(const char *const *words, int *master)
{
	struct winsize size = { .ws_row = 40, .ws_col = 120 };
	pid_t pid = forkpty(master, NULL, NULL, &size);

	if (!pid) {
		setenv("TERM", "linux", 1);
		execute(words);
	}
	return pid;
}

bool tool_wait_for(int master, const char *want)
{
	size_t used = 0;
	ssize_t n;

	tool_text[0] = '\0';
	while (!strstr(tool_text, want)) {
		/* A terminal repeats itself: the newest half is enough. */
		if (used > TOOL_ROOM / 2) {
			memmove(tool_text, tool_text + used / 2, used - used / 2);
			used -= used / 2;
		}
		n = read(master, tool_text + used, sizeof(tool_text) - 1 - used);
		if (n <= 0)
			return false;
		used += (size_t)n;
		tool_text[used] = '\0';
	}
	return true;
}

int tool_terminal_end(pid_t pid, int master)
{
	read_all(master);
	close(master);
	return uapi_wait(pid);
}

json_t *tool_json(const char *const *words)
{
	json_error_t error;
	json_t *value;

	if (tool_run(words))
		return NULL;
	value = json_loads(tool_text, JSON_REJECT_DUPLICATES, &error);
	if (!value)
		fprintf(stderr, "# line %d: %s\n", error.line, error.text);
	return value;
}

bool tool_has_keys(const json_t *object, const char *keys)
{
	char copy[512], *rest = copy, *key;
	size_t count = 0;

	snprintf(copy, sizeof(copy), "%s", keys);
	while ((key = strsep(&rest, " "))) {
		count++;
		if (!json_object_get(object, key)) {
			fprintf(stderr, "# there is no key %s\n", key);
			return false;
		}
	}
	if (json_object_size(object) != count)
		fprintf(stderr, "# %zu keys, expected: %s\n", json_object_size(object), keys);
	return json_object_size(object) == count;
}

json_t *tool_find(const json_t *list, const char *member, json_int_t value)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (tool_int(one, member) == value)
			return one;
	return NULL;
}

json_t *tool_find_text(const json_t *list, const char *member, const char *value)
{
	json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (!strcmp(tool_string(one, member), value))
			return one;
	return NULL;
}
