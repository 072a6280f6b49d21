/* SPDX-License-Identifier: MIT */
/*
 * What those who run programs share.
 */
#ifndef FUZZ_EXECUTE_H
#define FUZZ_EXECUTE_H

#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "fuzz.h"

/* Calls that would hit the fuzzer itself elsewhere are made here only. */
#define FUZZ_WINDOW	ACL_EMU_VA_HEAP_FIRST
#define FUZZ_WINDOW_END	ACL_EMU_VA_LAST

/* Of all processes and threads. */
struct fuzz_shared {
	pid_t pid, far_pid;
	struct fuzz_program program;
	uint64_t results[FUZZ_CALLS];
	uint64_t made, good;
	uint32_t asked, answered, what;		/* the other process */
	uint32_t begun, ended, stop;		/* the second thread */
	uint32_t progress, shift;
	uint32_t faulty;
	char report[512];
};

extern struct fuzz_shared *fuzz_shared;

/* execute.c */
__attribute__((format(printf, 1, 2))) void fuzz_fault(const char *format, ...);
uint64_t fuzz_resolve(const struct fuzz_value *value);

/* call.c: true if the call was successful */
bool fuzz_ioctl(int fd, const struct fuzz_call *call, uint64_t *result);
bool fuzz_other(int fd, const struct fuzz_call *call, unsigned int at, uint64_t *result);
int fuzz_prepare(void);
void fuzz_refresh(void);
int fuzz_open(const char *node);
void fuzz_forget_fds(void);

static inline bool fuzz_in_window(uint64_t addr, uint64_t size)
{
	return addr >= FUZZ_WINDOW && addr <= FUZZ_WINDOW_END &&
	       size <= FUZZ_WINDOW_END - addr;
}

#endif /* FUZZ_EXECUTE_H */
