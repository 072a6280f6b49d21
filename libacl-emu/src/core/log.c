// SPDX-License-Identifier: MIT
/*
 * Log records of programs.
 *
 * There are no log files here. Records appear when the program's user asks for
 * them by the environment variables of the real stack: on standard output, from
 * a level on that is "errors only" by default.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/emu.h"

static bool wanted(aclLogLevel level)
{
	const char *print = secure_getenv("ASCEND_SLOG_PRINT_TO_STDOUT");
	const char *from = secure_getenv("ASCEND_GLOBAL_LOG_LEVEL");

	if (!print || strcmp(print, "1"))
		return false;
	return (int)level >= (from && *from ? atoi(from) : ACL_ERROR);
}

void aclAppLog(aclLogLevel logLevel, const char *func, const char *file, uint32_t line,
	       const char *fmt, ...)
{
	static const char *const names[] = { "DEBUG", "INFO", "WARNING", "ERROR" };
	char text[1024];
	va_list args;

	EMU_ENTER();
	if (!fmt || (unsigned int)logLevel > ACL_ERROR || !wanted(logLevel))
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	printf("[%s] APP(%d): [%s:%u][%s] %s\n", names[logLevel], (int)getpid(),
	       file ? file : "?", line, func ? func : "?", text);
	fflush(stdout);
}
