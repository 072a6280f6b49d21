/* SPDX-License-Identifier: MIT */
/**
 * @file acl_emu_hal.h
 * @brief The driver layer below the runtime: what libascend_hal.so of acl-emu exports.
 *
 * Structures and values are those of the driver's user library on x86-64, for one
 * kind of device (Ascend910B). A runtime has headers of its own for them; this one is
 * for programs and tests that call the layer directly. Functions return 0 or a value
 * of ::drvError_t. If ASCEND_SLOG_PRINT_TO_STDOUT is 1, each failure writes a record
 * with a sentence to standard output.
 *
 * A device is named by its number in the module; ASCEND_RT_VISIBLE_DEVICES is the
 * business of the runtime. tsId is the number of a task scheduler, and is 0.
 */
#ifndef ACL_EMU_HAL_H
#define ACL_EMU_HAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @brief Results of all functions. */
typedef enum {
	DRV_ERROR_NONE = 0,
	DRV_ERROR_NO_DEVICE = 1,		/**< the module is not loaded */
	DRV_ERROR_INVALID_DEVICE = 2,
	DRV_ERROR_INVALID_VALUE = 3,
	DRV_ERROR_INVALID_HANDLE = 4,		/**< also: the device is not open */
	DRV_ERROR_INVALID_MALLOC_TYPE = 5,
	DRV_ERROR_OUT_OF_MEMORY = 6,
	DRV_ERROR_INNER_ERR = 7,		/**< refused by a rule of the module */
	DRV_ERROR_REPEATED_INIT = 10,
	DRV_ERROR_NOT_EXIST = 11,
	DRV_ERROR_BUSY = 13,
	DRV_ERROR_NO_RESOURCES = 14,		/**< no id is left, or a queue is full */
	DRV_ERROR_WAIT_TIMEOUT = 16,
	DRV_ERROR_OVER_LIMIT = 37,
	DRV_ERROR_OPER_NOT_PERMITTED = 46,
	DRV_ERROR_NO_EVENT_RESOURCES = 47,
	DRV_ERROR_NO_STREAM_RESOURCES = 48,
	DRV_ERROR_NO_EVENT = 73,
	DRV_ERROR_NOT_SUPPORT = 0xfffe,
} drvError_t;

typedef drvError_t DVresult;
typedef unsigned long long DVdeviceptr;
typedef unsigned int DVdevice;

/* --- devices and their properties ------------------------------------------------- */

/** @brief States of drvDeviceStatus(); an emulated device always works. */
typedef enum { DRV_STATUS_INITING = 0, DRV_STATUS_WORK = 1 } drvStatus_t;

/** @brief Components of a device, for halGetDeviceInfo(). */
enum { HAL_MODULE_SYSTEM = 0, HAL_MODULE_AICPU = 1, HAL_MODULE_AICORE = 4, HAL_MODULE_VECTOR = 7 };

/** @brief Properties of a component, for halGetDeviceInfo(). */
enum {
	HAL_INFO_ENV = 0, HAL_INFO_VERSION = 1, HAL_INFO_CORE_NUM = 3, HAL_INFO_PHY_CHIP_ID = 18,
	HAL_INFO_PHY_DIE_ID = 19, HAL_INFO_UTILIZATION = 23, HAL_INFO_SDID = 26,
	HAL_INFO_SERVER_ID = 27, HAL_INFO_SUPER_POD_ID = 29, HAL_INFO_ADDR_MODE = 30,
	HAL_INFO_RUN_MACH = 31, HAL_INFO_HD_CONNECT_TYPE = 40,
};

struct halCapabilityInfo {
	uint32_t sdma_reduce_support, memory_support, ts_group_number, sdma_reduce_kind, res[30];
};
/** @brief Bytes of a location; the runtime adds normal and huge pages. */
struct MemPhyInfo { uint64_t total, free, huge_total, huge_free, giant_total, giant_free; };
struct MemInfo { union { struct MemPhyInfo phy_info; uint8_t room[264]; }; };
enum { MEM_INFO_TYPE_DDR_SIZE = 1, MEM_INFO_TYPE_HBM_SIZE, MEM_INFO_TYPE_DDR_P2P_SIZE,
	MEM_INFO_TYPE_HBM_P2P_SIZE };
