// SPDX-License-Identifier: MIT
/*
 * GmAlloc and its relatives: files in /tmp, mapped shared between guard pages.
 * The layout of a block is drawn in tikicpulib.h.
 *
 * A tree of this process lists the blocks. The memory itself cannot tell: reading
 * a guessed header could fault, other bytes of the program can look like a header,
 * and mincore() tells only that something is mapped. fork() copies the tree
 * together with the mappings, so the tree is correct in the child.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <search.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "gm/gm.h"
#include "tikicpulib.h"

#define GM_MAGIC	UINT64_C(0xdeadbeef)
#define GM_FILLER	0xff
#define GM_NAME_LEN	256
/* A name that is in use is improbable; after this many tries the call fails. */
#define GM_NAME_TRIES	1000

/* The first bytes of the file of a block; tools that inspect memory read them. */
struct gm_header {
	uint64_t magic;
	int32_t fd;
	uint64_t total;
	char name[GM_NAME_LEN];
};

_Static_assert(sizeof(size_t) == 8, "the C++ names below are for LP64");
_Static_assert(offsetof(struct gm_header, fd) == 8, "layout is interface");
_Static_assert(offsetof(struct gm_header, total) == 16, "layout is interface");
_Static_assert(offsetof(struct gm_header, name) == 24, "layout is interface");

struct gm_block {
	uintptr_t first;	/* of the whole mapping, header page included */
	uintptr_t last;		/* inclusive: no overflow at the top */
	uintptr_t start;	/* the pointer that programs hold */
	size_t size;
	size_t total;		/* of the file and the mapping */
	int fd;
	dev_t dev;		/* tell our file from one that took its */
	ino_t ino;		/* descriptor number or its name */
	char name[GM_NAME_LEN];
};

static pthread_mutex_t gm_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t gm_once = PTHREAD_ONCE_INIT;
static void *gm_tree;		/* of struct gm_block, under gm_lock */
static uint64_t gm_stamp;	/* last name given out, under gm_lock */

static void gm_lock_take(void)
{
	pthread_mutex_lock(&gm_lock);
}

static void gm_lock_drop(void)
{
	pthread_mutex_unlock(&gm_lock);
}

/* fork() takes the lock and releases it in both processes, so no thread holds it then. */
static void gm_init(void)
{
	pthread_atfork(gm_lock_take, gm_lock_drop, gm_lock_drop);
}

static void gm_enter(void)
{
	pthread_once(&gm_once, gm_init);
	gm_lock_take();
}

/* Never called with gm_lock held: a handler of SIGABRT may call this library. */
void gm_die(const char *call, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	fprintf(stderr, "%s Error: %s\n", call, text);
	abort();
}

static size_t gm_page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* Ranges that overlap are equal, so that a search finds a block by any address. */
static int gm_compare(const void *a, const void *b)
{
	const struct gm_block *x = a, *y = b;

	if (x->last < y->first)
		return -1;
	return x->first > y->last;
}

static struct gm_block *gm_find_locked(uintptr_t addr)
{
	struct gm_block key = { .first = addr, .last = addr };
	void *node = tfind(&key, &gm_tree, gm_compare);

	return node ? *(struct gm_block **)node : NULL;
}

/* Finds the block that contains @addr or starts there. */
static bool gm_find(uintptr_t addr, struct gm_block *copy)
{
	struct gm_block *b;
	bool found;

	gm_enter();
	b = gm_find_locked(addr);
	found = b && (addr == b->start ||
		      (addr > b->start && addr - b->start < b->size));
	if (found)
		*copy = *b;
	gm_lock_drop();
	return found;
}

static bool gm_same_file(const struct gm_block *b, const struct stat *st)
{
	return st->st_dev == b->dev && st->st_ino == b->ino;
}

/*
 * A forked process may have closed the descriptor and opened another file with
 * its number, or removed the file and created another one with its name: these
 * are not touched.
 */
static void gm_drop_file(const struct gm_block *b)
{
	struct stat st;

	if (!lstat(b->name, &st) && gm_same_file(b, &st))
		unlink(b->name);
	if (!fstat(b->fd, &st) && gm_same_file(b, &st))
		close(b->fd);
}

/* Returns false if there is no memory for the tree. */
static bool gm_insert(struct gm_block *b)
{
	struct gm_block *stale;
	void *node;

	gm_enter();
	/*
	 * The kernel has just mapped these addresses, so a block that overlaps
	 * them was unmapped without GmFree().
	 */
	while ((node = tsearch(b, &gm_tree, gm_compare)) &&
	       *(struct gm_block **)node != b) {
		stale = *(struct gm_block **)node;
		tdelete(stale, &gm_tree, gm_compare);
		gm_drop_file(stale);
		free(stale);
	}
	gm_lock_drop();
	return node;
}

