/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_vmm.h
 * @brief Virtual memory management: reservations, physical memory, mappings, access rights.
 */
#ifndef ACL_EMU_ACL_RT_VMM_H
#define ACL_EMU_ACL_RT_VMM_H

#include "acl_rt_memory.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @page vmm Virtual memory management
 *
 * - A reservation is a range of addresses of one process without memory. Touching it raises SIGBUS.
 * - A handle stands for physical memory. It starts with one reference; each mapping, each
 *   aclrtMemRetainAllocationHandle() and each repeated import adds one. The memory is freed with
 *   the last reference.
 * - A mapping puts the whole memory of a handle at an address of a reservation. The same handle may
 *   be mapped at several addresses, which then show the same bytes.
 *
 * All of them belong to the process. Any thread may use them, a child of fork() has none of them,
 * and the end of the process releases everything.
 */

/** @brief Handle of physical memory; not valid in another process. */
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

/** @brief Kind of granularity; both are the same size. */
typedef enum aclrtMemGranularityOptions {
	ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM = 0,
	ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED = 1,
	ACL_RT_MEM_ALLOC_GRANULARITY_UNDEF = 65535,
} aclrtMemGranularityOptions;

/** @brief Properties of physical memory. */
typedef struct aclrtPhysicalMemProp {
	aclrtMemHandleType handleType; /**< ACL_MEM_HANDLE_TYPE_NONE */
	aclrtMemAllocationType allocationType; /**< ACL_MEM_ALLOCATION_TYPE_PINNED */
	aclrtMemAttr memAttr;
	aclrtMemLocation location; /**< HOST (id 0), DEVICE or HOST_NUMA */
	uint64_t reserve; /**< 0 */
} aclrtPhysicalMemProp;

/** @brief Access rights; only READWRITE can be granted. */
typedef enum aclrtMemAccessFlags {
	ACL_RT_MEM_ACCESS_FLAGS_NONE = 0,
	ACL_RT_MEM_ACCESS_FLAGS_READ = 1,
	ACL_RT_MEM_ACCESS_FLAGS_READWRITE = 3,
} aclrtMemAccessFlags;

/** @brief Access right of a location. */
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
 * @brief Reserve a range of virtual addresses.
 *
 * No memory is behind the range until aclrtMapMem(). Touching an address without memory raises
 * SIGBUS.
 *
 * The range lies in [16 TiB, 24 TiB). A size up to 512 MiB is rounded up to a multiple of 2 MiB, a
 * larger size to a multiple of 1 GiB. The start is aligned to the smallest power of two that is not
 * smaller than the size, at least 2 MiB and at most 1 GiB.
 *
 * The reservation belongs to the process. It ends with aclrtReleaseMemAddress() or with the
 * process, not with the reset of a device.
 *
 * @param[out] virPtr start of the range; not written on failure
 * @param[in] size bytes, 1 to 8 TiB
 * @param[in] alignment must be 0
 * @param[in] expectPtr NULL, or the wanted start, a multiple of 1 GiB. The call fails if the range
 *            is not free there
 * @param[in] flags 0 or 1; both mean the same
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): virPtr is NULL, size is 0, or flags is neither 0 nor 1
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): alignment is not 0, or expectPtr is not a multiple
 *         of 1 GiB
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the process has set no device
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the wanted range is occupied or outside the
 *         window, no free range is left, or size is larger than 8 TiB
 * @par Differences
 * The source of the driver returns ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899) for an occupied
 * address; the documents and this library return 207001. With `ACL_EMU_RELAX=expectptr` in the
 * environment, expectPtr may be a multiple of the smallest power of two that is not smaller than
 * the size, up to 512 MiB. On failure newer versions of CANN write the wanted address to virPtr.
 * @par Example
 * @code
 * void *addr;
 *
 * if (aclrtReserveMemAddress(&addr, 64 << 20, 0, NULL, 0))
 *         fprintf(stderr, "%s\n", aclGetRecentErrMsg());
 * @endcode
 * @see aclrtReleaseMemAddress(), aclrtMapMem(), aclrtMallocPhysical()
 */
ACL_FUNC_VISIBILITY aclError aclrtReserveMemAddress(void **virPtr, size_t size, size_t alignment,
						    void *expectPtr, uint64_t flags);

