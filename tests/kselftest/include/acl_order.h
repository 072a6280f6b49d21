/* SPDX-License-Identifier: MIT */
/*
 * For the tests of the order of checks: a call, valid arguments, and a list of
 * wrong arguments in the order in which the call checks them.
 *
 * Each wrong argument is tried alone and together with each later one; the call
 * must always report the first one: code, last error and message, and it must not
 * write a result.
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

/* The caller; a process has no open device, a thread has no context. */
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
	const char *name;	/* of the call */
	aclError (*call)(struct args *args);
	struct args good;
	struct wrong wrong[17];	/* ends with the code 0 */
};

/* Every wrong thing of a trial, alone and with each later one. */
void try_all(struct __test_metadata *_metadata, const struct trial *trial);

#define TRY_CALL(name_, call_, good_, ...) \
	try_all(_metadata, &(struct trial){ name_, call_, good_, { __VA_ARGS__ } })
#define TRY(name_, call_, good_, ...)	TRY_CALL(#name_, call_, good_, __VA_ARGS__)

/* do_NAME() makes a call with the arguments in @x. */
#define DO(name_, call_) \
	static aclError do_##name_(struct args *x) \
	{ \
		return call_; \
	}

#define SET		1	/* an argument that is a pointer into struct args */
#define PTR(x, i, to)	((x)->a[i] ? (void *)(to) : NULL)

#endif /* TEST_ACL_ORDER_H */
