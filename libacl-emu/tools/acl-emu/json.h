/* SPDX-License-Identifier: MIT */
/*
 * JSON of what several commands print. acl-emu(1) documents every key.
 */
#ifndef JSON_H
#define JSON_H

#include <jansson.h>

#include "snapshot.h"

/* {"location": ..., "local": ..., ...} for each location that is used. */
json_t *json_holdings(const struct snapshot *s, const struct process *p);

/* {"pid": ..., "name": ..., "holdings": [...]} */
json_t *json_process(const struct snapshot *s, const struct process *p);

/* Prints a string with its quotation marks; null if it is not UTF-8. */
void json_print_text(const char *text);

/* Prints it and drops the reference; an exit code. */
int json_print(json_t *value);

#endif
