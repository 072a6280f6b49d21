// SPDX-License-Identifier: MIT
/*
 * The two processes: what makes the calls, and how B is told to.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"

uint8_t plain_memory[PLAIN_SIZE] __attribute__((aligned(PAGE)));

static int node = -1;	/* our own way to the module, past the library */
static int peer_fd = -1;
static pid_t peer_pid;

/* ---- the module ---- */

uint64_t actor_counter(int which)
{
	struct acl_emu_query q = {
		.head.size = sizeof(q), .param = ACL_EMU_PARAM_STAT, .index = (uint32_t)which,
	};

	return ioctl(node, ACL_EMU_IOCTL(QUERY), &q) ? UNTOUCHED : q.value;
}

struct acl_emu_device_info actor_memory(int heap)
{
	struct acl_emu_device_info info = {
		.head.size = sizeof(info), .loc.type = ACL_EMU_LOC_DEVICE,
		.loc.id = (uint32_t)heap,
	};

	if (heap == HEAP_HOST)
		info.loc = (struct acl_emu_location){ .type = ACL_EMU_LOC_HOST };
	if (ioctl(node, ACL_EMU_IOCTL(DEVICE_INFO), &info))
		info.used = UNTOUCHED;
	return info;
}

/* ---- touching memory ---- */

static sigjmp_buf touch_back;
static volatile sig_atomic_t touching;

static void touch_signal(int signal)
{
	if (!touching) {
		struct sigaction act = { .sa_handler = SIG_DFL };

		sigaction(signal, &act, NULL);
		return;
	}
	siglongjmp(touch_back, signal);
}

static void touch_prepare(void)
{
	struct sigaction act = { .sa_handler = touch_signal, .sa_flags = SA_NODEFER };

	sigaction(SIGBUS, &act, NULL);
	sigaction(SIGSEGV, &act, NULL);
}

/* Reads a byte: 0, or the signal that came of it. */
int actor_touch(uint64_t addr)
{
	int signal;

	touching = 1;
	signal = sigsetjmp(touch_back, 0);
	if (!signal)
		(void)*(volatile uint8_t *)addr;
	touching = 0;
	return signal;
}

static void do_touch(struct job *job)
{
	touching = 1;
	job->code = sigsetjmp(touch_back, 0);
	if (!job->code)
		*(volatile uint8_t *)job->v[0] = (uint8_t)job->v[1];
	touching = 0;
}

/* ---- calls ---- */

#define PTR(i)		((void *)(uintptr_t)job->v[i])
#define OUT(i, to)	(job->v[i] ? (to) : NULL)

static void do_set_device(struct job *job)
{
	job->code = aclrtSetDevice((int32_t)job->v[0]);
}

static void do_reset(struct job *job)
{
	job->code = aclrtResetDevice((int32_t)job->v[0]);
}

static void do_reset_force(struct job *job)
{
	job->code = aclrtResetDeviceForce((int32_t)job->v[0]);
}

static void do_mem_info(struct job *job)
{
	job->code = aclrtGetMemInfo((aclrtMemAttr)job->v[0], &job->out[0], &job->out[1]);
}

static void do_peer_on(struct job *job)
{
	job->code = aclrtDeviceEnablePeerAccess((int32_t)job->v[0], (uint32_t)job->v[1]);
}

static void do_peer_off(struct job *job)
{
	job->code = aclrtDeviceDisablePeerAccess((int32_t)job->v[0]);
}

static void do_phys(struct job *job)
{
	aclrtPhysicalMemProp prop = {
		.memAttr = (aclrtMemAttr)job->v[2],
		.location = { .type = (aclrtMemLocationType)job->v[3], .id = (uint32_t)job->v[4] },
		.reserve = job->v[5],
		.handleType = (aclrtMemHandleType)job->v[6],
		.allocationType = (aclrtMemAllocationType)job->v[7],
	};

	job->code = aclrtMallocPhysical(OUT(0, (aclrtDrvMemHandle *)job->out), job->v[1], &prop,
					job->v[8]);
}

static void do_phys_free(struct job *job)
{
	job->code = aclrtFreePhysical(PTR(0));
}

