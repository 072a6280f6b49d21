/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_vmm.h
 * @brief Virtual memory management: reserve, allocate, map, grant.
 */
#ifndef ACL_EMU_ACL_RT_VMM_H
#define ACL_EMU_ACL_RT_VMM_H

#include "acl_rt_memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @page vmm Objects of virtual memory management
 *
 * - A *reservation* is a range of addresses of one process with nothing behind it. Touching it
 *   raises SIGBUS.
 * - A *handle* stands for physical memory. It starts with one reference; each mapping, each
 *   aclrtMemRetainAllocationHandle() and each repeated import adds one. The memory goes with the
 *   last reference.
 * - A *mapping* puts a whole handle at an address inside a reservation. The same handle may be
 *   mapped at several addresses, which then show the same bytes.
 *
 * All of them belong to the process: any thread may use them, a child made by fork() has none,
 * and the end of the process, however it comes, gives everything back.
 */

/** @brief Handle of physical memory; means nothing in another process. */
typedef void *aclrtDrvMemHandle;

/** @brief How physical memory is held. */
typedef enum aclrtMemAllocationType {
	ACL_MEM_ALLOCATION_TYPE_PINNED = 0,
} aclrtMemAllocationType;

/** @brief Form in which memory can be exported. */
typedef enum aclrtMemHandleType {
	ACL_MEM_HANDLE_TYPE_NONE = 0,
	ACL_MEM_HANDLE_TYPE_POSIX = 2,
} aclrtMemHandleType;

/** @brief Which granularity is asked for; both are the same size. */
typedef enum aclrtMemGranularityOptions {
	ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM = 0,
	ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED = 1,
	ACL_RT_MEM_ALLOC_GRANULARITY_UNDEF = 65535,
} aclrtMemGranularityOptions;

/** @brief Wish for physical memory. */
typedef struct aclrtPhysicalMemProp {
	aclrtMemHandleType handleType; /**< ACL_MEM_HANDLE_TYPE_NONE */
	aclrtMemAllocationType allocationType; /**< ACL_MEM_ALLOCATION_TYPE_PINNED */
	aclrtMemAttr memAttr;
	aclrtMemLocation location; /**< HOST (id 0), DEVICE or HOST_NUMA */
	uint64_t reserve; /**< 0 */
} aclrtPhysicalMemProp;

/** @brief Rights of a location; only READWRITE can be granted. */
typedef enum aclrtMemAccessFlags {
	ACL_RT_MEM_ACCESS_FLAGS_NONE = 0,
	ACL_RT_MEM_ACCESS_FLAGS_READ = 1,
	ACL_RT_MEM_ACCESS_FLAGS_READWRITE = 3,
} aclrtMemAccessFlags;

/** @brief Grant of a right to a location. */
typedef struct aclrtMemAccessDesc {
	aclrtMemAccessFlags flags;
	aclrtMemLocation location;
	uint8_t rsv[12];
} aclrtMemAccessDesc;

/** @brief Link between two devices. */
typedef enum aclrtMemLinkType {
	ACL_RT_MEM_ACCESS_LINK_SIO = 0,
	ACL_RT_MEM_ACCESS_LINK_HCCS = 1,
	ACL_RT_MEM_ACCESS_UB_ONE_PORT_PATH = 2,
	ACL_RT_MEM_ACCESS_UB_MULTI_PORT_PATH = 3,
} aclrtMemLinkType;
#define ACL_RT_MEM_LINK_IDX_0 0U
#define ACL_RT_MEM_LINK_IDX_1 1U