enum { CTRL_TYPE_ADDR_MAP = 0, CTRL_TYPE_ADDR_UNMAP = 1, CTRL_TYPE_SUPPORT_FEATURE = 2 };
struct supportFeaturePara { unsigned long long support_feature; unsigned int devid; };
struct AddrMapInPara { unsigned int addr_type, devid; };
struct AddrMapOutPara { unsigned long long ptr, len; };
enum { FEATURE_SVM_GET_USER_MALLOC_ATTR = 2 };

/** @brief The number of devices of the module. */
drvError_t drvGetDevNum(uint32_t *num_dev);
/** @brief Writes the numbers of the first @p len devices. */
drvError_t drvGetDevIDs(uint32_t *devices, uint32_t len);
/** @brief The same number: devices are not renumbered. */
drvError_t drvDeviceGetPhyIdByIndex(uint32_t devIndex, uint32_t *phyId);
/** @brief The same number: devices are not renumbered. */
drvError_t drvDeviceGetIndexByPhyId(uint32_t phyId, uint32_t *devIndex);
/** @brief Writes ::DRV_STATUS_WORK. */
drvError_t drvDeviceStatus(uint32_t devId, drvStatus_t *status);
/** @brief Writes 1: the caller runs on the host. */
drvError_t drvGetPlatformInfo(uint32_t *info);
/** @brief The process number in the first pid namespace, for lists of processes. */
pid_t drvDeviceGetBareTgid(void);
/** @brief Opens a device; @p in and @p out are not used. */
drvError_t halDeviceOpen(uint32_t devid, void *in, void *out);
/** @brief Ends the queues of a device and frees its memory. */
drvError_t halDeviceClose(uint32_t devid, void *in);
/** @brief Is access to the memory of a peer switched on? */
drvError_t drvGetP2PStatus(uint32_t dev, uint32_t peer_dev, uint32_t *status);
/** @brief Can the devices access each other's memory? Two different ones can. */
drvError_t halDeviceCanAccessPeer(int *can_access_peer, uint32_t dev, uint32_t peer_dev);
/** @brief Switches access to the memory of a peer on. */
drvError_t halDeviceEnableP2P(uint32_t dev, uint32_t peer_dev, uint32_t flag);
/** @brief Switches access to the memory of a peer off. */
drvError_t halDeviceDisableP2P(uint32_t dev, uint32_t peer_dev, uint32_t flag);
/** @brief One property of a component; others are ::DRV_ERROR_NOT_SUPPORT. */
drvError_t halGetDeviceInfo(uint32_t devId, int32_t moduleType, int32_t infoType, int64_t *value);
/** @brief As halGetDeviceInfo(). */
drvError_t halGetPhyDeviceInfo(uint32_t phyId, int32_t moduleType, int32_t infoType,
			       int64_t *value);
/** @brief Writes 0, the kind of link between all devices. */
drvError_t halGetPairDevicesInfo(uint32_t devId, uint32_t otherDevId, int32_t infoType,
				 int64_t *value);
/** @brief As halGetPairDevicesInfo(). */
drvError_t halGetPairPhyDevicesInfo(uint32_t devId, uint32_t otherDevId, int32_t infoType,
				    int64_t *value);
/** @brief Writes zeros, and one group of task schedulers. */
drvError_t halGetChipCapability(uint32_t devId, struct halCapabilityInfo *info);
/** @brief True only for ::FEATURE_SVM_GET_USER_MALLOC_ATTR. */
bool halSupportFeature(uint32_t devId, int type);
/** @brief The way of a copy: writes 0. */
drvError_t drvDeviceGetTransWay(void *src, void *dest, uint8_t *trans_type);
/** @brief Writes 0. */
drvError_t drvMemSmmuQuery(DVdevice device, uint32_t *SSID);
/** @brief Capacity and free bytes of a device. */
drvError_t halMemGetInfo(DVdevice device, unsigned int type, struct MemInfo *info);
/** @brief Address of a register page, or the optional features: none. */
drvError_t halMemCtl(int type, void *param_value, size_t param_value_size, void *out_value,
		     size_t *out_size_ret);
