// SPDX-License-Identifier: MIT
/*
 * The rt functions, as clients of the real library find and call them: by name, with
 * prototypes of their own.
 */
#include "acl_test.h"

#include <dlfcn.h>

static struct {
	int32_t (*tgid)(uint32_t *pid);
	int32_t (*info)(uint32_t device, int32_t module, int32_t what, int64_t *val);
	int32_t (*phy)(uint32_t index, uint32_t *phy);
	int32_t (*logic)(const int32_t user, int32_t *const logic);
	int32_t (*set_name)(const void *ptr, uint64_t count, char *name, uint32_t len);
	int32_t (*allow)(const char *name, uint32_t sdid, int32_t *pid, int32_t num);
	int32_t (*open)(void **ptr, const char *name);
	int32_t (*close)(const void *ptr);
	int32_t (*destroy)(const char *name);
} rt;

#define FIND(member, name) do { \
	*(void **)&rt.member = dlsym(RTLD_DEFAULT, name); \
	ASSERT_NE(NULL, (void *)rt.member) TH_LOG("no %s", name); \
} while (0)

FIXTURE(rt) { struct world world; };

FIXTURE_SETUP(rt)
{
	FIND(tgid, "rtDeviceGetBareTgid");
	FIND(info, "rtGetDeviceInfo");
	FIND(phy, "rtGetDevicePhyIdByIndex");
	FIND(logic, "rtGetLogicDevIdByUserDevId");
	FIND(set_name, "rtIpcSetMemoryName");
	FIND(allow, "rtSetIpcMemorySuperPodPid");
	FIND(open, "rtIpcOpenMemory");
	FIND(close, "rtIpcCloseMemory");
	FIND(destroy, "rtIpcDestroyMemoryName");
	world_open(_metadata, &self->world);
}

FIXTURE_TEARDOWN(rt)
{
	world_close(_metadata, &self->world);
}

/* A mistake found here or in the acl function that does the work. */
#define WRONG(code, call) do { \
	forget(); \
	EXPECT_EQ(code, call) TH_LOG("%s", #call); \
	EXPECT_EQ(code, aclrtPeekAtLastError(ACL_RT_THREAD_LEVEL)); \
	EXPECT_NE(NULL, aclGetRecentErrMsg()); \
} while (0)

TEST_F(rt, ids)
{
	uint32_t pid = 0, phy = 7;
	int32_t same = 0, logic = 7;

	EXPECT_EQ(0, rt.tgid(&pid));
	WORKS(aclrtDeviceGetBareTgid(&same));
	EXPECT_EQ((uint32_t)same, pid);
	EXPECT_EQ(0, rt.phy(1, &phy));
	EXPECT_EQ(1, phy);
	EXPECT_EQ(0, rt.logic(1, &logic));
	EXPECT_EQ(1, logic);
	WRONG(PARAM, rt.tgid(NULL));
	WRONG(PARAM, rt.phy(0, NULL));
	WRONG(PARAM, rt.logic(0, NULL));
	WRONG(BAD_DEVICE, rt.phy(99, &phy));
	WRONG(BAD_DEVICE, rt.phy(UINT32_MAX, &phy));
	WRONG(PARAM, rt.logic(-1, &logic));
	EXPECT_EQ(1, phy);
	EXPECT_EQ(1, logic);
}

TEST_F(rt, facts)
{
	int64_t value = 7;

	EXPECT_EQ(0, rt.info(1, 0, 26, &value));
	EXPECT_EQ(1, value);
	EXPECT_EQ(0, rt.info(1, 0, 18, &value));
	EXPECT_EQ(1, value);
	EXPECT_EQ(0, rt.info(1, 0, 27, &value));
	EXPECT_EQ(0, value);
	value = 7;
	EXPECT_EQ(0, rt.info(1, 0, 29, &value));
	EXPECT_EQ(0, value);
	EXPECT_EQ(0, rt.info(1, 4, 3, &value));
	EXPECT_EQ(20, value);
	EXPECT_EQ(0, rt.info(1, 7, 3, &value));
	EXPECT_EQ(40, value);
	WRONG(UNSUPPORTED, rt.info(1, 0, 1, &value));
	WRONG(UNSUPPORTED, rt.info(1, 4, 26, &value));
	WRONG(UNSUPPORTED, rt.info(1, 9, 3, &value));
	WRONG(BAD_DEVICE, rt.info(99, 0, 26, &value));
	WRONG(PARAM, rt.info(0, 0, 26, NULL));
	EXPECT_EQ(40, value);
}

