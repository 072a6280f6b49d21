// SPDX-License-Identifier: MIT
/*
 * Call stacks of the program, each stored once.
 *
 * backtrace() gives return addresses. A stack that was seen before is found by
 * these addresses. A new one is translated to modules and offsets at once, since
 * a module may be unloaded before the stack is printed and another one be loaded
 * at its addresses. Therefore stacks are compared by address only while no module
 * was unloaded.
 *
 * Most programs are compiled without frame pointers, and a chain of them that
 * skips callers cannot be told from a complete one. backtrace() uses the unwind
 * tables, which every program for this machine has.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <execinfo.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/check.h"
#include "core/process.h"
#include "core/stack.h"

#define BUCKETS		4096
#define OWN_FRAMES	8	/* at most so many of the library itself */
#define RAW_MAX		(EMU_CHECK_DEPTH_MAX + OWN_FRAMES)
#define STACKS_MAX	65536
#define MODULES_MAX	1024

/* Return addresses, and the stack that they are. */
struct raw {
	struct raw *next;
	uint64_t unloads;	/* modules unloaded before */
	const char *function;
	uint32_t stack;
	uint32_t count;
	void *addrs[];
};

struct stored {
	struct emu_stack stack;
	struct stored *next;
	uint32_t id;
	struct emu_frame frames[];
};

struct stacks {
	pthread_mutex_t lock;
	uint32_t count;
	uint32_t modules_count;
	struct raw *raws[BUCKETS];
	struct stored *stored[BUCKETS];
	struct stored *by_id[STACKS_MAX];
	struct emu_module *modules[MODULES_MAX];
};

EMU_STATE(struct stacks, stacks, NULL)

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

/* --- modules; under the lock ---------------------------------------------------- */

struct search {
	uint64_t addr;
	uint64_t bias;
	char path[PATH_MAX];
	char build_id[2 * EMU_BUILD_ID + 1];
};

static void read_build_id(const struct dl_phdr_info *info, const ElfW(Phdr) *phdr, char *text)
{
	const char *at = (const char *)(info->dlpi_addr + phdr->p_vaddr);
	const char *end = at + phdr->p_memsz;
	const ElfW(Nhdr) *note;
	const unsigned char *id;
	size_t i;

	while (at + sizeof(*note) <= end) {
		note = (const void *)at;
		id = (const unsigned char *)at + sizeof(*note) + ((note->n_namesz + 3) & ~3u);
		if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
		    !memcmp(at + sizeof(*note), "GNU", 4)) {
			for (i = 0; i < note->n_descsz && i < EMU_BUILD_ID; i++)
				snprintf(text + 2 * i, 3, "%02x", id[i]);
			return;
		}
		at = (const char *)id + ((note->n_descsz + 3) & ~3u);
	}
}

static bool covers(const struct dl_phdr_info *info, uint64_t addr)
{
	ElfW(Half) i;

	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		if (p->p_type == PT_LOAD && addr - (info->dlpi_addr + p->p_vaddr) < p->p_memsz)
			return true;
	}
	return false;
}

static void put_path(const char *name, char path[PATH_MAX])
{
	ssize_t length;

	if (*name) {
		if (!realpath(name, path))
			snprintf(path, PATH_MAX, "%s", name);
		return;
	}
	length = readlink("/proc/self/exe", path, PATH_MAX - 1);
	path[length > 0 ? length : 0] = '\0';
}

static int find_module(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct search *s = arg;
	ElfW(Half) i;

	(void)size;
	if (!covers(info, s->addr))
		return 0;
	s->bias = info->dlpi_addr;
	put_path(info->dlpi_name, s->path);
	for (i = 0; i < info->dlpi_phnum; i++) {
		if (info->dlpi_phdr[i].p_type == PT_NOTE && !*s->build_id)
			read_build_id(info, &info->dlpi_phdr[i], s->build_id);
	}
	return 1;
}

static uint32_t module_index(const struct search *s)
{
	struct stacks *st = stacks();
	struct emu_module *m;
	uint32_t i;

	for (i = 0; i < st->modules_count; i++) {
		if (!strcmp(st->modules[i]->path, s->path) &&
		    !strcmp(st->modules[i]->build_id, s->build_id))
			return i;
	}
	m = st->modules_count < MODULES_MAX ? calloc(1, sizeof(*m)) : NULL;
	if (!m)
		return EMU_NO_MODULE;
	m->path = strdup(s->path);
	if (!m->path) {
		free(m);
		return EMU_NO_MODULE;
	}
	memcpy(m->build_id, s->build_id, sizeof(m->build_id));
	st->modules[i] = m;
	__atomic_store_n(&st->modules_count, i + 1, __ATOMIC_RELEASE);
	return i;
}

/* The instruction before a return address is in the call. */
static struct emu_frame frame_of(const void *return_addr)
{
	struct search s = { .addr = (uintptr_t)return_addr - 1 };
	uint32_t module;