static void do_retain(struct job *job)
{
	job->code = aclrtMemRetainAllocationHandle(PTR(0), OUT(1, (aclrtDrvMemHandle *)job->out));
}

static void do_props(struct job *job)
{
	aclrtPhysicalMemProp prop;

	job->code = aclrtMemGetAllocationPropertiesFromHandle(PTR(0), &prop);
	if (job->code)
		return;
	job->out[0] = prop.memAttr;
	job->out[1] = prop.location.type;
	job->out[2] = prop.location.id;
	job->out[3] = prop.handleType | prop.allocationType | prop.reserve;
}

static void do_reserve(struct job *job)
{
	job->code = aclrtReserveMemAddress(OUT(0, (void **)job->out), job->v[1], job->v[2], PTR(3),
					   job->v[4]);
}

static void do_release(struct job *job)
{
	job->code = aclrtReleaseMemAddress(PTR(0));
}

static void do_map(struct job *job)
{
	job->code = aclrtMapMem(PTR(0), job->v[1], job->v[2], PTR(3), job->v[4]);
}

static void do_map_none(struct job *job)
{
	job->code = aclrtMemMapNoAccess(PTR(0), job->v[1], job->v[2], PTR(3), job->v[4]);
}

static void do_unmap(struct job *job)
{
	job->code = aclrtUnmapMem(PTR(0));
}

static void do_grant(struct job *job)
{
	aclrtMemAccessDesc desc[2] = { { 0 } };
	int i;

	for (i = 0; i < 2; i++) {
		desc[i].flags = (aclrtMemAccessFlags)job->v[3 + 3 * i];
		desc[i].location.type = (aclrtMemLocationType)job->v[4 + 3 * i];
		desc[i].location.id = (uint32_t)job->v[5 + 3 * i];
	}
	job->code = aclrtMemSetAccess(PTR(0), job->v[1], desc, job->v[2]);
}

static void do_access(struct job *job)
{
	aclrtMemLocation location = {
		.type = (aclrtMemLocationType)job->v[1], .id = (uint32_t)job->v[2],
	};

	job->code = aclrtMemGetAccess(PTR(0), &location, &job->out[0]);
}

static const perform_fn perform[OPS] = {
	[SET_DEVICE] = do_set_device, [RESET] = do_reset, [RESET_FORCE] = do_reset_force,
	[MEM_INFO] = do_mem_info, [PEER_ON] = do_peer_on, [PEER_OFF] = do_peer_off,
	[PHYS] = do_phys, [PHYS_FREE] = do_phys_free, [RETAIN] = do_retain, [PROPS] = do_props,
	[RESERVE] = do_reserve, [RELEASE] = do_release, [MAP] = do_map, [MAP_NONE] = do_map_none,
	[UNMAP] = do_unmap, [GRANT] = do_grant, [ACCESS] = do_access, [TOUCH] = do_touch,
};

/* ---- the end of a sequence ---- */

static void must(struct world *w, const char *what, aclError code)
{
	if (code)
		differ(w, "%s at the end of the sequence gives %d", what, code);
}

static void clean_maps(struct world *w, int who)
{
	struct model *m = &w->model;
	int i;

	for (i = 0; i < m->imports; i++)
		if (m->import[i].live && m->import[i].proc == who)
			must(w, "aclrtIpcMemClose",
			     aclrtIpcMemClose(m->share[m->import[i].share].name.text));
	for (i = 0; i < m->maps; i++)
		if (m->map[i].live && m->map[i].proc == who && m->map[i].range != NONE)
			must(w, "aclrtUnmapMem", aclrtUnmapMem((void *)m->map[i].start));
	for (i = 0; i < m->ranges; i++)
		if (m->range[i].live && m->range[i].proc == who)
			must(w, "aclrtReleaseMemAddress",
			     aclrtReleaseMemAddress((void *)m->range[i].start));
}

