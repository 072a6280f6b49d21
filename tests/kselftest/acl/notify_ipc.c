// SPDX-License-Identifier: MIT
/*
 * Notifies between processes: keys and who may use them, one wait for each
 * recording whichever process it is in, and nothing left over.
 */
#include "acl_sync_peer.h"

#define KEY	65

FIXTURE(notify_ipc) {
	struct world world;
	uint64_t syncs;
	struct peer peer;
	int32_t pid;		/* of the peer */
	aclrtStream a, b;
	aclrtNotify notify;
	char key[KEY];
	uint64_t there;		/* the notify as the peer imported it; 0: it did not */
};

FIXTURE_SETUP(notify_ipc)
{
	self->syncs = module_stat(ACL_EMU_STAT_SYNCS);
	ASSERT_TRUE(sync_peer_start(&self->peer));
	world_open(_metadata, &self->world);
	ASK(&self->peer, SYNC_BEGIN, 0, 0);
	ASK(&self->peer, PEER_TGID, 0, 0);
	self->pid = (int32_t)self->peer.value;
	WORKS(aclrtCreateStream(&self->a));
	WORKS(aclrtCreateStream(&self->b));
	WORKS(aclrtCreateNotify(&self->notify, 0));
}

FIXTURE_TEARDOWN(notify_ipc)
{
	if (self->peer.fd >= 0) {
		if (self->there)
			ASK(&self->peer, NOTIFY_DROP, self->there, 0);
		ASK(&self->peer, SYNC_END, 0, 0);
		EXPECT_EQ(0, peer_quit(&self->peer));
	}
	EXPECT_EQ(ACL_SUCCESS, aclrtDestroyNotify(self->notify));
	EXPECT_EQ(ACL_SUCCESS, aclrtDestroyStreamForce(self->a));
	EXPECT_EQ(ACL_SUCCESS, aclrtDestroyStreamForce(self->b));
	EXPECT_EQ(self->syncs, module_stat(ACL_EMU_STAT_SYNCS));
	world_close(_metadata, &self->world);
}

#define OPEN	ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION
#define PEER_ON	ACL_RT_NOTIFY_IMPORT_FLAG_ENABLE_PEER_ACCESS

static aclError import_there(struct peer *p, const char *key, uint64_t flags, uint64_t *there)
{
	aclError code = ask_data(p, NOTIFY_IMPORT, flags, key, KEY);

	if (!code)
		*there = p->value;
	return code;
}

#define SHARE(flags) do { \
	WORKS(aclrtNotifyGetExportKey(self->notify, self->key, KEY, flags)); \
	if (!(flags)) \
		WORKS(aclrtNotifySetImportPid(self->notify, &self->pid, 1)); \
	ASSERT_EQ(ACL_SUCCESS, import_there(&self->peer, self->key, 0, &self->there)) \
		TH_LOG("%s", self->peer.text); \
} while (0)

/* ---- what is refused ---- */

TEST_F(notify_ipc, export_wrong)
{
	char key[KEY] = "untouched", again[KEY];

	FAILS(INVALID, aclrtNotifyGetExportKey(NULL, key, KEY, 0), "notify");
	FAILS(PARAM, aclrtNotifyGetExportKey(self->notify, key, KEY - 1, 0), "64");
	FAILS(PARAM, aclrtNotifyGetExportKey(self->notify, key, KEY, 1), "0x1");
	FAILS(BAD_HANDLE, aclrtNotifyGetExportKey(self->a, key, KEY, 0), hex(self->a));
	EXPECT_STREQ("untouched", key);
	EXPECT_EQ(self->syncs, module_stat(ACL_EMU_STAT_SYNCS));
	WORKS(aclrtNotifyGetExportKey(self->notify, key, KEY, 0));
	EXPECT_EQ(KEY - 1, strlen(key));
	WORKS(aclrtNotifyGetExportKey(self->notify, again, KEY + 100, 0));
	EXPECT_STREQ(key, again);
	FAILS(PARAM, aclrtNotifyGetExportKey(self->notify, key, KEY, OPEN), "0x2");
}

static aclError import_without_context(void *arg)
{
	aclrtNotify notify;

	return aclrtNotifyImportByKey(&notify, arg, 0);
}