/** @brief Refused: there are no groups of cores. */
drvError_t halGetCapabilityGroupInfo(int device_id, int ts_id, int group_id, void *group_info,
				     int group_count);
/** @brief Does nothing: there is no state beyond the log. */
void drvDfxShowReport(uint32_t devId);
/** @brief Does nothing: caches are coherent. */
void drvFlushCache(uint64_t base, uint32_t len);

/* --- memory ------------------------------------------------------------------------ */

/* Flags of halMemAlloc(): device, kind, exponent of the alignment, page size. */
#define HAL_MEM_DEVICE(id)	((unsigned long long)(id))
#define HAL_MEM_KIND(kind)	((unsigned long long)(kind) << 10)
#define HAL_MEM_ALIGN(exponent)	((unsigned long long)(exponent) << 20)
#define HAL_MEM_GIANT		(1ull << 31)
enum { HAL_MEM_SVM, HAL_MEM_DEV, HAL_MEM_HOST, HAL_MEM_DVPP };

enum { DV_MEM_LOCK_HOST = 0x8, DV_MEM_LOCK_DEV = 0x10, DV_MEM_USER_MALLOC = 0x80 };
struct DVattribute { uint32_t memType, resv1, resv2, devId, pageSize, resv[8]; };

/** @brief Allocates a block of a device or of the host. */
drvError_t halMemAlloc(void **pp, unsigned long long size, unsigned long long flag);
/** @brief Frees a block; @p pp is its start. */
drvError_t halMemFree(void *pp);
/** @brief Where an address lies: memory of a device, of the host, or of the program. */
drvError_t drvMemGetAttribute(DVdeviceptr vptr, struct DVattribute *attr);
/** @brief Block or mapping that contains an address. */
drvError_t halMemGetAddressRange(DVdeviceptr ptr, DVdeviceptr *pbase, size_t *psize);
/** @brief Writes the same address. */
drvError_t drvMemAddressTranslate(DVdeviceptr vptr, uint64_t *pptr);
/** @brief Registers memory of the program for a device. */
drvError_t halHostRegister(void *src_ptr, uint64_t size, uint32_t flag, uint32_t devid,
			   void **dst_ptr);
/** @brief Ends a registration. */
drvError_t halHostUnregister(void *src_ptr, uint32_t devid);
/** @brief Ends a registration. */
drvError_t halHostUnregisterEx(void *src_ptr, uint32_t devid, uint32_t flag);
/** @brief The address by which a device accesses registered memory. */
drvError_t halMemHostGetDevPointer(void *srcPtr, uint32_t devid, void **dstPtr);
/** @brief Refused: memory does not move. */
drvError_t drvMemPrefetchToDevice(DVdeviceptr dev_ptr, size_t len, DVdevice device);

/* --- copies ------------------------------------------------------------------------ */

struct DMA_PHY_ADDR { void *src, *dst; uint32_t len; uint8_t flag; void *priv; };
struct DMA_ADDR { struct DMA_PHY_ADDR phyAddr; uint32_t fixed_size, virt_id; };
struct drvMem2D { unsigned long long *dst, dpitch, *src, spitch, width, height, fixed_size;
		  unsigned int direction, resv1; unsigned long long resv2; };
struct drvMem2DAsync { struct drvMem2D copy2dInfo; struct DMA_ADDR *dmaAddr; };
struct MEMCPY2D { unsigned int type, resv;
		  union { struct drvMem2D copy2d; struct drvMem2DAsync copy2dAsync; }; };
enum { DEVMM_MEMCPY2D_SYNC, DEVMM_MEMCPY2D_ASYNC_CONVERT, DEVMM_MEMCPY2D_ASYNC_DESTROY };
struct memcpy_info { int dir; uint32_t devid; uint64_t reserve[2]; };

/** @brief Copies; the addresses decide where the data is. */
drvError_t drvMemcpy(DVdeviceptr dst, size_t dest_max, DVdeviceptr src, size_t byte_count);
/** @brief Copies; the direction in @p info is not used. */
drvError_t halMemcpy(void *dst, size_t dst_size, void *src, size_t count,
		     struct memcpy_info *info);
