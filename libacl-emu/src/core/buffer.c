// SPDX-License-Identifier: MIT
/*
 * Data buffers: an address and a length, which programs pass to models.
 */
#include <stdlib.h>

#include "core/error.h"

struct aclDataBuffer {
	void *data;
	size_t size;
};

aclDataBuffer *aclCreateDataBuffer(void *data, size_t size)
{
	aclDataBuffer *new;

	EMU_ENTER();
	new = malloc(sizeof(*new));
	if (!new) {
		emu_error(ACL_ERROR_BAD_ALLOC, "free memory of this machine",
			  "no memory for a data buffer");
		return NULL;
	}
	new->data = data;
	new->size = size;
	return new;
}

aclError aclDestroyDataBuffer(const aclDataBuffer *dataBuffer)
{
	EMU_ENTER();
	if (!dataBuffer)
		return emu_null("dataBuffer");
	free((void *)dataBuffer);
	return ACL_SUCCESS;
}

aclError aclUpdateDataBuffer(aclDataBuffer *dataBuffer, void *data, size_t size)
{
	EMU_ENTER();
	if (!dataBuffer)
		return emu_null("dataBuffer");
	dataBuffer->data = data;
	dataBuffer->size = size;
	return ACL_SUCCESS;
}

void *aclGetDataBufferAddr(const aclDataBuffer *dataBuffer)
{
	EMU_ENTER();
	if (dataBuffer)
		return dataBuffer->data;
	emu_null("dataBuffer");
	return NULL;
}

size_t aclGetDataBufferSizeV2(const aclDataBuffer *dataBuffer)
{
	EMU_ENTER();
	if (dataBuffer)
		return dataBuffer->size;
	emu_null("dataBuffer");
	return 0;
}

uint32_t aclGetDataBufferSize(const aclDataBuffer *dataBuffer)
{
	EMU_ENTER();
	if (dataBuffer)
		return (uint32_t)dataBuffer->size;
	emu_null("dataBuffer");
	return 0;
}
