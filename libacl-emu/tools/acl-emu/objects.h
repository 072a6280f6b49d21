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
	struct acl_emu_enum_entry *mapping;
	size_t mappings;
	bool shown;		/* false: this user may not trace the process */
};

/* All objects of a process. False if it went away or memory is short. */
bool objects_take(int fd, const struct process *p, struct objects *list);
void objects_free(struct objects *list);

#endif
