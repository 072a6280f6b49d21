// SPDX-License-Identifier: MIT
/*
 * Where the reports of checks go, and what they have in common.
 *
 * ACL_EMU_REPORT is the path of a file, to which reports are appended, or fd:NUMBER;
 * default: standard error. Frames are module and offset: the program acl-emu finds
 * function, file and line.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/config.h"
#include "core/error.h"
#include "core/report.h"

/* -1: not open; the caller closes it unless *keep is set. */
static int report_open(bool *keep)
{
	const char *to = emu_variable(EMU_VAR_REPORT);
	char *end;
	long fd;

	*keep = true;
	if (!to)
		return STDERR_FILENO;
	if (!strncmp(to, "fd:", 3)) {
		fd = strtol(to + 3, &end, 10);
		if (end == to + 3 || *end || fd < 0 || fd > INT32_MAX ||
		    fcntl((int)fd, F_GETFD) < 0) {
			errno = EBADF;
			return -1;
		}
		return (int)fd;
	}
	*keep = false;
	return open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

aclError emu_report_ready(void)
{
	bool keep;
	int fd = report_open(&keep);

	if (fd < 0)
		return emu_error(ACL_ERROR_INVALID_PARAM,
				 "name a file that can be written, or fd:NUMBER",
				 "ACL_EMU_REPORT is '%s', which cannot be opened: %s",
				 emu_variable(EMU_VAR_REPORT), strerror(errno));
	if (!keep)
		close(fd);
	return ACL_SUCCESS;
}

void emu_report_write(const char *text, size_t size)
{
	bool keep;
	int fd = report_open(&keep);
	ssize_t done;

	if (fd < 0) {
		fd = STDERR_FILENO;
		keep = true;
	}
	while (size) {
		done = write(fd, text, size);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			break;
		text += done;
		size -= (size_t)done;
	}
	if (!keep)
		close(fd);
}

/* --- frames ------------------------------------------------------------------ */

const char *emu_report_place(char buf[EMU_PLACE_LEN], uint32_t stack)
{
	const struct emu_stack *s = emu_stack_get(stack);
	const struct emu_module *m;
	const char *name;

	if (!s) {
		snprintf(buf, EMU_PLACE_LEN, "a call that was not recorded");
		return buf;
	}
	m = s->count ? emu_stack_module(s->frames[0].module) : NULL;
	name = m ? strrchr(m->path, '/') : NULL;
	if (m)
		snprintf(buf, EMU_PLACE_LEN, "%s() at %s+0x%" PRIx64, s->function,
			 name ? name + 1 : m->path, s->frames[0].offset);
	else
		snprintf(buf, EMU_PLACE_LEN, "%s()", s->function);
	return buf;
}

void emu_report_frames(FILE *out, uint32_t stack, const char *indent)
{
	const struct emu_stack *s = emu_stack_get(stack);
	const struct emu_module *m;
	uint32_t i;

	if (!s || !s->count) {
		fprintf(out, "%s(no stack was recorded)\n", indent);
		return;
	}
	for (i = 0; i < s->count; i++) {
		m = emu_stack_module(s->frames[i].module);
		if (m)
			fprintf(out, "%s#%u %s+0x%" PRIx64 "\n", indent, i, m->path,
				s->frames[i].offset);
		else
			fprintf(out, "%s#%u 0x%" PRIx64 "\n", indent, i, s->frames[i].offset);
	}
}

void emu_report_frames_json(FILE *out, uint32_t stack)
{
	const struct emu_stack *s = emu_stack_get(stack);
	uint32_t i;

	fputc('[', out);
	for (i = 0; s && i < s->count; i++)
		fprintf(out, "%s{\"module\":%" PRId64 ",\"offset\":%" PRIu64 "}", i ? "," : "",
			s->frames[i].module == EMU_NO_MODULE ? -1 : (int64_t)s->frames[i].module,
			s->frames[i].offset);
	fputc(']', out);
}

void emu_report_string_json(FILE *out, const char *text)
{
	const unsigned char *p;

	fputc('"', out);
	for (p = (const unsigned char *)text; *p; p++) {
		if (*p == '"' || *p == '\\')
			fprintf(out, "\\%c", *p);
		else if (*p < ' ')
			fprintf(out, "\\u%04x", *p);
		else
			fputc(*p, out);
	}
	fputc('"', out);
}

/* "modules":[...], which the frames of the report refer to by index. */
void emu_report_modules_json(FILE *out)
{
	const struct emu_module *m;
	uint32_t i;

	fputs("\"modules\":[", out);
	for (i = 0; (m = emu_stack_module(i)); i++) {
		fputs(i ? ",{\"path\":" : "{\"path\":", out);
		emu_report_string_json(out, m->path);
		fprintf(out, ",\"build_id\":\"%s\"}", m->build_id);
	}
	fputc(']', out);
}
