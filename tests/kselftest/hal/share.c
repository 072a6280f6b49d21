// SPDX-License-Identifier: MIT
/*
 * Sharing between processes, of which one uses the driver layer and the other one the
 * driver layer or libascendcl.so: keys, IPC names, notifies.
 */
#include "acl_peer.h"
#include "hal_test.h"

#define NAME	65

/* Orders for the other process, which uses the driver layer for them. */
enum { HAL_OPEN = PEER_MORE, HAL_CLOSE, HAL_IMPORT, HAL_OPEN_NAME, HAL_CLOSE_NAME,
	HAL_NOTIFY_OPEN, HAL_NOTIFY_RECORD, HAL_NOTIFY_CLOSE, HAL_NOTIFY_WRITE };

/* Records the notify of a device by its address, as the runtime does. */
static drvError_t write_notify(uint32_t device, uint32_t id)
{
	uint64_t addr = 0x6a0100000ull + device * 0x80000000000ull + id / 512 * 0x10000 +
			id % 512 * 4;
	struct hal_completion c = { 0 };
	uint8_t entry[ENTRY];
	struct hal_stream s;
	drvError_t code = hal_stream_begin(&s, 0, 16, 4);

	hal_entry(&s, entry, 8, WR_CQE);
	hal_put32(entry, 16, (uint32_t)addr);
	hal_put32(entry, 20, (uint32_t)(addr >> 32) & 0x1ffff);
	hal_put32(entry, 28, 3);
	if (!code)
		code = hal_send(&s, entry, 1);
	if (!code)
		code = hal_take(&s, &c, true);
	if (!code)
		code = c.error_type;
	hal_stream_end(&s);
	return code;
}

static aclError obey(struct peer_order *o, struct peer_answer *answer)
{
	const char *name = (const char *)o->fabric.data;
	struct drvShrIdInfo info;
	drv_mem_handle_t *handle;
	DVdeviceptr addr;
	drvError_t code;

	switch ((int)o->op) {
	case HAL_OPEN: return halDeviceOpen((uint32_t)o->a, NULL, NULL);
	case HAL_CLOSE: return halDeviceClose((uint32_t)o->a, NULL);
	case HAL_IMPORT:
		code = halMemImportFromShareableHandle(o->a, (uint32_t)o->b, &handle);
		return code ? code : halMemRelease(handle);
	case HAL_OPEN_NAME:
		code = halShmemOpenHandleByDevId((uint32_t)o->a, name, &addr);
		answer->value = addr;
		return code;
	case HAL_CLOSE_NAME: return halShmemCloseHandle(o->a);
	case HAL_NOTIFY_OPEN:
		code = halShrIdOpen(name, &info);
		answer->value = (uint64_t)info.devid << 32 | info.shrid;
		return code;
	case HAL_NOTIFY_RECORD:
		return hal_id_config((uint32_t)(o->a >> 32), DRV_NOTIFY_ID, (uint32_t)o->a,
				     DRV_ID_RECORD, 0);
	case HAL_NOTIFY_WRITE: return write_notify((uint32_t)(o->a >> 32), (uint32_t)o->a);
	case HAL_NOTIFY_CLOSE: return halShrIdClose(name);
	default: return INVALID;
	}
}

FIXTURE(share) {
	struct hal_world world;
	struct peer peer;
	int32_t pid;
};

FIXTURE_SETUP(share)
{
	peer_more = obey;
	ASSERT_TRUE(peer_start(&self->peer));
	PEER_GETS(&self->peer, self->pid, PEER_TGID, 0, 0, 0);
	hal_world_open(_metadata, &self->world);
}

FIXTURE_TEARDOWN(share)
{
	EXPECT_EQ(0, peer_quit(&self->peer));
	hal_world_close(_metadata, &self->world);
}

static drvError_t tell(struct peer *p, int op, uint64_t a, uint64_t b, const char *name)
{
	struct peer_order order = { .op = (enum peer_op)op, .a = a, .b = b };

	if (name)
		strcpy((char *)order.fabric.data, name);
	return (drvError_t)peer_tell(p, &order);
}

