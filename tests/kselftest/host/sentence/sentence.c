// SPDX-License-Identifier: MIT
/*
 * Checks the sentence of each reason. Reads lines "NUMBER NAME|VALUE 0|VALUE 1",
 * what the uAPI header says about a reason, and prints the sentences that lack a
 * part: subject, values, rule, code or remedy.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"

#define SUBJECT	"the subject"

static int bad;

static void complain(const char *name, const char *lacks)
{
	printf("%s: %s: %s\n", name, lacks, emu_messages.newest);
	bad = 1;
}

static const char *sentence(uint32_t reason, uint64_t val0, uint64_t val1)
{
	struct acl_emu_head head = { .reason = reason, .val = { val0, val1 } };

	emu_enter("call");
	emu_fail(-EINVAL, &head, NULL, SUBJECT);
	return emu_messages.newest;
}

static int words(const char *from, const char *to)
{
	int count = 0;

	for (; from < to; from++)
		count += isalpha((unsigned char)from[0]) && !isalpha((unsigned char)from[1]);
	return count;
}

/* "call: SUBJECT rule (code). Remedy." */
static void check_parts(const char *name, const char *text)
{
	static const char begin[] = "call: " SUBJECT " ";
	const char *rule = text + sizeof(begin) - 1, *code, *remedy;

	if (strncmp(text, begin, sizeof(begin) - 1)) {
		complain(name, "no subject");
		return;
	}
	remedy = strstr(rule, "). ");
	for (code = remedy; code && code > rule && *code != '('; code--)
		;
	if (!remedy || strtol(code + 1, NULL, 10) < 100000) {
		complain(name, "no code");
		return;
	}
	if (words(rule, code) < 3 || strstr(rule, "failed in the module"))
		complain(name, "no rule");
	remedy += 3;
	if (!isupper((unsigned char)*remedy) || remedy[strlen(remedy) - 1] != '.' ||
	    words(remedy, remedy + strlen(remedy)) < 2)
		complain(name, "no remedy");
}

/* Does the sentence change with the value? */
static int depends(uint32_t reason, int which)
{
	static const uint64_t pairs[][2] = {
		{ 0, 1 }, { 1, 2 }, { (1ULL << 32) | 1, (1ULL << 32) | 2 },
	};
	char first[EMU_MESSAGE_LEN];
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const uint64_t *v = pairs[i];

		snprintf(first, sizeof(first), "%s",
			 which ? sentence(reason, 0, v[0]) : sentence(reason, v[0], 0));
		if (strcmp(first, which ? sentence(reason, 0, v[1]) : sentence(reason, v[1], 0)))
			return 1;
	}
	return 0;
}

/* The subject names handles, keys and addresses, and the size behind an address. */
static int in_subject(const char *value)
{
	return !strcmp(value, "handle") || !strcmp(value, "key") || !strcmp(value, "address");
}

int main(void)
{
	char name[64], value[2][128];
	unsigned int reason, count = 0;

	while (scanf("%u %63[^|]|%127[^|]|%127[^\n]", &reason, name, value[0], value[1]) == 4) {
		check_parts(name, sentence(reason, 1, 1));
		if (strcmp(value[0], "0") && !in_subject(value[0]) && !depends(reason, 0))
			complain(name, "no first value");
		if (strcmp(value[1], "0") && !depends(reason, 1) &&
		    !(!strcmp(value[0], "address") && !strcmp(value[1], "size")))
			complain(name, "no second value");
		count++;
	}
	if (count + 1 != ACL_EMU_REASON_END) {
		printf("%u reasons were read, %u are in the header\n", count,
		       ACL_EMU_REASON_END - 1);
		bad = 1;
	}
	return bad;
}
