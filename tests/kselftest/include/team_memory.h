/* SPDX-License-Identifier: MIT */
/*
 * Device memory in the members of a stress test: a failed call ends the member
 * with a message, contents are words that depend on a stamp and on their place.
 */
#ifndef TEST_TEAM_MEMORY_H
#define TEST_TEAM_MEMORY_H

#include <err.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "acl/acl.h"

#define fail(...) errx(1, __VA_ARGS__)

void check(const char *call, aclError code);

#define CHECK(call) check(#call, (call))

/* Of the current device. */
size_t in_use(void);
size_t left(void);

/* @mib MiB in whole units of the device. */
size_t whole_units(int device, long mib);

/* Allocates physical memory. Returns false if the device is out of memory. */
bool allocate(aclrtDrvMemHandle *handle, size_t size, int device);

void unmap_and_free(void *addr, aclrtDrvMemHandle handle);

/* Ends the member: the device was out of memory after @got pieces. */
__attribute__((noreturn)) void full(int device, size_t got);

/*
 * The last report of a member, which has freed everything itself, and only then
 * the reset of its devices from @first to before @end.
 */
void finish(int first, int end);

/* Words from @first to before @end of what @stamp stands for. */
void write_words(uint64_t *words, size_t first, size_t end, uint64_t stamp);
void check_words(const uint64_t *words, size_t first, size_t end, uint64_t stamp,
		 const char *where);

#endif /* TEST_TEAM_MEMORY_H */
