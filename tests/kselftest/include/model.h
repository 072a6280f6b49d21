/* SPDX-License-Identifier: MIT */
/*
 * Random sequences of calls, run on the library and on a model of its contract.
 *
 * Two processes make the calls: A, which also holds the model, and B, a child of
 * A that does as it is told. A call names what it works on by slots, variables
 * that both processes share (h[] handles, r[] reservations, p[] blocks, k[] and
 * i[] keys), so that a sequence still means something with calls taken out. What
 * is in a slot may be stale or belong to the other process.
 *
 * Everything lies in one piece of memory shared by A, B and the judge, who starts
 * A and shrinks a sequence whose results differ.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "acl/acl.h"
#include "acl_codes.h"
#include "acl_emu.h"

#define KIB	1024ul
#define MIB	(1024ul * KIB)
#define GIB	(1024ul * MIB)
#define TIB	(1024ul * GIB)
#define BLOCK	(2 * MIB)
#define PAGE	4096ul

#define PROCS		2
#define DEVICES		2
#define HEAP_HOST	DEVICES		/* heaps of a process: of each device, of the host */
#define HEAPS		(DEVICES + 1)
#define MAX_CALLS	64
#define MAX_OBJECTS	(MAX_CALLS + 2)	/* of a kind; a call makes one at most */
#define MAX_ARGS	9
#define MAX_GRANTS	(DEVICES + 1)
#define SLOTS		6
#define LARGEST		(16 * MIB)	/* capacity of each device and of the host */
#define PHYS_PAGES	(LARGEST / PAGE)
#define PLAIN_SIZE	(64 * KIB)	/* ordinary memory of each process */
#define ARENA		(32 * GIB)	/* what the library reserves for a heap */
#define SMALL		(1 * MIB)	/* blocks below it share 2 MiB */
#define POOL_PAGES	16384
#define NONE		(-1)

/* In place of a result: marks an out parameter that was not written. */
#define UNTOUCHED	0x5ca1ab1e5ca1ab1eul

enum op {
	SET_DEVICE, RESET, RESET_FORCE, MEM_INFO, PEER_ON, PEER_OFF,
	PHYS, PHYS_FREE, RETAIN, PROPS,
	RESERVE, RELEASE, MAP, MAP_NONE, UNMAP, GRANT, ACCESS,
	EXPORT, EXPORT_V2, ALLOW, ALLOW_V2, IMPORT, IMPORT_V2,
	COPY, FILL, TOUCH, POINTER, EXTENT,
	MALLOC, MALLOC_HOST, FREE, FREE_HOST,
	IPC_KEY, IPC_ALLOW, IPC_IMPORT, IPC_CLOSE,
	RESTART,
	OPS
};

/* What an argument may be. */
enum type { T_END, T_NUM, T_OUT, T_HANDLE, T_ADDR, T_KEY, T_IPC, T_PID };

/* Where an argument comes from: a number, a slot and a number to add. */
enum from { FROM_NUM, FROM_H, FROM_R, FROM_P, FROM_K, FROM_I, FROM_PLAIN, FROM_PID };

struct arg {
	uint8_t from;
	uint8_t slot;
	uint64_t num;
};

struct call {
	uint8_t op;
	uint8_t who;
	bool skipped;		/* would be undefined behaviour */
	bool done;
	aclError code;
	struct arg a[MAX_ARGS];
};

struct param {
	const char *name;
	enum type type;
	uint64_t plain;		/* what the shrinker tries first */
	bool field;		/* of a structure */
};

struct op_info {
	const char *name;
	unsigned int weight;
	struct param params[MAX_ARGS + 1];
};

/* What travels from an export to an import. */
struct key {
	uint64_t number;
	uint8_t fabric[sizeof(aclrtMemFabricHandle)];
};

struct name {
	char text[65];
};

/* A call with its values, and what came of it. */
struct job {
	enum op op;
	uint64_t v[MAX_ARGS];
	struct key key;
	struct name name;
	aclError code;
	uint64_t out[5];
	struct key out_key;
	struct name out_name;
};

/* ---- the model ---- */

struct place {
	uint32_t type;
	uint32_t id;
};