/**
 * @brief Reserve a range of virtual addresses above the usual window.
 *
 * The range may hold memory of several devices. On real hardware it is for the memory of other
 * servers.
 *
 * @param[out] virPtr start of the range; not written on failure
 * @param[in] size bytes, a multiple of 1 GiB
 * @param[in] alignment must be 0
 * @param[in] expectPtr wanted start, a multiple of 1 GiB, 24 TiB to 256 TiB
 * @param[in] flags 0 or 1; both mean the same
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): virPtr is NULL, size is 0, or flags is neither 0 nor 1
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): alignment is not 0
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): expectPtr is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): size or expectPtr is not a multiple of 1 GiB, the
 *         range is outside the limits, or the process has set no device
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the range is occupied, or the processor has no
 *         such addresses (above 128 TiB without 5-level paging)
 * @par Differences
 * The real window ends at 256 TiB. Here the range must be in the address space of the process,
 * which ends at 128 TiB on x86-64 without 5-level paging.
 * @see aclrtReserveMemAddress(), aclrtReleaseMemAddress()
 */
ACL_FUNC_VISIBILITY aclError aclrtReserveMemAddressNoUCMemory(void **virPtr, size_t size,
							      size_t alignment, void *expectPtr,
							      uint64_t flags);

/**
 * @brief Release a whole reservation.
 *
 * All mappings in the reservation must have been removed before.
 *
 * @param[in] virPtr start of a reservation, as returned by aclrtReserveMemAddress() or
 *            aclrtReserveMemAddressNoUCMemory()
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): virPtr is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the process has set no device
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): virPtr is not the start of a reservation, or it was
 *         released before
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): something is mapped in the reservation
 * @par Differences
 * On the real stack the release of a small reservation that has mappings may succeed, because
 * addresses are cached.
 * @see aclrtReserveMemAddress(), aclrtUnmapMem()
 */
ACL_FUNC_VISIBILITY aclError aclrtReleaseMemAddress(void *virPtr);

/**
 * @brief Allocate physical memory.
 *
 * The memory has no address until it is mapped with aclrtMapMem(). Its location is prop->location;
 * the current device of the thread has no influence, but the process must have set the device.
 * Attributes for pages smaller than 2 MiB are served with pages of 2 MiB.
 *
 * By contract the content of new memory is undefined. Here it is zero.
 *
 * The handle starts with one reference. Each mapping, each aclrtMemRetainAllocationHandle() and
 * each repeated import adds one. The memory is freed when no process has a reference to it.
 *
 * @param[out] handle the memory, with one reference; not written on failure
 * @param[in] size bytes, a multiple of what aclrtMemGetAllocationGranularity() returns; with
 *            attributes for 1 GiB pages it is rounded up to a multiple of 1 GiB
 * @param[in] prop the properties; memAttr is one of ACL_HBM_MEM_HUGE, ACL_HBM_MEM_NORMAL,
 *            ACL_HBM_MEM_HUGE1G and ACL_MEM_NORMAL to ACL_MEM_P2P_HUGE1G, and for memory of the
 *            host also ACL_DDR_MEM_HUGE, ACL_DDR_MEM_NORMAL, ACL_DDR_MEM_P2P_HUGE and
 *            ACL_DDR_MEM_P2P_NORMAL
 * @param[in] flags must be 0
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): handle or prop is NULL, size is 0, flags is not 0,
 *         handleType or allocationType is not 0, location.type is UNREGISTERED or MANAGED, memAttr
 *         is a DDR attribute and the location is a device, or memAttr is unknown
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_CONTEXT_NULL (107002): location.type is HOST_NUMA and the thread has no
 *         current context
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): location.type or location.id is out of range, or
 *         reserve is not 0
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): location.type is HOST and location.id is 1 to
 *         63, or memAttr is for 1 GiB pages on the host and is not ACL_MEM_P2P_HUGE1G
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): the process has set no device
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): size is not a multiple of 2 MiB, or the NUMA
 *         node does not exist
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): the device, or the host, does not have that much
 *         free memory
 * @par Differences
 * The first documents ask to align the size; other versions return 107000 for a size that is not a
 * multiple of 2 MiB. All attributes and locations of newer versions are accepted.
 * @par Example
 * @code
 * aclrtPhysicalMemProp prop = {
 *         .memAttr = ACL_HBM_MEM_HUGE,
 *         .location = { .type = ACL_MEM_LOCATION_TYPE_DEVICE, .id = 0 },
 * };
 * aclrtDrvMemHandle handle;
 *
 * aclrtMallocPhysical(&handle, 2 << 20, &prop, 0);
 * aclrtMapMem(addr, 2 << 20, 0, handle, 0);
 * memset(addr, 1, 2 << 20);
 * aclrtUnmapMem(addr);
 * aclrtFreePhysical(handle);
 * @endcode
 * @see aclrtFreePhysical(), aclrtMapMem(), aclrtMemGetAllocationGranularity(),
 *      aclrtMemExportToShareableHandle(), aclrtGetMemInfo()
 */
