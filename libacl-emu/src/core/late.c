// SPDX-License-Identifier: MIT
/*
 * Calls after aclFinalize(): with ACL_EMU_CHECK=leak each place that makes one is
 * reported once. Most of them are in destructors that run at exit.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/init.h"
#include "core/late.h"
#include "core/leak.h"
#include "core/process.h"
#include "core/report.h"

#define TOLD_WORDS	1024	/* bits for the first 65536 stacks */

struct late {
	_Atomic uint32_t ended;		/* stack of aclFinalize() */
	_Atomic uint64_t told[TOLD_WORDS];	/* by stack */
};

EMU_STATE(struct late, late, NULL)

void emu_late_ended(void)
{
	if (emu_check_on(EMU_CHECK_LEAK))
		atomic_store(&late()->ended, emu_stack_here());
}

uint32_t emu_late_place(void)
{
	return atomic_load(&late()->ended);
}

static void print(FILE *out, uint32_t stack)
{
	fprintf(out, "acl-emu[%d]: late: %s() was called after the runtime was ended\n"
		"    called at\n", (int)getpid(), emu_self.function);
	emu_report_frames(out, stack, "      ");
	fputs("    runtime ended at\n", out);
	emu_report_frames(out, emu_late_place(), "      ");
}

static void print_json(FILE *out, uint32_t stack)
{
	fprintf(out, "{\"report\":\"late\",\"version\":1,\"pid\":%d,\"function\":\"%s\",",
		(int)getpid(), emu_self.function);
	emu_report_modules_json(out);
	fputs(",\"called\":", out);
	emu_report_frames_json(out, stack);
	fputs(",\"ended\":", out);
	emu_report_frames_json(out, emu_late_place());
	fputs("}\n", out);
}

void emu_late_report(void)
{
	size_t size = 0;
	char *text = NULL;
	uint32_t stack;
	uint64_t bit;
	FILE *out;

	if (!emu_init_ended())
		return;
	stack = emu_stack_here();
	bit = UINT64_C(1) << stack % 64;
	if (atomic_fetch_or(&late()->told[stack / 64 % TOLD_WORDS], bit) & bit)
		return;
	emu_leak_found();
	out = open_memstream(&text, &size);
	if (!out)
		return;
	(emu_check_options()->json ? print_json : print)(out, stack);
	if (!fclose(out))
		emu_report_write(text, size);
	free(text);
}
