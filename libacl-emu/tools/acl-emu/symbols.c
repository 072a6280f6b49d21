// SPDX-License-Identifier: MIT
/*
 * Function, file and line of an offset in a program or shared object, by libdw.
 *
 * Each file is opened once. Debug information in a file of its own is found by the
 * build id or by the debug link, as debuggers find it.
 */
#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols.h"

struct file {
	struct file *next;
	Dwfl *dwfl;
	Dwfl_Module *module;	/* NULL: it cannot be used */
	GElf_Addr bias;		/* of the addresses that libdw uses */
	char path[];
};

struct symbols {
	struct file *files;
};

static char *debug_path;	/* NULL: the default */

static const Dwfl_Callbacks callbacks = {
	.find_elf = dwfl_build_id_find_elf,
	.find_debuginfo = dwfl_standard_find_debuginfo,
	.section_address = dwfl_offline_section_address,
	.debuginfo_path = &debug_path,
};

struct symbols *symbols_new(void)
{
	return calloc(1, sizeof(struct symbols));
}

void symbols_free(struct symbols *s)
{
	struct file *f;

	while (s && (f = s->files)) {
		s->files = f->next;
		if (f->dwfl)
			dwfl_end(f->dwfl);
		free(f);
	}
	free(s);
}

static bool same_build_id(Dwfl_Module *module, const char *build_id)
{
	const unsigned char *bits;
	char text[2 * 20 + 1] = "";
	GElf_Addr addr;
	int length, i;

	if (!*build_id)
		return true;
	length = dwfl_module_build_id(module, &bits, &addr);
	for (i = 0; i < length && i < 20; i++)
		snprintf(text + 2 * i, 3, "%02x", bits[i]);
	return !strcmp(text, build_id);
}

static void file_open(struct file *f, const char *build_id)
{
	Dwfl_Module *module;

	f->dwfl = dwfl_begin(&callbacks);
	if (!f->dwfl)
		return;
	module = dwfl_report_offline(f->dwfl, "", f->path, -1);
	dwfl_report_end(f->dwfl, NULL, NULL);
	if (module && dwfl_module_getelf(module, &f->bias) && same_build_id(module, build_id))
		f->module = module;
}

static struct file *file_of(struct symbols *s, const char *path, const char *build_id)
{
	struct file *f;

	for (f = s->files; f; f = f->next) {
		if (!strcmp(f->path, path))
			return f;
	}
	f = calloc(1, sizeof(*f) + strlen(path) + 1);
	if (!f)
		return NULL;
	strcpy(f->path, path);
	file_open(f, build_id);
	f->next = s->files;
	s->files = f;
	return f;
}

static void put(char *text, size_t size, const char *from)
{
	snprintf(text, size, "%s", from ? from : "");
}

/* The function that an inlined one is part of. */
static void find_caller(Dwarf_Die *inlined, struct symbol *symbol)
{
	Dwarf_Die *parents = NULL;
	int count = dwarf_getscopes_die(inlined, &parents), i;

	for (i = 0; i < count && dwarf_tag(&parents[i]) != DW_TAG_subprogram; i++)
		;
	if (i < count)
		put(symbol->caller, sizeof(symbol->caller), dwarf_diename(&parents[i]));
	free(parents);
}

/* The scopes around an inlined function are those of its definition, not of its caller. */
static void find_function(Dwarf_Die *unit, Dwarf_Addr addr, struct symbol *symbol)
{
	Dwarf_Die *scopes = NULL;
	int count = dwarf_getscopes(unit, addr, &scopes), i, tag;

	for (i = 0; i < count && !*symbol->function; i++) {
		tag = dwarf_tag(&scopes[i]);
		if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
			continue;
		put(symbol->function, sizeof(symbol->function), dwarf_diename(&scopes[i]));
		if (tag == DW_TAG_inlined_subroutine)
			find_caller(&scopes[i], symbol);
	}
	free(scopes);
}

static void find_line(Dwfl_Module *module, GElf_Addr addr, struct symbol *symbol)
{
	Dwfl_Line *line = dwfl_module_getsrc(module, addr);
	const char *file = line ? dwfl_lineinfo(line, NULL, &symbol->line, NULL, NULL, NULL) : NULL;
	const char *dir = line && file ? dwfl_line_comp_dir(line) : NULL;

	if (!file)
		symbol->line = 0;
	else if (dir && *file != '/')
		snprintf(symbol->file, sizeof(symbol->file), "%s/%s", dir, file);
	else
		put(symbol->file, sizeof(symbol->file), file);
}

bool symbols_find(struct symbols *s, const char *path, const char *build_id, uint64_t offset,
		  struct symbol *symbol)
{
	struct file *f = file_of(s, path, build_id);
	Dwarf_Addr dwarf_bias;
	GElf_Addr addr;
	Dwarf_Die *unit;

	memset(symbol, 0, sizeof(*symbol));
	if (!f || !f->module)
		return false;
	addr = offset + f->bias;
	unit = dwfl_module_addrdie(f->module, addr, &dwarf_bias);
	if (unit)
		find_function(unit, addr - dwarf_bias, symbol);
	if (!*symbol->function)
		put(symbol->function, sizeof(symbol->function),
		    dwfl_module_addrname(f->module, addr));
	find_line(f->module, addr, symbol);
	return *symbol->function || symbol->line;
}