/** @brief Copies several pieces, one after the other. */
drvError_t halMemcpyBatch(uint64_t dst[], uint64_t src[], size_t size[], size_t count);
/** @brief Fills with a byte. */
drvError_t drvMemsetD8(DVdeviceptr dst, size_t destMax, uint8_t value, size_t num);
/** @brief Copies rows now, or keeps the rows for an entry of a queue. */
drvError_t halMemcpy2D(struct MEMCPY2D *p_copy);
/** @brief Keeps a copy for an entry of a queue. */
drvError_t drvMemConvertAddr(DVdeviceptr p_src, DVdeviceptr p_dst, uint32_t len,
			     struct DMA_ADDR *dma_addr);
/** @brief Forgets a kept copy. */
drvError_t drvMemDestroyAddr(struct DMA_ADDR *ptr);
/** @brief Forgets kept copies. */
drvError_t halMemDestroyAddrBatch(struct DMA_ADDR *ptr[], uint32_t num);

/* --- reservations, physical memory, mappings --------------------------------------- */

typedef struct drv_mem_handle drv_mem_handle_t;
enum { MEM_HOST_SIDE = 0, MEM_DEV_SIDE = 1, MEM_HOST_NUMA_SIDE = 2 };
enum { MEM_NORMAL_PAGE_TYPE = 0, MEM_HUGE_PAGE_TYPE, MEM_GIANT_PAGE_TYPE };
enum { MEM_HBM_TYPE = 0, MEM_DDR_TYPE, MEM_P2P_HBM_TYPE, MEM_P2P_DDR_TYPE };
enum { MEM_ACCESS_TYPE_NONE = 0, MEM_ACCESS_TYPE_READ = 1, MEM_ACCESS_TYPE_READWRITE = 3 };
struct drv_mem_prop { uint32_t side, devid, module_id, pg_type, mem_type; uint64_t reserve; };
struct drv_mem_location { uint32_t id, side; };
struct drv_mem_access_desc { uint32_t type; struct drv_mem_location location; uint32_t rsv[2]; };

/** @brief Reserves addresses; @p addr is NULL or the wanted start. */
drvError_t halMemAddressReserve(void **ptr, size_t size, size_t alignment, void *addr,
				uint64_t flag);
/** @brief Releases a reservation. */
drvError_t halMemAddressFree(void *ptr);
/** @brief Allocates physical memory. */
drvError_t halMemCreate(drv_mem_handle_t **handle, size_t size, const struct drv_mem_prop *prop,
			uint64_t flag);
/** @brief Drops one reference on physical memory. */
drvError_t halMemRelease(drv_mem_handle_t *handle);
/** @brief Maps physical memory; its own location gets read and write. */
drvError_t halMemMap(void *ptr, size_t size, size_t offset, drv_mem_handle_t *handle,
		     uint64_t flag);
/** @brief Unmaps what was mapped at @p ptr. */
drvError_t halMemUnmap(void *ptr);
/** @brief Grants rights on a mapping to locations; elements have 20 bytes. */
drvError_t halMemSetAccess(void *ptr, size_t size, struct drv_mem_access_desc *desc,
			   size_t count);
/** @brief The rights of a location. */
drvError_t halMemGetAccess(void *ptr, struct drv_mem_location *location, uint64_t *flags);
/** @brief 2 MiB, or 1 GiB for giant pages. */
drvError_t halMemGetAllocationGranularity(const struct drv_mem_prop *prop, int option,
					  size_t *granularity);
/** @brief The properties given to halMemCreate(). */
drvError_t halMemGetAllocationPropertiesFromHandle(struct drv_mem_prop *prop,
						   drv_mem_handle_t *handle);
/** @brief Takes a reference on the memory mapped at @p ptr. */
drvError_t halMemRetainAllocationHandle(drv_mem_handle_t **handle, void *ptr);

/* --- sharing ------------------------------------------------------------------------ */

