// SPDX-License-Identifier: MIT
/*
 * Not emulated: kernels of the AI cores, and managed memory.
 *
 * The calls exist so that programs link. They check their pointers and then fail
 * with "not supported".
 */
#include <inttypes.h>

#include "core/error.h"

static aclError no_binaries(void)
{
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "run the kernel's function on the CPU",
			 "there are no AI cores here, so no binary can be loaded for them");
}

static aclError no_kernels(void)
{
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, "run the kernel's function on the CPU",
			 "there are no AI cores here, so no kernel can be launched");
}

aclError aclrtBinaryLoadFromFile(const char *binPath, aclrtBinaryLoadOptions *options,
				 aclrtBinHandle *binHandle)
{
	(void)options;
	EMU_ENTER();
	if (!binPath)
		return emu_null("binPath");
	if (!binHandle)
		return emu_null("binHandle");
	return no_binaries();
}

aclError aclrtBinaryLoadFromData(const void *data, size_t length,
				 const aclrtBinaryLoadOptions *options,
				 aclrtBinHandle *binHandle)
{
	(void)options;
	EMU_ENTER();
	if (!data)
		return emu_null("data");
	if (!length)
		return emu_error(ACL_ERROR_INVALID_PARAM, "give the length of the binary",
				 "length is 0");
	if (!binHandle)
		return emu_null("binHandle");
	return no_binaries();
}

aclError aclrtBinaryUnLoad(aclrtBinHandle binHandle)
{
	EMU_ENTER();
	if (!binHandle)
		return emu_null("binHandle");
	return no_binaries();
}

aclError aclrtBinaryGetFunction(const aclrtBinHandle binHandle, const char *kernelName,
				aclrtFuncHandle *funcHandle)
{
	EMU_ENTER();
	if (!binHandle)
		return emu_null("binHandle");
	if (!kernelName)
		return emu_null("kernelName");
	if (!funcHandle)
		return emu_null("funcHandle");
	return no_binaries();
}

aclError aclrtKernelArgsInit(aclrtFuncHandle funcHandle, aclrtArgsHandle *argsHandle)
{
	EMU_ENTER();
	if (!funcHandle)
		return emu_null("funcHandle");
	if (!argsHandle)
		return emu_null("argsHandle");
	return no_kernels();
}

aclError aclrtKernelArgsAppend(aclrtArgsHandle argsHandle, void *param, size_t paramSize,
			       aclrtParamHandle *paramHandle)
{
	EMU_ENTER();
	if (!argsHandle)
		return emu_null("argsHandle");
	if (!param)
		return emu_null("param");
	if (!paramSize)
		return emu_error(ACL_ERROR_INVALID_PARAM, "give the size of the argument",
				 "paramSize is 0");
	if (!paramHandle)
		return emu_null("paramHandle");
	return no_kernels();
}

aclError aclrtKernelArgsFinalize(aclrtArgsHandle argsHandle)
{
	EMU_ENTER();
	if (!argsHandle)
		return emu_null("argsHandle");
	return no_kernels();
}

static aclError launch(aclrtFuncHandle funcHandle, uint32_t numBlocks)
{
	if (!funcHandle)
		return emu_null("funcHandle");
	if (!numBlocks)
		return emu_error(ACL_ERROR_INVALID_PARAM, "launch at least 1 block",
				 "numBlocks is 0");
	return no_kernels();
}

aclError aclrtLaunchKernel(aclrtFuncHandle funcHandle, uint32_t numBlocks, const void *argsData,
			   size_t argsSize, aclrtStream stream)
{
	(void)argsData;
	(void)argsSize;
	(void)stream;
	EMU_ENTER();
	return launch(funcHandle, numBlocks);
}

aclError aclrtLaunchKernelV2(aclrtFuncHandle funcHandle, uint32_t numBlocks, const void *argsData,
			     size_t argsSize, aclrtLaunchKernelCfg *cfg, aclrtStream stream)
{
	(void)argsData;
	(void)argsSize;
	(void)cfg;
	(void)stream;
	EMU_ENTER();
	return launch(funcHandle, numBlocks);
}

aclError aclrtLaunchKernelWithConfig(aclrtFuncHandle funcHandle, uint32_t numBlocks,
				     aclrtStream stream, aclrtLaunchKernelCfg *cfg,
				     aclrtArgsHandle argsHandle, void *reserve)
{
	(void)stream;
	(void)cfg;
	(void)argsHandle;
	(void)reserve;
	EMU_ENTER();
	return launch(funcHandle, numBlocks);
}

aclError aclrtMemAllocManaged(void **ptr, uint64_t size, uint32_t flag)
{
	EMU_ENTER();
	if (!ptr)
		return emu_null("ptr");
	if (!size)
		return emu_error(ACL_ERROR_INVALID_PARAM, "ask for at least 1 byte", "size is 0");
	if (flag != ACL_RT_MEM_ATTACH_GLOBAL)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use ACL_RT_MEM_ATTACH_GLOBAL",
				 "flag is 0x%" PRIx32, flag);
	return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
			 "use aclrtMalloc(), which the CPU can reach here as well",
			 "memory that moves between host and devices by itself is not emulated");
}
