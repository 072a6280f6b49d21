/* SPDX-License-Identifier: MIT */
/*
 * The program acl-emu, as the tests run it: its output, its status, its JSON.
 */
#ifndef TEST_TOOL_H
#define TEST_TOOL_H

#include <jansson.h>

#include "uapi_peer.h"
#include "uapi_who.h"

#define TOOL_ROOM	65536

/* What the last one printed, standard error behind standard output. */
extern char tool_text[TOOL_ROOM];

/* Runs acl-emu with these words and gives its exit status. */
int tool_run(const char *const *words);
#define TOOL_RUN(...)	tool_run((const char *const []){ __VA_ARGS__, NULL })

/* The same as a process with a descriptor of its output. */
pid_t tool_start(const char *const *words, int *out);
/* Reads to the end and waits. */
int tool_end(pid_t pid, int out);

/* The same in a terminal of 120 columns; *master is its other side. */
pid_t tool_terminal(const char *const *words, int *master);
/* Reads until @want has been printed; false at the end of the output. */
bool tool_wait_for(int master, const char *want);
/* Reads to the end of a terminal and waits. */
int tool_terminal_end(pid_t pid, int master);

/* Runs it and parses its output; NULL if that is no JSON or the status is not 0. */
json_t *tool_json(const char *const *words);
#define TOOL_JSON(...)	tool_json((const char *const []){ __VA_ARGS__, NULL })

/* Whether an object has these keys (with spaces between them), and no others. */
bool tool_has_keys(const json_t *object, const char *keys);

/* The element of a list whose member is this number, or this text; or NULL. */
json_t *tool_find(const json_t *list, const char *member, json_int_t value);
json_t *tool_find_text(const json_t *list, const char *member, const char *value);

static inline json_int_t tool_int(const json_t *object, const char *member)
{
	json_t *value = json_object_get(object, member);

	return json_is_integer(value) ? json_integer_value(value) : -1;
}

static inline const char *tool_string(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text ? text : "(none)";
}

#define EXPECT_TEXT(want) \
	EXPECT_NE(NULL, strstr(tool_text, want)) TH_LOG("'%s' is not in: %s", want, tool_text)
#define EXPECT_NO_TEXT(want) \
	EXPECT_EQ(NULL, strstr(tool_text, want)) TH_LOG("'%s' is in: %s", want, tool_text)

#endif /* TEST_TOOL_H */