/* By key: allowed one by one, or with a list that is dropped later. */
TEST_F(share, keys)
{
	struct ShareHandleAttr open = { .enableFlag = 1 };
	struct ShareHandleGetInfo info;
	drv_mem_handle_t *handle, *second;
	uint64_t key, again;
	void *addr, *other;

	OK(tell(&self->peer, HAL_OPEN, 0, 0, NULL));
	OK(hal_mapped(1, BLOCK, &addr, &handle));
	OK(halMemExportToShareableHandle(handle, MEM_HANDLE_TYPE_NONE, 0, &key));
	REFUSES(DRV_ERROR_INNER_ERR,
		halMemExportToShareableHandle(handle, MEM_HANDLE_TYPE_NONE, 0, &again));
	OK(halMemShareHandleInfoGet(key, &info));
	EXPECT_EQ(1, info.phyDevid);
	REFUSES(DRV_ERROR_INNER_ERR, tell(&self->peer, HAL_IMPORT, key, 0, NULL));
	REFUSES(DRV_ERROR_INVALID_HANDLE, tell(&self->peer, HAL_IMPORT, key ^ 1, 0, NULL));
	OK(halMemSetPidToShareableHandle(key, &self->pid, 1));
	OK(tell(&self->peer, HAL_IMPORT, key, 0, NULL));
	OK(hal_mapped(0, BLOCK, &other, &second));
	OK(halMemExportToShareableHandle(second, MEM_HANDLE_TYPE_NONE, 0, &key));
	REFUSES(DRV_ERROR_INNER_ERR, tell(&self->peer, HAL_IMPORT, key, 0, NULL));
	OK(halMemShareHandleSetAttribute(key, SHR_HANDLE_ATTR_NO_WLIST_IN_SERVER, open));
	OK(tell(&self->peer, HAL_IMPORT, key, 0, NULL));
	REFUSES(DRV_ERROR_OPER_NOT_PERMITTED, halMemSetPidToShareableHandle(key, &self->pid, 1));
	OK(hal_unmapped(other, second));
	OK(hal_unmapped(addr, handle));
}

/* A process on libascendcl.so imports what was exported here, by key and by fabric. */
TEST_F(share, with_the_runtime)
{
	struct peer_order order = { .op = PEER_IMPORT_V2, .b = ACL_MEM_SHARE_HANDLE_TYPE_FABRIC };
	struct MemShareHandle fabric;
	drv_mem_handle_t *handle, *imported;
	uint64_t key, far, there;
	void *addr;

	OK(hal_mapped(0, BLOCK, &addr, &handle));
	fill(addr, BLOCK, 3);
	OK(halMemExportToShareableHandleV2(handle, MEM_HANDLE_TYPE_FABRIC, 0, &fabric));
	OK(halMemTransShareableHandle(MEM_HANDLE_TYPE_FABRIC, &fabric, NULL, &key));
	OK(halMemSetPidToShareableHandle(key, &self->pid, 1));
	PEER(&self->peer, PEER_SET_DEVICE, 0, 0, 0);
	PEER_GETS(&self->peer, far, PEER_IMPORT, key, 0, 0);
	PEER_GETS(&self->peer, there, PEER_MAP, far, BLOCK, 0);
	PEER(&self->peer, PEER_FILLED, there, BLOCK, 3);
	PEER(&self->peer, PEER_FILL, there, BLOCK, 4);
	EXPECT_TRUE(filled(addr, BLOCK, 4));
	memcpy(&order.fabric, &fabric, sizeof(fabric));
	ASSERT_EQ(ACL_SUCCESS, peer_tell(&self->peer, &order)) TH_LOG("%s", self->peer.text);
	/* And the reverse. */
	PEER_GETS(&self->peer, far, PEER_ALLOC, BLOCK, 0, 0);
	PEER_GETS(&self->peer, key, PEER_EXPORT, far, 1, 0);
	OK(halMemImportFromShareableHandle(key, 1, &imported));
	OK(halMemRelease(imported));
	OK(hal_unmapped(addr, handle));
}

TEST_F(share, names)
{
	struct ShmemGetInfo info;
	char name[NAME], wrong[NAME];
	void *block;
	uint64_t there;

	OK(tell(&self->peer, HAL_OPEN, 1, 0, NULL));
	OK(halMemAlloc(&block, 8192, HAL_MEM_KIND(HAL_MEM_DEV)));
	fill(block, 8192, 5);
	REFUSES(DRV_ERROR_INVALID_VALUE,
		halShmemCreateHandle((uintptr_t)block, 8193, name, NAME));
	REFUSES(DRV_ERROR_INVALID_VALUE,
		halShmemCreateHandle((uintptr_t)block, 10, name, NAME - 1));
	OK(halShmemCreateHandle((uintptr_t)block + 1024, 4096, name, NAME));
	OK(halShmemInfoGet(name, &info));
	EXPECT_EQ(0, info.phyDevid);
	memcpy(wrong, name, NAME);
	wrong[0] ^= 1;
	REFUSES(DRV_ERROR_INVALID_VALUE, tell(&self->peer, HAL_OPEN_NAME, 1, 0, wrong));
	REFUSES(DRV_ERROR_INNER_ERR, tell(&self->peer, HAL_OPEN_NAME, 1, 0, name));
	OK(halShmemSetPidHandle(name, &self->pid, 1));
	OK(tell(&self->peer, HAL_OPEN_NAME, 1, 0, name));
	there = self->peer.value;
	PEER(&self->peer, PEER_FILL, there, 4096, 6);
	EXPECT_TRUE(filled((char *)block + 1024, 4096, 6));
	EXPECT_TRUE(filled(block, 1024, 5));
	OK(halShmemDestroyHandle(name));
	REFUSES(DRV_ERROR_INVALID_HANDLE, tell(&self->peer, HAL_OPEN_NAME, 1, 0, name));
	OK(tell(&self->peer, HAL_CLOSE_NAME, there, 0, NULL));
	REFUSES(DRV_ERROR_INVALID_VALUE, tell(&self->peer, HAL_CLOSE_NAME, there, 0, NULL));
	/* Without a list; and the device is closed with the import open. */
	OK(halShmemCreateHandle((uintptr_t)block, 8192, name, NAME));
	OK(halShmemSetAttribute(name, SHMEM_ATTR_TYPE_NO_WLIST_IN_SERVER, 1));
	OK(tell(&self->peer, HAL_OPEN_NAME, 1, 0, name));
	OK(tell(&self->peer, HAL_CLOSE, 1, 0, NULL));
	OK(halShmemDestroyHandle(name));
	OK(halMemFree(block));
}