/* A number that no other thread gets: the time in ms, or the last number plus one. */
static uint64_t gm_next_stamp(void)
{
	struct timespec now;
	uint64_t ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	gm_enter();
	if (ms <= gm_stamp)
		ms = gm_stamp + 1;
	gm_stamp = ms;
	gm_lock_drop();
	return ms;
}

static const char *gm_open_advice(int err)
{
	switch (err) {
	case EMFILE:
	case ENFILE:
		return "free blocks that are not needed or raise the limit (ulimit -n)";
	case EACCES:
	case EPERM:
	case EROFS:
		return "/tmp must be writable by this user";
	case ENOENT:
	case ENOTDIR:
		return "there must be a directory /tmp";
	case ENOSPC:
	case EDQUOT:
		return "delete files in /tmp";
	case EEXIST:
		return "delete the files /tmp/tmpfile_* that no process uses";
	default:
		return "/tmp must take new files";
	}
}

/* Removes the file and reports @err of the step that failed. */
__attribute__((noreturn))
static void gm_undo(const struct gm_block *b, const char *step, int err,
		    const char *advice)
{
	unlink(b->name);
	close(b->fd);
	gm_die("GmAlloc", "cannot %s %s (%zu bytes, %zu with guard pages): %s; %s",
	       step, b->name, b->size, b->total, strerror(err), advice);
}

/*
 * O_EXCL: an existing name is never opened, for example a symbolic link of
 * another user. O_CLOEXEC: the mapping ends with exec(), so the next program has
 * no use for the descriptor.
 */
