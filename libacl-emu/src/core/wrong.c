// SPDX-License-Identifier: MIT
/*
 * Wrong frees: with ACL_EMU_CHECK=leak each place whose free is refused is reported
 * once, with the history of the object.
 *
 * Only functions that end something are looked at: a program that is correct may call
 * the others to find out what is possible, and gets an error.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/init.h"
#include "core/leak.h"
#include "core/leak_group.h"
#include "core/process.h"
#include "core/report.h"
#include "core/wrong.h"

#define TOLD_WORDS	1024	/* bits for the first 65536 stacks */

struct wrong {
	_Atomic uint64_t told[TOLD_WORDS];	/* by stack */
};

EMU_STATE(struct wrong, wrong, NULL)

static const char *const ends[] = {
	"aclrtFree", "aclrtUnmapMem", "aclrtReleaseMemAddress", "aclrtDestroy",
	"aclrtMemPoolDestroy", "aclrtMemPoolFree", "aclrtIpcMemClose", "aclrtHostUnregister",
	"aclrtCntNotifyDestroy",
};

static bool is_end(const char *function)
{
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (!strncmp(function, ends[i], strlen(ends[i])))
			return true;
	}
	return false;
}

static void print(FILE *out, const char *sentence, uint32_t stack, const struct emu_past *past)
{
	uint32_t i;

	fprintf(out, "acl-emu[%d]: wrong free: %s\n    called at\n", (int)getpid(), sentence);
	emu_report_frames(out, stack, "      ");
	for (i = 0; i < past->count; i++)
		emu_leak_print_deed(out, &past->deeds[i]);
}

static void print_json(FILE *out, const char *sentence, uint32_t stack,
		       const struct emu_past *past)
{
	uint32_t i;

	fprintf(out, "{\"report\":\"wrong\",\"version\":1,\"pid\":%d,\"function\":\"%s\","
		"\"sentence\":", (int)getpid(), emu_self.function);
	emu_report_string_json(out, sentence);
	fputc(',', out);
	emu_report_modules_json(out);
	fputs(",\"called\":", out);
	emu_report_frames_json(out, stack);
	fputs(",\"history\":[", out);
	for (i = 0; i < past->count; i++) {
		fputs(i ? "," : "", out);
		emu_leak_print_deed_json(out, &past->deeds[i]);
	}
	fputs("]}\n", out);
}

static bool told(uint32_t stack)
{
	uint64_t bit = UINT64_C(1) << stack % 64;

	return atomic_fetch_or(&wrong()->told[stack / 64 % TOLD_WORDS], bit) & bit;
}

/* After the end of the runtime the call is reported as such. */
void emu_wrong_report(const char *sentence)
{
	struct emu_past past = { .count = 0 };
	uint64_t id = emu_self.wrong_id;
	char *text = NULL;
	size_t size = 0;
	uint32_t stack;
	FILE *out;

	emu_self.wrong_id = 0;
	if (!is_end(emu_self.function) || emu_init_ended())
		return;
	stack = emu_stack_here();
	if (told(stack))
		return;
	emu_leak_found();
	if (id)
		emu_history_get((enum emu_kind)emu_self.wrong_kind, id, false, &past);
	out = open_memstream(&text, &size);
	if (!out)
		return;
	(emu_check_options()->json ? print_json : print)(out, sentence, stack, &past);
	if (!fclose(out))
		emu_report_write(text, size);
	free(text);
}
