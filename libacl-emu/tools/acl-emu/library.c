// SPDX-License-Identifier: MIT
/*
 * The library beside this program: installed, or in the build tree. It is loaded only
 * when something is asked of it. Another libascendcl.so, the real one perhaps, is not.
 */
#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "acl_emu/extensions.h"
#include "library.h"

static char path_found[PATH_MAX];

const char *beside(char *path, size_t room, const char *name)
{
	char self[PATH_MAX], *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	if ((size_t)snprintf(path, room, "%s/%s", self, name) >= room || access(path, F_OK))
		return NULL;
	return path;
}

static void *library(void)
{
	static const char *const places[] = {
		"../lib64/libascendcl.so", "../lib/libascendcl.so",
	};
	static void *handle;

	for (size_t i = 0; !handle && i < sizeof(places) / sizeof(places[0]); i++) {
		if (!beside(path_found, sizeof(path_found), places[i]))
			continue;
		handle = dlopen(path_found, RTLD_NOW | RTLD_LOCAL);
		if (handle && !dlsym(handle, "acl_emu_get_versions")) {
			dlclose(handle);
			handle = NULL;
		}
	}
	return handle;
}

const char *library_file(void)
{
	return library() ? path_found : NULL;
}

const char *library_soc(void)
{
	const char *(*name)(void) = NULL;
	void *handle = library();

	if (handle)
		*(void **)&name = dlsym(handle, "aclrtGetSocName");
	return name ? name() : NULL;
}

uint32_t library_version(void)
{
	aclError (*get)(acl_emu_versions *versions) = NULL;
	acl_emu_versions versions;
	void *handle = library();

	if (handle)
		*(void **)&get = dlsym(handle, "acl_emu_get_versions");
	if (!get || get(&versions))
		return 0;
	return versions.libraryMajor << 16 | versions.libraryMinor;
}