/* A notify of this process, recorded by the other one: by entry, and by the runtime. */
TEST_F(share, notifies)
{
	struct drvShrIdInfo info = { .devid = 1, .shrid = hal_id(1, DRV_NOTIFY_ID) };
	struct hal_completion c;
	struct hal_stream s;
	char name[NAME];
	uint64_t there;
	int round;

	OK(tell(&self->peer, HAL_OPEN, 0, 0, NULL));
	OK(hal_stream_begin(&s, 1, 16, 4));
	/* A wait that began before the notify had a name goes on. */
	OK(hal_send_notify(&s, true, (uint16_t)info.shrid, 0));
	OK(halShrIdCreate(&info, name, NAME));
	REFUSES(DRV_ERROR_INNER_ERR, tell(&self->peer, HAL_NOTIFY_OPEN, 0, 0, name));
	OK(halShrIdSetPid(name, &self->pid, 1));
	OK(tell(&self->peer, HAL_NOTIFY_OPEN, 0, 0, name));
	there = self->peer.value;
	EXPECT_EQ(1, there >> 32);
	for (round = 0; round < 3; round++) {
		OK(tell(&self->peer, round & 1 ? HAL_NOTIFY_RECORD : HAL_NOTIFY_WRITE, there, 0,
			NULL));
		OK(hal_take(&s, &c, true));
		EXPECT_EQ(0, c.error_type);
		OK(hal_send_notify(&s, true, (uint16_t)info.shrid, 0));
	}
	/* The queue ends while it waits in the module. */
	OK(hal_stream_end(&s));
	OK(tell(&self->peer, HAL_NOTIFY_CLOSE, 0, 0, name));
	REFUSES(DRV_ERROR_INVALID_VALUE, tell(&self->peer, HAL_NOTIFY_CLOSE, 0, 0, name));
	OK(halShrIdDestroy(name));
	OK(hal_id_free(1, DRV_NOTIFY_ID, info.shrid));
}

/* The exporter dies: the waits and the imports of others end cleanly. */
TEST_F(share, death)
{
	struct peer second;
	uint64_t far, key;
	drv_mem_handle_t *handle;

	ASSERT_TRUE(peer_start(&second));
	PEER(&second, PEER_SET_DEVICE, 0, 0, 0);
	PEER_GETS(&second, far, PEER_ALLOC, BLOCK, 0, 0);
	PEER_GETS(&second, key, PEER_EXPORT, far, 1, 0);
	OK(halMemImportFromShareableHandle(key, 0, &handle));
	EXPECT_EQ(128 + SIGKILL, peer_kill(&second));
	OK(halMemRelease(handle));
	REFUSES(DRV_ERROR_INVALID_HANDLE, halMemImportFromShareableHandle(key, 0, &handle));
}

/* A child of a process that uses the layer begins with nothing, and leaves nothing. */
TEST_F(share, fork)
{
	struct hal_stream s, t;
	struct hal_completion c;
	uint8_t entry[ENTRY];
	void *block;
	pid_t pid;

	OK(hal_stream_begin(&s, 0, 16, 4));
	OK(halMemAlloc(&block, 512, HAL_MEM_KIND(HAL_MEM_DEV)));
	hal_entry(&s, entry, 3, WR_CQE);
	OK(hal_send(&s, entry, 1));
	OK(hal_take(&s, &c, true));
	pid = fork();
	if (!pid) {
		if (!hal_send(&s, entry, 1) || !halMemFree(block))
			_exit(1);
		if (halDeviceOpen(0, NULL, NULL) || hal_stream_begin(&t, 0, 16, 4) ||
		    hal_send(&t, entry, 1) || hal_take(&t, &c, true))
			_exit(2);
		_exit(0);
	}
	EXPECT_EQ(0, join(pid));
	OK(hal_send(&s, entry, 1));
	OK(hal_take(&s, &c, true));
	OK(halMemFree(block));
	OK(hal_stream_end(&s));
}

TEST_HARNESS_MAIN
