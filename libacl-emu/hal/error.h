/* SPDX-License-Identifier: MIT */
/*
 * Failures of the layer: codes of the driver, and records in the log.
 *
 * The sentences are those of the library. A code of the driver is the one that the
 * runtime turns into the code of the sentence.
 */
#ifndef HAL_ERROR_H
#define HAL_ERROR_H

#include "acl_emu_hal.h"
#include "core/common.h"
#include "core/driver.h"
#include "core/error.h"

/* Reports a failure that the layer finds itself, and returns @code. */
__attribute__((format(printf, 3, 4)))
drvError_t hal_refuse(drvError_t code, const char *remedy, const char *format, ...);
/* Reports a failure of emu_ioctl(); @codes as for emu_fail(). */
__attribute__((format(printf, 4, 5)))
drvError_t hal_fail(int err, const struct acl_emu_head *head, const struct emu_code *codes,
		    const char *subject, ...);
/* Makes a call of the module; reports its failure. The text is made only for that. */
#define hal_ioctl(nr_, head_, codes_, ...) ({ \
	int err_ = emu_ioctl(nr_, head_); \
	err_ ? hal_fail(err_, head_, codes_, __VA_ARGS__) : DRV_ERROR_NONE; \
})

/* The result for a code of the core; a failure has written its message. */
drvError_t hal_result(aclError code);
drvError_t hal_null(const char *name);
drvError_t hal_unsupported(const char *what, uint64_t value);

#ifdef EMU_LINT
/* Analysers look at one file at a time: a function that fails returns a code. */
static inline drvError_t hal_not_zero(drvError_t code)
{
	if (code == DRV_ERROR_NONE)
		__builtin_unreachable();
	return code;
}

#define hal_refuse(...)		hal_not_zero((hal_refuse)(__VA_ARGS__))
#define hal_fail(...)		hal_not_zero((hal_fail)(__VA_ARGS__))
#define hal_null(name)		hal_not_zero((hal_null)(name))
#define hal_unsupported(...)	hal_not_zero((hal_unsupported)(__VA_ARGS__))
#endif

#endif
