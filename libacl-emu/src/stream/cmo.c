// SPDX-License-Identifier: MIT
/*
 * Calls that concern caches and counters of the cores. They check their arguments
 * and keep the order of the stream; there is nothing to flush and nothing to count.
 */
#include <inttypes.h>

#include "core/error.h"
#include "core/visible.h"
#include "device/device.h"
#include "stream/capture.h"
#include "stream/stream.h"

#define OVERFLOW_BYTES	64
#define REPAIRS_MAX	128

static aclError nothing_in(struct emu_stream *s, void *arg)
{
	(void)s;
	(void)arg;
	return ACL_SUCCESS;
}

aclError aclrtCmoAsync(void *src, size_t size, aclrtCmoType cmoType, aclrtStream stream)
{
	aclError code = ACL_SUCCESS;

	EMU_ENTER();
	if (!src)
		return emu_null("src");
	if (!size || cmoType != ACL_RT_CMO_TYPE_PREFETCH)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "give a size, and ACL_RT_CMO_TYPE_PREFETCH",
				 "size is %zu and cmoType %u", size, (unsigned int)cmoType);
	return emu_with_stream_if(code, stream, nothing_in, NULL);
}

static aclError not_captured_in(struct emu_stream *s, void *arg)
{
	(void)arg;
	return emu_stream_not_captured(s);
}

aclError aclrtGetOverflowStatus(void *outputAddr, size_t outputSize, aclrtStream stream)
{
	aclError code = ACL_SUCCESS;

	EMU_ENTER();
	if (!outputAddr)
		return emu_null("outputAddr");
	if (outputSize != OVERFLOW_BYTES)
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "give 64 bytes",
				 "outputSize is %zu", outputSize);
	code = emu_with_stream_if(code, stream, not_captured_in, NULL);
	return code ? code : aclrtMemsetAsync(outputAddr, OVERFLOW_BYTES, 0, OVERFLOW_BYTES,
					      stream);
}

aclError aclrtResetOverflowStatus(aclrtStream stream)
{
	EMU_ENTER();
	return emu_with_stream(stream, not_captured_in, NULL);
}

aclError aclrtCacheLastTaskOpInfo(const void *const infoPtr, const size_t infoSize)
{
	(void)infoSize;
	EMU_ENTER();
	return infoPtr ? ACL_SUCCESS : emu_null("infoPtr");
}

/* No address of the emulated device is faulty. */
aclError aclrtMemUceRepair(int32_t deviceId, aclrtMemUceInfo *memUceInfoArray, size_t arraySize)
{
	uint32_t device;

	EMU_ENTER();
	if (!memUceInfoArray)
		return emu_null("memUceInfoArray");
	if (!arraySize || arraySize > REPAIRS_MAX)
		return emu_error(ACL_ERROR_INVALID_PARAM, "give 1 to 128 entries",
				 "arraySize is %zu", arraySize);
	return emu_device_find(deviceId, &device);
}