enum { MEM_HANDLE_TYPE_NONE = 0, MEM_HANDLE_TYPE_FABRIC = 1 };
struct MemShareHandle { uint8_t share_info[128]; };
struct ShareHandleGetInfo { uint32_t phyDevid, reserve[8]; };
struct ShareHandleAttr { unsigned int enableFlag, rsv[8]; };
struct ShmemGetInfo { unsigned int phyDevid, reserve[8]; };
struct shrIdAttr { unsigned int enableFlag, rsv[8]; };
struct drvShrIdInfo { uint32_t devid, tsid, id_type, shrid, flag, rsv[2]; };
enum { SHR_HANDLE_ATTR_NO_WLIST_IN_SERVER = 0, SHMEM_ATTR_TYPE_NO_WLIST_IN_SERVER = 1,
	SHR_ID_ATTR_NO_WLIST_IN_SERVER = 0, SHR_ID_NOTIFY_TYPE = 0 };

/** @brief Creates the share key of memory, once. */
drvError_t halMemExportToShareableHandle(drv_mem_handle_t *handle, int handle_type,
					 uint64_t flags, uint64_t *shareable_handle);
/** @brief The same, in the form of 128 bytes. */
drvError_t halMemExportToShareableHandleV2(drv_mem_handle_t *handle, int handle_type,
					   uint64_t flags, struct MemShareHandle *share_handle);
/** @brief Imports memory for a device. */
drvError_t halMemImportFromShareableHandle(uint64_t shareable_handle, uint32_t devid,
					   drv_mem_handle_t **handle);
/** @brief The same, from the form of 128 bytes. */
drvError_t halMemImportFromShareableHandleV2(int handle_type, struct MemShareHandle *share_handle,
					     uint32_t devid, drv_mem_handle_t **handle);
/** @brief The server (0) and the share key of the form of 128 bytes. */
drvError_t halMemTransShareableHandle(int handle_type, struct MemShareHandle *share_handle,
				      uint32_t *server_id, uint64_t *shareable_handle);
/** @brief Allows processes to import. */
drvError_t halMemSetPidToShareableHandle(uint64_t shareable_handle, int pid[], uint32_t pid_num);
/** @brief The device of a share key. */
drvError_t halMemShareHandleInfoGet(uint64_t shareable_handle, struct ShareHandleGetInfo *info);
/** @brief Drops the list of a share key: every process may import. */
drvError_t halMemShareHandleSetAttribute(uint64_t shareable_handle, int type,
					 struct ShareHandleAttr attr);

/** @brief Creates an IPC name for a piece of memory. */
drvError_t halShmemCreateHandle(DVdeviceptr vptr, size_t byte_count, char *name,
				uint32_t name_len);
/** @brief Revokes an IPC name; imports stay. */
drvError_t halShmemDestroyHandle(const char *name);
/** @brief Imports a piece by its name, for the device that this process opened first. */
drvError_t halShmemOpenHandle(const char *name, DVdeviceptr *vptr);
/** @brief Imports a piece by its name, for a device. */
drvError_t halShmemOpenHandleByDevId(DVdevice dev_id, const char *name, DVdeviceptr *vptr);
/** @brief Ends the import that returned @p vptr. */
drvError_t halShmemCloseHandle(DVdeviceptr vptr);
/** @brief Allows processes to import. */
drvError_t halShmemSetPidHandle(const char *name, int pid[], int num);
/** @brief The device of an IPC name. */
drvError_t halShmemInfoGet(const char *name, struct ShmemGetInfo *info);
/** @brief Drops the list of an IPC name. */
drvError_t halShmemSetAttribute(const char *name, uint32_t type, uint64_t attr);

/** @brief Creates the name of a notify. */
drvError_t halShrIdCreate(struct drvShrIdInfo *info, char *name, uint32_t name_len);
/** @brief Revokes the name of a notify. */
drvError_t halShrIdDestroy(const char *name);
/** @brief Imports a notify: writes its device and its id there. */
drvError_t halShrIdOpen(const char *name, struct drvShrIdInfo *info);
/** @brief Ends the import of a notify. */
drvError_t halShrIdClose(const char *name);
/** @brief Allows processes to import. */
drvError_t halShrIdSetPid(const char *name, pid_t pid[], uint32_t pid_num);
/** @brief Drops the list of the name. */
drvError_t halShrIdSetAttribute(const char *name, int type, struct shrIdAttr attr);

