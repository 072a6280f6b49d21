// SPDX-License-Identifier: MIT
/*
 * Ioctls, state of the module, signals, children and /proc: see uapi_test.h.
 */
#include "uapi_test.h"

#include <grp.h>
#include <setjmp.h>
#include <sys/stat.h>

__thread struct acl_emu_head uapi_last;
volatile sig_atomic_t uapi_signal_code;

static sigjmp_buf uapi_jump;

int uapi_alloc_at(int fd, struct acl_emu_location loc, uint64_t size, uint32_t flags,
		  uint64_t *handle)
{
	struct acl_emu_phys_alloc arg = UAPI_ARG(acl_emu_phys_alloc, .size = size, .loc = loc);
	int rc;

	arg.head.flags = flags;
	rc = UAPI_CALL(fd, PHYS_ALLOC, &arg);
	if (!rc)
		*handle = arg.handle;
	return rc;
}

int uapi_copy(int fd, uint64_t dst, uint64_t src, uint64_t size, uint32_t flags, uint64_t *done)
{
	struct acl_emu_copy arg = UAPI_ARG(acl_emu_copy, .dst = dst, .src = src, .size = size);
	int rc;

	arg.head.flags = flags;
	rc = UAPI_CALL(fd, COPY, &arg);
	if (!rc && done)
		*done = arg.done;
	return rc;
}

int uapi_export(int fd, uint64_t handle, uint32_t flags, uint64_t *key)
{
	struct acl_emu_export arg = UAPI_ARG(acl_emu_export, .handle = handle);
	int rc;

	arg.head.flags = flags;
	rc = UAPI_CALL(fd, EXPORT, &arg);
	if (!rc)
		*key = arg.key;
	return rc;
}

int uapi_import_fd(int fd, int dmabuf, uint32_t device, uint64_t *handle)
{
	struct acl_emu_import_fd arg = UAPI_ARG(acl_emu_import_fd, .fd = dmabuf,
						.device = device);
	int rc = UAPI_CALL(fd, IMPORT_FD, &arg);

	if (!rc)
		*handle = arg.handle;
	return rc;
}

int uapi_sync_signal(int fd, uint64_t handle, uint32_t flags, uint64_t value, uint64_t *now)
{
	struct acl_emu_sync_signal arg = UAPI_ARG(acl_emu_sync_signal, .head.flags = flags,
						  .handle = handle, .value = value);
	int rc = UAPI_CALL(fd, SYNC_SIGNAL, &arg);

	if (!rc && now)
		*now = arg.now;
	return rc;
}

int uapi_sync_import(int fd, uint64_t key, uint64_t *handle)
{
	struct acl_emu_import arg = UAPI_ARG(acl_emu_import, .head.flags = ACL_EMU_IMPORT_SYNC,
					     .key = key);
	int rc = UAPI_CALL(fd, IMPORT, &arg);

	if (!rc)
		*handle = arg.handle;
	return rc;
}

void uapi_state(int fd, struct uapi_before *state)
{
	uint64_t devices = uapi_query(fd, ACL_EMU_PARAM_DEVICES, 0);

	memset(state, 0, sizeof(*state));
	for (int i = 0; i < ACL_EMU_STAT_END; i++) {
		if (i <= ACL_EMU_STAT_QUARANTINE || i == ACL_EMU_STAT_SYNCS)
			state->stat[i] = uapi_stat(fd, i);
	}
	for (uint64_t i = 0; i < devices && i < ACL_EMU_MAX_DEVICES; i++)
		state->used[i] = uapi_used(fd, i);
}

void uapi_expect_state(struct __test_metadata *_metadata, const struct uapi_before *before,
		       const struct uapi_before *after)
{
	for (int i = 0; i < ACL_EMU_STAT_END; i++) {
		EXPECT_EQ(before->stat[i], after->stat[i])
			TH_LOG("stat %d is not as before", i);
	}
	for (int i = 0; i < ACL_EMU_MAX_DEVICES; i++) {
		EXPECT_EQ(before->used[i], after->used[i])
			TH_LOG("the memory in use on device %d is not as before", i);
	}
}

