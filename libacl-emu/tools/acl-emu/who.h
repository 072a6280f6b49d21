/* SPDX-License-Identifier: MIT */
/*
 * who: the question, what is known for the answer, and the answer as JSON.
 */
#ifndef WHO_H
#define WHO_H

#include "objects.h"

struct question {
	uint64_t device;	/* UINT64_MAX: all */
	uint64_t pid;		/* 0: all */
	bool verbose;
	bool json;
};

/* What is known when the answer is printed. */
struct answer {
	const struct snapshot *s;
	const struct question *q;
	struct objects *objects;	/* by process; with -v */
	uint64_t now;			/* CLOCK_MONOTONIC in ns */
};

/* Whether the question is about this location, or this process. */
bool who_location(const struct answer *a, unsigned int i);
bool who_process(const struct answer *a, const struct process *p);
/* The location of an object as a number: a device, or the number of devices. */
unsigned int who_place(const struct answer *a, struct acl_emu_location loc);
/* Whether process @p has imported the object of another one. */
bool who_importer(const struct answer *a, size_t p, size_t of, const struct acl_emu_object *o);

/* Prints the answer; an exit code. */
int who_print_json(const struct answer *a);

#endif