static void clean_memory(struct world *w, int who)
{
	struct model *m = &w->model;
	unsigned int n;
	int i;

	for (i = 0; i < m->blocks; i++) {
		if (!m->block[i].live || m->block[i].proc != who)
			continue;
		if (m->block[i].heap == HEAP_HOST)
			must(w, "aclrtFreeHost", aclrtFreeHost((void *)m->block[i].start));
		else
			must(w, "aclrtFree", aclrtFree((void *)m->block[i].start));
	}
	for (i = 0; i < m->handles; i++) {
		if (!m->handle[i].live || m->handle[i].proc != who)
			continue;
		for (n = 0; n < m->handle[i].users; n++)
			must(w, "aclrtFreePhysical",
			     aclrtFreePhysical((void *)m->handle[i].value));
	}
}

/* Gives back, call by call, what the model says is still there. */
static void clean(struct world *w, int who)
{
	int i;

	must(w, "aclrtSetDevice", aclrtSetDevice(0));
	clean_maps(w, who);
	clean_memory(w, who);
	for (i = 0; i < DEVICES; i++)
		if (!i || w->model.proc[who].open[i])
			must(w, "aclrtResetDeviceForce", aclrtResetDeviceForce(i));
}

/* ---- orders ---- */

static void hello(struct world *w, int who)
{
	uint32_t count = 0;

	/* Opens the node, which is counted. */
	must(w, "aclrtGetDeviceCount", aclrtGetDeviceCount(&count));
	if (count != DEVICES)
		differ(w, "there are %u devices, not %d", count, DEVICES);
	must(w, "aclrtDeviceGetBareTgid", aclrtDeviceGetBareTgid(&w->model.proc[who].tgid));
}

static void obey(struct world *w, int who, enum order order)
{
	struct job *job = &w->job;

	if (order == ORDER_CALL)
		(perform[job->op] ? perform[job->op] : perform_more[job->op])(job);
	else if (order == ORDER_LOOK && w->at == NONE)
		content_look_plain(w, who);
	else if (order == ORDER_LOOK)
		content_look(w, w->at, w->page);
	else if (order == ORDER_BEGIN)
		content_write_plain(w, who);
	else if (order == ORDER_CLEAN)
		clean(w, who);
	else if (order == ORDER_HELLO)
		hello(w, who);
}

static void peer_main(struct world *w, int fd)
{
	uint8_t order;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(fd, &order, 1) == 1 && order != ORDER_QUIT) {
		obey(w, 1, (enum order)order);
		if (write(fd, &order, 1) != 1)
			break;
	}
	_exit(0);
}

static void peer_start(struct world *w)
{
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd)) {
		differ(w, "no pair of sockets");
		return;
	}
	peer_pid = fork();
	if (!peer_pid) {
		close(fd[0]);
		peer_main(w, fd[1]);
	}
	close(fd[1]);
	peer_fd = fd[0];
	w->model.proc[1].life++;
	actor_order(w, 1, ORDER_HELLO);
}

static void peer_wait(struct world *w, bool asked)
{
	int status;

	if (waitpid(peer_pid, &status, 0) != peer_pid)
		return;
	if (WIFSIGNALED(status) && !asked)
		differ(w, "process B ended with signal %d", WTERMSIG(status));
	else if (!asked)
		differ(w, "process B ended");
}

/* Lets a process do something, and waits until it has. */
void actor_order(struct world *w, int who, enum order order)
{
	uint8_t byte = (uint8_t)order;

	if (!who)
		obey(w, 0, order);
	else if (write(peer_fd, &byte, 1) != 1 || read(peer_fd, &byte, 1) != 1)
		peer_wait(w, false);
}

/* B is killed, holding what it holds. */
void actor_restart(struct world *w)
{
	if (peer_pid > 0) {
		kill(peer_pid, SIGKILL);
		peer_wait(w, true);
		close(peer_fd);
	}
	peer_start(w);
}

void actor_open(struct world *w)
{
	const char *path = getenv("ACL_EMU_DEVICE");

	node = open(path ? path : "/dev/acl_emu", O_RDWR | O_CLOEXEC);
	if (node < 0)
		differ(w, "no /dev/acl_emu");
	signal(SIGPIPE, SIG_IGN);
	touch_prepare();
}

void actor_close(struct world *w)
{
	uint8_t byte = ORDER_QUIT;

	if (write(peer_fd, &byte, 1) == 1)
		peer_wait(w, true);
}
