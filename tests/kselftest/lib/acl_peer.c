// SPDX-License-Identifier: MIT
/*
 * The other process of acl_peer.h.
 */
#include "acl_peer.h"

#include <linux/sched.h>

aclError (*peer_more)(struct peer_order *o, struct peer_answer *answer);

static aclError peer_map(const struct peer_order *o, uint64_t *value)
{
	struct block b;
	aclError code = block_map(&b, o->b, (aclrtDrvMemHandle)o->a);

	*value = (uintptr_t)b.addr;
	return code;
}

static aclError peer_unmap(const struct peer_order *o)
{
	struct block b = { .addr = (void *)o->a };

	return block_unmap(&b);
}

static aclError peer_import_v2(struct peer_order *o, uint64_t *value)
{
	void *share = o->b == ACL_MEM_SHARE_HANDLE_TYPE_DEFAULT ? (void *)&o->a :
		(void *)&o->fabric;

	return aclrtMemImportFromShareableHandleV2(share, (aclrtMemSharedHandleType)o->b, 0,
						   (aclrtDrvMemHandle *)value);
}

static aclError peer_location(const struct peer_order *o, uint64_t *value)
{
	aclrtPhysicalMemProp prop;
	aclError code = aclrtMemGetAllocationPropertiesFromHandle((void *)o->a, &prop);

	if (!code)
		*value = prop.location.id;
	return code;
}

static aclError peer_obey(struct peer_order *o, struct peer_answer *answer)
{
	uint64_t *value = &answer->value;
	void *a = (void *)o->a;
	int32_t pid = (int32_t)o->b;

	switch (o->op) {
	case PEER_SET_DEVICE: return aclrtSetDevice((int32_t)o->a);
	case PEER_RESET: return aclrtResetDeviceForce((int32_t)o->a);
	case PEER_TGID: return aclrtDeviceGetBareTgid((int32_t *)value);
	case PEER_ALLOC: return phys((aclrtDrvMemHandle *)value, o->a, (int)o->b);
	case PEER_FREE: return aclrtFreePhysical(a);
	case PEER_EXPORT: return aclrtMemExportToShareableHandle(a, ACL_MEM_HANDLE_TYPE_NONE,
								 o->b, value);
	case PEER_ALLOW: return aclrtMemSetPidToShareableHandle(o->a, &pid, 1);
	case PEER_IMPORT: return aclrtMemImportFromShareableHandle(o->a, (int32_t)o->b,
								  (aclrtDrvMemHandle *)value);
	case PEER_IMPORT_V2: return peer_import_v2(o, value);
	case PEER_MAP: return peer_map(o, value);
	case PEER_MAP_AT: return aclrtMapMem((void *)o->b, o->c, 0, a, 0);
	case PEER_UNMAP: return peer_unmap(o);
	case PEER_FILL:
		fill(a, o->b, o->c);
		return ACL_SUCCESS;
	case PEER_FILLED: return filled(a, o->b, o->c) ? ACL_SUCCESS : ACL_ERROR_FAILURE;
	case PEER_TOUCH:
		*value = (uint64_t)touch(a);
		return ACL_SUCCESS;
	case PEER_LOCATION: return peer_location(o, value);
	case PEER_RETAIN: return aclrtMemRetainAllocationHandle(a, (aclrtDrvMemHandle *)value);
	case PEER_GRANT_HOST: return grant_host(a, o->b);
	default: return peer_more ? peer_more(o, answer) : INVALID;
	}
}

static void peer_main(int fd)
{
	struct peer_order order;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (recv(fd, &order, sizeof(order), 0) == sizeof(order) && order.op != PEER_QUIT) {
		struct peer_answer answer = { .value = 0 };
		const char *text;

		forget();
		answer.code = peer_obey(&order, &answer);
		text = aclGetRecentErrMsg();
		if (text)
			snprintf(answer.text, sizeof(answer.text), "%s", text);
		send(fd, &answer, sizeof(answer), MSG_NOSIGNAL);
	}
	_exit(0);
}

bool peer_start_as(struct peer *p, uint64_t flags, pid_t pid)
{
	struct clone_args args = {
		.flags = flags, .exit_signal = SIGCHLD,
		.set_tid = pid ? (uintptr_t)&pid : 0, .set_tid_size = pid ? 1 : 0,
	};
	int fd[2];

	fflush(NULL);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd))
		return false;
	p->pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (!p->pid) {
		close(fd[0]);
		peer_main(fd[1]);
	}
	close(fd[1]);
	p->fd = fd[0];
	if (p->pid < 0)
		close(fd[0]);
	return p->pid > 0;
}

aclError peer_tell(struct peer *p, const struct peer_order *order)
{
	struct peer_answer answer;

	if (send(p->fd, order, sizeof(*order), MSG_NOSIGNAL) != sizeof(*order) ||
	    recv(p->fd, &answer, sizeof(answer), 0) != sizeof(answer))
		return -1;
	p->value = answer.value;
	memcpy(p->data, answer.data, sizeof(p->data));
	memcpy(p->text, answer.text, sizeof(p->text));
	return answer.code;
}
