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

/** @brief Packages that carry a version of their own. */
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

/** @brief Version of one package, as strings that end in NUL. */
typedef struct aclCANNPackageVersion {
	char version[128];
	char majorVersion[64];
	char minorVersion[64];
	char releaseVersion[64];
	char patchVersion[64];
	char reserved[128];
} aclCANNPackageVersion;

/** @brief Component on whose behalf a start or end callback is registered. */
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
 * @brief Called by aclInit with the text of the configuration, its length in bytes, and the
 * user data.
 */
typedef aclError (*aclInitCallbackFunc)(const char *, size_t, void *);
/** @brief Called at the end with the user data. */
typedef aclError (*aclFinalizeCallbackFunc)(void *);

/**
 * @brief Start the runtime for this process.
 *
 * Every further call counts up and answers ACL_ERROR_REPEAT_INITIALIZE, which a program that
 * shares the process with others treats as success.
 *
 * @param[in] configPath path of a JSON file, or NULL or "" for the defaults
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_REPEAT_INITIALIZE (100002): already started; the count was raised
 * - ACL_ERROR_INVALID_PARAM (100000): already started with another configuration
 * - ACL_ERROR_INVALID_FILE (100003): the file cannot be read
 * - ACL_ERROR_INVALID_FILE_SIZE (100005): the file has more than 10 MiB
 * - ACL_ERROR_PARSE_FILE (100006): the file holds no JSON object
 * - ACL_ERROR_FILE_ATTR_INVALID (100008): err_msg_mode is neither 0 nor 1
 * - ACL_ERROR_BAD_ALLOC (200000): no memory for the text of the file
 */
ACL_FUNC_VISIBILITY aclError aclInit(const char *configPath);

/**
 * @brief End the runtime at once, whatever the count of aclInit() is.
 *
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_REPEAT_FINALIZE (100037): not started, or ended already
 */
ACL_FUNC_VISIBILITY aclError aclFinalize(void);

/**
 * @brief Take back one aclInit(); the last one ends the runtime.
 *
 * @param[out] refCount count that is left; may be NULL
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_REPEAT_FINALIZE (100037): the count is 0 already
 */
ACL_FUNC_VISIBILITY aclError aclFinalizeReference(uint64_t *refCount);

/**
 * @brief Version of the interface the library implements.
 *
 * @param[out] majorVersion first number
 * @param[out] minorVersion second number
 * @param[out] patchVersion third number
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): one of the pointers is NULL
 */
ACL_FUNC_VISIBILITY aclError aclrtGetVersion(int32_t *majorVersion, int32_t *minorVersion,
					     int32_t *patchVersion);

/**
 * @brief The version of a package of the software stack.
 *
 * @param[in] name ACL_PKG_NAME_CANN or ACL_PKG_NAME_RUNTIME; no other one is there
 * @param[out] version the whole version and its parts; untouched on failure
 * @return ACL_SUCCESS (0), or
 * - ACL_ERROR_INVALID_PARAM (100000): version is NULL, unknown name
 * - ACL_ERROR_INVALID_FILE (100003): a package that is not installed
 */
ACL_FUNC_VISIBILITY aclError aclsysGetCANNVersion(aclCANNPackageName name,
						  aclCANNPackageVersion *version);

#ifdef __cplusplus
}
#endif

#endif