static void gm_open(struct gm_block *b)
{
	struct stat st;
	int tries = 0;

	do {
		snprintf(b->name, sizeof(b->name), "/tmp/tmpfile_%" PRIu64 "_%d",
			 gm_next_stamp(), (int)getpid());
		b->fd = open(b->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	} while (b->fd < 0 && errno == EEXIST && ++tries < GM_NAME_TRIES);
	if (b->fd < 0) {
		int err = errno;

		gm_die("GmAlloc", "cannot create %s for %zu bytes: %s; %s",
		       b->name, b->size, strerror(err), gm_open_advice(err));
	}
	if (fstat(b->fd, &st))
		gm_undo(b, "look at", errno, "/tmp must be a file system that works");
	b->dev = st.st_dev;
	b->ino = st.st_ino;
}

/*
 * Fails with a message where the kernel would send a signal later: SIGBUS at a
 * write when /tmp is full, SIGXFSZ at a limit of the file size. The guard page is
 * a hole in the file and needs no room.
 */
static void gm_check_room(size_t size, size_t total)
{
	uint64_t need = total - gm_page();
	struct rlimit limit;
	struct statvfs fs;
	uint64_t room;

	if (!getrlimit(RLIMIT_FSIZE, &limit) && total > limit.rlim_cur)
		gm_die("GmAlloc",
		       "%zu bytes need a file of %zu bytes in /tmp but the limit on file sizes is %ju; raise it (ulimit -f)",
		       size, total, (uintmax_t)limit.rlim_cur);
	/* A file system without a limit, for example tmpfs, reports 0 blocks. */
	if (statvfs("/tmp", &fs) || !fs.f_blocks)
		return;
	if (__builtin_mul_overflow((uint64_t)fs.f_bavail, (uint64_t)fs.f_frsize, &room))
		return;
	if (need > room)
		gm_die("GmAlloc",
		       "%zu bytes need %" PRIu64 " bytes of room in /tmp but %" PRIu64
		       " are free; delete files there or ask for less",
		       size, need, room);
}

/*
 * Header and filler are written with pwrite(), not through the mapping: a full
 * disk is then an error code and no SIGBUS.
 */
static int gm_write(int fd, const void *data, size_t len, off_t at)
{
	ssize_t done = pwrite(fd, data, len, at);

	if (done < 0)
		return errno;
	return (size_t)done == len ? 0 : ENOSPC;
}

static int gm_write_frame(const struct gm_block *b)
{
	struct gm_header head = { .magic = GM_MAGIC, .fd = b->fd, .total = b->total };
	size_t page = gm_page();
	size_t len = b->total - 2 * page - b->size;
	void *filler;
	int err;

	memcpy(head.name, b->name, sizeof(head.name));
	err = gm_write(b->fd, &head, sizeof(head), 0);
	if (err || !len)
		return err;
	filler = malloc(len);
	if (!filler)
		return ENOMEM;
	memset(filler, GM_FILLER, len);
	err = gm_write(b->fd, filler, len, (off_t)page);
	free(filler);
	return err;
}

static void gm_map(struct gm_block *b)
{
	const char *advice = "ask for less or raise the limits (ulimit -v, vm.max_map_count)";
	size_t page = gm_page();
	char *base;

	base = mmap(NULL, b->total, PROT_READ | PROT_WRITE, MAP_SHARED, b->fd, 0);
	if (base == MAP_FAILED)
		gm_undo(b, "map", errno, advice);
	if (mprotect(base, page, PROT_READ) ||
	    mprotect(base + b->total - page, page, PROT_NONE))
		gm_undo(b, "protect the guard pages of", errno, advice);
	b->first = (uintptr_t)base;
	b->last = b->first + b->total - 1;
	b->start = b->first + b->total - page - b->size;
}

void *GmAlloc(size_t size)
{
	size_t page = gm_page(), most = (size_t)PTRDIFF_MAX - 3 * page, total;
	struct gm_block *b;
	int err;

	if (size > most)
		gm_die("GmAlloc",
		       "size %zu is too large: with guard pages no address space holds it; ask for at most %zu",
		       size, most);
	total = (size + page - 1) / page * page + 2 * page;
	gm_check_room(size, total);
	b = calloc(1, sizeof(*b));
	if (!b)
		gm_die("GmAlloc", "no memory to note a block of %zu bytes", size);
	b->size = size;
	b->total = total;
	gm_open(b);
	if (ftruncate(b->fd, (off_t)total))
		gm_undo(b, "size", errno, "ask for less than the file system's largest file");
	err = gm_write_frame(b);
	if (err)
		gm_undo(b, "write", err, "delete files in /tmp");
	gm_map(b);
	if (!gm_insert(b))
		gm_undo(b, "note", ENOMEM, "free memory");
	return (void *)b->start;
}

/* Removes the block at @ptr from the tree. Only one of several GmFree() gets it. */
static struct gm_block *gm_take(void *ptr)
{
	uintptr_t addr = (uintptr_t)ptr, start;
	struct gm_block *b;

	gm_enter();
	b = gm_find_locked(addr);
	start = b ? b->start : 0;
	if (start == addr && b)
		tdelete(b, &gm_tree, gm_compare);
	gm_lock_drop();
	if (!b)
		gm_die("GmFree",
		       "%p is not from GmAlloc in this process, or was given to GmFree before",
		       ptr);
	if (start != addr)
		gm_die("GmFree", "%p is not the start of its block; pass %p",
		       ptr, (void *)start);
	return b;
}

static void gm_check_filler(const struct gm_block *b)
{
	const unsigned char *end = (const unsigned char *)b->start;
	const unsigned char *at = (const unsigned char *)b->first + gm_page();

	for (; at < end; at++) {
		if (*at == GM_FILLER)
			continue;
		printf("GmFree Error: the byte at %p, %zu before the block of %zu bytes at %p, "
		       "was overwritten with 0x%02x; the file %s is kept\n",
		       (const void *)at, (size_t)(end - at), b->size,
		       (const void *)end, *at, b->name);
		fflush(stdout);
		abort();
	}
}

void GmFree(void *ptr)
{
	struct gm_block *b;

	if (!ptr)
		gm_die("GmFree", "NULL is not a block; pass what GmAlloc returned");
	b = gm_take(ptr);
	gm_check_filler(b);
	munmap((void *)b->first, b->total);
	gm_drop_file(b);
	free(b);
}

uint64_t GmGetUserSize(uint64_t addr)
{
	struct gm_block b;

	return gm_find(addr, &b) ? b.size - (addr - b.start) : 0;
}

void gm_check_arguments(const char *call, int argn, const uint64_t *argv)
{
	const struct gm_header *head;
	struct gm_block b;
	int i;

	for (i = 0; i < argn; i++) {
		if (!gm_find(argv[i], &b))
			gm_die(call,
			       "argument %d of %d, 0x%" PRIx64 ", is not in a block of GmAlloc; "
			       "allocate it with GmAlloc",
			       i, argn, argv[i]);
		head = (const struct gm_header *)b.first;
		if (head->magic != GM_MAGIC)
			gm_die(call,
			       "argument %d of %d, 0x%" PRIx64 ": the header of its block holds "
			       "0x%" PRIx64 " where 0x%" PRIx64 " belongs; %s was overwritten",
			       i, argn, argv[i], head->magic, GM_MAGIC, b.name);
	}
}

void CheckGmValied(int argn, uint64_t *argv)
{
	if (argn < 0)
		gm_die("CheckGmValied", "the number of arguments is %d", argn);
	if (argn && !argv)
		gm_die("CheckGmValied", "the list of %d arguments is NULL", argn);
	gm_check_arguments("CheckGmValied", argn, argv);
}

/*
 * Objects that were compiled with a header that declares these functions as C++ in
 * namespace AscendC use the mangled names.
 */
#define GM_CXX_NAME(name, mangled) \
	extern __typeof__(name) gm_cxx_##name __asm__(mangled) \
		__attribute__((alias(#name), visibility("default")))

GM_CXX_NAME(GmAlloc, "_ZN7AscendC7GmAllocEm");
GM_CXX_NAME(GmFree, "_ZN7AscendC6GmFreeEPv");
GM_CXX_NAME(GmGetUserSize, "_ZN7AscendC13GmGetUserSizeEm");
GM_CXX_NAME(CheckGmValied, "_ZN7AscendC13CheckGmValiedEiPm");
