// SPDX-License-Identifier: MIT
/*
 * The software stack: its version and its attributes.
 */
#include <string.h>

#include "core/error.h"

/* The release whose runtime interface the headers declare. */
#define CANN_MAJOR	8
#define CANN_MINOR	5
#define CANN_PATCH	0
#define TEXT_(x)	#x
#define TEXT(x)		TEXT_(x)
#define CANN_VERSION	TEXT(CANN_MAJOR) "." TEXT(CANN_MINOR) "." TEXT(CANN_PATCH)

/* The only package of the stack that this library stands for. */
#define PACKAGE		"runtime"

static aclError check_package(const char *name)
{
	if (strcmp(name, PACKAGE))
		return emu_error(ACL_ERROR_INVALID_FILE, "the package here is " PACKAGE,
				 "package '%.64s' is not installed", name);
	return ACL_SUCCESS;
}

aclError aclsysGetVersionStr(char *pkgName, char *versionStr)
{
	aclError code;

	EMU_ENTER();
	if (!pkgName)
		return emu_null("pkgName");
	if (!versionStr)
		return emu_null("versionStr");
	code = check_package(pkgName);
	if (!code)
		memcpy(versionStr, CANN_VERSION, sizeof(CANN_VERSION));
	return code;
}

aclError aclsysGetVersionNum(char *pkgName, int32_t *versionNum)
{
	aclError code;

	EMU_ENTER();
	if (!versionNum)
		return emu_null("versionNum");
	if (!pkgName)
		return emu_null("pkgName");
	code = check_package(pkgName);
	if (!code)
		*versionNum = CANN_MAJOR * 10000000 + CANN_MINOR * 100000 + CANN_PATCH * 1000;
	return code;
}

/*
 * Kernels on the CPU compute with infinities as IEEE 754 says, and memory can
 * contain 16-bit floats of both kinds. Operators are not compiled.
 */
static const aclCannAttr attributes[] = { ACL_CANN_ATTR_INF_NAN, ACL_CANN_ATTR_BF16 };

aclError aclGetCannAttributeList(const aclCannAttr **cannAttrList, size_t *num)
{
	EMU_ENTER();
	if (!cannAttrList)
		return emu_null("cannAttrList");
	if (!num)
		return emu_null("num");
	*cannAttrList = attributes;
	*num = sizeof(attributes) / sizeof(attributes[0]);
	return ACL_SUCCESS;
}

aclError aclGetCannAttribute(aclCannAttr cannAttr, int32_t *value)
{
	EMU_ENTER();
	if (!value)
		return emu_null("value");
	if ((unsigned int)cannAttr > ACL_CANN_ATTR_JIT_COMPILE)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use one of aclCannAttr",
				 "attribute %d is unknown", (int)cannAttr);
	*value = cannAttr != ACL_CANN_ATTR_JIT_COMPILE;
	return ACL_SUCCESS;
}

/* The driver is the module, which is not versioned with the stack. */
aclError aclsysGetCANNVersion(aclCANNPackageName name, aclCANNPackageVersion *version)
{
	EMU_ENTER();
	if (!version)
		return emu_null("version");
	if ((unsigned int)name > ACL_PKG_NAME_DRIVER)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use one of aclCANNPackageName",
				 "package %d is unknown", (int)name);
	if (name != ACL_PKG_NAME_CANN && name != ACL_PKG_NAME_RUNTIME)
		return emu_error(ACL_ERROR_INVALID_FILE, "the package here is " PACKAGE,
				 "package %d is not installed", (int)name);
	memset(version, 0, sizeof(*version));
	memcpy(version->version, CANN_VERSION, sizeof(CANN_VERSION));
	memcpy(version->majorVersion, TEXT(CANN_MAJOR), sizeof(TEXT(CANN_MAJOR)));
	memcpy(version->minorVersion, TEXT(CANN_MINOR), sizeof(TEXT(CANN_MINOR)));
	memcpy(version->releaseVersion, TEXT(CANN_PATCH), sizeof(TEXT(CANN_PATCH)));
	return ACL_SUCCESS;
}
