// SPDX-License-Identifier: MIT
/*
 * The fabric form of a share key.
 */
#include <inttypes.h>
#include <string.h>

#include "core/error.h"
#include "core/fabric.h"

#define MAGIC	UINT64_C(0x6361666c75656d61)
#define VERSION	1

struct fabric {
	uint64_t magic;
	uint32_t version;
	uint32_t zero;
	uint64_t key;
	uint8_t rest[104];
};

_Static_assert(sizeof(struct fabric) == EMU_FABRIC_SIZE &&
	       sizeof(struct fabric) == sizeof(aclrtMemFabricHandle), "same bytes");

void emu_fabric_write(void *bytes, uint64_t key)
{
	struct fabric fabric = { .magic = MAGIC, .version = VERSION, .key = key };

	memcpy(bytes, &fabric, sizeof(fabric));
}

aclError emu_fabric_read(const void *bytes, uint64_t *key)
{
	static const uint8_t zeros[sizeof(((struct fabric *)NULL)->rest)];
	struct fabric fabric;

	memcpy(&fabric, bytes, sizeof(fabric));
	if (fabric.magic != MAGIC || fabric.zero || memcmp(fabric.rest, zeros, sizeof(zeros)))
		return emu_error(ACL_ERROR_RT_INVALID_HANDLE,
				 "pass on all 128 bytes of the export unchanged",
				 "the fabric handle at %p was not made by this library", bytes);
	if (fabric.version != VERSION)
		return emu_error(ACL_ERROR_RT_INVALID_HANDLE,
				 "use the same version of the library in both processes",
				 "the fabric handle at %p has version %" PRIu32 ", not %d", bytes,
				 fabric.version, VERSION);
	*key = fabric.key;
	return ACL_SUCCESS;
}