ACL_FUNC_VISIBILITY aclError aclrtMallocPhysical(aclrtDrvMemHandle *handle, size_t size,
						 const aclrtPhysicalMemProp *prop,
						 uint64_t flags);

/**
 * @brief Release one reference to physical memory.
 *
 * Call it once for each aclrtMallocPhysical(), import and aclrtMemRetainAllocationHandle(). While
 * the memory is mapped the call succeeds, and the memory is freed with the last mapping.
 *
 * @param[in] handle the memory
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): handle is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the handle does not exist, was freed before, or its
 *         remaining references belong to mappings
 * @par Differences
 * On the real stack the use of a handle after its last free is undefined. Here handles are
 * checked.
 * @see aclrtMallocPhysical(), aclrtUnmapMem()
 */
ACL_FUNC_VISIBILITY aclError aclrtFreePhysical(aclrtDrvMemHandle handle);

/**
 * @brief Map physical memory at an address of a reservation.
 *
 * The whole memory of the handle is mapped. The same handle may be mapped at several addresses,
 * which then show the same bytes.
 *
 * The device that owns the memory may read and write it at once; for imported memory this is the
 * device that was given to the import. Other locations need aclrtMemSetAccess(). The CPU may access
 * the addresses as soon as any location may.
 *
 * The first mapping ties the reservation to the device of the memory until the reservation is
 * released. Local and imported memory cannot be mapped in one reservation at the same time.
 *
 * @param[in] virPtr where to map, a multiple of 2 MiB (for memory with 1 GiB pages, of 1 GiB),
 *            inside a reservation
 * @param[in] size bytes, the size of the physical memory
 * @param[in] offset must be 0
 * @param[in] handle the memory; gets one more reference
 * @param[in] flags must be 0
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): virPtr or handle is NULL, size is 0, or flags is not 0
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): offset is not 0, the handle does not exist, or size
 *         is smaller than the memory
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): virPtr is in no reservation; virPtr or size is
 *         not a multiple of the page size; the range leaves the reservation; the reservation is
 *         tied to another device; it holds local memory and the handle is imported, or the reverse;
 *         or the range overlaps a mapping
 * @retval ACL_ERROR_RT_MEMORY_ALLOCATION (207001): size is larger than the memory
 * @par Differences
 * Newer versions of CANN map the first part of the memory if size is smaller than the memory.
 * @see aclrtUnmapMem(), aclrtMemSetAccess(), aclrtMemMapNoAccess(), aclrtReserveMemAddress(),
 *      aclrtMallocPhysical()
 */
ACL_FUNC_VISIBILITY aclError aclrtMapMem(void *virPtr, size_t size, size_t offset,
					 aclrtDrvMemHandle handle, uint64_t flags);

/**
 * @brief Map physical memory without access for anybody.
 *
 * Like aclrtMapMem(), but no location, not even the owner, may access the memory before
 * aclrtMemSetAccess() grants it.
 *
 * @param[in] virPtr where to map, as for aclrtMapMem()
 * @param[in] size bytes, the size of the physical memory
 * @param[in] offset must be 0
 * @param[in] handle the memory; gets one more reference
 * @param[in] flags must be 0
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval aclrtMapMem() each error of that function
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the module does not support it; does not occur
 *         with the module of this release
 * @par Differences
 * The published driver returns 207000. Here the function works as documented.
 * @see aclrtMapMem(), aclrtMemSetAccess(), aclrtUnmapMem()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemMapNoAccess(void *virPtr, size_t size, size_t offset,
						 aclrtDrvMemHandle handle, uint64_t flags);

/**
 * @brief Remove a whole mapping.
 *
 * The mapping's reference to the memory is released; this frees the memory if it was the last one.
 * Access rights that were granted to the mapping are gone, also when the call fails because a copy
 * is running.
 *
 * @param[in] virPtr start of a mapping, as given to aclrtMapMem()
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): virPtr is NULL
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): no mapping starts at virPtr, or a copy is using
 *         the mapping
 * @see aclrtMapMem(), aclrtFreePhysical()
 */
ACL_FUNC_VISIBILITY aclError aclrtUnmapMem(void *virPtr);

