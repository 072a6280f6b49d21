// SPDX-License-Identifier: MIT
/*
 * The kernel module: its file, its state, loading and unloading, through libkmod.
 */
#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "library.h"
#include "module.h"
#include "tool.h"

bool module_loaded(void)
{
	return !access("/sys/module/" MODULE_NAME, F_OK);
}

/* The module of a built tree that this program belongs to, or that $ACL_EMU_KO names. */
static const char *tree_file(char *path, size_t room)
{
	const char *named = getenv("ACL_EMU_KO");
	struct utsname name;
	char place[PATH_MAX];

	if (named && *named && !access(named, R_OK)) {
		snprintf(path, room, "%s", named);
		return path;
	}
	if (uname(&name))
		return NULL;
	snprintf(place, sizeof(place), "../kmod/%s/kmod/" MODULE_NAME ".ko", name.release);
	return beside(path, room, place);
}

bool module_found(char *path, size_t room)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	struct kmod_list *list = NULL;
	bool found = false;
	const char *file;

	if (!ctx)
		return false;
	if (!kmod_module_new_from_lookup(ctx, MODULE_NAME, &list) && list) {
		struct kmod_module *module = kmod_module_get_module(list);

		file = kmod_module_get_path(module);
		found = file;
		snprintf(path, room, "%s", file ? file : "");
		kmod_module_unref(module);
	}
	kmod_module_unref_list(list);
	kmod_unref(ctx);
	return found || tree_file(path, room);
}

static int load(struct kmod_ctx *ctx, const char *file, const char *options)
{
	struct kmod_module *module;
	char path[PATH_MAX];
	int err;

	if (!file) {
		if (!module_found(path, sizeof(path)))
			return -ENOENT;
		file = path;
	}
	err = kmod_module_new_from_path(ctx, file, &module);
	if (err)
		return err;
	err = kmod_module_probe_insert_module(module, KMOD_PROBE_FAIL_ON_LOADED, options, NULL,
					      NULL, NULL);
	kmod_module_unref(module);
	return err;
}

int module_load(const char *file, const char *options)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	int err;

	if (!ctx)
		return -ENOMEM;
	/* What the kernel answers is explained here, not by libkmod. */
	kmod_set_log_priority(ctx, 0);
	err = load(ctx, file, options);
	kmod_unref(ctx);
	return err;
}

int module_unload(void)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);
	struct kmod_module *module;
	int err;

	if (!ctx)
		return -ENOMEM;
	kmod_set_log_priority(ctx, 0);
	err = kmod_module_new_from_name(ctx, MODULE_NAME, &module);
	if (!err) {
		err = kmod_module_remove_module(module, O_NONBLOCK);
		kmod_module_unref(module);
	}
	kmod_unref(ctx);
	return err;
}

/* Prints the newest lines of the kernel log that the module wrote. */
static void print_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char record[1024], last[256] = "", *text;
	ssize_t n;

	while (fd >= 0 && ((n = read(fd, record, sizeof(record) - 1)) > 0 || errno == EPIPE)) {
		if (n <= 0)
			continue;
		record[n] = '\0';
		text = strchr(record, ';');
		if (!text || !strstr(text, MODULE_NAME ": "))
			continue;
		text[1 + strcspn(text + 1, "\n")] = '\0';
		snprintf(last, sizeof(last), "%.255s", text + 1);
	}
	if (fd >= 0)
		close(fd);
	if (*last)
		fprintf(stderr, "acl-emu: the kernel's log says: %s\n", last);
}

int module_explain_load(int err)
{
	switch (-err) {
	case EEXIST:
		return fail(EXIT_NODE, "the module is loaded already. To change its parameters, "
			    "run 'acl-emu unload' first.");
	case EPERM:
	case EACCES:
		if (geteuid())
			return fail(EXIT_NODE, "only root may load the module. Run 'sudo acl-emu "
				    "load'.");
		return fail(EXIT_NODE, "the kernel refuses modules (%s). See 'acl-emu doctor'.",
			    strerror(-err));
	case ENOENT:
		fail(0, "the module was not found, or it needs a symbol that this kernel does not "
		     "have. Build and install it with 'sudo make modules_install' in the source "
		     "tree.");
		break;
	case ENOEXEC:
		fail(0, "the module was built for another kernel. Build it again with 'make "
		     "modules' in the source tree.");
		break;
	case ENOKEY:
	case EKEYREJECTED:
	case EKEYEXPIRED:
	case EBADMSG:
		fail(0, "the kernel accepts only modules that are signed with a key it knows "
		     "(%s). Sign the module, or switch Secure Boot off.", strerror(-err));
		break;
	case ENOMEM:
		fail(0, "this machine has not enough memory. Give a smaller reserved_mb.");
		break;
	case EINVAL:
		fail(0, "the module refuses its parameters. 'modinfo -p acl_emu' lists them.");
		break;
	default:
		fail(0, "the module was not loaded: %s.", strerror(-err));
		break;
	}
	print_log();
	return EXIT_NODE;
}
