// SPDX-License-Identifier: MIT
/*
 * The device node of the module: the only file that opens it and calls ioctl().
 *
 * The first call that needs the node opens it. All objects of the process in the
 * module belong to this descriptor, which no other process can use.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/check.h"
#include "core/config.h"
#include "core/driver.h"
#include "core/error.h"
#include "core/process.h"

#define NODE_DEFAULT	"/dev/acl_emu"
#define MODULE_NAME	"acl_emu"

struct driver {
	pthread_mutex_t lock;	/* held while the node is opened */
	_Atomic int fd;		/* -1: not open */
	dev_t rdev;
};

/*
 * The descriptor of a forked child refers to the parent's client in the module,
 * which the child cannot use. The child may have closed it and have got the same
 * number for another file: that file stays open.
 */
static void begin(void *part, const void *parent)
{
	const struct driver *old = parent;
	struct driver *new = part;
	struct stat st;
	int fd = old ? atomic_load(&old->fd) : -1;

	atomic_store(&new->fd, -1);
	if (fd >= 0 && !fstat(fd, &st) && S_ISCHR(st.st_mode) && st.st_rdev == old->rdev)
		close(fd);
}

EMU_STATE(struct driver, driver, begin)

static const char *node_path(void)
{
	const char *path = emu_variable(EMU_VAR_DEVICE);

	return path ? path : NODE_DEFAULT;
}

/*
 * libkmod is loaded only on request: most programs never need it, and the library
 * does not depend on it.
 */
static void load_module(void)
{
	void *lib = dlopen("libkmod.so.2", RTLD_NOW | RTLD_LOCAL);
	void *(*new_context)(const char *, const char *const *);
	int (*by_name)(void *, const char *, void **);
	int (*insert)(void *, unsigned int, const char *, void *, const void *, void *);
	void *(*module_unref)(void *);
	void *(*context_unref)(void *);
	void *context, *module;

	if (!lib)
		return;
	*(void **)&new_context = dlsym(lib, "kmod_new");
	*(void **)&by_name = dlsym(lib, "kmod_module_new_from_name");
	*(void **)&insert = dlsym(lib, "kmod_module_probe_insert_module");
	*(void **)&module_unref = dlsym(lib, "kmod_module_unref");
	*(void **)&context_unref = dlsym(lib, "kmod_unref");
	if (!new_context || !by_name || !insert || !module_unref || !context_unref)
		goto out;
	context = new_context(NULL, NULL);
	if (!context)
		goto out;
	if (!by_name(context, MODULE_NAME, &module)) {
		insert(module, 0, NULL, NULL, NULL, NULL);
		module_unref(module);
	}
	context_unref(context);
out:
	dlclose(lib);
}

static aclError report_missing(const char *path, int err)
{
	if (strcmp(path, NODE_DEFAULT))
		return emu_error(ACL_ERROR_RT_NO_DEVICE,
				 "correct or unset the environment variable ACL_EMU_DEVICE",
				 "cannot open %s: %s", path, strerror(err));
	return emu_error(ACL_ERROR_RT_NO_DEVICE,
			 "load it with 'sudo make load' in the source tree or 'sudo modprobe "
			 MODULE_NAME "'",
			 "cannot open %s: %s, so the kernel module " MODULE_NAME " is not loaded",
			 path, strerror(err));
}

static aclError report_forbidden(const char *path, int err)
{
	struct group group, *found = NULL;
	char room[4096];
	struct stat st;

	if (stat(path, &st))
		return emu_error(ACL_ERROR_RT_NO_PERMISSION, "make its directory searchable",
				 "cannot open %s: %s", path, strerror(err));
	if (getgrgid_r(st.st_gid, &group, room, sizeof(room), &found))
		found = NULL;
	return emu_error(ACL_ERROR_RT_NO_PERMISSION,
			 st.st_gid ? "add the user to that group, or give the node to the user" :
			 "install the udev rule with 'sudo make modules_install' and join its "
			 "group, or give the node to the user with chown",
			 "cannot open %s for reading and writing: %s; its mode is %04o, its owner "
			 "uid %u, its group %s (gid %u)",
			 path, strerror(err), (unsigned int)(st.st_mode & 07777),
			 (unsigned int)st.st_uid, found ? found->gr_name : "without a name",
			 (unsigned int)st.st_gid);
}