/**
 * @brief Grant locations access to a mapping.
 *
 * The device that owns the memory has access already. A right ends only with the mapping. Rights of
 * a part of a mapping apply to the whole mapping.
 *
 * The descriptors are processed in order. If one fails, the rights granted by the earlier ones
 * stay.
 *
 * @param[in] virPtr start of a mapping
 * @param[in] size bytes
 * @param[in] desc the rights: flags is ACL_RT_MEM_ACCESS_FLAGS_READWRITE, location is a DEVICE or
 *            the HOST with id 0
 * @param[in] count number of descriptors, at least 1
 * @return ACL_SUCCESS (0), also if the right was granted before, or the first error of the list
 *         that applies
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): virPtr or desc is NULL, count is 0, flags is not in
 *         the enumeration, or the location does not exist
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): flags is NONE or READ, host memory is granted
 *         to the host, or the location cannot reach the memory (does not occur here: every location
 *         reaches all memory)
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): nothing is mapped at virPtr, the range leaves
 *         the mapping, or the right was granted before with another size
 * @par Differences
 * Real devices need this call with the HOST as location before the CPU may access the memory; here
 * the CPU may access it as soon as any location may.
 * @see aclrtMemGetAccess(), aclrtMapMem(), aclrtMemMapNoAccess()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemSetAccess(void *virPtr, size_t size,
					       aclrtMemAccessDesc *desc, size_t count);

/**
 * @brief Return the access right that a location has to a mapping.
 *
 * @param[in] virPtr any address in a mapping
 * @param[in] location a DEVICE, or the HOST with id 0
 * @param[out] flag one of aclrtMemAccessFlags; NONE (0) if nothing was granted; not written on
 *            failure
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the location does not exist
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): nothing is mapped at virPtr
 * @par Differences
 * The first check of the real stack accepts device ids below 64; here a device that does not exist
 * is refused.
 * @see aclrtMemSetAccess()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemGetAccess(void *virPtr, aclrtMemLocation *location,
					       uint64_t *flag);

/**
 * @brief Return the allocation unit of physical memory with given properties.
 *
 * Neither a context nor a device is needed.
 *
 * @param[in] prop the properties; handleType and allocationType are ignored
 * @param[in] option ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM or
 *            ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED; both give the same result
 * @param[out] granularity bytes: 2 MiB, or 1 GiB for attributes with 1 GiB pages; not written on
 *            failure
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): prop or granularity is NULL, memAttr is a DDR attribute
 *         and the location is a device, or memAttr is unknown
 * @retval ACL_ERROR_RT_INVALID_DEVICEID (107001): the device does not exist
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): option is unknown, or memAttr is for 1 GiB
 *         pages on the host
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): reserve is not 0, or location.type is invalid
 * @see aclrtMallocPhysical()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemGetAllocationGranularity(aclrtPhysicalMemProp *prop,
							      aclrtMemGranularityOptions option,
							      size_t *granularity);

/**
 * @brief Return the handle of a mapping and add a reference to it.
 *
 * @param[in] virPtr start of a mapping
 * @param[out] handle the value that was passed to aclrtMapMem(); release it with
 *            aclrtFreePhysical(); not written on failure
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @retval ACL_ERROR_RT_INVALID_HANDLE (107017): virPtr is reserved and nothing was ever mapped
 *         there
 * @retval ACL_ERROR_RT_DRV_INTERNAL_ERROR (507899): virPtr is in no reservation, or is not the
 *         start of a mapping
 * @retval ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000): the driver does not support it; does not occur
 *         here
 * @see aclrtFreePhysical(), aclrtMapMem()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemRetainAllocationHandle(void *virPtr,
							    aclrtDrvMemHandle *handle);

/**
 * @brief Return the properties of physical memory.
 *
 * memAttr is returned in its plainest form: ACL_MEM_HUGE on a device is returned as
 * ACL_HBM_MEM_HUGE, ACL_DDR_MEM_HUGE on the host as ACL_MEM_HUGE. For imported memory, location is
 * the device of the exporter.
 *
 * @param[in] handle the memory
 * @param[out] prop its properties; not written on failure
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): handle or prop is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): the handle does not exist
 * @see aclrtMallocPhysical()
 */
ACL_FUNC_VISIBILITY aclError
aclrtMemGetAllocationPropertiesFromHandle(aclrtDrvMemHandle handle, aclrtPhysicalMemProp *prop);

/**
 * @brief Return the start and size of the mapping or block that contains an address.
 *
 * @param[in] ptr any address in a mapping, or in a block of aclrtMalloc(); an address that is
 *            reserved but not mapped is in neither
 * @param[out] pbase start; may be NULL; not written on failure
 * @param[out] psize bytes; may be NULL; not written on failure
 * @return ACL_SUCCESS (0), or the first error of the list that applies; the checks are made in this
 *         order
 * @retval ACL_ERROR_INVALID_PARAM (100000): ptr is NULL
 * @retval ACL_ERROR_RT_PARAM_INVALID (107000): pbase and psize are both NULL, or nothing is mapped
 *         at ptr
 * @see aclrtMapMem(), aclrtPointerGetAttributes()
 */
ACL_FUNC_VISIBILITY aclError aclrtMemGetAddressRange(void *ptr, void **pbase, size_t *psize);

#ifdef __cplusplus
}
#endif

#endif
