// SPDX-License-Identifier: MIT
/*
 * Log records of programs and of the driver layer.
 *
 * There are no log files. The environment variables of the real stack select
 * records on standard output and their lowest level, by default errors.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/config.h"
#include "core/log.h"

static bool wanted(aclLogLevel level)
{
	const char *from = emu_variable(EMU_VAR_LOG_LEVEL);

	return emu_variable_is(EMU_VAR_LOG_STDOUT, "1") &&
	       (int)level >= (from ? atoi(from) : ACL_ERROR);
}

void emu_log(aclLogLevel level, const char *layer, const char *format, ...)
{
	static const char *const names[] = { "DEBUG", "INFO", "WARNING", "ERROR" };
	char text[1280];
	va_list args;

	if ((unsigned int)level > ACL_ERROR || !wanted(level))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printf("[%s] %s(%d): %s\n", names[level], layer, (int)getpid(), text);
	fflush(stdout);
}

void aclAppLog(aclLogLevel logLevel, const char *func, const char *file, uint32_t line,
	       const char *fmt, ...)
{
	char text[1024];
	va_list args;

	EMU_ENTER();
	if (!fmt || (unsigned int)logLevel > ACL_ERROR || !wanted(logLevel))
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	emu_log(logLevel, "APP", "[%s:%u][%s] %s", file ? file : "?", line, func ? func : "?",
		text);
}
