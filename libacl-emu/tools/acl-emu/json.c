// SPDX-License-Identifier: MIT
/*
 * JSON of what several commands print. acl-emu(1) documents every key.
 */
#include <stdio.h>

#include "json.h"
#include "tool.h"

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *holding(const struct snapshot *s, unsigned int i, const struct holding *h)
{
	return json_pack("{s:s s:b s:o s:o s:o s:o s:o s:o s:o s:o s:o s:o}",
			 "location", LOCATION_KEY(s, i), "open", (int)h->open,
			 "local", number(h->local), "unmapped", number(h->unmapped),
			 "heap", number(h->heap), "idle", number(h->idle),
			 "exported", number(h->exported),
			 "imported", number(h->imported), "mappings", number(h->mappings),
			 "handles", number(h->handles), "imports", number(h->imports),
			 "shares", number(h->shares));
}

json_t *json_holdings(const struct snapshot *s, const struct process *p)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i <= s->devices; i++)
		if (holding_used(&p->of[i]))
			json_array_append_new(list, holding(s, i, &p->of[i]));
	return list;
}

json_t *json_process(const struct snapshot *s, const struct process *p)
{
	json_t *value = json_object();

	json_object_set_new(value, "pid", p->pid ? json_integer(p->pid) : json_null());
	json_object_set_new(value, "name", p->pid ? json_string(p->name) : json_null());
	json_object_set_new(value, "holdings", json_holdings(s, p));
	return value;
}

void json_print_text(const char *text)
{
	json_t *value = json_string(text);

	if (!value || json_dumpf(value, stdout, JSON_ENCODE_ANY))
		printf("null");
	json_decref(value);
}

int json_print(json_t *value)
{
	int code = EXIT_GOOD;

	if (!value || json_dumpf(value, stdout, JSON_INDENT(2)) || putchar('\n') == EOF ||
	    fflush(stdout))
		code = fail(EXIT_FOUND, "cannot write the answer");
	json_decref(value);
	return code;
}
