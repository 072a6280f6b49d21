// SPDX-License-Identifier: MIT
/*
 * Loads and unloads the module by libkmod.
 */
#include "module.h"

#include <errno.h>
#include <libkmod.h>
#include <sched.h>
#include <time.h>

#define MODULE_WAIT	60	/* seconds */

/* Failures are for the tests to tell. */
static struct kmod_ctx *module_ctx(void)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);

	if (ctx)
		kmod_set_log_priority(ctx, 0);
	return ctx;
}

int module_load(const char *options)
{
	struct kmod_ctx *ctx = module_ctx();
	struct kmod_module *mod;
	int rc;

	if (!ctx)
		return -ENOMEM;
	rc = kmod_module_new_from_path(ctx, module_file(), &mod);
	if (!rc) {
		rc = kmod_module_insert_module(mod, 0, options);
		kmod_module_unref(mod);
	}
	kmod_unref(ctx);
	return rc;
}

int module_unload(void)
{
	struct kmod_ctx *ctx = module_ctx();
	struct kmod_module *mod;
	int rc;

	if (!ctx)
		return -ENOMEM;
	rc = kmod_module_new_from_name(ctx, "acl_emu", &mod);
	if (!rc) {
		rc = kmod_module_remove_module(mod, KMOD_REMOVE_NOWAIT);
		kmod_module_unref(mod);
	}
	kmod_unref(ctx);
	return rc;
}

int module_remove(void)
{
	struct timespec now, start;
	int rc = 0;

	clock_gettime(CLOCK_MONOTONIC, &start);
	while (module_loaded()) {
		rc = module_unload();
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (rc != -EAGAIN || now.tv_sec - start.tv_sec > MODULE_WAIT)
			break;
		sched_yield();
	}
	return rc;
}

int module_replace(const char *options)
{
	int rc = module_remove();

	return rc ? rc : module_load(options);
}
