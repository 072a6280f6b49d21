// SPDX-License-Identifier: MIT
/*
 * The device node: a character device of its own class and no misc device, whose
 * open shares no lock with the opens of other devices.
 */
#include "uapi_test.h"
#include "module.h"
#include "thread.h"

#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>

#define CLASS		"/sys/class/acl_emu"
#define MISC_MAJOR	10

/* A word of a line of a file, as in /proc/misc. */
static bool file_names(const char *path, const char *name)
{
	FILE *file = fopen(path, "r");
	char line[256], word[128];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%*d %127s", word) == 1 && !strcmp(word, name);
	if (file)
		fclose(file);
	return found;
}

/* Nothing is opened, so that the module can be unloaded. */
FIXTURE(node)
{
	struct stat status;
};

FIXTURE_SETUP(node)
{
	ASSERT_EQ(0, stat(UAPI_NODE, &self->status));
}

FIXTURE_TEARDOWN(node)
{
}

TEST_F(node, class)
{
	char number[32] = "", expected[32];
	FILE *file;

	EXPECT_TRUE(S_ISCHR(self->status.st_mode));
	EXPECT_EQ(0660, self->status.st_mode & 07777);
	EXPECT_NE(MISC_MAJOR, major(self->status.st_rdev));
	EXPECT_FALSE(file_names("/proc/misc", "acl_emu"));
	EXPECT_TRUE(file_names("/proc/devices", "acl_emu"));
	EXPECT_NE(0, access("/sys/class/misc/acl_emu", F_OK));

	file = fopen(CLASS "/acl_emu/dev", "r");
	ASSERT_NE(NULL, file);
	ASSERT_EQ(1, fscanf(file, "%31s", number));
	fclose(file);
	snprintf(expected, sizeof(expected), "%u:%u", major(self->status.st_rdev),
		 minor(self->status.st_rdev));
	EXPECT_STREQ(expected, number);
}

TEST_F(node, removed_with_module)
{
	int fd;

	if (!module_file())
		SKIP(return, "no file of the module");
	ASSERT_EQ(0, module_unload());
	EXPECT_NE(0, access(CLASS, F_OK));
	EXPECT_NE(0, access(UAPI_NODE, F_OK));
	EXPECT_FALSE(file_names("/proc/devices", "acl_emu"));
	ASSERT_EQ(0, module_load(""));
	fd = uapi_open();
	EXPECT_GE(fd, 0);
	close(fd);
}

/* ---- a page fault that keeps mmap_lock ---- */

#define FUSE_DIR	"/tmp/acl-emu-fuse"
#define FUSE_FILE	FUSE_DIR "/file"
#define FUSE_SIZE	65536

/*
 * A FUSE file whose first read fails and whose second one is never answered. A
 * fault in it drops mmap_lock for the first one only.
 */
struct fuse {
	pid_t pid;
	int stalled;	/* readable when the second read has arrived */
};

static void fuse_answer(int fd, uint64_t unique, int error, const void *data, size_t size)
{
	struct fuse_out_header head = { .len = sizeof(head) + size, .error = error,
					.unique = unique };
	struct iovec iov[] = { { &head, sizeof(head) }, { (void *)data, size } };

	if (writev(fd, iov, size ? 2 : 1) < 0 && errno != ENOENT)
		perror("fuse");
}

static struct fuse_attr fuse_attr(uint64_t node)
{
	return (struct fuse_attr){ .ino = node, .nlink = 1, .size = FUSE_SIZE, .blksize = SIZE_4K,
				   .mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 :
								  S_IFREG | 0644 };
}

static void fuse_read(int fd, uint64_t unique, int stalled)
{
	static int reads;

	if (!reads++)
		fuse_answer(fd, unique, -EIO, NULL, 0);
	else if (write(stalled, "s", 1) != 1)
		perror("fuse");
}

static void fuse_request(int fd, const struct fuse_in_header *in, int stalled)
{
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION, .minor = 31,
				      .max_write = SIZE_4K };
	struct fuse_attr_out attr = { .attr_valid = 1000, .attr = fuse_attr(in->nodeid) };
	struct fuse_entry_out entry = { .nodeid = 2, .attr_valid = 1000, .entry_valid = 1000,
					.attr = fuse_attr(2) };
	struct fuse_open_out opened = { .fh = 1 };

	switch (in->opcode) {
	case FUSE_INIT:
		fuse_answer(fd, in->unique, 0, &init, sizeof(init));
		break;
	case FUSE_GETATTR:
		fuse_answer(fd, in->unique, 0, &attr, sizeof(attr));
		break;
	case FUSE_LOOKUP:
		fuse_answer(fd, in->unique, 0, &entry, sizeof(entry));
		break;
	case FUSE_OPEN:
		fuse_answer(fd, in->unique, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		fuse_read(fd, in->unique, stalled);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		fuse_answer(fd, in->unique, -ENOSYS, NULL, 0);
	}
}