/* --- ids and queues ------------------------------------------------------------------ */

enum { DRV_STREAM_ID, DRV_EVENT_ID, DRV_MODEL_ID, DRV_NOTIFY_ID };
enum { TSDRV_RES_SPECIFIED_ID = 2 };
struct halResourceIdInputInfo { uint32_t type, tsId, resourceId, res[8]; };
struct halResourceIdOutputInfo { uint32_t resourceId, res[8]; };
enum { DRV_STREAM_BIND_LOGIC_CQ, DRV_STREAM_UNBIND_LOGIC_CQ, DRV_ID_RECORD,
	DRV_STREAM_ENABLE_EVENT, DRV_ID_RESET };
struct halResourceConfigInfo { uint32_t prop, value[7]; };
struct halResourceInfo { uint32_t capacity, usedNum, res[2]; };
struct halResourceDetailInfo { uint32_t type, value0, value1, reserve[2]; };

enum { DRV_NORMAL_TYPE, DRV_CALLBACK_TYPE, DRV_LOGIC_TYPE };
enum { DRV_SQCQ_PROP_SQ_STATUS, DRV_SQCQ_PROP_SQ_HEAD, DRV_SQCQ_PROP_SQ_TAIL,
	DRV_SQCQ_PROP_SQ_DISABLE_TO_ENABLE, DRV_SQCQ_PROP_SQ_CQE_STATUS,
	DRV_SQCQ_PROP_SQ_REG_BASE, DRV_SQCQ_PROP_SQ_BASE, DRV_SQCQ_PROP_SQ_DEPTH,
	DRV_SQCQ_PROP_SQ_PAUSE, DRV_SQCQ_PROP_SQ_MEM_ATTR, DRV_SQCQ_PROP_SQ_RESUME,
	DRV_SQCQ_PROP_SQCQ_RESET, DRV_SQCQ_PROP_CQ_DEPTH, DRV_SQCQ_PROP_SQE_SIZE,
	DRV_SQCQ_PROP_CQE_SIZE };
struct halSqCqInputInfo { uint32_t type, tsId, sqeSize, cqeSize, sqeDepth, cqeDepth, grpId, flag,
			  cqId, sqId, info[5], ext_info_len; void *ext_info; uint32_t res[6]; };
struct halSqCqOutputInfo { uint32_t sqId, cqId; unsigned long long queueVAddr;
			   uint32_t flag, res[5]; };
struct halSqCqFreeInfo { uint32_t type, tsId, sqId, cqId, flag, res[8]; };
struct halSqCqQueryInfo { uint32_t type, tsId, sqId, cqId, prop, value[8]; };
struct halSqCqConfigInfo { uint32_t type, tsId, sqId, cqId, prop, value[8]; };
struct halTaskSendInfo { uint32_t type, tsId, sqId; int32_t timeout; uint8_t *sqe_addr;
			 uint32_t sqe_num, pos, res[8]; };
struct halReportRecvInfo { uint32_t type, tsId, cqId; int32_t timeout; uint8_t *cqe_addr;
			   uint32_t cqe_num, report_cqe_num, stream_id, task_id, res[8]; };
struct halReportInfoInput { uint32_t type, grpId, tsId; int32_t timeout; uint32_t res[8]; };
struct halReportInfoOutput { unsigned long long *cqIdBitmap; uint32_t cqIdBitmapSize, res[8]; };
struct halReportGetInput { uint32_t type, tsId, cqId, res[8]; };
struct halReportGetOutput { uint32_t count; void *reportPtr; uint32_t res[8]; };
struct halReportReleaseInfo { uint32_t type, tsId, cqId, count, res[8]; };
struct halSqMemGetInput { uint32_t type, tsId, sqId, cmdCount, res[8]; };
struct halSqMemGetOutput { uint32_t cmdCount; volatile void *cmdPtr; uint32_t pos, res[7]; };
struct halSqMsgInfo { uint32_t type, tsId, sqId, cmdCount, reportCount, res[8]; };