/**
 * @brief Reserve a range of addresses with no memory behind it.
 *
 * The addresses lie in 16 TiB .. 24 TiB. A size below 2 MiB counts as 2 MiB, one above 512 MiB is
 * rounded up to whole GiB. The start is aligned to the power of two not below the size, at least
 * 2 MiB and at most 1 GiB.
 *
 * @param[out] virPtr start of the range; untouched on failure
 * @param[in] size bytes, 1 .. 8 TiB
 * @param[in] alignment 0
 * @param[in] expectPtr NULL, or the wanted start, a multiple of 1 GiB; there is no second choice
 *            when it is taken
 * @param[in] flags 0; 1 is accepted and means the same
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): virPtr is NULL, size is 0, flags is neither 0 nor 1
 * - ACL_ERROR_RT_PARAM_INVALID (107000): alignment is not 0, expectPtr is not a multiple of 1 GiB
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): the process has set no device
 * - ACL_ERROR_RT_MEMORY_ALLOCATION (207001): expectPtr is taken or outside the window, no room
 *   is left, or size is above 8 TiB
 * @note Lives until aclrtReleaseMemAddress(); a reset of the device does not end it.
 */
ACL_FUNC_VISIBILITY aclError aclrtReserveMemAddress(void **virPtr, size_t size, size_t alignment,
						    void *expectPtr, uint64_t flags);

/**
 * @brief Reserve a range at a place outside the usual window, for memory of other servers.
 *
 * @param[out] virPtr start of the range; untouched on failure
 * @param[in] size bytes, a multiple of 1 GiB
 * @param[in] alignment 0
 * @param[in] expectPtr wanted start, a multiple of 1 GiB, 24 TiB .. 256 TiB
 * @param[in] flags 0; 1 is accepted and means the same
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): virPtr is NULL, size is 0, flags is neither 0 nor 1
 * - ACL_ERROR_RT_PARAM_INVALID (107000): alignment is not 0
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): expectPtr is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): size or expectPtr is not a multiple of 1 GiB or lies
 *   outside the limits; the process has set no device
 * - ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the range is taken, or the processor has no such
 *   address (above 128 TiB without five-level paging)
 */
ACL_FUNC_VISIBILITY aclError aclrtReserveMemAddressNoUCMemory(void **virPtr, size_t size,
							      size_t alignment, void *expectPtr,
							      uint64_t flags);

/**
 * @brief Give back a whole reservation. All mappings in it must be gone.
 *
 * @param[in] virPtr what aclrtReserveMemAddress() gave
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): virPtr is NULL
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): the process has set no device
 * - ACL_ERROR_RT_PARAM_INVALID (107000): not the start of a reservation, or released already
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): something is still mapped in it
 */
ACL_FUNC_VISIBILITY aclError aclrtReleaseMemAddress(void *virPtr);

/**
 * @brief Allocate physical memory.
 *
 * The place is prop->location; the thread's current device does not matter, but the process must
 * have set that device. Attributes other than those of 1 GiB pages are served in pages of 2 MiB.
 * Fresh memory has undefined content by contract.
 *
 * @param[out] handle the memory, with one reference; untouched on failure
 * @param[in] size bytes, a multiple of aclrtMemGetAllocationGranularity(); for 1 GiB pages it is
 *            rounded up
 * @param[in] prop the wish; memAttr is one of ACL_HBM_MEM_HUGE, ACL_HBM_MEM_NORMAL,
 *            ACL_HBM_MEM_HUGE1G, ACL_MEM_NORMAL .. ACL_MEM_P2P_HUGE1G, and for memory of the host
 *            also ACL_DDR_MEM_HUGE .. ACL_DDR_MEM_NORMAL and ACL_DDR_MEM_P2P_HUGE ..
 *            ACL_DDR_MEM_P2P_NORMAL
 * @param[in] flags 0
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): handle or prop is NULL, size is 0, flags is not 0,
 *   handleType or allocationType is not 0, location.type is UNREGISTERED or MANAGED, a DDR
 *   attribute on a device, an unknown memAttr
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 * - ACL_ERROR_RT_CONTEXT_NULL (107002): HOST_NUMA without a current context
 * - ACL_ERROR_RT_PARAM_INVALID (107000): location.type or id out of range, reserve is not 0
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): HOST with an id of 1 .. 63, an attribute of
 *   1 GiB pages other than ACL_MEM_P2P_HUGE1G on the host
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): the process has set no device
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): size is not a multiple of 2 MiB, no such NUMA node
 * - ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the place has not that much left
 * @note Lives until the last of: aclrtFreePhysical() for each reference, aclrtUnmapMem() for each
 *       mapping, and the same in every process that imported it.
 */
