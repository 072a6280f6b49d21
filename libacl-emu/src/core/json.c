// SPDX-License-Identifier: MIT
/*
 * Checks JSON and finds one member of an object.
 */
#include <string.h>

#include "core/json.h"

#define DEPTH_MAX	100

struct json {
	const char *at;
	unsigned int depth;
	const char *key;	/* wanted, as it stands in the text */
	struct emu_json *out;
};

static bool json_value(struct json *j);

static bool json_fail(struct json *j, const char *problem)
{
	if (!j->out->problem)
		j->out->problem = problem;
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
	const char *key, *value;
	bool found;

	json_space(j);
	key = j->at;
	if (!json_string(j))
		return false;
	found = j->depth == 1 && (size_t)(j->at - key) == strlen(j->key) &&
		!strncmp(key, j->key, strlen(j->key));
	if (!json_take(j, ':'))
		return json_fail(j, "a key without a colon");
	json_space(j);
	value = j->at;
	if (!json_value(j))
		return false;
	if (found) {
		j->out->value = value;
		j->out->length = (size_t)(j->at - value);
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

/*
 * Checks that @text is one object and finds the value of its member @key (with
 * quotation marks). If it is no object, returns false and sets the problem.
 */
bool emu_json_find(const char *text, const char *key, struct emu_json *out)
{
	struct json j = { .at = text, .key = key, .out = out };

	*out = (struct emu_json){ 0 };
	json_space(&j);
	if (*j.at != '{') {
		json_fail(&j, "no object");
	} else if (json_value(&j)) {
		json_space(&j);
		if (*j.at)
			json_fail(&j, "something behind the object");
	}
	out->offset = (size_t)(j.at - text);
	return !out->problem;
}
