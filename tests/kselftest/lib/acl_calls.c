// SPDX-License-Identifier: MIT
/*
 * The setting of acl_calls.h.
 */
#include "acl_calls.h"

/* The record of the event is in a stream that has stopped. */
static aclError far_make(struct calls_far *far)
{
	aclrtNotify notify;
	aclrtStream stream;
	aclrtEvent event;
	void *block;

	return aclrtSetDevice(0) ?: aclrtMalloc(&block, BLOCK, ACL_MEM_MALLOC_HUGE_FIRST) ?:
	       aclrtIpcMemGetExportKey(block, BLOCK, far->memory, CALLS_KEY,
				       ACL_RT_IPC_MEM_EXPORT_FLAG_DISABLE_PID_VALIDATION) ?:
	       aclrtCreateNotify(&notify, 0) ?:
	       aclrtNotifyGetExportKey(notify, far->notify, CALLS_KEY,
				       ACL_RT_NOTIFY_EXPORT_FLAG_DISABLE_PID_VALIDATION) ?:
	       aclrtCreateEventExWithFlag(&event, ACL_EVENT_IPC) ?:
	       aclrtIpcGetEventHandle(event, &far->event) ?: aclrtCreateStream(&stream) ?:
	       aclrtStreamStop(stream) ?: aclrtRecordEvent(event, stream);
}

/* Another process that shares by key, and sends the keys. */
static pid_t calls_exporter(int *sock)
{
	struct calls_far far;
	int fd[2];
	pid_t pid;

	fflush(NULL);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd))
		return -1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fd[0]);
		if (far_make(&far))
			_exit(1);
		send(fd[1], &far, sizeof(far), MSG_NOSIGNAL);
		recv(fd[1], &far, 1, 0);
		_exit(0);
	}
	close(fd[1]);
	*sock = fd[0];
	return pid;
}

/* A stream has a counter from its first wait on, which shall not come in between. */
static void wait_once(struct __test_metadata *_metadata, struct calls *c)
{
	uint64_t syncs = counter(ACL_EMU_STAT_SYNCS);

	WORKS(aclrtStreamWaitEvent(c->stream, c->far_event));
	while (counter(ACL_EMU_STAT_SYNCS) == syncs)
		sched_yield();
	WORKS(aclrtStreamAbort(c->stream));
}

/* What this process shares with others, and they with it. */
static void shared_open(struct __test_metadata *_metadata, struct calls *c)
{
	char key[CALLS_KEY];

	WORKS(aclrtMemExportToShareableHandle(c->spare, ACL_MEM_HANDLE_TYPE_NONE, 0, &c->share));
	WORKS(aclrtIpcMemGetExportKey(c->dev, CALLS_SIZE, c->key, CALLS_KEY, 0));
	WORKS(aclrtCreateEventWithFlag(&c->shared, ACL_EVENT_IPC));
	WORKS(aclrtIpcOpenEventHandle(c->far.event, &c->far_event));
	wait_once(_metadata, c);
	WORKS(aclrtCreateNotify(&c->exported, 0));
	WORKS(aclrtNotifyGetExportKey(c->exported, key, CALLS_KEY, 0));
	WORKS(aclrtNotifyImportByKey(&c->far_notify, c->far.notify, 0));
}

static void shared_close(struct __test_metadata *_metadata, struct calls *c)
{
	WORKS(aclrtDestroyNotify(c->far_notify));
	WORKS(aclrtDestroyNotify(c->exported));
	WORKS(aclrtDestroyEvent(c->far_event));
	WORKS(aclrtDestroyEvent(c->shared));
	WORKS(aclrtIpcMemClose(c->key));
	WORKS(aclrtFreePhysical(c->spare));
}

void calls_open(struct __test_metadata *_metadata, struct calls *c)
{
	memset(c, 0, sizeof(*c));
	ASSERT_TRUE(peer_start(&c->peer));
	PEER(&c->peer, PEER_SET_DEVICE, 0, 0, 0);
	PEER(&c->peer, PEER_ALLOC, BLOCK, 0, 0);
	PEER(&c->peer, PEER_EXPORT, c->peer.value, ACL_RT_VMM_EXPORT_FLAG_DISABLE_PID_VALIDATION,
	     0);
	c->far_share = c->peer.value;
	c->exporter = calls_exporter(&c->exporter_sock);
	ASSERT_EQ((ssize_t)sizeof(c->far),
		  recv(c->exporter_sock, &c->far, sizeof(c->far), 0));
	WORKS(aclInit(NULL));
	WORKS(aclrtSetDevice(1));
	WORKS(aclrtSetDevice(0));
	WORKS(block_make(&c->block, 2 * BLOCK, 0));
	WORKS(reserve((void **)&c->room, 4 * BLOCK));
	WORKS(aclrtMalloc((void **)&c->dev, 4 * MIB, ACL_MEM_MALLOC_HUGE_FIRST));
	WORKS(aclrtMallocHost((void **)&c->host, CALLS_SIZE));
	c->own = mmap(NULL, CALLS_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	ASSERT_NE(MAP_FAILED, c->own);
	WORKS(aclrtCreateStream(&c->stream));
	WORKS(aclrtCreateEvent(&c->event));
	WORKS(aclrtRecordEvent(c->event, c->stream));
	WORKS(aclrtCreateNotify(&c->notify, 0));
	WORKS(aclrtCntNotifyCreate(&c->counter, 0));
	WORKS(phys(&c->spare, BLOCK, 0));
	shared_open(_metadata, c);
}

void calls_close(struct __test_metadata *_metadata, struct calls *c)
{
	shared_close(_metadata, c);
	WORKS(calls_pool_end(c));
	WORKS(aclrtCntNotifyDestroy(c->counter));
	WORKS(aclrtDestroyNotify(c->notify));
	WORKS(aclrtDestroyEvent(c->event));
	WORKS(aclrtDestroyStream(c->stream));
	WORKS(aclrtFreeHost(c->host));
	WORKS(aclrtFree(c->dev));
	WORKS(aclrtReleaseMemAddress(c->room));
	WORKS(block_drop(&c->block));
	munmap(c->own, CALLS_SIZE);
	close(c->exporter_sock);
	EXPECT_EQ(0, join(c->exporter));
	EXPECT_EQ(0, peer_quit(&c->peer));
}
