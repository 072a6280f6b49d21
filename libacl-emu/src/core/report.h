/* SPDX-License-Identifier: MIT */
/*
 * Where the reports of checks go: the file or descriptor of ACL_EMU_REPORT.
 */
#ifndef EMU_CORE_REPORT_H
#define EMU_CORE_REPORT_H

#include <stdio.h>

#include "core/common.h"
#include "core/stack.h"

aclError emu_report_ready(void);
/* Writes a report at once, so that reports of several processes do not mix. */
void emu_report_write(const char *text, size_t size);

#define EMU_PLACE_LEN	160

/* For sentences: "FUNCTION() at FRAME", with the first frame of a stack. */
const char *emu_report_place(char buf[EMU_PLACE_LEN], uint32_t stack);
#define EMU_REPORT_PLACE(stack)	emu_report_place((char[EMU_PLACE_LEN]){ 0 }, stack)

/* Parts of reports, as text and as JSON. */
void emu_report_frames(FILE *out, uint32_t stack, const char *indent);
void emu_report_frames_json(FILE *out, uint32_t stack);
void emu_report_modules_json(FILE *out);
void emu_report_string_json(FILE *out, const char *text);

#endif
