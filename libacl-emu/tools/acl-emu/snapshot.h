/* SPDX-License-Identifier: MIT */
/*
 * A snapshot: devices, and what each process holds of each.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <sys/types.h>

#include "node.h"

/* Sums of a process over one location; the fields of struct acl_emu_holder. */
struct holding {
	bool open;
	uint64_t local, unmapped, heap, idle, imported, exported;
	uint64_t mappings, handles, imports, shares, allocs, maps;
};

#define PROCESS_NAME	64	/* of escaped bytes */

struct process {
	pid_t pid;		/* 0: all that the pid namespace does not show */
	char name[PROCESS_NAME];
	uint64_t *clients;	/* ids */
	size_t client_count;
	uint64_t total;		/* bytes that it allocated */
	struct holding *of;	/* by device, then the host, then all of them */
};

struct device {
	uint64_t capacity;
	uint64_t used;
	uint64_t reserved;
};

struct snapshot {
	unsigned int devices;
	struct device *device;	/* one more than devices: the host */
	uint64_t interface;
	uint64_t stat[ACL_EMU_STAT_END];
	struct process *process;	/* this one is not among them; most memory first */
	size_t count;
};

/* False with the reason on stderr. */
bool snapshot_take(int fd, struct snapshot *s);
void snapshot_free(struct snapshot *s);

/* Bytes of a location that no process accounts for. */
uint64_t snapshot_unowned(const struct snapshot *s, unsigned int i);

/* Whether the process holds or has opened anything of the location. */
bool holding_used(const struct holding *h);

#define LOCATION_TEXT	24
/* "device0" or "host" */
const char *location_key(char text[LOCATION_TEXT], const struct snapshot *s, unsigned int i);
#define LOCATION_KEY(s, i)	location_key((char[LOCATION_TEXT]){ 0 }, s, i)
/* "device 0" or "host" */
const char *location_name(char text[LOCATION_TEXT], const struct snapshot *s, unsigned int i);
#define LOCATION_NAME(s, i)	location_name((char[LOCATION_TEXT]){ 0 }, s, i)

/* Bytes that a terminal must not see become '?'. */
void printable(char *to, size_t room, const char *from, size_t length);

#endif
