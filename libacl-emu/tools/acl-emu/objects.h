/* SPDX-License-Identifier: MIT */
/*
 * The single objects of a process.
 */
#ifndef OBJECTS_H
#define OBJECTS_H

#include "snapshot.h"

struct objects {
	struct acl_emu_object *object;
	size_t count;
	struct acl_emu_enum_entry *mapping;	/* by handle, then by address */
	size_t mappings;
	uint64_t *imported;	/* numbers of imported memory, ascending */
	size_t imports;
	bool shown;		/* false: this user may not trace the process */
};

/* All objects of a process. False if it went away or memory is short. */
bool objects_take(int fd, const struct process *p, struct objects *list);
void objects_free(struct objects *list);

/* The mappings of a handle; sets their number. */
const struct acl_emu_enum_entry *objects_mappings(const struct objects *list, uint64_t handle,
						  size_t *count);
/* Whether the process has imported this memory. */
bool objects_imports(const struct objects *list, uint64_t memory);

#endif
