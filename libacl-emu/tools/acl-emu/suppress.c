// SPDX-License-Identifier: MIT
/*
 * Suppressions: findings of checks that the user knows.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suppress.h"

struct suppressions {
	struct suppressions *next;
	char *check;
	char *pattern;	/* with a * before and behind it */
};

void suppressions_free(struct suppressions *s)
{
	struct suppressions *next;

	for (; s; s = next) {
		next = s->next;
		free(s->check);
		free(s->pattern);
		free(s);
	}
}

/* NULL: the line has no check or no pattern, or there is no memory. */
static struct suppressions *read_line(char *line)
{
	char *colon = strchr(line, ':');
	struct suppressions *s;

	if (!colon || colon == line || !colon[1])
		return NULL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	*colon = '\0';
	s->check = strdup(line);
	if (asprintf(&s->pattern, "*%s*", colon + 1) < 0)
		s->pattern = NULL;
	if (s->check && s->pattern)
		return s;
	suppressions_free(s);
	return NULL;
}

struct suppressions *suppressions_read(const char *path, char *error, size_t size)
{
	struct suppressions *list = NULL, *s;
	FILE *in = fopen(path, "re");
	unsigned int number = 0;
	size_t room = 0;
	char *line = NULL;

	if (!in) {
		snprintf(error, size, "cannot open %s: %s", path, strerror(errno));
		return NULL;
	}
	/* The list is never empty, so that NULL is a failure. */
	list = calloc(1, sizeof(*list));
	while (list && getline(&line, &room, in) >= 0) {
		number++;
		line[strcspn(line, "\r\n")] = '\0';
		if (!*line || *line == '#')
			continue;
		s = read_line(line);
		if (!s) {
			snprintf(error, size, "%s:%u: write CHECK:PATTERN, for example leak:main",
				 path, number);
			suppressions_free(list);
			list = NULL;
			break;
		}
		s->next = list;
		list = s;
	}
	free(line);
	fclose(in);
	return list;
}

bool suppressions_match(const struct suppressions *s, const char *check, const char *text)
{
	for (; s; s = s->next) {
		if (s->check && !strcmp(s->check, check) && !fnmatch(s->pattern, text, 0))
			return true;
	}
	return false;
}