/* What the other process does with the name it is told. */
static int open_there(int in, int out)
{
	uint32_t pid;
	char name[65];
	void *ptr;

	if (aclrtSetDevice(1) || rt.tgid(&pid) || write(out, &pid, sizeof(pid)) != sizeof(pid) ||
	    read(in, name, sizeof(name)) != sizeof(name))
		return 1;
	if (rt.open(&ptr, name))
		return 2;
	if (!filled((char *)ptr, 5000, 3))
		return 3;
	fill(ptr, 5000, 4);
	if (rt.close((char *)ptr + 1) != PARAM || rt.close(ptr) || rt.close(ptr) != PARAM)
		return 4;
	return touch(ptr) ? 0 : 5;
}

TEST_F(rt, shared)
{
	int there[2], back[2];
	char name[65] = "";
	uint32_t child;
	void *block;
	int32_t pid;
	pid_t other;

	WORKS(aclrtMalloc(&block, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST));
	fill((char *)block + 4096, 5000, 3);
	ASSERT_EQ(0, pipe(there));
	ASSERT_EQ(0, pipe(back));
	other = fork();
	if (!other)
		_exit(open_there(there[0], back[1]));
	ASSERT_EQ(sizeof(child), read(back[0], &child, sizeof(child)));
	pid = (int32_t)child;
	EXPECT_EQ(0, rt.set_name((char *)block + 4096, 5000, name, sizeof(name)));
	EXPECT_EQ(0, rt.allow(name, 1, &pid, 1));
	ASSERT_EQ(sizeof(name), write(there[1], name, sizeof(name)));
	EXPECT_EQ(0, join(other));
	EXPECT_TRUE(filled((char *)block + 4096, 5000, 4));
	EXPECT_EQ(0, rt.destroy(name));
	WRONG(INTERNAL, rt.destroy(name));
	WORKS(aclrtFree(block));
}

TEST_F(rt, share_wrong)
{
	void *block, *ptr = (void *)UNTOUCHED;
	char name[65] = "";
	int32_t pid = 1;

	WORKS(aclrtMalloc(&block, 4096, ACL_MEM_MALLOC_HUGE_FIRST));
	WRONG(PARAM, rt.set_name(NULL, 4096, name, 65));
	WRONG(PARAM, rt.set_name(block, 4096, NULL, 65));
	WRONG(PARAM, rt.set_name(block, 0, name, 65));
	WRONG(PARAM, rt.set_name(block, 4096, name, 64));
	WRONG(PARAM, rt.set_name(&pid, 4, name, 65));
	EXPECT_EQ('\0', name[0]);
	EXPECT_EQ(0, rt.set_name(block, 4096, name, 65));
	WRONG(PARAM, rt.allow(NULL, 0, &pid, 1));
	WRONG(PARAM, rt.allow(name, 0, NULL, 1));
	WRONG(PARAM, rt.allow(name, 0, &pid, 0));
	WRONG(PARAM, rt.allow(name, 0, &pid, -1));
	WRONG(PARAM, rt.allow("no key", 0, &pid, 1));
	WRONG(BAD_DEVICE, rt.allow(name, 99, &pid, 1));
	WRONG(PARAM, rt.open(NULL, name));
	WRONG(PARAM, rt.open(&ptr, NULL));
	WRONG(PARAM, rt.open(&ptr, "no key"));
	WRONG(INTERNAL, rt.open(&ptr, name));
	EXPECT_EQ((void *)UNTOUCHED, ptr);
	WRONG(PARAM, rt.close(NULL));
	WRONG(PARAM, rt.close(block));
	WRONG(PARAM, rt.destroy(NULL));
	WRONG(PARAM, rt.destroy("no key"));
	EXPECT_EQ(0, rt.destroy(name));
	WORKS(aclrtFree(block));
}

/* By whichever of its names a process opens the library, it is one. */
TEST_F(rt, one_library)
{
	static const char *const names[] = {
		"libascendcl.so", "libacl_rt.so", "libacl-emu.so.1",
	};
	void *mine = dlsym(RTLD_DEFAULT, "aclrtMalloc"), *handle, *block;
	aclError (*give)(void *ptr);
	char path[512];
	Dl_info info;
	size_t i;

	ASSERT_NE(0, dladdr(mine, &info));
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%.*s/%s",
			 (int)(strrchr(info.dli_fname, '/') - info.dli_fname), info.dli_fname,
			 names[i]);
		handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
		ASSERT_NE(NULL, handle) TH_LOG("%s", dlerror());
		EXPECT_EQ(mine, dlsym(handle, "aclrtMalloc")) TH_LOG("%s", names[i]);
		*(void **)&give = dlsym(handle, "aclrtFree");
		WORKS(aclrtMalloc(&block, 4096, ACL_MEM_MALLOC_HUGE_FIRST));
		EXPECT_EQ(ACL_SUCCESS, give(block)) TH_LOG("%s", names[i]);
		dlclose(handle);
	}
}

TEST_HARNESS_MAIN
