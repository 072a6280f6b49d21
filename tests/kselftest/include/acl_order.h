/* SPDX-License-Identifier: MIT */
/*
 * For the tests of the order of checks: a call, good arguments for it, and a
 * list of what may be wrong with them in the order in which it is looked for.
 *
 * Each wrong thing is tried alone and together with each later one; the answer
 * must always be that of the first. Every answer is judged in full: code, last
 * error, sentence, and that nothing was written.
 */
#ifndef TEST_ACL_ORDER_H
#define TEST_ACL_ORDER_H

#include "acl_test.h"

/* Arguments of any call, those behind pointers included. */
struct args {
	uint64_t a[5];
	aclrtPhysicalMemProp prop;
	aclrtMemLocation loc;
	aclrtMemAccessDesc desc;
	int32_t pid;
	uint64_t out[18];	/* what out parameters point to */
};

/* Where the call is made; a process has no device open, a thread no context. */
enum place { PLACE_HERE, PLACE_THREAD, PLACE_PROCESS };

struct field {
	size_t at;		/* in struct args */
	size_t size;		/* 0: no such field */
	uint64_t value;
};

struct wrong {
	aclError code;
	const char *word;	/* in the sentence */
	enum place place;
	struct field field[3];
};

#define FIELD(name, v) { offsetof(struct args, name), sizeof(((struct args *)0)->name), \
			 (uint64_t)(v) }

struct trial {
	const char *name;	/* of the call, with "(" */
	aclError (*call)(struct args *args);
	struct args good;
	size_t count;
	struct wrong wrong[16];
};

/* Every wrong thing of a trial, alone and with each later one. */
void try_all(struct __test_metadata *_metadata, const struct trial *trial);

/* The good arguments are good, so that a wrong one is what a failure is about. */
#define GOOD(trial) WORKS((trial)->call(&(trial)->good))

#endif /* TEST_ACL_ORDER_H */