ACL_FUNC_VISIBILITY aclError aclrtMallocPhysical(aclrtDrvMemHandle *handle, size_t size,
						 const aclrtPhysicalMemProp *prop,
						 uint64_t flags);

/**
 * @brief Give up one reference to physical memory.
 *
 * One call belongs to each aclrtMallocPhysical(), import and retain. While mappings exist the
 * call succeeds and the memory stays until the last of them goes.
 *
 * @param[in] handle the memory
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): handle is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such handle, freed already, or the references that
 *   are left belong to mappings
 */
ACL_FUNC_VISIBILITY aclError aclrtFreePhysical(aclrtDrvMemHandle handle);

/**
 * @brief Put physical memory at an address inside a reservation.
 *
 * Afterwards the device that owns the memory (for an import: the device given to the import) may
 * read and write there, and nobody else until aclrtMemSetAccess(). The first mapping ties the
 * reservation to its device until the reservation is released.
 *
 * @param[in] virPtr where, a multiple of 2 MiB (of 1 GiB for 1 GiB pages)
 * @param[in] size bytes: the size of the physical memory
 * @param[in] offset 0: a handle is mapped whole
 * @param[in] handle the memory; gains a reference
 * @param[in] flags 0
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): virPtr or handle is NULL, size is 0, flags is not 0
 * - ACL_ERROR_RT_PARAM_INVALID (107000): offset is not 0, no such handle, or size is below the
 *   size of the memory
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): virPtr is in no reservation; virPtr or size is not
 *   a multiple of the page size; the range runs past the reservation; the reservation belongs to
 *   another device, or holds local memory and this is imported, or the reverse; something is
 *   mapped there
 * - ACL_ERROR_RT_MEMORY_ALLOCATION (207001): size is above the size of the memory
 */
ACL_FUNC_VISIBILITY aclError aclrtMapMem(void *virPtr, size_t size, size_t offset,
					 aclrtDrvMemHandle handle, uint64_t flags);

/**
 * @brief As aclrtMapMem(), but nobody, the owner included, may touch it until a grant.
 *
 * @param[in] virPtr where
 * @param[in] size bytes: the size of the physical memory
 * @param[in] offset 0
 * @param[in] handle the memory; gains a reference
 * @param[in] flags 0
 * @return as aclrtMapMem(), or, after the checks that give 100000,
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the library or the module does not offer it
 */
ACL_FUNC_VISIBILITY aclError aclrtMemMapNoAccess(void *virPtr, size_t size, size_t offset,
						 aclrtDrvMemHandle handle, uint64_t flags);

/**
 * @brief Remove one whole mapping and its reference; this may free the memory.
 *
 * Rights granted to it are gone even if the call then fails.
 *
 * @param[in] virPtr exactly what was given to aclrtMapMem()
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): virPtr is NULL
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): no mapping starts there, or a copy is using it
 */
ACL_FUNC_VISIBILITY aclError aclrtUnmapMem(void *virPtr);

/**
 * @brief Let other locations read and write a mapping.
 *
 * The entries are done in order; those before a failing one stay granted. The owner has its right
 * already. A right ends with the mapping only.
 *
 * @param[in] virPtr start of a mapping
 * @param[in] size bytes
 * @param[in] desc the grants; flags is ACL_RT_MEM_ACCESS_FLAGS_READWRITE, location a DEVICE or
 *            the HOST with id 0
 * @param[in] count number of them, not 0
 * @return ACL_SUCCESS (0), also when the same was granted before, or, in this order,
 * - ACL_ERROR_RT_PARAM_INVALID (107000): virPtr or desc is NULL, count is 0, flags is none of the
 *   enumeration, location is impossible
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): flags is NONE or READ; host memory for the host;
 *   the location cannot reach the memory
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): not mapped, past the end of the mapping, or granted
 *   before with another size
 */