	if (!dl_iterate_phdr(find_module, &s))
		return (struct emu_frame){ .module = EMU_NO_MODULE, .offset = s.addr };
	module = module_index(&s);
	return (struct emu_frame){
		.module = module,
		.offset = module == EMU_NO_MODULE ? s.addr : s.addr - s.bias,
	};
}

/* --- stacks; under the lock -------------------------------------------------------- */

static bool same_frames(const struct stored *s, const char *function,
			const struct emu_frame *frames, uint32_t count)
{
	uint32_t i;

	if (s->stack.function != function || s->stack.count != count)
		return false;
	for (i = 0; i < count; i++) {
		if (s->frames[i].module != frames[i].module ||
		    s->frames[i].offset != frames[i].offset)
			return false;
	}
	return true;
}

static uint32_t store(const char *function, const struct emu_frame *frames, uint32_t count)
{
	struct stacks *st = stacks();
	uint64_t hash = (uintptr_t)function;
	struct stored *s;
	uint32_t i;

	for (i = 0; i < count; i++)
		hash = mix(mix(hash, frames[i].module), frames[i].offset);
	for (s = st->stored[hash % BUCKETS]; s; s = s->next) {
		if (same_frames(s, function, frames, count))
			return s->id;
	}
	if (st->count + 1 >= STACKS_MAX)
		return EMU_NO_STACK;
	s = malloc(sizeof(*s) + count * sizeof(s->frames[0]));
	if (!s)
		return EMU_NO_STACK;
	for (i = 0; i < count; i++)
		s->frames[i] = frames[i];
	s->stack = (struct emu_stack){ function, count, s->frames };
	s->id = st->count + 1;
	s->next = st->stored[hash % BUCKETS];
	st->stored[hash % BUCKETS] = s;
	st->by_id[s->id] = s;
	__atomic_store_n(&st->count, s->id, __ATOMIC_RELEASE);
	return s->id;
}

/* The library's own frames are the first ones. */
static uint32_t translate(const char *function, void *const *addrs, uint32_t count)
{
	struct emu_frame frames[RAW_MAX], own = frame_of((const char *)emu_stack_here + 1);
	unsigned int depth = emu_check_options()->depth;
	uint32_t used = 0, i;

	for (i = 0; i < count && used < depth; i++) {
		frames[used] = frame_of(addrs[i]);
		if (used || frames[0].module == EMU_NO_MODULE || frames[0].module != own.module)
			used++;
	}
	return store(function, frames, used);
}

static struct raw *raw_find(struct raw *r, uint64_t unloads, const char *function,
			    void *const *addrs, uint32_t count)
{
	for (; r; r = r->next) {
		if (r->unloads == unloads && r->function == function && r->count == count &&
		    !memcmp(r->addrs, addrs, count * sizeof(addrs[0])))
			return r;
	}
	return NULL;
}

static struct raw *raw_new(uint64_t unloads, const char *function, void *const *addrs,
			   uint32_t count)
{
	struct raw *r = malloc(sizeof(*r) + count * sizeof(addrs[0]));

	if (!r)
		return NULL;
	r->unloads = unloads;
	r->function = function;
	r->count = count;
	memcpy(r->addrs, addrs, count * sizeof(addrs[0]));
	r->stack = translate(function, addrs, count);
	return r;
}

static int get_unloads(struct dl_phdr_info *info, size_t size, void *unloads)
{
	(void)size;
	*(uint64_t *)unloads = info->dlpi_subs;
	return 1;
}

__attribute__((noinline))
uint32_t emu_stack_here(void)
{
	const char *function = emu_self.function;
	uint64_t unloads = 0, hash;
	void *addrs[RAW_MAX];
	struct raw **bucket, *r;
	uint32_t count, i;
	int got;

	got = backtrace(addrs, (int)emu_check_options()->depth + OWN_FRAMES);
	count = got > 0 ? (uint32_t)got : 0;
	dl_iterate_phdr(get_unloads, &unloads);
	hash = mix(unloads, (uintptr_t)function);
	for (i = 0; i < count; i++)
		hash = mix(hash, (uintptr_t)addrs[i]);
	bucket = &stacks()->raws[hash % BUCKETS];
	pthread_mutex_lock(&stacks()->lock);
	r = raw_find(*bucket, unloads, function, addrs, count);
	if (!r) {
		r = raw_new(unloads, function, addrs, count);
		if (r) {
			r->next = *bucket;
			*bucket = r;
		}
	}
	pthread_mutex_unlock(&stacks()->lock);
	return r ? r->stack : EMU_NO_STACK;
}

/* --- read ---------------------------------------------------------------------------- */

const struct emu_stack *emu_stack_get(uint32_t stack)
{
	if (stack == EMU_NO_STACK ||
	    stack > __atomic_load_n(&stacks()->count, __ATOMIC_ACQUIRE))
		return NULL;
	return &stacks()->by_id[stack]->stack;
}

const struct emu_module *emu_stack_module(uint32_t module)
{
	if (module >= __atomic_load_n(&stacks()->modules_count, __ATOMIC_ACQUIRE))
		return NULL;
	return stacks()->modules[module];
}
