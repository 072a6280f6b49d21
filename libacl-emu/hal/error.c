// SPDX-License-Identifier: MIT
/*
 * Failures of the layer.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/log.h"
#include "error.h"

/* What the runtime makes of the codes of the driver. The first one is used backwards. */
static const struct {
	drvError_t driver;
	aclError runtime;
} codes[] = {
	{ DRV_ERROR_NONE, ACL_SUCCESS },
	{ DRV_ERROR_NO_DEVICE, ACL_ERROR_RT_NO_DEVICE },
	{ DRV_ERROR_INVALID_DEVICE, ACL_ERROR_RT_INVALID_DEVICEID },
	{ DRV_ERROR_INVALID_VALUE, ACL_ERROR_RT_PARAM_INVALID },
	{ DRV_ERROR_INVALID_HANDLE, ACL_ERROR_RT_INVALID_HANDLE },
	{ DRV_ERROR_INVALID_MALLOC_TYPE, ACL_ERROR_RT_INVALID_MALLOC_TYPE },
	{ DRV_ERROR_OUT_OF_MEMORY, ACL_ERROR_RT_MEMORY_ALLOCATION },
	{ DRV_ERROR_INNER_ERR, ACL_ERROR_RT_DRV_INTERNAL_ERROR },
	{ DRV_ERROR_REPEATED_INIT, ACL_ERROR_RT_REPEATED_INIT },
	{ DRV_ERROR_NO_RESOURCES, ACL_ERROR_RT_RESOURCE_ALLOC_FAIL },
	{ DRV_ERROR_WAIT_TIMEOUT, ACL_ERROR_RT_REPORT_TIMEOUT },
	{ DRV_ERROR_OVER_LIMIT, ACL_ERROR_RT_OVER_LIMIT },
	{ DRV_ERROR_OPER_NOT_PERMITTED, ACL_ERROR_RT_NO_PERMISSION },
	{ DRV_ERROR_NO_EVENT_RESOURCES, ACL_ERROR_RT_NO_EVENT_RESOURCE },
	{ DRV_ERROR_NO_STREAM_RESOURCES, ACL_ERROR_RT_NO_STREAM_RESOURCE },
	{ DRV_ERROR_NOT_SUPPORT, ACL_ERROR_RT_FEATURE_NOT_SUPPORT },
	{ DRV_ERROR_INVALID_VALUE, ACL_ERROR_INVALID_PARAM },
};

#define CODES	(sizeof(codes) / sizeof(codes[0]))

static aclError runtime_code(drvError_t driver)
{
	size_t i;

	for (i = 0; i < CODES; i++) {
		if (codes[i].driver == driver)
			return codes[i].runtime;
	}
	return ACL_ERROR_RT_DRV_INTERNAL_ERROR;
}

static drvError_t driver_code(aclError runtime)
{
	size_t i;

	for (i = 0; i < CODES; i++) {
		if (codes[i].runtime == runtime)
			return codes[i].driver;
	}
	return DRV_ERROR_INNER_ERR;
}

/* What is not supported is asked for by runtimes that can do without. */
static drvError_t record(drvError_t code)
{
	emu_log(code == DRV_ERROR_NOT_SUPPORT ? ACL_INFO : ACL_ERROR, "HAL", "%s [driver code %d]",
		emu_messages.newest, (int)code);
	return code;
}

drvError_t hal_result(aclError code)
{
	return code ? record(driver_code(code)) : DRV_ERROR_NONE;
}

drvError_t (hal_refuse)(drvError_t code, const char *remedy, const char *format, ...)
{
	char what[EMU_MESSAGE_LEN];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	emu_error(runtime_code(code), remedy, "%s", what);
	return record(code);
}

drvError_t (hal_fail)(int err, const struct acl_emu_head *head, const struct emu_code *reasons,
		    const char *subject, ...)
{
	char what[EMU_MESSAGE_LEN];
	va_list args;

	va_start(args, subject);
	vsnprintf(what, sizeof(what), subject, args);
	va_end(args);
	return hal_result(emu_fail(err, head, reasons, "%s", what));
}

drvError_t (hal_null)(const char *name)
{
	return hal_refuse(DRV_ERROR_INVALID_VALUE, "give a valid pointer", "%s is NULL", name);
}

drvError_t (hal_unsupported)(const char *what, uint64_t value)
{
	return hal_refuse(DRV_ERROR_NOT_SUPPORT, "do without it",
			  "%s %" PRIu64 " is not emulated", what, value);
}
