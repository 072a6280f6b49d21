/* SPDX-License-Identifier: MIT */
/*
 * Shows the calls of a program: the part that does not depend on the function.
 *
 * libacl-emu-calls.so is preloaded by "acl-emu trace --calls". It has a function of
 * each name that the library exports, which "generate" writes from the headers: it
 * calls the function of the library and sends one datagram with arguments and result
 * to the socket that ACL_EMU_CALLS names. The library itself has no code for this.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALLS_TEXT	2048

struct call {
	const char *name;
	void *function;		/* of the library */
	bool failed;
	uint64_t begin;		/* CLOCK_MONOTONIC in ns */
	uint64_t end;
	int saved_errno;
	size_t used;
	char text[CALLS_TEXT];
};

struct call_name {
	int64_t value;
	const char *name;
};

/* Before and after the call of call->function. */
void call_begin(struct call *call, const char *name, void **function);
void call_return(struct call *call);
/* Sends what call_*() below have added. */
void call_send(struct call *call);

__attribute__((format(printf, 2, 3)))
void call_add(struct call *call, const char *format, ...);
void call_argument(struct call *call, const char *name);
void call_int(struct call *call, int64_t value);
void call_uint(struct call *call, uint64_t value);
void call_float(struct call *call, double value);
void call_pointer(struct call *call, const void *value);
void call_string(struct call *call, const char *value);
void call_enum(struct call *call, int64_t value, const struct call_name *names, size_t count);
void call_flags(struct call *call, uint64_t value);
void call_code(struct call *call, int64_t value, const struct call_name *names, size_t count);

/* Reads memory of the program, which may be anything; false if it cannot be read. */
bool call_read(void *to, const void *from, size_t size);

/* A number or a pointer of any type. */
#define CALL_VALUE(call, value) _Generic((value), _Bool: call_uint, char: call_int \
	, signed char: call_int, unsigned char: call_uint, short: call_int \
	, unsigned short: call_uint, int: call_int, unsigned int: call_uint, long: call_int \
	, unsigned long: call_uint, long long: call_int, unsigned long long: call_uint \
	, float: call_float, double: call_float, default: call_pointer)(call, value)

#define CALL_LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

/* Elements of an array that are shown. */
#define CALL_ELEMENTS	4

#endif
