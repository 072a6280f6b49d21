// SPDX-License-Identifier: MIT
/*
 * ACL_EMU_CHECK: a list of checks and options, separated by commas.
 *
 * The list is read when the state of the process begins. A list that is not
 * possible turns no check on; aclInit() and the first call that needs the module
 * fail and say why. A program that is to be checked thus never runs unchecked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/check.h"
#include "core/config.h"
#include "core/error.h"
#include "core/process.h"
#include "core/report.h"

#define WORD_LEN	64

struct check {
	struct emu_check_options options;
	char bad[WORD_LEN];	/* the first word that is not possible; "": none */
	const char *remedy;	/* for that word */
};

unsigned int emu_checks;

/* The checks and the options. One with min and max has the form NAME=NUMBER. */
static const struct word {
	const char *name;
	unsigned int check;	/* bit that it turns on; 0: an option */
	size_t offset;		/* of its number in the options */
	unsigned int min, max;	/* 0, 0: it has no number */
	const char *form;
} words[] = {
	{ "leak", EMU_CHECK_LEAK, 0, 0, 0, "write leak" },
	{ "stuck", EMU_CHECK_STUCK, offsetof(struct emu_check_options, stuck), 1, 86400,
	  "write stuck=SECONDS, with 1 to 86400 seconds" },
	{ "depth", 0, offsetof(struct emu_check_options, depth), 1, EMU_CHECK_DEPTH_MAX,
	  "write depth=FRAMES, with 1 to 64 frames" },
	{ "exit", 0, offsetof(struct emu_check_options, exit), 1, 255,
	  "write exit=STATUS, with a status of 1 to 255" },
	{ "json", 0, 0, 0, 0, "write json" },
};

#define KNOWN_WORDS	"use leak, stuck=SECONDS, depth=FRAMES, exit=STATUS and json"

static bool is_number(const char *text, const struct word *word, unsigned int *number)
{
	char *end;
	unsigned long n;

	if (*text < '0' || *text > '9')
		return false;
	n = strtoul(text, &end, 10);
	*number = (unsigned int)n;
	return !*end && n >= word->min && n <= word->max;
}

/* NULL: the word is possible, else the remedy. */
static const char *take_word(struct emu_check_options *options, unsigned int *checks,
			     const char *text)
{
	const char *value = strchr(text, '=');
	size_t length = value ? (size_t)(value - text) : strlen(text), i;
	const struct word *word;
	unsigned int number;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		word = &words[i];
		if (strlen(word->name) != length || strncmp(word->name, text, length))
			continue;
		if (!value != !word->max)
			return word->form;
		if (value) {
			if (!is_number(value + 1, word, &number))
				return word->form;
			memcpy((char *)options + word->offset, &number, sizeof(number));
		} else if (!word->check) {
			options->json = true;
		}
		*checks |= word->check;
		return NULL;
	}
	return KNOWN_WORDS;
}

/* Gives the checks that are on; 0 if a word is not possible. */
static unsigned int parse(struct check *check, const char *list)
{
	unsigned int checks = 0;
	size_t length;
	char word[WORD_LEN];

	for (; *list; list += length + (list[length] == ',')) {
		length = strcspn(list, ",");
		snprintf(word, sizeof(word), "%.*s", (int)length, list);
		if (!length)
			continue;
		check->remedy = length < sizeof(word) ?
				take_word(&check->options, &checks, word) : KNOWN_WORDS;
		if (check->remedy) {
			memcpy(check->bad, word, sizeof(word));
			return 0;
		}
	}
	return checks;
}

/* A forked child reads the list again, as a new process does. */
static void begin(void *part, const void *parent)
{
	const char *list = emu_variable(EMU_VAR_CHECK);
	struct check *check = part;

	(void)parent;
	check->options.depth = 32;
	emu_checks = list ? parse(check, list) : 0;
}

EMU_STATE(struct check, check, begin)

const struct emu_check_options *emu_check_options(void)
{
	return &check()->options;
}

void emu_check_opened_now(void)
{
	const emu_check_fn *fn;

	for (fn = __start_emu_opens; fn != __stop_emu_opens; fn++)
		(*fn)();
}

aclError emu_check_ready(void)
{
	if (emu_unlikely(check()->remedy))
		return emu_error(ACL_ERROR_INVALID_PARAM, check()->remedy,
				 "ACL_EMU_CHECK holds '%s', which is not possible", check()->bad);
	return emu_checks ? emu_report_ready() : ACL_SUCCESS;
}