ACL_FUNC_VISIBILITY aclError aclrtMemSetAccess(void *virPtr, size_t size,
					       aclrtMemAccessDesc *desc, size_t count);

/**
 * @brief Right a location has on a mapping.
 *
 * @param[in] virPtr any address inside a mapping
 * @param[in] location a DEVICE, or the HOST with id 0
 * @param[out] flag one of aclrtMemAccessFlags; NONE (0) when nothing was granted; untouched on
 *             failure
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): location is impossible
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): not mapped
 */
ACL_FUNC_VISIBILITY aclError aclrtMemGetAccess(void *virPtr, aclrtMemLocation *location,
					       uint64_t *flag);

/**
 * @brief Unit in which physical memory with these properties comes.
 *
 * Needs neither context nor device.
 *
 * @param[in] prop the properties; handleType and allocationType do not matter
 * @param[in] option ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM or _RECOMMENDED: the same here
 * @param[out] granularity bytes: 2 MiB, or 1 GiB for attributes with 1 GiB pages; untouched on
 *             failure
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): prop or granularity is NULL, a DDR attribute on a device,
 *   an unknown memAttr
 * - ACL_ERROR_RT_INVALID_DEVICEID (107001): no such device
 * - ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): unknown option
 * - ACL_ERROR_RT_PARAM_INVALID (107000): reserve is not 0, location.type is impossible
 */
ACL_FUNC_VISIBILITY aclError aclrtMemGetAllocationGranularity(aclrtPhysicalMemProp *prop,
							      aclrtMemGranularityOptions option,
							      size_t *granularity);

/**
 * @brief Handle behind a mapping, with one more reference.
 *
 * @param[in] virPtr start of a mapping
 * @param[out] handle the very value it was mapped with; wants its own aclrtFreePhysical();
 *             untouched on failure
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * - ACL_ERROR_RT_INVALID_HANDLE (107017): reserved, but nothing was ever mapped there
 * - ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): unknown address, or inside a mapping
 */
ACL_FUNC_VISIBILITY aclError aclrtMemRetainAllocationHandle(void *virPtr,
							    aclrtDrvMemHandle *handle);

/**
 * @brief Properties of physical memory.
 *
 * memAttr comes back in its plainest form: on a device ACL_MEM_HUGE reads back as
 * ACL_HBM_MEM_HUGE; on the host ACL_DDR_MEM_HUGE as ACL_MEM_HUGE. For an import, location is the
 * exporter's device.
 *
 * @param[in] handle the memory
 * @param[out] prop its properties; untouched on failure
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): handle or prop is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): no such handle
 */
ACL_FUNC_VISIBILITY aclError
aclrtMemGetAllocationPropertiesFromHandle(aclrtDrvMemHandle handle, aclrtPhysicalMemProp *prop);

/**
 * @brief Start and size of the mapping or allocation an address lies in.
 *
 * @param[in] ptr any address inside; a reserved address with nothing mapped does not count
 * @param[out] pbase start; may be NULL; untouched on failure
 * @param[out] psize bytes; may be NULL; untouched on failure
 * @return ACL_SUCCESS (0), or, in this order,
 * - ACL_ERROR_INVALID_PARAM (100000): ptr is NULL
 * - ACL_ERROR_RT_PARAM_INVALID (107000): pbase and psize are both NULL, or nothing is there
 */
ACL_FUNC_VISIBILITY aclError aclrtMemGetAddressRange(void *ptr, void **pbase, size_t *psize);

#ifdef __cplusplus
}
#endif

#endif
