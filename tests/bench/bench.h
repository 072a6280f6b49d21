/* SPDX-License-Identifier: MIT */
/*
 * What the benchmarks share: the clock, statistics, rows, calls of the module
 * that must succeed, and the memory others would use instead.
 */
#ifndef BENCH_H
#define BENCH_H

#include <asm-generic/hugetlb_encode.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acl_emu.h"

#define SIZE_4K		ACL_EMU_SIZE_4K
#define SIZE_2M		ACL_EMU_SIZE_2M
#define SIZE_1G		ACL_EMU_SIZE_1G
#define BENCH_MAX_REPS	1024

/* Flags of peer_memfd() for 2 MiB pages. */
#define PEER_HUGETLB	(MFD_HUGETLB | HUGETLB_FLAG_ENCODE_2MB)

/* ---- bench.c ---- */

/* Says what failed, with errno, and ends the program. */
void bench_die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#define BENCH_CHECK(cond) do { \
	if (!(cond)) \
		bench_die("%s:%d: %s", __FILE__, __LINE__, #cond); \
} while (0)

/*
 * Nanoseconds. With BENCH_CLOCK=tsc the time stamp counter as it is: under
 * QEMU's -icount it counts instructions, one a nanosecond.
 */
uint64_t bench_now(void);

uint64_t bench_median(uint64_t *values, unsigned int count);

/* Median over reps of what fn() says it took, after one run that warms up. */
uint64_t bench_repeat(unsigned int reps, uint64_t (*fn)(void *arg), void *arg);

/*
 * Prints a row: ours against a peer, both in ns. A peer without a value (0)
 * was not there to be measured; the row then says so.
 */
void bench_row(const char *row, const char *param, uint64_t ours, const char *peer,
	       uint64_t value);

/* The same for numbers in another unit. */
void bench_row_unit(const char *row, const char *param, double ours, const char *peer,
		    double value, const char *unit);

/* "2 MiB", in a buffer that is good for eight calls. */
const char *bench_size(uint64_t bytes);

/* Writes a byte each step bytes. */
void bench_touch(void *addr, uint64_t size, uint64_t step);

/* The number behind a key in /proc/meminfo, in bytes. */
uint64_t bench_meminfo(const char *key);

/* Puts a number into a file of /proc or /sys; false if that does not work. */
bool bench_write(const char *path, uint64_t value);

uint64_t bench_read(const char *path);

/* ---- emu.c: the module ---- */

/* The context of this process, device 0 open. */
extern int emu_fd;
void emu_open(void);

uint64_t emu_alloc(uint64_t size, uint32_t flags);
void emu_free(uint64_t handle);
uint64_t emu_reserve(uint64_t size);
void emu_release(uint64_t addr);
void emu_map(uint64_t addr, uint64_t size, uint64_t handle);
void emu_unmap(uint64_t addr);
void emu_access(uint64_t addr, uint64_t size, uint32_t rights);
void emu_reset(void);
uint64_t emu_export(uint64_t handle, uint32_t flags);
void emu_allow(uint64_t key, const int32_t *pids, uint32_t count);
uint64_t emu_import(uint64_t key);
int emu_export_fd(uint64_t handle);
uint64_t emu_import_fd(int fd);
int32_t emu_tgid(void);
uint64_t emu_query(uint32_t param, uint32_t index);
uint64_t emu_lookup(uint64_t addr);

static inline void *emu_ptr(uint64_t addr)
{
	return (void *)(uintptr_t)addr;
}

/* ---- peer.c: what a user would pick instead ---- */

/*
 * Makes the pool of 2 MiB hugetlb pages hold so many bytes; false if the
 * machine does not have them.
 */
bool peer_hugetlb_pool(uint64_t bytes);

/* memfd of a size; flags as memfd_create(). -1 if there is no such thing. */
int peer_memfd(uint64_t size, unsigned int flags);

/* Shared, read and write; addr 0 for anywhere. Dies on failure. */
void *peer_map(int fd, uint64_t size, void *addr, uint64_t offset);
void peer_unmap(void *addr, uint64_t size);

/* Addresses without memory, aligned to 1 GiB. */
void *peer_room(uint64_t size);

#endif /* BENCH_H */