TEST_F(notify_ipc, import_wrong)
{
	aclrtNotify notify = (aclrtNotify)UNTOUCHED;
	char key[KEY];
	int i;

	WORKS(aclrtNotifyGetExportKey(self->notify, self->key, KEY, OPEN));
	FAILS(INVALID, aclrtNotifyImportByKey(&notify, NULL, 0), "key");
	FAILS(PARAM, aclrtNotifyImportByKey(&notify, self->key, 1), "0x1");
	FAILS(PARAM, aclrtNotifyImportByKey(&notify, "", 0), "key ''");
	for (i = 0; i < KEY - 1; i++) {
		memcpy(key, self->key, KEY);
		key[i] ^= 1;
		FAILS(PARAM, aclrtNotifyImportByKey(&notify, key, 0), key);
	}
	FAILS(INTERNAL, aclrtNotifyImportByKey(&notify, self->key, 0), "this very process");
	EXPECT_EQ((aclrtNotify)UNTOUCHED, notify);
	EXPECT_EQ(NO_CONTEXT, in_new_thread(import_without_context, self->key));
}

/* The key of memory is none of a notify, and a stale one names nothing. */
TEST_F(notify_ipc, import_other)
{
	aclrtNotify notify;
	uint64_t there;
	void *block;

	WORKS(aclrtMalloc(&block, 4096, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtIpcMemGetExportKey(block, 4096, self->key, KEY,
				      ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION));
	EXPECT_EQ(PARAM, import_there(&self->peer, self->key, 0, &there));
	WORKS(aclrtIpcMemClose(self->key));
	WORKS(aclrtFree(block));
	WORKS(aclrtCreateNotify(&notify, 0));
	WORKS(aclrtNotifyGetExportKey(notify, self->key, KEY, OPEN));
	FAILS(PARAM, aclrtIpcMemImportByKey(&block, self->key, 0), self->key);
	WORKS(aclrtDestroyNotify(notify));
	EXPECT_EQ(BAD_HANDLE, import_there(&self->peer, self->key, 0, &there));
	EXPECT_HOLDS(self->peer.text, "nothing any more");
}

TEST_F(notify_ipc, pids_wrong)
{
	int32_t pid = self->pid, none[2] = { 0, 0 };
	aclrtServerPid server = { 0, &pid, 1 }, wrong[2] = { { 0, &pid, 1 }, { 0, NULL, 1 } };

	FAILS(PARAM, aclrtNotifySetImportPid(self->notify, &pid, 1), "not exported");
	FAILS(PARAM, aclrtNotifySetImportPidInterServer(self->notify, &server, 1), "not exported");
	WORKS(aclrtNotifyGetExportKey(self->notify, self->key, KEY, 0));
	FAILS(INVALID, aclrtNotifySetImportPid(NULL, &pid, 1), "notify");
	FAILS(PARAM, aclrtNotifySetImportPid(self->notify, &pid, 0), "num");
	FAILS(PARAM, aclrtNotifySetImportPid(self->notify, &pid, 65536), "65536");
	FAILS(INTERNAL, aclrtNotifySetImportPid(self->notify, none, 2), "all 0");
	FAILS(INVALID, aclrtNotifySetImportPidInterServer(NULL, &server, 1), "notify");
	FAILS(INVALID, aclrtNotifySetImportPidInterServer(self->notify, NULL, 1), "serverPids");
	FAILS(INVALID, aclrtNotifySetImportPidInterServer(self->notify, wrong, 2), "pid");
	FAILS(PARAM, aclrtNotifySetImportPidInterServer(self->notify, &server, 0), "num");
	/* The good entry before the wrong one was not taken. */
	EXPECT_EQ(INTERNAL, import_there(&self->peer, self->key, 0, &self->there));
}

TEST_F(notify_ipc, whitelist)
{
	WORKS(aclrtNotifyGetExportKey(self->notify, self->key, KEY, 0));
	EXPECT_EQ(INTERNAL, import_there(&self->peer, self->key, 0, &self->there));
	EXPECT_HOLDS(self->peer.text, dec((uint64_t)self->pid));
	WORKS(aclrtNotifySetImportPid(self->notify, &self->pid, 1));
	ASSERT_EQ(ACL_SUCCESS, import_there(&self->peer, self->key, 0, &self->there));
	/* An importer can neither export it nor allow others. */
	ASK_FAILS(&self->peer, INTERNAL, NOTIFY_KEY, self->there, 0,
		  "aclrtNotifyGetExportKey", "another process");
	ASK_FAILS(&self->peer, INTERNAL, NOTIFY_ALLOW, self->there, 1,
		  "aclrtNotifySetImportPid", "another process");
}

TEST_F(notify_ipc, whitelist_of_servers)
{
	int32_t first = 1;
	aclrtServerPid servers[2] = { { 7, &first, 1 }, { 8, &self->pid, 1 } };

	WORKS(aclrtNotifyGetExportKey(self->notify, self->key, KEY, 0));
	WORKS(aclrtNotifySetImportPidInterServer(self->notify, servers, 2));
	EXPECT_EQ(ACL_SUCCESS, import_there(&self->peer, self->key, 0, &self->there));
}

TEST_F(notify_ipc, open_to_all)
{
	aclrtServerPid server = { 0, &self->pid, 1 };

	SHARE(OPEN);
	FAILS(ACL_ERROR_RT_NO_PERMISSION, aclrtNotifySetImportPid(self->notify, &self->pid, 1),
	      "whitelist");
	FAILS(ACL_ERROR_RT_NO_PERMISSION,
	      aclrtNotifySetImportPidInterServer(self->notify, &server, 1), "whitelist");
}

TEST_F(notify_ipc, too_many)
{
	static aclrtNotify many[16384];
	aclrtNotify notify = (aclrtNotify)UNTOUCHED;
	uint64_t there, handles;
	size_t i, n;

	ASK(&self->peer, NOTIFY_MAKE, 0, 0);
	there = self->peer.value;
	ASK(&self->peer, NOTIFY_KEY, there, OPEN);
	for (n = 0; n < 16384 && !aclrtCreateNotify(&many[n], 0); n++)
		;
	handles = module_stat(ACL_EMU_STAT_HANDLES);
	FAILS(ACL_ERROR_RT_NO_NOTIFY_RESOURCE, aclrtNotifyImportByKey(&notify, self->peer.data, 0),
	      NULL);
	EXPECT_EQ((aclrtNotify)UNTOUCHED, notify);
	EXPECT_EQ(handles, module_stat(ACL_EMU_STAT_HANDLES));
	for (i = 0; i < n; i++)
		WORKS(aclrtDestroyNotify(many[i]));
	ASK(&self->peer, NOTIFY_DROP, there, 0);
}

/* A shared one is waited for on the device it was made on, and recorded anywhere. */
TEST_F(notify_ipc, other_device)
{
	aclrtNotify second;
	aclrtStream stream;

	WORKS(aclrtSetDevice(1));
	WORKS(aclrtCreateStream(&stream));
	WORKS(aclrtCreateNotify(&second, 0));
	WORKS(aclrtNotifyGetExportKey(second, self->key, KEY, OPEN));
	ASSERT_EQ(ACL_SUCCESS, import_there(&self->peer, self->key, PEER_ON, &self->there));
	ASK_FAILS(&self->peer, PARAM, NOTIFY_WAIT, self->there, 0,
		  "aclrtWaitAndResetNotify", "device 1");
	ASK(&self->peer, NOTIFY_RECORD, self->there, 0);
	WORKS(aclrtWaitAndResetNotify(second, stream, 0));
	WORKS(aclrtSynchronizeStream(stream));
	WORKS(aclrtDestroyStream(stream));
	WORKS(aclrtResetDevice(1));
	WORKS(aclrtSetDevice(0));
	FAILS(PARAM, aclrtWaitAndResetNotify(second, self->a, 0), "device 0");
	WORKS(aclrtDestroyNotify(second));
	WORKS(aclrtResetDevice(0));
}

/* ---- order ---- */

#define ROUNDS	1000

/* All of it is in the two streams before the first step. */
TEST_F(notify_ipc, orders_processes)
{
	aclrtNotify back;
	uint64_t theirs;
	struct hold hold = HOLD;
	int i;

	SHARE(0);
	ASK(&self->peer, NOTIFY_MAKE, 0, 0);
	theirs = self->peer.value;
	ASK(&self->peer, NOTIFY_KEY, theirs, OPEN);
	WORKS(aclrtNotifyImportByKey(&back, self->peer.data, 0));
	WORKS(hold_stream(&hold, self->a));
	for (i = 0; i < ROUNDS; i++) {
		WORKS(step_in(self->a, 2 * i));
		WORKS(aclrtRecordNotify(self->notify, self->a));
		WORKS(aclrtWaitAndResetNotify(back, self->a, 0));
		ASK(&self->peer, NOTIFY_WAIT, self->there, 0);
		ASK(&self->peer, SYNC_STEP, 2 * i + 1, 0);
		ASK(&self->peer, NOTIFY_RECORD, theirs, 0);
	}
	PEER_WAITS(&self->peer);
	EXPECT_EQ(0, both->count);
	flag_raise(&hold.go_on);
	WORKS(aclrtSynchronizeStream(self->a));
	EXPECT_EQ(2 * ROUNDS, both->count);
	EXPECT_EQ(0, both->first_wrong);
	WORKS(aclrtDestroyNotify(back));
	ASK(&self->peer, NOTIFY_DROP, theirs, 0);
}

/* One recording lets one wait go on, here or there. */
TEST_F(notify_ipc, one_wait_per_record)
{
	aclrtStreamStatus status = ACL_STREAM_STATUS_NOT_READY;
	bool here, there = false;

	SHARE(0);
	WORKS(aclrtWaitAndResetNotify(self->notify, self->a, 0));
	ASK(&self->peer, NOTIFY_WAIT, self->there, 0);
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	PEER_WAITS(&self->peer);
	WORKS(aclrtRecordNotify(self->notify, self->b));
	do {
		WORKS(aclrtStreamQuery(self->a, &status));
		here = status == ACL_STREAM_STATUS_COMPLETE;
		if (!here)
			there = !peer_do(&self->peer, (enum peer_op)SYNC_STREAM, 1, 0, 0);
	} while (!here && !there);
	if (here) {
		PEER_WAITS(&self->peer);
		ASK(&self->peer, SYNC_ABORT, 0, 0);
	} else {
		FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
		WORKS(aclrtStreamAbort(self->a));
	}
	/* Two records without a wait count once, for the next wait. */
	WORKS(aclrtRecordNotify(self->notify, self->b));
	WORKS(aclrtRecordNotify(self->notify, self->b));
	WORKS(aclrtSynchronizeStream(self->b));
	ASK(&self->peer, NOTIFY_WAIT, self->there, 0);
	ASK(&self->peer, SYNC_STREAM, -1, 0);
	ASK(&self->peer, NOTIFY_WAIT, self->there, 0);
	PEER_WAITS(&self->peer);
	ASK(&self->peer, SYNC_ABORT, 0, 0);
}

/* What was recorded before the export is seen after it. */
TEST_F(notify_ipc, export_recorded)
{
	WORKS(aclrtRecordNotify(self->notify, self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	SHARE(0);
	ASK(&self->peer, NOTIFY_WAIT, self->there, 0);
	ASK(&self->peer, SYNC_STREAM, -1, 0);
	ASK(&self->peer, NOTIFY_WAIT, self->there, 0);
	PEER_WAITS(&self->peer);
	ASK(&self->peer, SYNC_ABORT, 0, 0);
}

/* A wait that began before the export goes on after a record by the other. */
TEST_F(notify_ipc, export_while_waiting)
{
	aclrtStreamStatus a, b;

	WORKS(aclrtWaitAndResetNotify(self->notify, self->a, 0));
	WORKS(aclrtWaitAndResetNotify(self->notify, self->b, 0));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	SHARE(0);
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	ASK(&self->peer, NOTIFY_RECORD, self->there, 0);
	/* Two records without a wait in between count once. */
	do {
		WORKS(aclrtStreamQuery(self->a, &a));
		WORKS(aclrtStreamQuery(self->b, &b));
	} while (a != ACL_STREAM_STATUS_COMPLETE && b != ACL_STREAM_STATUS_COMPLETE);
	ASK(&self->peer, NOTIFY_RECORD, self->there, 0);
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtSynchronizeStream(self->b));
}

TEST_F(notify_ipc, batch_reset)
{
	aclrtNotify second, both_of[3];

	WORKS(aclrtCreateNotify(&second, 0));
	both_of[0] = self->notify;
	both_of[1] = second;
	both_of[2] = NULL;
	SHARE(0);
	WORKS(aclrtRecordNotify(self->notify, self->a));
	WORKS(aclrtRecordNotify(second, self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	FAILS(PARAM, aclrtNotifyBatchReset(both_of, 3), "NULL");
	FAILS(PARAM, aclrtNotifyBatchReset(both_of, 0), "num");
	FAILS(PARAM, aclrtNotifyBatchReset(both_of, 16385), "16385");
	/* The failed calls have reset nothing. */
	WORKS(aclrtWaitAndResetNotify(self->notify, self->a, 0));
	WORKS(aclrtWaitAndResetNotify(second, self->a, 0));
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtRecordNotify(self->notify, self->a));
	WORKS(aclrtRecordNotify(second, self->a));
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtNotifyBatchReset(both_of, 2));
	WORKS(aclrtWaitAndResetNotify(second, self->a, 0));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	ASK(&self->peer, NOTIFY_WAIT, self->there, 0);
	PEER_WAITS(&self->peer);
	ASK(&self->peer, SYNC_ABORT, 0, 0);
	/* And by the other. */
	WORKS(aclrtRecordNotify(self->notify, self->b));
	WORKS(aclrtSynchronizeStream(self->b));
	ASK(&self->peer, NOTIFY_RESET, self->there, 0);
	WORKS(aclrtWaitAndResetNotify(self->notify, self->b, 0));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->b, 5), NULL);
	WORKS(aclrtDestroyNotify(second));
}

