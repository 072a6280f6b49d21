// SPDX-License-Identifier: MIT
/*
 * Programs as text: a call a line, an empty line behind each program.
 *
 *   PHYS_ALLOC size=200000 loc.type=1
 *   RANGE_RESERVE size=400000
 *   MAP addr=r1+200000 size=200000 handle=r0 rights=3
 *
 * Numbers are hexadecimal, r1 is the result of the second call, what is not
 * named is zero.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

void fuzz_print(FILE *file, const struct fuzz_program *program)
{
	for (unsigned int i = 0; i < program->nr; i++) {
		const struct fuzz_call *call = &program->calls[i];
		const struct fuzz_call_type *type = &fuzz_types[call->type];

		fprintf(file, "%s", type->name);
		for (unsigned int n = 0; n < FUZZ_FIELDS && type->fields[n].name; n++) {
			const struct fuzz_value *value = &call->values[n];

			if (value->ref && value->plain)
				fprintf(file, " %s=r%u+%" PRIx64, type->fields[n].name,
					value->ref - 1, value->plain);
			else if (value->ref)
				fprintf(file, " %s=r%u", type->fields[n].name, value->ref - 1);
			else if (value->plain)
				fprintf(file, " %s=%" PRIx64, type->fields[n].name, value->plain);
		}
		fputc('\n', file);
	}
	fputc('\n', file);
}

/* One value; false if it is none. */
static bool parse_value(const char *text, unsigned int at, struct fuzz_value *value)
{
	char *end;

	if (*text == 'r') {
		unsigned long ref = strtoul(text + 1, &end, 10);

		if (end == text + 1 || ref >= at)
			return false;
		value->ref = ref + 1;
		if (!*end)
			return true;
		if (*end != '+')
			return false;
		text = end + 1;
	}
	value->plain = strtoull(text, &end, 16);
	return end != text && !*end;
}

static bool parse_call(char *line, unsigned int at, struct fuzz_call *call)
{
	const struct fuzz_call_type *type;
	char *word = strtok(line, " \n"), *equal;
	unsigned int n, i = fuzz_type_find(word);

	if (i == fuzz_nr_types)
		return false;
	call->type = i;
	type = &fuzz_types[i];
	while ((word = strtok(NULL, " \n"))) {
		equal = strchr(word, '=');
		if (!equal)
			return false;
		*equal = 0;
		for (n = 0; n < FUZZ_FIELDS && type->fields[n].name; n++)
			if (!strcmp(type->fields[n].name, word))
				break;
		if (n == FUZZ_FIELDS || !type->fields[n].name ||
		    !parse_value(equal + 1, at, &call->values[n]))
			return false;
	}
	return true;
}

int fuzz_parse(FILE *file, const char *name, struct fuzz_program *program)
{
	char line[FUZZ_LINE], copy[FUZZ_LINE];

	memset(program, 0, sizeof(*program));
	while (fgets(line, sizeof(line), file)) {
		if (line[0] == '#')
			continue;
		if (line[0] == '\n') {
			if (program->nr)
				return 1;
			continue;
		}
		strcpy(copy, line);
		if (program->nr == FUZZ_CALLS ||
		    !parse_call(copy, program->nr, &program->calls[program->nr])) {
			fprintf(stderr, "%s: cannot be read: %s", name, line);
			return -1;
		}
		program->nr++;
	}
	return program->nr ? 1 : 0;
}