struct phys {
	bool live;
	bool plain;		/* ordinary memory, which the module does not know */
	unsigned int attr;	/* 0: of a heap */
	struct place at;
	uint64_t size;
	uint64_t granule;
	uint16_t cell[PHYS_PAGES];	/* below 256: all bytes are that; else 256 + page */
};

struct handle {
	bool live;
	bool imported;
	bool exported;
	int proc;
	int phys;
	int share;		/* it was imported from */
	uint64_t value;		/* 0: not known */
	unsigned int users;
	unsigned int maps;
	struct place at;
};

struct range {
	bool live;
	bool tied;
	int proc;
	uint64_t start;
	uint64_t size;
	struct place tie;
};

struct grant {
	struct place to;
	uint64_t start;
	uint64_t size;
};

struct map {
	bool live;
	bool owner;		/* the location of the memory has its right */
	int proc;
	int handle;
	int range;		/* NONE: of a heap or of an import by name */
	uint64_t start;
	uint64_t size;
	uint64_t offset;
	int grants;
	struct grant grant[MAX_GRANTS];
};

struct block {
	bool live;
	bool small;
	int proc;
	int heap;
	int map;
	uint64_t start;
	uint64_t size;
};

struct share {
	bool live;
	bool closed;
	bool no_list;
	bool fabric;
	bool by_name;
	int handle;		/* that it was exported from */
	int phys;
	int proc;
	unsigned int life;	/* of the exporter */
	unsigned int allowed[PROCS];	/* life of each that may import, 0: none */
	struct key key;
	struct name name;
	uint64_t offset;	/* of the piece that a name stands for */
	uint64_t size;
};

/* An import by name, the oldest first; the export of it has map NONE. */
struct import {
	bool live;
	int proc;
	int share;
	int map;
};

struct proc {
	unsigned int life;	/* 1 is the first */
	int32_t tgid;
	int current;		/* device, or NONE */
	unsigned int set[DEVICES];
	bool open[DEVICES];
	bool peer[DEVICES][DEVICES];
	int chunk[HEAPS];	/* map that small blocks lie in, or NONE */
	uint64_t arena[HEAPS];	/* 0: none yet */
	int plain;		/* phys that stands for the ordinary memory */
};

struct slots {
	uint64_t h[SLOTS];
	uint64_t r[SLOTS];
	uint64_t p[SLOTS];
	struct key k[SLOTS];
	struct name i[SLOTS];
};

struct model {
	struct slots slots;
	struct proc proc[PROCS];
	int physs, handles, ranges, maps, blocks, shares, imports;
	struct phys phys[MAX_OBJECTS + PROCS];
	struct handle handle[MAX_OBJECTS];
	struct range range[MAX_OBJECTS];
	struct map map[MAX_OBJECTS];
	struct block block[MAX_OBJECTS];
	struct share share[MAX_OBJECTS];
	struct import import[2 * MAX_OBJECTS];
};

/* Rules that the model can be told to forget, to see that this is found. */
enum forget {
	FORGET_NOTHING, FORGET_TIE, FORGET_LIST, FORGET_BYTES, FORGET_SHARE_LIFE,
	FORGETS
};

enum order { ORDER_CALL, ORDER_BEGIN, ORDER_LOOK, ORDER_CLEAN, ORDER_HELLO, ORDER_QUIT };

struct world {
	/* What the judge wants. */
	uint64_t seed;
	uint64_t left;		/* sequences */
	int64_t until;		/* second of the monotonic clock, 0: no limit */
	bool replay;		/* the calls are given */
	bool look;		/* at all bytes after each call */
	enum forget forget;

	/* What it gets. */
	uint64_t sequences;
	uint64_t made[OPS];	/* calls */
	uint64_t wrong[OPS];	/* of them failed, as they had to */
	int calls;
	struct call call[MAX_CALLS];
	char why[512];		/* the difference, or nothing */
	bool bytes;		/* it is one of bytes */

	/* For A and B. */
	struct job job;
	int at;			/* map that ORDER_LOOK is about */
	uint64_t page;		/* page of it, ~0: all */
	struct model model;
	uint64_t base[ACL_EMU_STAT_END];
	uint64_t base_used[HEAPS];
	uint64_t capacity[HEAPS];
	uint32_t pool_next;
	bool pool_full;
	uint32_t pool_frees;
	uint16_t pool_free[POOL_PAGES];
	uint8_t pool[POOL_PAGES][PAGE] __attribute__((aligned(PAGE)));
};

