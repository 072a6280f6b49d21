// SPDX-License-Identifier: MIT
/*
 * Prints a report of a leak that has the stack of frame_here(), in the form of the
 * library: modules with their build ids, and offsets of the calls.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <execinfo.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct where {
	uintptr_t addr;
	uintptr_t offset;
	char path[4096];
	char id[41];
};

static void read_id(const char *at, const char *end, char *id)
{
	while (at + sizeof(ElfW(Nhdr)) <= end) {
		const ElfW(Nhdr) *note = (const void *)at;
		const unsigned char *desc = (const void *)(at + sizeof(*note) +
							   ((note->n_namesz + 3) & ~3u));
		unsigned int i;

		for (i = 0; note->n_type == NT_GNU_BUILD_ID && i < note->n_descsz && i < 20; i++)
			sprintf(id + 2 * i, "%02x", desc[i]);
		at = (const char *)desc + ((note->n_descsz + 3) & ~3u);
	}
}

static int find(struct dl_phdr_info *info, size_t size, void *arg)
{
	struct where *w = arg;
	int i, here = 0;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];

		here |= p->p_type == PT_LOAD &&
			w->addr - (info->dlpi_addr + p->p_vaddr) < p->p_memsz;
	}
	if (!here)
		return 0;
	w->offset = w->addr - info->dlpi_addr;
	if (*info->dlpi_name)
		strcpy(w->path, info->dlpi_name);
	else
		w->path[readlink("/proc/self/exe", w->path, sizeof(w->path) - 1)] = '\0';
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		const char *at = (const char *)(info->dlpi_addr + p->p_vaddr);

		if (p->p_type == PT_NOTE)
			read_id(at, at + p->p_memsz, w->id);
	}
	return 1;
}

__attribute__((noinline))
static int frame_here(void)
{
	static struct where w[16];
	void *addrs[16];
	int count = backtrace(addrs, 16), i;

	printf("{\"report\":\"leak\",\"version\":1,\"pid\":1,\"at\":\"exit\",\"count\":1,"
	       "\"bytes\":0,\"modules\":[");
	for (i = 1; i < count; i++) {
		w[i].addr = (uintptr_t)addrs[i] - 1;
		dl_iterate_phdr(find, &w[i]);
		printf("%s{\"path\":\"%s\",\"build_id\":\"%s\"}", i > 1 ? "," : "", w[i].path,
		       w[i].id);
	}
	printf("],\"groups\":[{\"kind\":\"event\",\"count\":1,\"bytes\":0,\"first\":\"0x1\","
	       "\"history\":[{\"act\":\"created\",\"function\":\"aclrtCreateEvent\","
	       "\"count\":1,\"frames\":[");
	for (i = 1; i < count; i++)
		printf("%s{\"module\":%d,\"offset\":%lu}", i > 1 ? "," : "", i - 1,
		       (unsigned long)w[i].offset);
	printf("]}]}]}\n");
	return count;
}

__attribute__((noinline))
static int made_here(void)
{
	int count = frame_here();

	return count + 1;
}

/* Inlined, and with a line of its own. */
static inline __attribute__((always_inline)) int made_inline(void)
{
	return made_here() + 1;
}

#ifdef OTHER
int other = 4711;
#endif

int main(void)
{
#ifdef OBJECT
	void *object = dlopen(OBJECT, RTLD_NOW);
	int (*made_in_object)(int (*fn)(void));

	*(void **)&made_in_object = dlsym(object, "made_in_object");
	return made_in_object(frame_here) == 0;
#else
	return made_inline() == 0;
#endif
}