/** @brief A completion, as halCqReportRecv() returns it. */
struct hal_completion {
	uint16_t stream;
	uint16_t task;
	uint32_t error;
	uint8_t error_type;	/**< bits 0 to 5: an error; bit 0 exception, 2 timeout, 3 entry */
	uint8_t entry_type;
	uint16_t sq;
	uint16_t sq_head;
	uint16_t bits;
	uint64_t time;		/**< CLOCK_MONOTONIC in units of 20 ns */
	uint64_t zero;
};

/** @brief A report of a host function, as halCqReportGet() returns it. */
struct hal_report {
	uint16_t bits;		/**< 0 to 3: phase and position, from 4: the queue */
	uint16_t stream;
	uint16_t task;
	uint16_t sq;
	uint16_t sq_head;
	uint16_t sequence;
	uint8_t block;		/**< 1: the stream waits for halSqMsgSend() */
	uint8_t zero;
	uint16_t event;
	uint64_t function;
	uint64_t argument;
};

/** @brief Allocates an id: the lowest free one, or the wanted one. */
drvError_t halResourceIdAlloc(uint32_t devId, struct halResourceIdInputInfo *in,
			      struct halResourceIdOutputInfo *out);
/** @brief Frees an id. */
drvError_t halResourceIdFree(uint32_t devId, struct halResourceIdInputInfo *in);
/** @brief Ties a stream to a logic queue, or sets or clears an event or notify. */
drvError_t halResourceConfig(uint32_t devId, struct halResourceIdInputInfo *in,
			     struct halResourceConfigInfo *para);
/** @brief Number of ids of a kind, and how many are in use. */
drvError_t halResourceInfoQuery(uint32_t devId, uint32_t tsId, int type,
				struct halResourceInfo *info);
/** @brief The offset of a notify in the notify table. */
drvError_t halResourceDetailQuery(uint32_t devId, struct halResourceIdInputInfo *in,
				  struct halResourceDetailInfo *info);
/** @brief Allocates a queue. */
drvError_t halSqCqAllocate(uint32_t devId, struct halSqCqInputInfo *in,
			   struct halSqCqOutputInfo *out);
/** @brief Ends a queue; entries that were not executed are dropped. */
drvError_t halSqCqFree(uint32_t devId, struct halSqCqFreeInfo *info);
/** @brief One value of a queue. */
drvError_t halSqCqQuery(uint32_t devId, struct halSqCqQueryInfo *info);
/** @brief Pauses, resumes or resets a queue. */
drvError_t halSqCqConfig(uint32_t devId, struct halSqCqConfigInfo *info);
/** @brief Appends entries of 64 bytes to a queue; ::DRV_ERROR_NO_RESOURCES: it is full. */
drvError_t halSqTaskSend(uint32_t devId, struct halTaskSendInfo *info);
/** @brief Takes completions of 32 bytes from a logic queue. */
drvError_t halCqReportRecv(uint32_t devId, struct halReportRecvInfo *info);
/** @brief Waits for reports; writes the callback queues of the group that have some. */
drvError_t halCqReportIrqWait(uint32_t devId, struct halReportInfoInput *in,
			      struct halReportInfoOutput *out);
/** @brief The first report of a callback queue. */
drvError_t halCqReportGet(uint32_t devId, struct halReportGetInput *in,
			  struct halReportGetOutput *out);
/** @brief Drops the first reports of a callback queue. */
drvError_t halReportRelease(uint32_t devId, struct halReportReleaseInfo *info);
/** @brief 64 bytes for the command of halSqMsgSend(). */
drvError_t halSqMemGet(uint32_t devId, struct halSqMemGetInput *in,
		       struct halSqMemGetOutput *out);
/** @brief A blocking host function has ended: records the event of the command. */
drvError_t halSqMsgSend(uint32_t devId, struct halSqMsgInfo *info);
/** @brief Messages to the task scheduler: refused. */
drvError_t halTsdrvCtl(uint32_t devId, int cmd, void *param, size_t paramSize, void *out,
		       size_t *outSize);

#ifdef __cplusplus
}
#endif

#endif
