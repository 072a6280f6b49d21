// SPDX-License-Identifier: MIT
/*
 * acl_emu_label(): names of memory for people.
 */
#include "acl_test.h"
#include "uapi_who.h"
#include "acl_emu/acl_emu.h"


FIXTURE(label)
{
	struct world world;
	struct block mine;
};

FIXTURE_SETUP(label)
{
	world_open(_metadata, &self->world);
	WORKS(block_make(&self->mine, BLOCK, 0));
}

FIXTURE_TEARDOWN(label)
{
	if (self->mine.addr)
		WORKS(block_drop(&self->mine));
	world_close(_metadata, &self->world);
}

/* The label of a handle of this process, as another client of it sees it. */
static const char *label_of(aclrtDrvMemHandle handle)
{
	static struct acl_emu_holder holders[WHO_MAX];
	static struct acl_emu_object objects[WHO_MAX];
	int fd = node_open(), count = uapi_holders(fd, ACL_EMU_LIST_MAX, holders);
	const struct acl_emu_object *found = NULL;

	for (int i = 0; i < count && !found; i++) {
		if (holders[i].flags & ACL_EMU_HOLDER_OWN)
			found = uapi_object_of(objects, uapi_objects(fd, holders[i].client, 0,
								     ACL_EMU_LIST_MAX, objects),
					       (uintptr_t)handle);
	}
	close(fd);
	return found ? found->label : "no such handle";
}

TEST_F(label, handle)
{
	WORKS(acl_emu_label(self->mine.handle, "kv-cache layer 3"));
	EXPECT_STREQ("kv-cache layer 3", label_of(self->mine.handle));
	WORKS(acl_emu_label(self->mine.handle, ""));
	EXPECT_STREQ("", label_of(self->mine.handle));
}

TEST_F(label, address)
{
	WORKS(acl_emu_label((char *)self->mine.addr + BLOCK - 1, "by address"));
	EXPECT_STREQ("by address", label_of(self->mine.handle));
}

/* Memory of aclrtMalloc() has no handle that the program knows. */
TEST_F(label, heap)
{
	aclrtDrvMemHandle handle;
	void *ptr;

	WORKS(aclrtMalloc(&ptr, 4 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(acl_emu_label(ptr, "weights"));
	WORKS(aclrtMemRetainAllocationHandle(ptr, &handle));
	EXPECT_STREQ("weights", label_of(handle));
	WORKS(aclrtFreePhysical(handle));
	WORKS(aclrtFree(ptr));
}

TEST_F(label, imported)
{
	aclrtDrvMemHandle import;
	int fd;

	WORKS(acl_emu_export_fd(self->mine.handle, &fd));
	WORKS(acl_emu_import_fd(fd, 0, &import));
	close(fd);
	FAILS(ACL_ERROR_RT_DRV_INTERNAL_ERROR, acl_emu_label(import, "mine"), hex(import));
	WORKS(acl_emu_label(self->mine.handle, "theirs"));
	EXPECT_STREQ("theirs", label_of(import));
	WORKS(aclrtFreePhysical(import));
}

TEST_F(label, wrong_arguments)
{
	char text[ACL_EMU_LABEL_BYTES + 1];
	int local;

	memset(text, 'x', sizeof(text));
	FAILS(ACL_ERROR_INVALID_PARAM, acl_emu_label(NULL, "x"), "memory");
	FAILS(ACL_ERROR_INVALID_PARAM, acl_emu_label(self->mine.handle, NULL), "text");
	FAILS(ACL_ERROR_RT_PARAM_INVALID, acl_emu_label(&local, "x"), hex(&local));
	FAILS(ACL_ERROR_RT_PARAM_INVALID, acl_emu_label(self->mine.handle, "two\nlines"), "byte 3");
	text[ACL_EMU_LABEL_BYTES] = '\0';
	FAILS(ACL_ERROR_RT_PARAM_INVALID, acl_emu_label(self->mine.handle, text), "64");
	text[ACL_EMU_LABEL_BYTES - 1] = '\0';
	WORKS(acl_emu_label(self->mine.handle, text));
	EXPECT_STREQ(text, label_of(self->mine.handle));
}

TEST_HARNESS_MAIN
