/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt_init.h
 * @brief Start, end and version of the runtime.
 */
#ifndef ACL_EMU_ACL_RT_INIT_H
#define ACL_EMU_ACL_RT_INIT_H

#include "acl_base_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** @name Version of the interface these headers describe */
/** @{ */
#define ACL_MAJOR_VERSION 1
#define ACL_MINOR_VERSION 17
#define ACL_PATCH_VERSION 0
/** @} */

#define ACL_PKG_VERSION_MAX_SIZE 128 /**< bytes of a whole version string */
#define ACL_PKG_VERSION_PARTS_MAX_SIZE 64 /**< bytes of one part of it */

/** @brief Packages that have a version. */
typedef enum aclCANNPackageName {
	ACL_PKG_NAME_CANN = 0,
	ACL_PKG_NAME_RUNTIME = 1,
	ACL_PKG_NAME_COMPILER = 2,
	ACL_PKG_NAME_HCCL = 3,
	ACL_PKG_NAME_TOOLKIT = 4,
	ACL_PKG_NAME_OPP = 5,
	ACL_PKG_NAME_OPP_KERNEL = 6,
	ACL_PKG_NAME_DRIVER = 7,
} aclCANNPackageName;

/** @brief Version of a package, as strings that end in NUL. */
typedef struct aclCANNPackageVersion {
	char version[128];
	char majorVersion[64];
	char minorVersion[64];
	char releaseVersion[64];
	char patchVersion[64];
	char reserved[128];
} aclCANNPackageVersion;

/** @brief Component that registers a start or end callback. */
typedef enum aclRegisterCallbackType {
	ACL_REG_TYPE_ACL_MODEL = 0,
	ACL_REG_TYPE_ACL_OP_EXECUTOR = 1,
	ACL_REG_TYPE_ACL_OP_CBLAS = 2,
	ACL_REG_TYPE_ACL_OP_COMPILER = 3,
	ACL_REG_TYPE_ACL_TDT_CHANNEL = 4,
	ACL_REG_TYPE_ACL_TDT_QUEUE = 5,
	ACL_REG_TYPE_ACL_DVPP = 6,
	ACL_REG_TYPE_ACL_RETR = 7,
	ACL_REG_TYPE_OTHER = 65535,
} aclRegisterCallbackType;

/**
 * @brief Called by aclInit() with the text of the configuration, its length in bytes, and the user
 *        data.
 */
typedef aclError (*aclInitCallbackFunc)(const char *, size_t, void *);
/** @brief Called at the end with the user data. */
typedef aclError (*aclFinalizeCallbackFunc)(void *);

/**
 * @brief Start the runtime for this process.
 *
 * Further calls count up and return ACL_ERROR_REPEAT_INITIALIZE, which a program treats as success
 * if it shares the process with others.
 *
 * Of the keys of the configuration file only err_msg_mode has an effect: "0" keeps the sentences of
 * aclGetRecentErrMsg() for each thread, "1" for the process. The other calls of the library do not
 * require aclInit().
 *
 * @param[in] configPath path of a JSON file, or NULL or "" for the defaults
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_REPEAT_INITIALIZE (100002): the runtime is started already; the count was
 *         increased
 * @retval ACL_ERROR_INVALID_PARAM (100000): the runtime is started already with another
 *         configuration
 * @retval ACL_ERROR_INVALID_FILE (100003): the file cannot be read
 * @retval ACL_ERROR_INVALID_FILE_SIZE (100005): the file is larger than 10 MiB
 * @retval ACL_ERROR_PARSE_FILE (100006): the file does not contain a JSON object
 * @retval ACL_ERROR_FILE_ATTR_INVALID (100008): err_msg_mode is neither 0 nor 1
 * @retval ACL_ERROR_BAD_ALLOC (200000): there is no memory for the text of the file
 * @see aclFinalize(), aclFinalizeReference(), aclrtSetDevice(), aclGetRecentErrMsg()
 */
ACL_FUNC_VISIBILITY aclError aclInit(const char *configPath);

/**
 * @brief End the runtime at once, whatever the count of aclInit() is.
 *
 * The call succeeds also if the runtime was never started. Devices and memory are not released.
 * They end with their own calls or with the process.
 *
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_REPEAT_FINALIZE (100037): the runtime was ended before
 * @see aclInit(), aclFinalizeReference(), aclrtResetDevice()
 */
ACL_FUNC_VISIBILITY aclError aclFinalize(void);

/**
 * @brief Undo one aclInit(); the last one ends the runtime.
 *
 * @param[out] refCount the remaining count; may be NULL
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_REPEAT_FINALIZE (100037): the count is 0 already
 * @see aclInit(), aclFinalize()
 */
ACL_FUNC_VISIBILITY aclError aclFinalizeReference(uint64_t *refCount);

/**
 * @brief Return the version of the interface that the library implements.
 *
 * @param[out] majorVersion first number
 * @param[out] minorVersion second number
 * @param[out] patchVersion third number
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): a pointer is NULL
 * @see aclsysGetCANNVersion(), acl_emu_get_versions()
 */
ACL_FUNC_VISIBILITY aclError aclrtGetVersion(int32_t *majorVersion, int32_t *minorVersion,
					     int32_t *patchVersion);

/**
 * @brief Return the version of a package of the software stack.
 *
 * @param[in] name ACL_PKG_NAME_CANN or ACL_PKG_NAME_RUNTIME; no other package is installed
 * @param[out] version the version and its parts; not written on failure
 * @return ACL_SUCCESS (0), or an error of the list
 * @retval ACL_ERROR_INVALID_PARAM (100000): version is NULL, or name is unknown
 * @retval ACL_ERROR_INVALID_FILE (100003): the package is not installed
 * @see aclsysGetVersionStr(), aclrtGetVersion()
 */
ACL_FUNC_VISIBILITY aclError aclsysGetCANNVersion(aclCANNPackageName name,
						  aclCANNPackageVersion *version);

#ifdef __cplusplus
}
#endif

#endif