/* ---- ends ---- */

TEST_F(notify_ipc, timeout)
{
	int ran = 0;

	SHARE(0);
	WORKS(aclrtWaitAndResetNotify(self->notify, self->a, 1));
	WORKS(count_in(self->a, &ran, 1));
	FAILS(ACL_ERROR_RT_WAIT_TIMEOUT, aclrtSynchronizeStream(self->a),
	      "aclrtWaitAndResetNotify");
	EXPECT_EQ(1, ran);
}

TEST_F(notify_ipc, aborts)
{
	int i;

	SHARE(0);
	for (i = 0; i < 3; i++) {
		WORKS(aclrtWaitAndResetNotify(self->notify, self->a, 0));
		FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
		WORKS(aclrtStreamAbort(self->a));
		WORKS(aclrtSynchronizeStream(self->a));
		ASK(&self->peer, NOTIFY_WAIT, self->there, 0);
		PEER_WAITS(&self->peer);
		ASK(&self->peer, SYNC_STOP, 0, 0);
		ASK(&self->peer, SYNC_ABORT, 0, 0);
		ASK(&self->peer, SYNC_STREAM, -1, 0);
	}
	WORKS(aclrtWaitAndResetNotify(self->notify, self->a, 0));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	ASK(&self->peer, NOTIFY_RECORD, self->there, 0);
	WORKS(aclrtSynchronizeStream(self->a));
}

