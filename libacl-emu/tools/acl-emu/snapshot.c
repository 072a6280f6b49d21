// SPDX-License-Identifier: MIT
/*
 * A snapshot: devices, and what each process holds of each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "snapshot.h"
#include "tool.h"

#define STEP	64

void printable(char *to, size_t room, const char *from, size_t length)
{
	size_t i;

	for (i = 0; i + 1 < room && i < length && from[i]; i++)
		to[i] = from[i] >= ' ' && from[i] < 0x7f ? from[i] : '?';
	to[i] = '\0';
}

const char *location_key(char text[LOCATION_TEXT], const struct snapshot *s, unsigned int i)
{
	if (i == s->devices)
		return "host";
	snprintf(text, LOCATION_TEXT, "device%u", i);
	return text;
}

const char *location_name(char text[LOCATION_TEXT], const struct snapshot *s, unsigned int i)
{
	if (i == s->devices)
		return "host";
	snprintf(text, LOCATION_TEXT, "device %u", i);
	return text;
}

bool holding_used(const struct holding *h)
{
	return h->open || h->handles || h->mappings;
}

static void add(struct holding *h, const struct acl_emu_holder *e)
{
	h->open |= e->flags & ACL_EMU_HOLDER_OPEN;
	h->local += e->local;
	h->unmapped += e->unmapped;
	h->heap += e->heap;
	h->idle += e->idle;
	h->imported += e->imported;
	h->exported += e->exported;
	h->mappings += e->mappings;
	h->handles += e->handles;
	h->imports += e->imports;
	h->shares += e->shares;
	h->allocs += e->allocs;
	h->maps += e->maps;
}

static struct process *find(struct snapshot *s, const struct acl_emu_holder *e)
{
	struct process *list, *p;

	for (size_t i = 0; i < s->count; i++)
		if (s->process[i].pid == e->pid)
			return &s->process[i];
	list = realloc(s->process, (s->count + 1) * sizeof(*list));
	if (!list)
		return NULL;
	s->process = list;
	p = &list[s->count];
	*p = (struct process){ .pid = e->pid };
	printable(p->name, sizeof(p->name), e->comm, sizeof(e->comm));
	p->of = calloc(s->devices + 2, sizeof(*p->of));
	if (!p->of)
		return NULL;
	s->count++;
	return p;
}

static bool note_client(struct process *p, uint64_t id)
{
	uint64_t *list;

	if (!id || (p->client_count && p->clients[p->client_count - 1] == id))
		return true;
	list = realloc(p->clients, (p->client_count + 1) * sizeof(*list));
	if (!list)
		return false;
	p->clients = list;
	list[p->client_count++] = id;
	return true;
}

static bool note(struct snapshot *s, const struct acl_emu_holder *e)
{
	unsigned int at = e->loc.type == ACL_EMU_LOC_DEVICE ? e->loc.id : s->devices;
	struct process *p;

	/* The tool holds nothing. */
	if (e->flags & ACL_EMU_HOLDER_OWN)
		return true;
	p = find(s, e);
	if (!p || at > s->devices || !note_client(p, e->client))
		return false;
	add(&p->of[at], e);
	add(&p->of[s->devices + 1], e);
	p->total += e->local;
	return true;
}

static bool take_processes(int fd, struct snapshot *s)
{
	struct acl_emu_holder entries[STEP];
	struct acl_emu_holders arg = NODE_ARG(acl_emu_holders, .entry_size = sizeof(entries[0]),
					      .entries = (uintptr_t)entries);

	while (arg.cursor != UINT64_MAX) {
		arg.count = STEP;
		if (node_call(fd, ACL_EMU_NR_HOLDERS, &arg))
			return false;
		for (uint32_t i = 0; i < arg.count; i++)
			if (!note(s, &entries[i]))
				return false;
	}
	return true;
}

static bool take_devices(int fd, struct snapshot *s)
{
	struct acl_emu_device_info info;
	uint64_t count;

	if (!node_query(fd, ACL_EMU_PARAM_ABI_VERSION, 0, &s->interface) ||
	    !node_query(fd, ACL_EMU_PARAM_DEVICES, 0, &count) || count > ACL_EMU_MAX_DEVICES)
		return false;
	s->devices = count;
	s->device = calloc(count + 1, sizeof(*s->device));
	if (!s->device)
		return false;
	for (unsigned int i = 0; i <= count; i++) {
		struct acl_emu_location loc = { ACL_EMU_LOC_DEVICE, i };

		if (i == count)
			loc = (struct acl_emu_location){ ACL_EMU_LOC_HOST, 0 };
		else if (!node_query(fd, ACL_EMU_PARAM_RESERVED, i, &s->device[i].reserved))
			return false;
		if (!node_device(fd, loc, &info))
			return false;
		s->device[i].capacity = info.capacity;
		s->device[i].used = info.used;
	}
	for (uint32_t i = 0; i < ACL_EMU_STAT_END; i++)
		if (!node_query(fd, ACL_EMU_PARAM_STAT, i, &s->stat[i]))
			return false;
	return true;
}

/* Most memory first; the sum of those without a number comes last. */
static int compare(const void *left, const void *right)
{
	const struct process *a = left, *b = right;

	if (!a->pid != !b->pid)
		return a->pid ? -1 : 1;
	if (a->total != b->total)
		return a->total > b->total ? -1 : 1;
	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

bool snapshot_take(int fd, struct snapshot *s)
{
	memset(s, 0, sizeof(*s));
	if (!take_devices(fd, s) || !take_processes(fd, s)) {
		snapshot_free(s);
		fail(0, "the module does not answer as expected. Load the one that was built with "
		     "this program.");
		return false;
	}
	if (s->count)
		qsort(s->process, s->count, sizeof(*s->process), compare);
	return true;
}

void snapshot_free(struct snapshot *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->process[i].clients);
		free(s->process[i].of);
	}
	free(s->process);
	free(s->device);
	memset(s, 0, sizeof(*s));
}

uint64_t snapshot_unowned(const struct snapshot *s, unsigned int i)
{
	uint64_t owned = 0;

	for (size_t p = 0; p < s->count; p++)
		owned += s->process[p].of[i].local;
	return s->device[i].used > owned ? s->device[i].used - owned : 0;
}