static void fuse_serve(int fd, int stalled)
{
	static char buffer[1 << 18] __attribute__((aligned(8)));

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(fd, buffer, sizeof(buffer)) > 0 || errno == EINTR || errno == ENOENT)
		fuse_request(fd, (void *)buffer, stalled);
	_exit(0);
}

static int fuse_start(struct fuse *fuse)
{
	char options[96];
	int fd, pair[2];

	if (system("modprobe fuse >/dev/null 2>&1"))
		return -1;
	fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	mkdir(FUSE_DIR, 0755);
	if (fd < 0 || mount("acl-emu", FUSE_DIR, "fuse", 0, options) || pipe(pair))
		return -1;
	fuse->stalled = pair[0];
	fuse->pid = fork();
	if (!fuse->pid)
		fuse_serve(fd, pair[1]);
	/* The end of the server is the end of the connection. */
	close(fd);
	return 0;
}

/* Ends the connection: whoever waits for an answer goes on. */
static void fuse_end(struct fuse *fuse)
{
	kill(fuse->pid, SIGKILL);
	uapi_wait(fuse->pid);
	umount2(FUSE_DIR, MNT_DETACH);
	rmdir(FUSE_DIR);
}

static void *fault(void *page)
{
	UAPI_READ((uintptr_t)page);
	return NULL;
}

/* ---- opening while mmap_lock is held ---- */

/*
 * One thread's fault holds mmap_lock, and the process opens the node. It must
 * not touch anything else meanwhile, so another process watches it.
 */
static int open_beside_fault(int sock, void *data)
{
	struct fuse *fuse = data;
	int fd, file = open(FUSE_FILE, O_RDONLY | O_CLOEXEC);
	void *page = mmap(NULL, FUSE_SIZE, PROT_READ, MAP_PRIVATE, file, 0);
	pthread_t thread;
	char byte;

	CHILD_CHECK(file >= 0 && page != MAP_FAILED);
	CHILD_CHECK(!madvise(page, FUSE_SIZE, MADV_RANDOM));
	CHILD_CHECK(!pthread_create(&thread, NULL, fault, page));
	CHILD_CHECK(read(fuse->stalled, &byte, 1) == 1);
	CHILD_CHECK(!uapi_send(sock, 1));
	fd = uapi_open();
	CHILD_CHECK(!uapi_send(sock, 2));
	return fd < 0;
}

/* Returns true when the process waits for mmap_lock, false if its open returns. */
static bool wait_blocked(pid_t pid, int sock)
{
	char byte;

	while (recv(sock, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN)
		if (thread_in_stack(pid, "mmu_notifier_register"))
			return true;
	return false;
}

/* Blocks for as long as misc_open() does; the caller has looked at the stack. */
static unsigned int open_misc_devices(void)
{
	static const char *const list[] = { "/dev/fuse", "/dev/uinput", "/dev/hpet", "/dev/net/tun",
					    "/dev/userfaultfd", "/dev/cpu_dma_latency",
					    "/dev/loop-control" };
	unsigned int count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		int fd = open(list[i], O_RDONLY | O_NONBLOCK | O_CLOEXEC);

		if (fd < 0)
			continue;
		count++;
		close(fd);
	}
	return count;
}

TEST_F(node, open_does_not_block_other_devices)
{
	bool blocked, misc;
	struct fuse fuse;
	int sock, status;
	pid_t pid;

	if (access("/proc/self/stack", R_OK) || fuse_start(&fuse))
		SKIP(return, "no FUSE or no /proc/self/stack");
	pid = uapi_child(open_beside_fault, &fuse, &sock);
	EXPECT_EQ(1, uapi_recv(sock));
	blocked = wait_blocked(pid, sock);
	misc = thread_in_stack(pid, "misc_open");
	EXPECT_FALSE(misc);
	if (blocked && !misc) {
		EXPECT_LT(0, open_misc_devices());
		EXPECT_EQ(-1, recv(sock, &status, 1, MSG_DONTWAIT));
	}
	fuse_end(&fuse);
	EXPECT_EQ(0, uapi_wait(pid));
	if (!blocked)
		SKIP(return, "the fault does not hold mmap_lock");
}

TEST_HARNESS_MAIN
