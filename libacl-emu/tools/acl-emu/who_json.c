// SPDX-License-Identifier: MIT
/*
 * The answer of who as JSON. It is printed object by object: there can be a million,
 * and a tree of them all would need gigabytes.
 */
#include <inttypes.h>
#include <stdio.h>

#include "json.h"
#include "tool.h"
#include "who.h"

#define BOOL(value)	((value) ? "true" : "false")

static void print_mappings(const struct objects *list, const struct acl_emu_object *o)
{
	size_t count, i;
	const struct acl_emu_enum_entry *m = objects_mappings(list, o->handle, &count);

	for (i = 0; i < count; i++)
		printf("%s{\"address\":\"0x%" PRIx64 "\",\"size\":%" PRIu64 ",\"offset\":%" PRIu64
		       "}", i ? "," : "", (uint64_t)m[i].a, (uint64_t)m[i].b, (uint64_t)m[i].d);
}

static void print_importers(const struct answer *a, size_t of, const struct acl_emu_object *o)
{
	const char *before = "";

	for (size_t p = 0; p < a->s->count; p++) {
		if (!who_importer(a, p, of, o))
			continue;
		printf("%s%d", before, (int)a->s->process[p].pid);
		before = ",";
	}
}

static void print_object(const struct answer *a, size_t of, const struct acl_emu_object *o)
{
	uint64_t age = a->now > o->born ? a->now - o->born : 0;
	char label[ACL_EMU_LABEL_SIZE];

	printf("{\"handle\":\"0x%" PRIx64 "\",\"kind\":\"%s\",\"memory\":%" PRIu64
	       ",\"size\":%" PRIu64, (uint64_t)o->handle,
	       o->state & ACL_EMU_OBJECT_SYNC ? "sync" : "memory", (uint64_t)o->memory,
	       (uint64_t)o->size);
	printf(",\"location\":\"%s\",\"home\":\"%s\",\"granule\":%" PRIu64,
	       LOCATION_KEY(a->s, who_place(a, o->loc)), LOCATION_KEY(a->s, who_place(a, o->home)),
	       (uint64_t)o->granule);
	printf(",\"age\":%" PRIu64 ".%06" PRIu64 ",\"users\":%" PRIu32 ",\"shares\":%" PRIu32
	       ",\"label\":", age / 1000000000, age / 1000 % 1000000, o->users, o->shares);
	printable(label, sizeof(label), o->label, sizeof(o->label));
	json_print_text(label);
	printf(",\"imported\":%s,\"exported\":%s,\"dmabuf\":%s,\"mappings\":[",
	       BOOL(o->state & ACL_EMU_OBJECT_IMPORTED), BOOL(o->state & ACL_EMU_OBJECT_EXPORTED),
	       BOOL(o->state & ACL_EMU_OBJECT_DMABUF));
	print_mappings(&a->objects[of], o);
	printf("],\"importers\":[");
	print_importers(a, of, o);
	printf("]}");
}

static void print_objects(const struct answer *a, size_t of)
{
	const struct objects *list = &a->objects[of];
	const char *before = "";

	if (!list->shown) {
		printf(",\n   \"objects\":null");
		return;
	}
	printf(",\n   \"objects\":[");
	for (size_t i = 0; i < list->count; i++) {
		if (!who_location(a, who_place(a, list->object[i].loc)))
			continue;
		printf("%s\n     ", before);
		print_object(a, of, &list->object[i]);
		before = ",";
	}
	printf("]");
}

static void print_process(const struct answer *a, size_t of)
{
	const struct process *p = &a->s->process[of];
	json_t *holdings = json_holdings(a->s, p);

	if (p->pid) {
		printf("  {\"pid\":%d,\"name\":", (int)p->pid);
		json_print_text(p->name);
	} else {
		printf("  {\"pid\":null,\"name\":null");
	}
	printf(",\n   \"holdings\":");
	json_dumpf(holdings, stdout, JSON_COMPACT);
	json_decref(holdings);
	if (a->q->verbose)
		print_objects(a, of);
	printf("}");
}

int who_print_json(const struct answer *a)
{
	const char *before = "";

	printf("{\"processes\":[");
	for (size_t i = 0; i < a->s->count; i++) {
		if (!who_process(a, &a->s->process[i]))
			continue;
		printf("%s\n", before);
		print_process(a, i);
		before = ",";
	}
	puts("]}");
	if (fflush(stdout) || ferror(stdout))
		return fail(EXIT_FOUND, "cannot write the answer");
	return EXIT_GOOD;
}