/* A shared notify does not need the process that made it. */
TEST_F(notify_ipc, creator_dies)
{
	aclrtNotify notify;

	ASK(&self->peer, NOTIFY_MAKE, 0, 0);
	ASK(&self->peer, NOTIFY_KEY, self->peer.value, OPEN);
	WORKS(aclrtNotifyImportByKey(&notify, self->peer.data, 0));
	WORKS(aclrtWaitAndResetNotify(notify, self->a, 0));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	EXPECT_EQ(128 + SIGKILL, peer_kill(&self->peer));
	self->peer.fd = -1;
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	WORKS(aclrtRecordNotify(notify, self->b));
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtDestroyNotify(notify));
}

/* A destroyed one still serves the streams it was put into. */
TEST_F(notify_ipc, destroy_in_use)
{
	SHARE(0);
	WORKS(aclrtWaitAndResetNotify(self->notify, self->a, 0));
	WORKS(aclrtDestroyNotify(self->notify));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	ASK(&self->peer, NOTIFY_RECORD, self->there, 0);
	WORKS(aclrtSynchronizeStream(self->a));
	WORKS(aclrtCreateNotify(&self->notify, 0));
}

TEST_F(notify_ipc, device_reset)
{
	SHARE(0);
	WORKS(aclrtWaitAndResetNotify(self->notify, self->a, 0));
	FAILS(TIMEOUT, aclrtSynchronizeStreamWithTimeout(self->a, 5), NULL);
	WORKS(aclrtResetDeviceForce(0));
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtCreateStream(&self->a));
	WORKS(aclrtCreateStream(&self->b));
	WORKS(aclrtRecordNotify(self->notify, self->a));
	FAILS(PARAM, aclrtSynchronizeStream(self->a), "reset");
	WORKS(aclrtWaitAndResetNotify(self->notify, self->a, 0));
	FAILS(PARAM, aclrtSynchronizeStream(self->a), "reset");
	FAILS(PARAM, aclrtNotifyBatchReset(&self->notify, 1), "reset");
	/* The peer keeps it. */
	ASK(&self->peer, NOTIFY_RECORD, self->there, 0);
	ASK(&self->peer, NOTIFY_WAIT, self->there, 0);
	ASK(&self->peer, SYNC_STREAM, -1, 0);
}

/* A device that is not set any more gives no counter. */
TEST_F(notify_ipc, export_after_reset)
{
	char key[KEY];

	WORKS(aclrtResetDeviceForce(0));
	FAILS(BAD_HANDLE, aclrtNotifyGetExportKey(self->notify, key, KEY, 0), "device 0");
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtNotifyGetExportKey(self->notify, key, KEY, 0));
	WORKS(aclrtResetDeviceForce(0));
	FAILS(BAD_HANDLE, aclrtNotifySetImportPid(self->notify, &self->pid, 1), "nothing any more");
	WORKS(aclrtSetDevice(0));
	WORKS(aclrtCreateStream(&self->a));
	WORKS(aclrtCreateStream(&self->b));
}

TEST_HARNESS_MAIN
