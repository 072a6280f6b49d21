// SPDX-License-Identifier: MIT
/*
 * Calls that need AI cores: they check their pointers, fail, and write nothing.
 */
#include "acl_test.h"

WORLD_FIXTURE(unsupported);

/* UNSUPPORTED (207000) after INVALID (100000). */
TEST_F(unsupported, binaries)
{
	void *out = (void *)UNTOUCHED, *binary = self;

	FAILS(UNSUPPORTED, aclrtBinaryLoadFromFile("kernel.o", NULL, &out), "AI core");
	FAILS(INVALID, aclrtBinaryLoadFromFile("kernel.o", NULL, NULL), "binHandle");
	FAILS(UNSUPPORTED, aclrtBinaryLoadFromData(self, 8, NULL, &out), "AI core");
	FAILS(INVALID, aclrtBinaryLoadFromData(self, 0, NULL, &out), "length");
	FAILS(INVALID, aclrtBinaryLoadFromData(self, 8, NULL, NULL), "binHandle");
	FAILS(UNSUPPORTED, aclrtBinaryUnLoad(binary), "AI core");
	FAILS(UNSUPPORTED, aclrtBinaryGetFunction(binary, "add", &out), "AI core");
	FAILS(INVALID, aclrtBinaryGetFunction(NULL, "add", &out), "binHandle");
	FAILS(INVALID, aclrtBinaryGetFunction(binary, NULL, &out), "kernelName");
	EXPECT_EQ((void *)UNTOUCHED, out);
}

TEST_F(unsupported, launches)
{
	void *out = (void *)UNTOUCHED, *kernel = self, *args = self;

	FAILS(UNSUPPORTED, aclrtKernelArgsInit(kernel, &out), "AI core");
	FAILS(INVALID, aclrtKernelArgsInit(NULL, &out), "funcHandle");
	FAILS(UNSUPPORTED, aclrtKernelArgsAppend(args, self, 4, &out), "AI core");
	FAILS(INVALID, aclrtKernelArgsAppend(NULL, self, 4, &out), "argsHandle");
	FAILS(INVALID, aclrtKernelArgsAppend(args, self, 0, &out), "paramSize");
	FAILS(INVALID, aclrtKernelArgsAppend(args, self, 4, NULL), "paramHandle");
	FAILS(UNSUPPORTED, aclrtKernelArgsFinalize(args), "AI core");
	FAILS(UNSUPPORTED, aclrtLaunchKernel(kernel, 1, NULL, 0, NULL), "AI core");
	FAILS(INVALID, aclrtLaunchKernel(kernel, 0, NULL, 0, NULL), "numBlocks");
	FAILS(UNSUPPORTED, aclrtLaunchKernelV2(kernel, 1, NULL, 0, NULL, NULL), "AI core");
	FAILS(INVALID, aclrtLaunchKernelV2(kernel, 0, NULL, 0, NULL, NULL), "numBlocks");
	FAILS(UNSUPPORTED, aclrtLaunchKernelWithConfig(kernel, 1, NULL, NULL, NULL, NULL),
	      "AI core");
	FAILS(INVALID, aclrtLaunchKernelWithConfig(kernel, 0, NULL, NULL, NULL, NULL), "numBlocks");
	EXPECT_EQ((void *)UNTOUCHED, out);
}

TEST_F(unsupported, managed)
{
	void *out = (void *)UNTOUCHED;

	FAILS(UNSUPPORTED, aclrtMemAllocManaged(&out, 4096, ACL_RT_MEM_ATTACH_GLOBAL),
	      "aclrtMalloc");
	FAILS(INVALID, aclrtMemAllocManaged(&out, 0, ACL_RT_MEM_ATTACH_GLOBAL), "size");
	FAILS(INVALID, aclrtMemAllocManaged(&out, 4096, 0), "flag");
	EXPECT_EQ((void *)UNTOUCHED, out);
}

TEST_HARNESS_MAIN
