/* SPDX-License-Identifier: MIT */
/*
 * The module, unloaded and loaded again with other parameters. A program that
 * needs parameters of its own uses MODULE_SETUP() and MODULE_TEARDOWN() in its
 * fixture; the programs of the library's tests define MODULE_ARGS (acl_test.h).
 */
#ifndef MODULE_H
#define MODULE_H

#include <stdlib.h>
#include <unistd.h>

/* File of the module, or NULL if the environment does not name it. */
static inline const char *module_file(void)
{
	return getenv("ACL_EMU_KO");
}

static inline int module_loaded(void)
{
	return !access("/sys/module/acl_emu", F_OK);
}

/* 0 or -errno. */
int module_load(const char *options);

/* -EAGAIN while it is in use. */
int module_unload(void);

/* Unloads it if it is loaded. Waits for processes that are still exiting. */
int module_remove(void);

/* Unloads it if it is loaded, and loads it with @options. */
int module_replace(const char *options);

#define MODULE_SKIP() do { \
	if (!module_file()) \
		SKIP(return, "ACL_EMU_KO does not name the module"); \
} while (0)

#define MODULE_SETUP(options) do { \
	MODULE_SKIP(); \
	ASSERT_EQ(0, module_replace(options)); \
} while (0)

/* In the parent: the process of the test, with its files and memory, has ended. */
#define MODULE_TEARDOWN() do { \
	if (module_file()) \
		EXPECT_EQ(0, module_replace("")); \
} while (0)

#endif /* MODULE_H */
