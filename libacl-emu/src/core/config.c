// SPDX-License-Identifier: MIT
/*
 * The configuration file of aclInit(): a JSON object.
 *
 * Of its keys only err_msg_mode has a meaning here. The others (dumps,
 * profiling and the like) are about hardware that is not emulated; they are
 * checked to be JSON and otherwise passed over.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/emu.h"

#define CONFIG_MAX	((off_t)10 * 1024 * 1024)
#define DEPTH_MAX	100

struct json {
	const char *at;
	unsigned int depth;
	const char *problem;
	/* The value of err_msg_mode, as it stands in the text. */
	const char *mode;
	size_t mode_len;
};

static bool json_value(struct json *j);

static bool json_fail(struct json *j, const char *problem)
{
	if (!j->problem)
		j->problem = problem;
	return false;
}

static void json_space(struct json *j)
{
	j->at += strspn(j->at, " \t\r\n");
}

static bool json_take(struct json *j, char c)
{
	json_space(j);
	if (*j->at != c)
		return false;
	j->at++;
	return true;
}

static bool json_escape(struct json *j)
{
	const char *c = j->at++;
	int i;

	if (!*c)
		return json_fail(j, "a string that does not end");
	if (*c != 'u')
		return strchr("\"\\/bfnrt", *c) || json_fail(j, "an unknown escape in a string");
	for (i = 0; i < 4; i++, j->at++) {
		if (!*j->at || !strchr("0123456789abcdefABCDEF", *j->at))
			return json_fail(j, "an unknown escape in a string");
	}
	return true;
}

static bool json_string(struct json *j)
{
	if (!json_take(j, '"'))
		return json_fail(j, "no string where one must be");
	while (*j->at != '"') {
		if ((unsigned char)*j->at < 0x20)
			return json_fail(j, *j->at ? "a control character in a string" :
					 "a string that does not end");
		if (*j->at++ == '\\' && !json_escape(j))
			return false;
	}
	j->at++;
	return true;
}

static size_t json_digits(struct json *j)
{
	size_t n = strspn(j->at, "0123456789");

	j->at += n;
	return n;
}

static bool json_number(struct json *j)
{
	const char *first;

	if (*j->at == '-')
		j->at++;
	first = j->at;
	if (!json_digits(j) || (*first == '0' && j->at - first > 1))
		return json_fail(j, "something that is no value");
	if (*j->at == '.') {
		j->at++;
		if (!json_digits(j))
			return json_fail(j, "a number without digits behind its point");
	}
	if (*j->at == 'e' || *j->at == 'E') {
		j->at++;
		if (*j->at == '+' || *j->at == '-')
			j->at++;
		if (!json_digits(j))
			return json_fail(j, "a number without digits in its exponent");
	}
	return true;
}

static bool json_member(struct json *j)
{
	static const char name[] = "\"err_msg_mode\"";
	const char *key, *value;
	bool found;

	json_space(j);
	key = j->at;
	if (!json_string(j))
		return false;
	found = j->depth == 1 && (size_t)(j->at - key) == sizeof(name) - 1 &&
		!strncmp(key, name, sizeof(name) - 1);
	if (!json_take(j, ':'))
		return json_fail(j, "a key without a colon");
	json_space(j);
	value = j->at;
	if (!json_value(j))
		return false;
	if (found) {
		j->mode = value;
		j->mode_len = (size_t)(j->at - value);
	}
	return true;
}

static bool json_group(struct json *j, char end, bool (*element)(struct json *))
{
	j->at++;
	if (++j->depth > DEPTH_MAX)
		return json_fail(j, "too many levels");
	if (!json_take(j, end)) {
		do {
			if (!element(j))
				return false;
		} while (json_take(j, ','));
		if (!json_take(j, end))
			return json_fail(j, "a list or object that does not end");
	}
	j->depth--;
	return true;
}

static bool json_word(struct json *j, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(j->at, word, len))
		return json_fail(j, "something that is no value");
	j->at += len;
	return true;
}

static bool json_value(struct json *j)
{
	json_space(j);
	switch (*j->at) {
	case '{':
		return json_group(j, '}', json_member);
	case '[':
		return json_group(j, ']', json_value);
	case '"':
		return json_string(j);
	case 't':
		return json_word(j, "true");
	case 'f':
		return json_word(j, "false");
	case 'n':
		return json_word(j, "null");
	default:
		return json_number(j);
	}
}

static bool json_is(const struct json *j, const char *text)
{
	return strlen(text) == j->mode_len && !strncmp(j->mode, text, j->mode_len);
}

static aclError config_parse(const char *path, struct emu_config *config)
{
	struct json j = { .at = config->text };

	json_space(&j);
	if (*j.at != '{')
		json_fail(&j, "no object");
	else if (json_value(&j)) {
		json_space(&j);
		if (*j.at)
			json_fail(&j, "something behind the object");
	}
	if (j.problem)
		return emu_error(ACL_ERROR_PARSE_FILE, "correct the JSON",
				 "%s holds %s at byte %td", path, j.problem, j.at - config->text);
	if (!j.mode)
		return ACL_SUCCESS;
	/* Both the number and the string are in use. */
	if (json_is(&j, "1") || json_is(&j, "\"1\"")) {
		config->per_process = true;
		return ACL_SUCCESS;
	}
	if (json_is(&j, "0") || json_is(&j, "\"0\""))
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_FILE_ATTR_INVALID,
			 "use \"0\" (per thread) or \"1\" (per process)",
			 "%s sets err_msg_mode to %.*s", path,
			 (int)(j.mode_len < 40 ? j.mode_len : 40), j.mode);
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
		return emu_error(ACL_ERROR_BAD_ALLOC, NULL, "no memory to read %s", path);
	while (used < (size_t)st.st_size) {
		got = read(fd, config->text + used, (size_t)st.st_size - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return emu_error(ACL_ERROR_INVALID_FILE, NULL, "cannot read %s: %s", path,
					 strerror(errno));
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

/* On success config->text is the caller's to free, else there is none. */
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