static aclError report_open(const char *path, int err)
{
	switch (err) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		return report_missing(path, err);
	case EACCES:
	case EPERM:
		return report_forbidden(path, err);
	case EMFILE:
	case ENFILE:
		return emu_error(ACL_ERROR_RT_RESOURCE_ALLOC_FAIL,
				 "close files or raise the limit (ulimit -n)",
				 "cannot open %s: %s", path, strerror(err));
	case ENOMEM:
		return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, "free memory of this machine",
				 "cannot open %s: %s", path, strerror(err));
	default:
		return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR,
				 "check the node and the log of the kernel",
				 "cannot open %s: %s", path, strerror(err));
	}
}

static int node_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	int high, err;

	/* Programs that reopen their standard files must not close ours. */
	if (fd < 0 || fd > 2)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	err = errno;
	close(fd);
	errno = err;
	return high;
}

static aclError check_version(int fd, const char *path)
{
	struct acl_emu_query query = {
		.head = EMU_HEAD(acl_emu_query),
		.param = ACL_EMU_PARAM_ABI_VERSION,
	};

	if (ioctl(fd, ACL_EMU_IOCTL(QUERY), &query))
		return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR,
				 "let ACL_EMU_DEVICE name the node of the module " MODULE_NAME,
				 "%s does not answer as the node of " MODULE_NAME ": %s",
				 path, strerror(errno));
	if (query.value != ACL_EMU_ABI_VERSION)
		return emu_error(ACL_ERROR_RT_DRV_INTERNAL_ERROR,
				 "build library and module from the same source",
				 "%s belongs to a module with interface version %llu, but the "
				 "library has version %d",
				 path, (unsigned long long)query.value, ACL_EMU_ABI_VERSION);
	return ACL_SUCCESS;
}

static aclError open_locked(void)
{
	aclError code = emu_check_ready();
	const char *path = node_path();
	struct stat st;
	int fd;

	if (code)
		return code;
	fd = node_open(path);
	if (fd < 0 && (errno == ENOENT || errno == ENXIO || errno == ENODEV) &&
	    emu_variable_is(EMU_VAR_AUTOLOAD, "1")) {
		load_module();
		fd = node_open(path);
	}
	if (fd < 0)
		return report_open(path, errno);
	code = check_version(fd, path);
	if (code || fstat(fd, &st)) {
		close(fd);
		return code ? code : report_open(path, errno);
	}
	driver()->rdev = st.st_rdev;
	atomic_store(&driver()->fd, fd);
	return ACL_SUCCESS;
}

/* Opens the node unless it is open. On failure the message is written. */
aclError emu_driver_ready(void)
{
	struct driver *d = driver();
	aclError code = ACL_SUCCESS;

	if (atomic_load_explicit(&d->fd, memory_order_relaxed) >= 0)
		return ACL_SUCCESS;
	pthread_mutex_lock(&d->lock);
	if (atomic_load(&d->fd) < 0)
		code = open_locked();
	pthread_mutex_unlock(&d->lock);
	return code;
}

/*
 * Returns 0, or -errno with the reason in the head. -EBADFD: the node cannot be
 * opened; the message is written and its code is in head->val[0].
 *
 * There is no loop for EINTR: except for waits, the module returns it only to a
 * process that a fatal signal is about to end.
 */
int emu_ioctl(unsigned int nr, struct acl_emu_head *head)
{
	int fd = atomic_load_explicit(&driver()->fd, memory_order_relaxed);
	aclError code;

	if (emu_unlikely(fd < 0)) {
		code = emu_driver_ready();
		if (code) {
			head->reason = ACL_EMU_REASON_NONE;
			head->val[0] = (uint64_t)code;
			return -EBADFD;
		}
		fd = atomic_load_explicit(&driver()->fd, memory_order_relaxed);
	}
	if (!ioctl(fd, _IO(ACL_EMU_IOCTL_TYPE, nr), head))
		return 0;
	return -errno;
}

/* Drops a reference that no program knows of. */
void emu_drop_handle(uint64_t handle)
{
	struct acl_emu_phys_free arg = { .head = EMU_HEAD(acl_emu_phys_free), .handle = handle };

	/* This fails only after a reset of the device, which has freed the memory. */
	emu_ioctl(ACL_EMU_NR_PHYS_FREE, &arg.head);
}
