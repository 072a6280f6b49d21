// SPDX-License-Identifier: MIT
/*
 * Calls that cannot mean anything without AI cores: they judge their pointers,
 * say no, and write nothing.
 */
#include "acl_test.h"

WORLD_FIXTURE(unsupported);

#define NO	ACL_ERROR_RT_FEATURE_NOT_SUPPORT
#define BAD	ACL_ERROR_INVALID_PARAM

/* ACL_ERROR_RT_FEATURE_NOT_SUPPORT (207000) after ACL_ERROR_INVALID_PARAM (100000). */
TEST_F(unsupported, binaries)
{
	void *out = (void *)UNTOUCHED, *binary = self;

	FAILS(NO, aclrtBinaryLoadFromFile("kernel.o", NULL, &out), "AI core");
	FAILS(BAD, aclrtBinaryLoadFromFile(NULL, NULL, &out), "binPath");
	FAILS(BAD, aclrtBinaryLoadFromFile("kernel.o", NULL, NULL), "binHandle");
	FAILS(NO, aclrtBinaryLoadFromData(self, 8, NULL, &out), "AI core");
	FAILS(BAD, aclrtBinaryLoadFromData(NULL, 8, NULL, &out), "data");
	FAILS(BAD, aclrtBinaryLoadFromData(self, 0, NULL, &out), "length");
	FAILS(BAD, aclrtBinaryLoadFromData(self, 8, NULL, NULL), "binHandle");
	FAILS(NO, aclrtBinaryUnLoad(binary), "AI core");
	FAILS(BAD, aclrtBinaryUnLoad(NULL), "binHandle");
	FAILS(NO, aclrtBinaryGetFunction(binary, "add", &out), "AI core");
	FAILS(BAD, aclrtBinaryGetFunction(NULL, "add", &out), "binHandle");
	FAILS(BAD, aclrtBinaryGetFunction(binary, NULL, &out), "kernelName");
	FAILS(BAD, aclrtBinaryGetFunction(binary, "add", NULL), "funcHandle");
	EXPECT_EQ((void *)UNTOUCHED, out);
}

TEST_F(unsupported, launches)
{
	void *out = (void *)UNTOUCHED, *kernel = self, *args = self;

	FAILS(NO, aclrtKernelArgsInit(kernel, &out), "AI core");
	FAILS(BAD, aclrtKernelArgsInit(NULL, &out), "funcHandle");
	FAILS(BAD, aclrtKernelArgsInit(kernel, NULL), "argsHandle");
	FAILS(NO, aclrtKernelArgsAppend(args, self, 4, &out), "AI core");
	FAILS(BAD, aclrtKernelArgsAppend(NULL, self, 4, &out), "argsHandle");
	FAILS(BAD, aclrtKernelArgsAppend(args, NULL, 4, &out), "param");
	FAILS(BAD, aclrtKernelArgsAppend(args, self, 0, &out), "paramSize");
	FAILS(BAD, aclrtKernelArgsAppend(args, self, 4, NULL), "paramHandle");
	FAILS(NO, aclrtKernelArgsFinalize(args), "AI core");
	FAILS(BAD, aclrtKernelArgsFinalize(NULL), "argsHandle");
	FAILS(NO, aclrtLaunchKernel(kernel, 1, NULL, 0, NULL), "AI core");
	FAILS(BAD, aclrtLaunchKernel(NULL, 1, NULL, 0, NULL), "funcHandle");
	FAILS(BAD, aclrtLaunchKernel(kernel, 0, NULL, 0, NULL), "numBlocks");
	FAILS(NO, aclrtLaunchKernelV2(kernel, 1, NULL, 0, NULL, NULL), "AI core");
	FAILS(BAD, aclrtLaunchKernelV2(NULL, 1, NULL, 0, NULL, NULL), "funcHandle");
	FAILS(BAD, aclrtLaunchKernelV2(kernel, 0, NULL, 0, NULL, NULL), "numBlocks");
	FAILS(NO, aclrtLaunchKernelWithConfig(kernel, 1, NULL, NULL, NULL, NULL), "AI core");
	FAILS(BAD, aclrtLaunchKernelWithConfig(NULL, 1, NULL, NULL, NULL, NULL), "funcHandle");
	FAILS(BAD, aclrtLaunchKernelWithConfig(kernel, 0, NULL, NULL, NULL, NULL), "numBlocks");
	EXPECT_EQ((void *)UNTOUCHED, out);
}

TEST_F(unsupported, managed)
{
	void *out = (void *)UNTOUCHED;

	FAILS(NO, aclrtMemAllocManaged(&out, 4096, ACL_RT_MEM_ATTACH_GLOBAL), "aclrtMalloc");
	FAILS(BAD, aclrtMemAllocManaged(NULL, 4096, ACL_RT_MEM_ATTACH_GLOBAL), "ptr");
	FAILS(BAD, aclrtMemAllocManaged(&out, 0, ACL_RT_MEM_ATTACH_GLOBAL), "size");
	FAILS(BAD, aclrtMemAllocManaged(&out, 4096, 0), "flag");
	EXPECT_EQ((void *)UNTOUCHED, out);
}

TEST_HARNESS_MAIN