/* call.c */
extern const struct op_info ops[OPS];
void call_print(const struct call *call, char *text, size_t room);
void call_resolve(struct world *w, const struct call *call, struct job *job);
void call_store(struct world *w, const struct call *call, const struct job *job);

/* actor.c, actor_more.c */
typedef void (*perform_fn)(struct job *job);
extern const perform_fn perform_more[OPS];
extern uint8_t plain_memory[PLAIN_SIZE];
int actor_touch(uint64_t addr);
void actor_open(struct world *w);
void actor_order(struct world *w, int who, enum order order);
void actor_restart(struct world *w);
void actor_close(struct world *w);
uint64_t actor_stat(int which);
struct acl_emu_device_info actor_memory(int heap);

/* state.c */
__attribute__((format(printf, 2, 3)))
void differ(struct world *w, const char *format, ...);
void model_begin(struct world *w);
void model_sweep(struct world *w);
void model_proc_gone(struct world *w, int who);
void model_device_gone(struct world *w, int who, int device);
int heap_of(struct place at);
uint64_t model_used(const struct world *w, int heap);
uint64_t model_free(const struct world *w, int heap);
bool place_same(struct place a, struct place b);
struct place place_device(uint32_t id);
/* The first live object of a process for which @cond holds, named @x there, or NULL. */
#define MODEL_FIND(w, who, kind, x, cond) ({ \
	__typeof__(&(w)->model.kind[0]) found_ = NULL; \
	for (int i_ = 0; !found_ && i_ < (w)->model.kind##s; i_++) { \
		__typeof__(found_) x = &(w)->model.kind[i_]; \
		if (x->live && x->proc == (who) && (cond)) \
			found_ = x; \
	} \
	found_; \
})

struct handle *handle_of(struct world *w, int who, uint64_t value);
struct range *range_at(struct world *w, int who, uint64_t addr);
struct map *map_at(struct world *w, int who, uint64_t addr);
struct block *block_at(struct world *w, int who, uint64_t addr);
bool between_blocks(struct world *w, int who, const struct map *map, uint64_t addr);
bool in_arena(const struct world *w, int who, uint64_t addr);
bool map_open(const struct map *map);
int phys_new(struct world *w, struct place at, uint64_t size, uint64_t granule);
int handle_new(struct world *w, int who, int phys, struct place at, uint64_t value);
int map_new(struct world *w, int who, int handle, uint64_t start, uint64_t size);
void map_drop(struct world *w, struct map *map);

/* content.c */
struct piece {
	int phys;
	uint64_t offset;
	uint64_t size;
};

void content_new(struct world *w, int phys);
void content_drop(struct world *w, int phys);
bool content_at(struct world *w, int who, uint64_t addr, uint64_t size, struct piece *piece);
void content_fill(struct world *w, int who, uint64_t addr, uint8_t value, uint64_t size);
void content_copy(struct world *w, int who, uint64_t dst, uint64_t src, uint64_t size);
void content_plain(struct world *w, int who);
void content_look(struct world *w, int map, uint64_t page);
void content_look_plain(struct world *w, int who);
void content_write_plain(struct world *w, int who);

/* rules.c, rules_memory.c, rules_share.c: the code that a call has to give */
typedef aclError (*rule_fn)(struct world *w, int who, const struct job *job);
extern const rule_fn rules[OPS];
extern const rule_fn rules_share[OPS];
extern const rule_fn rules_memory[OPS];
aclError need_current(const struct world *w, int who);
bool any_open(const struct world *w, int who);
bool memory_allowed(struct world *w, int who, const struct job *job);

/* choose.c, ready.c */
bool choose_ready(const struct world *w, int who, enum op op);
void choose_begin(struct world *w);
void choose_call(struct world *w, struct call *call);

/* run.c */
bool run_fit(struct world *w);
void run_worker(struct world *w);

/* judge.c */
struct world *judge_world(void);
bool judge_run(struct world *w);
bool judge_stopped(void);
int judge_shrink(struct world *w);
void judge_print(const struct world *w);

#endif /* MODEL_H */
