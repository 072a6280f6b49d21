/* SPDX-License-Identifier: MIT */
/*
 * The module, taken out and put in again with other parameters.
 */
#ifndef MODULE_H
#define MODULE_H

#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <stdlib.h>
#include <unistd.h>

/* File of the module, or NULL if the tests were not told. */
static inline const char *module_file(void)
{
	return getenv("ACL_EMU_KO");
}

static inline int module_loaded(void)
{
	return !access("/sys/module/acl_emu", F_OK);
}

/* Failures are for the tests to tell. */
static inline struct kmod_ctx *module_ctx(void)
{
	struct kmod_ctx *ctx = kmod_new(NULL, NULL);

	if (ctx)
		kmod_set_log_priority(ctx, 0);
	return ctx;
}

static inline int module_load(const char *options)
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

/* -EAGAIN while it is in use. */
static inline int module_unload(void)
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

#endif /* MODULE_H */
