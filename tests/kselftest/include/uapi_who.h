/* SPDX-License-Identifier: MIT */
/*
 * Who holds what: HOLDERS, OBJECTS and fdinfo as the tests read them.
 */
#ifndef UAPI_WHO_H
#define UAPI_WHO_H

#include "uapi_test.h"

#define WHO_MAX	512

/* All entries, by calls for @step of them; their number, or -errno. */
int uapi_holders(int fd, uint32_t step, struct acl_emu_holder *entries);
int uapi_objects(int fd, uint64_t client, uint64_t key, uint32_t step,
		 struct acl_emu_object *entries);

/* The entry of a process for a location, or NULL; WHO_UNNAMED: the others' sum. */
#define WHO_UNNAMED	0
const struct acl_emu_holder *uapi_holder_of(const struct acl_emu_holder *entries, int count,
					    pid_t pid, struct acl_emu_location loc);

/* The object with a handle, or NULL. */
const struct acl_emu_object *uapi_object_of(const struct acl_emu_object *entries, int count,
					    uint64_t handle);

/* The number behind a key of the fdinfo of a descriptor of a process; ~0: none. */
uint64_t uapi_fdinfo(pid_t pid, int fd, const char *key);

/* 0 or -errno. */
int uapi_label(int fd, uint64_t handle, const char *text);

#endif /* UAPI_WHO_H */