void uapi_expect_same(struct __test_metadata *_metadata, const struct uapi_before *before)
{
	struct uapi_before after;
	int fd = uapi_open();

	ASSERT_GE(fd, 0);
	uapi_state(fd, &after);
	close(fd);
	uapi_expect_state(_metadata, before, &after);
}

static void uapi_on_signal(int sig, siginfo_t *info, void *context)
{
	(void)context;
	uapi_signal_code = info->si_code;
	siglongjmp(uapi_jump, sig);
}

int uapi_touch(uint64_t addr, bool write)
{
	struct sigaction action = { .sa_sigaction = uapi_on_signal, .sa_flags = SA_SIGINFO };
	struct sigaction bus, segv;
	volatile uint8_t *byte = (volatile uint8_t *)(uintptr_t)addr;
	int sig;

	sigaction(SIGBUS, &action, &bus);
	sigaction(SIGSEGV, &action, &segv);
	sig = sigsetjmp(uapi_jump, 1);
	if (!sig) {
		if (write)
			*byte = 0xa5;
		else
			(void)*byte;
	}
	sigaction(SIGBUS, &bus, NULL);
	sigaction(SIGSEGV, &segv, NULL);
	return sig;
}

int uapi_send_fd(int sock, int fd)
{
	union uapi_control control = { .align = { .cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	char byte = 'f';
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };

	memcpy(CMSG_DATA(&control.align), &fd, sizeof(fd));
	return sendmsg(sock, &msg, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

int uapi_recv_fd(int sock)
{
	union uapi_control control;
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	int fd;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

pid_t uapi_child(int (*fn)(int sock, void *arg), void *arg, int *sock)
{
	int pair[2];
	pid_t pid;

	*sock = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(pair[0]);
		_exit(fn(pair[1], arg));
	}
	close(pair[1]);
	*sock = pair[0];
	return pid;
}

void *uapi_threads(void *(*fn)(void *data), void *data, size_t step)
{
	pthread_t threads[UAPI_THREADS];
	void *answer, *bad = NULL;

	for (size_t i = 0; i < UAPI_THREADS; i++)
		if (pthread_create(&threads[i], NULL, fn, data + i * step))
			return "no thread";
	for (size_t i = 0; i < UAPI_THREADS; i++) {
		pthread_join(threads[i], &answer);
		if (answer)
			bad = answer;
	}
	return bad;
}

unsigned int uapi_vmas(uint64_t from, uint64_t to)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	uint64_t first, last;
	unsigned int count = 0;
	char line[512];

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%" SCNx64 "-%" SCNx64, &first, &last) == 2 &&
		    first < to && last > from)
			count++;
	if (maps)
		fclose(maps);
	return count;
}

uint64_t uapi_proc(const char *path, const char *key)
{
	FILE *file = fopen(path, "r");
	uint64_t value = ~0ull;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)) && strchr(": ", line[strlen(key)])) {
			value = strtoull(line + strlen(key) + 1, NULL, 10);
			break;
		}
	if (file)
		fclose(file);
	return value;
}

int uapi_write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int rc = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		rc = -errno;
	close(fd);
	return rc;
}

uint64_t uapi_read_number(const char *path)
{
	FILE *file = fopen(path, "r");
	uint64_t value;

	if (!file || fscanf(file, "%" SCNu64, &value) != 1)
		value = ~0ull;
	if (file)
		fclose(file);
	return value;
}

bool uapi_make_group(const char *group, const char *file)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", group, file);
	uapi_write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	if (!mkdir(group, 0755) && !access(path, F_OK))
		return true;
	rmdir(group);
	return false;
}

int uapi_become_nobody(void)
{
	const uid_t nobody = 65534;

	if (setgroups(0, NULL) || setresgid(nobody, nobody, nobody) ||
	    setresuid(nobody, nobody, nobody))
		return -1;
	/* The change of the user has reset both. */
	return prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_DUMPABLE, 1);
}
