// SPDX-License-Identifier: MIT
/*
 * HOLDERS, OBJECTS and fdinfo: see uapi_who.h.
 */
#include "uapi_who.h"

/* Makes the call until it has given the last entry. For both structures. */
#define LIST_ALL(fd, name, arg, entries, step) ({ \
	int rc_ = 0, n_ = 0; \
	while (!rc_ && (arg)->cursor != ~0ull) { \
		(arg)->count = (int)(step) < WHO_MAX - n_ ? (step) : WHO_MAX - n_; \
		(arg)->entries = (uintptr_t)((entries) + n_); \
		rc_ = UAPI_CALL(fd, name, arg); \
		n_ += (arg)->count; \
	} \
	rc_ ? rc_ : n_; \
})

int uapi_holders(int fd, uint32_t step, struct acl_emu_holder *entries)
{
	struct acl_emu_holders arg = UAPI_ARG(acl_emu_holders, .entry_size = sizeof(*entries));

	return LIST_ALL(fd, HOLDERS, &arg, entries, step);
}

int uapi_objects(int fd, uint64_t client, uint64_t key, uint32_t step,
		 struct acl_emu_object *entries)
{
	struct acl_emu_objects arg = UAPI_ARG(acl_emu_objects, .client = client, .key = key,
					      .entry_size = sizeof(*entries));

	return LIST_ALL(fd, OBJECTS, &arg, entries, step);
}

const struct acl_emu_holder *uapi_holder_of(const struct acl_emu_holder *entries, int count,
					    pid_t pid, struct acl_emu_location loc)
{
	for (int i = 0; i < count; i++)
		if (entries[i].pid == pid && entries[i].loc.type == loc.type &&
		    entries[i].loc.id == loc.id)
			return &entries[i];
	return NULL;
}

const struct acl_emu_object *uapi_object_of(const struct acl_emu_object *entries, int count,
					    uint64_t handle)
{
	for (int i = 0; i < count; i++)
		if (entries[i].handle == handle)
			return &entries[i];
	return NULL;
}

uint64_t uapi_fdinfo(pid_t pid, int fd, const char *key)
{
	char path[64], line[128];
	uint64_t value = ~0ull;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", pid, fd);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, key, strlen(key)) && line[strlen(key)] == ':')
			value = strtoull(line + strlen(key) + 1, NULL, 0);
	if (file)
		fclose(file);
	return value;
}

int uapi_label(int fd, uint64_t handle, const char *text)
{
	struct acl_emu_label arg = UAPI_ARG(acl_emu_label, .handle = handle);

	memcpy(arg.label, text, strnlen(text, sizeof(arg.label)));
	return UAPI_CALL(fd, LABEL, &arg);
}
