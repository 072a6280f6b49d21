// SPDX-License-Identifier: MIT
/*
 * Configuration: environment variables, and the file of aclInit().
 *
 * No other file reads the environment. A program with more rights than its user
 * (set-user-id) ignores the variables.
 *
 * The file is a JSON object. Of its members only err_msg_mode has a meaning here.
 * The others (dumps, profiling and the like) concern hardware that is not
 * emulated; they must be JSON and are ignored otherwise.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/config.h"
#include "core/error.h"
#include "core/json.h"
#include "core/visible.h"

#define CONFIG_MAX	((off_t)10 * 1024 * 1024)

static const char *const variables[EMU_VARS] = {
	/* path of the node, default /dev/acl_emu */
	[EMU_VAR_DEVICE] = "ACL_EMU_DEVICE",
	/* "1": load the module if it is not loaded */
	[EMU_VAR_AUTOLOAD] = "ACL_EMU_AUTOLOAD",
	/* name of the emulated device, see device/profile.c */
	[EMU_VAR_SOC] = "ACL_EMU_SOC",
	/* "any": reserve addresses outside the window, for sanitizers */
	[EMU_VAR_VA] = "ACL_EMU_VA",
	/* holds "expectptr": accept what newer releases accept for expectPtr */
	[EMU_VAR_RELAX] = "ACL_EMU_RELAX",
	/* which devices the process sees, see core/visible.c */
	[EMU_VAR_VISIBLE] = EMU_VISIBLE_NAME,
	/* "1": aclAppLog() writes to standard output */
	[EMU_VAR_LOG_STDOUT] = "ASCEND_SLOG_PRINT_TO_STDOUT",
	/* lowest level that aclAppLog() writes, default 3 (errors) */
	[EMU_VAR_LOG_LEVEL] = "ASCEND_GLOBAL_LOG_LEVEL",
	/* checks and their options, see core/check.c */
	[EMU_VAR_CHECK] = "ACL_EMU_CHECK",
	/* where the reports of checks go, see core/report.c */
	[EMU_VAR_REPORT] = "ACL_EMU_REPORT",
};

/* NULL: unset. */
const char *emu_variable_set(enum emu_variable which)
{
	return secure_getenv(variables[which]);
}

/* NULL: unset or empty. */
const char *emu_variable(enum emu_variable which)
{
	const char *value = emu_variable_set(which);

	return value && *value ? value : NULL;
}

bool emu_variable_is(enum emu_variable which, const char *value)
{
	const char *now = emu_variable(which);

	return now && !strcmp(now, value);
}

static bool json_is(const struct emu_json *j, const char *text)
{
	return strlen(text) == j->length && !strncmp(j->value, text, j->length);
}

static aclError config_parse(const char *path, struct emu_config *config)
{
	struct emu_json mode;

	if (!emu_json_find(config->text, "\"err_msg_mode\"", &mode))
		return emu_error(ACL_ERROR_PARSE_FILE, "correct the JSON",
				 "%s holds %s at byte %zu", path, mode.problem, mode.offset);
	if (!mode.value)
		return ACL_SUCCESS;
	/* Both the number and the string are in use. */
	config->per_process = json_is(&mode, "1") || json_is(&mode, "\"1\"");
	if (config->per_process || json_is(&mode, "0") || json_is(&mode, "\"0\""))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_FILE_ATTR_INVALID,
			 "use \"0\" (per thread) or \"1\" (per process)",
			 "%s sets err_msg_mode to %.*s", path,
			 (int)(mode.length < 40 ? mode.length : 40), mode.value);
}

static aclError config_load(const char *path, int fd, struct emu_config *config)
{
	struct stat st;
	size_t used = 0;
	ssize_t got;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return emu_error(ACL_ERROR_INVALID_FILE, "give the path of a JSON file",
				 "%s is not a file", path);
	if (st.st_size > CONFIG_MAX)
		return emu_error(ACL_ERROR_INVALID_FILE_SIZE, "give the path of a JSON file",
				 "%s has %s, more than the %s that are possible", path,
				 EMU_SIZE((uint64_t)st.st_size), EMU_SIZE((uint64_t)CONFIG_MAX));
	config->text = malloc((size_t)st.st_size + 1);
	if (!config->text)
		return emu_error(ACL_ERROR_BAD_ALLOC, "free memory of this machine",
				 "no memory to read %s", path);
	while (used < (size_t)st.st_size) {
		got = read(fd, config->text + used, (size_t)st.st_size - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return emu_error(ACL_ERROR_INVALID_FILE, "give another file",
					 "cannot read %s: %s", path, strerror(errno));
		if (!got)
			break;
		used += (size_t)got;
	}
	config->text[used] = '\0';
	if (strlen(config->text) != used)
		return emu_error(ACL_ERROR_PARSE_FILE, "give the path of a JSON file",
				 "%s holds a byte of value 0", path);
	return config_parse(path, config);
}

/* On success the caller frees config->text; on failure it is not allocated. */
aclError emu_config_read(const char *path, struct emu_config *config)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	aclError code;

	*config = (struct emu_config){ 0 };
	if (fd < 0)
		return emu_error(ACL_ERROR_INVALID_FILE,
				 "give the path of a readable file, or NULL",
				 "cannot open %s: %s", path, strerror(errno));
	code = config_load(path, fd, config);
	close(fd);
	if (code) {
		free(config->text);
		config->text = NULL;
	}
	return code;
}
