// SPDX-License-Identifier: MIT
/*
 * The single objects of a process. The module lists them to whoever knows the key of
 * the client, which the kernel shows in fdinfo to those who may trace the process.
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "objects.h"

#define STEP_BYTES	16384	/* of entries in one call */

/* Reads id and key of a client; false if the descriptor is none of ours. */
static bool read_fdinfo(pid_t pid, const char *fd, uint64_t *id, uint64_t *key)
{
	bool has_id = false, has_key = false;
	char path[64], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo/%.16s", (int)pid, fd);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		has_id |= sscanf(line, "acl-emu-client-id: %" SCNu64, id) == 1;
		has_key |= sscanf(line, "acl-emu-client-key: %" SCNx64, key) == 1;
	}
	if (file)
		fclose(file);
	return has_id && has_key;
}

/* The key of a client of a process; false if this user may not know it. */
static bool find_key(pid_t pid, uint64_t client, uint64_t *key)
{
	struct dirent *entry;
	bool found = false;
	char path[64];
	uint64_t id;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir)))
		found = *entry->d_name != '.' && read_fdinfo(pid, entry->d_name, &id, key) &&
			id == client;
	if (dir)
		closedir(dir);
	return found;
}

/* Makes room for another step; the array doubles. */
static bool grow(void **all, size_t count, size_t step, size_t size, size_t *room)
{
	size_t more = *room > step ? *room * 2 : *room + step;
	void *at;

	if (count + step <= *room)
		return true;
	at = realloc(*all, more * size);
	if (!at)
		return false;
	*all = at;
	*room = more;
	return true;
}

static bool list(int fd, uint64_t client, uint64_t key, uint32_t what, uint32_t size,
		 void **all, size_t *count)
{
	struct acl_emu_objects arg = NODE_ARG(acl_emu_objects, .client = client, .key = key,
					      .what = what, .entry_size = size);
	uint32_t step = STEP_BYTES / size < ACL_EMU_ENUM_MAX ? STEP_BYTES / size : ACL_EMU_ENUM_MAX;
	size_t room = *count;

	while (arg.cursor != UINT64_MAX) {
		if (!grow(all, *count, step, size, &room))
			return false;
		arg.count = step;
		arg.entries = (uintptr_t)*all + *count * size;
		if (node_call(fd, ACL_EMU_NR_OBJECTS, &arg))
			return false;
		*count += arg.count;
	}
	return true;
}

static int compare_mappings(const void *left, const void *right)
{
	const struct acl_emu_enum_entry *a = left, *b = right;

	if (a->c != b->c)
		return a->c < b->c ? -1 : 1;
	return a->a < b->a ? -1 : a->a > b->a;
}

static int compare_numbers(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return *a < *b ? -1 : *a > *b;
}

/* There can be a million of each, so look-ups must not walk the lists. */
static bool sort(struct objects *all)
{
	if (all->mappings)
		qsort(all->mapping, all->mappings, sizeof(*all->mapping), compare_mappings);
	all->imported = malloc((all->count + 1) * sizeof(*all->imported));
	if (!all->imported)
		return false;
	for (size_t i = 0; i < all->count; i++)
		if (all->object[i].state & ACL_EMU_OBJECT_IMPORTED && all->object[i].memory)
			all->imported[all->imports++] = all->object[i].memory;
	qsort(all->imported, all->imports, sizeof(*all->imported), compare_numbers);
	return true;
}

const struct acl_emu_enum_entry *objects_mappings(const struct objects *all, uint64_t handle,
						  size_t *count)
{
	size_t low = 0, high = all->mappings;

	/* The first one that is not of a lower handle. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->mapping[middle].c < handle)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = low; high < all->mappings && all->mapping[high].c == handle; high++)
		;
	*count = high - low;
	return all->mapping + low;
}

bool objects_imports(const struct objects *all, uint64_t memory)
{
	return bsearch(&memory, all->imported, all->imports, sizeof(memory), compare_numbers);
}

bool objects_take(int fd, const struct process *p, struct objects *all)
{
	uint64_t key;

	memset(all, 0, sizeof(*all));
	for (size_t i = 0; i < p->client_count; i++) {
		if (!find_key(p->pid, p->clients[i], &key))
			return true;
		if (!list(fd, p->clients[i], key, ACL_EMU_ENUM_HANDLES, sizeof(*all->object),
			  (void **)&all->object, &all->count) ||
		    !list(fd, p->clients[i], key, ACL_EMU_ENUM_MAPPINGS, sizeof(*all->mapping),
			  (void **)&all->mapping, &all->mappings)) {
			objects_free(all);
			return false;
		}
	}
	if (!sort(all)) {
		objects_free(all);
		return false;
	}
	all->shown = true;
	return true;
}

void objects_free(struct objects *all)
{
	free(all->object);
	free(all->mapping);
	free(all->imported);
	memset(all, 0, sizeof(*all));
}
