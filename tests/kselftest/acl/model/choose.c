// SPDX-License-Identifier: MIT
/*
 * Random calls. Most arguments fit what the model says there is, so that
 * sequences get somewhere; the others are wrong by themselves, stale or foreign.
 */
#include <string.h>

#include "model.h"

#define KEYS	4	/* slots in use; they are full sooner than others */

#define PICK(...) \
	pick((const uint64_t[]){ __VA_ARGS__ }, sizeof((uint64_t[]){ __VA_ARGS__ }) / 8)

static uint64_t state;
static int length;
static int theme;	/* kind of calls that is frequent in this sequence */

static uint64_t dice(uint64_t sides)
{
	uint64_t z = state += 0x9e3779b97f4a7c15ul;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ul;
	z = (z ^ z >> 27) * 0x94d049bb133111ebul;
	return (z ^ z >> 31) % sides;
}

static bool percent(unsigned int n)
{
	return dice(100) < n;
}

static uint64_t pick(const uint64_t *list, size_t count)
{
	return list[dice(count)];
}

/* ---- arguments ---- */

static struct arg number(uint64_t num)
{
	return (struct arg){ .num = num };
}

static struct arg slot(enum from from, uint64_t at, uint64_t num)
{
	return (struct arg){ .from = (uint8_t)from, .slot = (uint8_t)at, .num = num };
}

/* A slot to write, preferably one whose value no process uses. */
static struct arg out(struct world *w, enum from from)
{
	const struct slots *s = &w->model.slots;
	uint64_t at = 0;
	int i;

	if (percent(1))
		return number(0);
	for (i = 0; i < 4; i++) {
		at = dice(SLOTS);
		if (from == FROM_H && !handle_of(w, 0, s->h[at]) && !handle_of(w, 1, s->h[at]))
			break;
		if (from == FROM_R && !range_at(w, 0, s->r[at]) && !range_at(w, 1, s->r[at]))
			break;
		if (from == FROM_P && !map_at(w, 0, s->p[at]) && !map_at(w, 1, s->p[at]))
			break;
	}
	return slot(from, at, 0);
}

static struct arg bad(enum from from)
{
	if (percent(25))
		return number(0);
	if (percent(20))
		return number(PICK(1, 0x1234, BLOCK, 20 * TIB, ~0ul));
	return slot(from, dice(SLOTS), percent(70) ? 0 : PICK(1, PAGE, BLOCK, -BLOCK));
}

static struct arg handle(struct world *w, int who)
{
	uint64_t at = dice(SLOTS), i;

	if (percent(8))
		return bad(FROM_H);
	for (i = 0; i < SLOTS; i++)
		if (handle_of(w, who, w->model.slots.h[(at + i) % SLOTS]))
			return slot(FROM_H, (at + i) % SLOTS, 0);
	return slot(FROM_H, at, 0);
}

static struct arg range(struct world *w, int who)
{
	uint64_t at = dice(SLOTS), i;

	for (i = 0; i < SLOTS; i++)
		if (range_at(w, who, w->model.slots.r[(at + i) % SLOTS]))
			return slot(FROM_R, (at + i) % SLOTS, 0);
	return slot(FROM_R, at, 0);
}

/* The start of a mapping, of a block or of an import by name. */
static struct arg mapping(struct world *w, int who)
{
	const struct slots *s = &w->model.slots;
	const struct map *map;
	int n, i, j;

	for (n = 0; n < w->model.maps; n++) {
		i = (int)dice((uint64_t)w->model.maps);
		map = &w->model.map[i];
		if (!map->live || map->proc != who)
			continue;
		for (j = 0; j < SLOTS; j++) {
			if (map->range != NONE && w->model.range[map->range].start == s->r[j])
				return slot(FROM_R, (uint64_t)j, map->start - s->r[j]);
			if (map->range == NONE && s->p[j] - map->start < map->size)
				return slot(FROM_P, (uint64_t)j, 0);
		}
	}
	return range(w, who);
}

static struct arg mapped(struct world *w, int who)
{
	struct arg arg;

	if (percent(5))
		return bad(FROM_R);
	if (percent(5))
		return bad(FROM_P);
	arg = mapping(w, who);
	if (percent(7))
		arg.num += PICK(1, PAGE, BLOCK, -BLOCK, 64 * KIB);
	return arg;
}

static struct arg block(struct world *w, int who)
{
	uint64_t at = dice(SLOTS), i;

	if (percent(8))
		return percent(50) ? mapped(w, who) : bad(FROM_P);
	for (i = 0; i < SLOTS; i++)
		if (block_at(w, who, w->model.slots.p[(at + i) % SLOTS]))
			return slot(FROM_P, (at + i) % SLOTS, 0);
	return slot(FROM_P, at, 0);
}

/* Somewhere that can be read and written, most of the time. */
static struct arg bytes(struct world *w, int who)
{
	struct arg arg;

	if (percent(18))
		return slot(FROM_PLAIN, 0, dice(PLAIN_SIZE / 2) & ~7ul);
	if (percent(4))
		return number(0);
	if (percent(4))
		return bad(FROM_R);
	arg = percent(12) ? block(w, who) : percent(8) ? range(w, who) : mapping(w, who);
	if (percent(70))
		arg.num += PICK(8, 100, PAGE, PAGE + 1, BLOCK - PAGE, BLOCK - 8, BLOCK, 64 * KIB);
	return arg;
}

static uint64_t count(void)
{
	if (percent(4))
		return 0;
	if (percent(8))
		return PICK(BLOCK, BLOCK + PAGE, 2 * BLOCK, MIB);
	return PICK(1, 8, 100, 512, PAGE, PAGE, PAGE + 3, 3 * PAGE, 16 * KIB);
}

static uint64_t device(void)
{
	return percent(97) ? dice(DEVICES) : PICK(DEVICES, 63, 64, 0xfffffffful);
}

/* Can the process allow others, or import, with it? */
static bool usable(const struct world *w, int who, bool mine, const struct share *s)
{
	if (mine)
		return !s->no_list;
	return s->no_list || s->allowed[who] == w->model.proc[who].life;
}

static bool good_share(const struct world *w, int who, bool mine, enum from from, int at)
{
	const struct share *s;
	int i;

	for (i = 0; i < w->model.shares; i++) {
		s = &w->model.share[i];
		if (!s->live || s->closed || (s->proc == who) != mine || !usable(w, who, mine, s))
			continue;
		if (from == FROM_K ? !memcmp(&s->key, &w->model.slots.k[at], sizeof(s->key)) :
		    !memcmp(&s->name, &w->model.slots.i[at], sizeof(s->name)))
			return true;
	}
	return false;
}

/* A key that the process made, or one that it may want to import. */
static struct arg key(const struct world *w, int who, bool mine, enum from from)
{
	uint64_t at = dice(KEYS), i;

	if (percent(4))
		return number(from == FROM_K ? PICK(0, 1, 0x123456789abcdefful) : 0);
	for (i = 0; percent(95) && i < KEYS; i++)
		if (good_share(w, who, mine, from, (int)((at + i) % KEYS)))
			return slot(from, (at + i) % KEYS, 0);
	return slot(from, at, 0);
}

static struct arg pid(void)
{
	if (percent(85))
		return slot(FROM_PID, dice(PROCS), 0);
	return number(PICK(0, 0, 1, 0x7ffffffful));
}

/* ---- calls ---- */

static void fill_phys(struct world *w, struct call *c)
{
	struct arg *a = c->a;

	a[0] = out(w, FROM_H);
	a[1].num = percent(70) ? BLOCK : percent(80) ? BLOCK * (2 + dice(7)) :
		PICK(0, 1, BLOCK + PAGE, BLOCK / 2, 32 * MIB, GIB, 9 * TIB, ~0ul);
	if (percent(15))
		a[2].num = dice(18 + percent(20));
	else if (percent(30))
		a[2].num = PICK(4, 5, 12, 13, 15, 16);
	a[4].num = device();
	if (percent(15)) {
		a[3].num = PICK(0, 0, 0, 4, 4, 2, 3, 5);
		a[4].num = percent(80) ? 0 : PICK(1, 7, 64, 0xfffffffful);
	}
	if (percent(2))
		a[5 + dice(4)].num = 1;
}

static void fill_reserve(struct world *w, struct call *c)
{
	struct arg *a = c->a;

	a[0] = out(w, FROM_R);
	a[1].num = percent(85) ? BLOCK * PICK(1, 2, 4, 4, 8, 8, 16) :
		PICK(0, 1, 3 * MIB, 600 * MIB, GIB, GIB + 1, 9 * TIB);
	if (percent(2))
		a[2].num = BLOCK;
	a[3] = number(0);
	if (percent(10))
		a[3] = number(PICK(20 * TIB, 20 * TIB + GIB, 20 * TIB + 2 * GIB, 8 * TIB, 24 * TIB,
				   24 * TIB - GIB, 20 * TIB + BLOCK, 25 * TIB));
	else if (percent(4))
		a[3] = slot(FROM_R, dice(SLOTS), 0);
	a[4].num = percent(90) ? dice(2) : 2;
}

static bool taken(const struct world *w, int who, uint64_t start, uint64_t size)
{
	return MODEL_FIND(w, who, map, m, m->start < start + size && start < m->start + m->size);
}

static bool fits(const struct range *r, const struct handle *h)
{
	return !r->tied || place_same(r->tie, h->at);
}

static void fill_map(struct world *w, struct call *c)
{
	struct arg *a = c->a;
	struct handle *h;
	struct range *r;
	int i;

	a[3] = handle(w, c->who);
	a[0] = range(w, c->who);
	h = handle_of(w, c->who, w->model.slots.h[a[3].slot]);
	if (a[3].from != FROM_H || !h)
		return;
	a[1].num = w->model.phys[h->phys].size;
	for (i = 0; i < 6; i++) {
		uint64_t start = w->model.slots.r[a[0].slot];

		r = range_at(w, c->who, start);
		if (r && a[1].num <= r->size)
			a[0].num = dice((r->size - a[1].num) / BLOCK + 1) * BLOCK;
		if (r && fits(r, h) && !taken(w, c->who, start + a[0].num, a[1].num))
			break;
		a[0] = range(w, c->who);
	}
	if (percent(6))
		a[0] = mapped(w, c->who);
	if (percent(6))
		a[1].num = PICK(0, 1, PAGE, BLOCK, 2 * BLOCK, 64 * MIB, -BLOCK);
	if (percent(2))
		a[2].num = BLOCK;
	if (percent(1))
		a[4].num = 1;
}

static void fill_grant(struct world *w, struct call *c)
{
	struct arg *a = c->a;
	struct map *map;
	int i;

	a[0] = mapped(w, c->who);
	a[2].num = percent(80) ? 1 : dice(3);
	if (a[0].from == FROM_R || a[0].from == FROM_P) {
		map = map_at(w, c->who, (a[0].from == FROM_R ? w->model.slots.r :
					 w->model.slots.p)[a[0].slot] + a[0].num);
		if (map)
			a[1].num = map->size;
	}
	if (percent(12))
		a[1].num = PICK(0, PAGE, BLOCK, 64 * MIB);
	for (i = 3; i < 9; i += 3) {
		if (percent(4))
			a[i].num = PICK(0, 1, 2, 7);
		a[i + 1].num = percent(96) ? dice(2) : PICK(2, 3, 4, 9);
		a[i + 2].num = a[i + 1].num == 1 ? device() : percent(95) ? 0 : 1;
	}
}

static void fill_access(struct world *w, struct call *c)
{
	c->a[0] = mapped(w, c->who);
	c->a[1].num = percent(96) ? dice(2) : PICK(2, 4, 9);
	c->a[2].num = c->a[1].num == 1 ? device() : percent(95) ? 0 : 1;
}

static void fill_copy(struct world *w, struct call *c)
{
	struct arg *a = c->a;

	a[0] = bytes(w, c->who);
	a[2] = bytes(w, c->who);
	a[3].num = count();
	a[1].num = percent(97) ? a[3].num + dice(2) * PAGE : a[3].num - 1;
	a[4].num = percent(97) ? dice(6) : 6;
}

static void fill_fill(struct world *w, struct call *c)
{
	struct arg *a = c->a;

	a[0] = bytes(w, c->who);
	a[2].num = dice(256);
	a[3].num = count();
	a[1].num = percent(97) ? a[3].num : a[3].num - 1;
}

static void fill_export(struct world *w, struct call *c)
{
	bool v2 = c->op == EXPORT_V2;

	c->a[0] = handle(w, c->who);
	c->a[v2 ? 1 : 2].num = percent(96) ? dice(2) : 2;
	c->a[v2 ? 2 : 1].num = v2 ? (percent(96) ? 1 + dice(2) : dice(4)) : percent(3);
	c->a[3] = percent(1) ? number(0) : slot(FROM_K, dice(KEYS), 0);
}

static void fill_allow(struct world *w, struct call *c)
{
	int at = c->op == ALLOW_V2 ? 2 : 1;

	c->a[0] = key(w, c->who, true, c->op == IPC_ALLOW ? FROM_I : FROM_K);
	if (at == 2)
		c->a[1].num = percent(96) ? 1 + dice(2) : dice(4);
	c->a[at] = pid();
	c->a[at + 1] = pid();
	c->a[at + 2].num = percent(96) ? 1 + dice(2) : 0;
}

static void fill_import(struct world *w, struct call *c)
{
	bool v2 = c->op == IMPORT_V2;

	c->a[0] = key(w, c->who, false, FROM_K);
	if (v2) {
		c->a[1].num = percent(96) ? 1 + dice(2) : dice(4);
		c->a[2].num = percent(2);
	} else {
		c->a[1].num = device();
	}
	c->a[v2 ? 3 : 2] = out(w, FROM_H);
}

static void fill_malloc(struct world *w, struct call *c)
{
	c->a[0] = out(w, FROM_P);
	c->a[1].num = percent(70) ? PICK(1, 512, PAGE, 16000) :
		PICK(0, MIB, MIB + 1, BLOCK - 32, BLOCK, 3 * MIB, 8 * MIB, 20 * MIB);
	if (c->op == MALLOC && percent(6))
		c->a[2].num = dice(10);
}

/* A name that the process exported or imported, and did not close. */
static struct arg name_to_close(const struct world *w, int who)
{
	const struct model *m = &w->model;
	uint64_t at = dice(KEYS), try;
	int i;

	if (percent(4))
		return number(0);
	for (try = 0; try < KEYS; try++, at = (at + 1) % KEYS)
		for (i = 0; i < m->imports; i++)
			if (m->import[i].live && m->import[i].proc == who &&
			    !memcmp(&m->share[m->import[i].share].name, &m->slots.i[at],
				    sizeof(struct name)))
				return slot(FROM_I, at, 0);
	return slot(FROM_I, at, 0);
}

static bool of_device(struct world *w, int who, struct arg arg)
{
	const struct map *map = NULL;

	if (arg.from == FROM_P)
		map = map_at(w, who, w->model.slots.p[arg.slot] + arg.num);
	else if (arg.from == FROM_R)
		map = map_at(w, who, w->model.slots.r[arg.slot] + arg.num);
	return map && w->model.handle[map->handle].at.type == ACL_EMU_LOC_DEVICE &&
	       !w->model.handle[map->handle].imported;
}

static void fill_ipc(struct world *w, struct call *c)
{
	struct arg *a = c->a;
	int i;

	if (c->op == IPC_KEY) {
		for (i = 0; i < 4 && !of_device(w, c->who, a[0]); i++)
			a[0] = percent(50) ? block(w, c->who) : mapped(w, c->who);
		a[1].num = PICK(1, 1, 64, 512, PAGE, BLOCK);
		a[2] = percent(1) ? number(0) : slot(FROM_I, dice(KEYS), 0);
		a[3].num = percent(97) ? 65 : 64;
		a[4].num = percent(96) ? !percent(40) : 2;
	} else if (c->op == IPC_IMPORT) {
		a[0] = out(w, FROM_P);
		a[1] = key(w, c->who, false, FROM_I);
		a[2].num = percent(96) ? dice(2) : 2;
	} else {
		a[0] = name_to_close(w, c->who);
	}
}

static void fill_simple(struct world *w, struct call *c)
{
	struct arg *a = c->a;

	switch (c->op) {
	case SET_DEVICE: case RESET: case RESET_FORCE: case PEER_ON: case PEER_OFF:
		a[0].num = device();
		break;
	case MEM_INFO:
		a[0].num = dice(19);
		break;
	case PHYS_FREE: case PROPS:
		a[0] = handle(w, c->who);
		break;
	case RETAIN:
		a[0] = mapped(w, c->who);
		a[1] = out(w, FROM_H);
		break;
	case RELEASE:
		a[0] = percent(10) ? mapped(w, c->who) : range(w, c->who);
		break;
	case FREE: case FREE_HOST:
		a[0] = block(w, c->who);
		break;
	case TOUCH:
		a[0] = bytes(w, c->who);
		a[1].num = dice(256);
		break;
	case POINTER: case EXTENT:
		a[0] = percent(40) ? block(w, c->who) : percent(30) ? bytes(w, c->who) :
			mapped(w, c->who);
		break;
	default:
		a[0] = mapped(w, c->who);
	}
	if (c->op == PEER_ON && percent(3))
		a[1].num = 1;
}

static void fill_restart(struct world *w, struct call *c)
{
	(void)w;
	c->who = 1;
}

/* fill_simple() fills the arguments of the others. */
static void (*const fills[OPS])(struct world *w, struct call *c) = {
	[PHYS] = fill_phys, [RESERVE] = fill_reserve, [MAP] = fill_map, [MAP_NONE] = fill_map,
	[GRANT] = fill_grant, [ACCESS] = fill_access, [COPY] = fill_copy, [FILL] = fill_fill,
	[EXPORT] = fill_export, [EXPORT_V2] = fill_export, [ALLOW] = fill_allow,
	[ALLOW_V2] = fill_allow, [IPC_ALLOW] = fill_allow, [IMPORT] = fill_import,
	[IMPORT_V2] = fill_import, [MALLOC] = fill_malloc, [MALLOC_HOST] = fill_malloc,
	[IPC_KEY] = fill_ipc, [IPC_IMPORT] = fill_ipc, [IPC_CLOSE] = fill_ipc,
	[RESTART] = fill_restart,
};

static int kind(int op)
{
	if (op >= IPC_KEY)
		return op == RESTART ? NONE : 4;
	if (op >= MALLOC)
		return 3;
	if (op >= COPY)
		return 2;
	return op >= EXPORT ? 1 : 0;
}

static unsigned int weight(int op)
{
	return ops[op].weight * (kind(op) == theme ? 4 : 1);
}

static enum op any_op(void)
{
	unsigned int sum = 0, left;
	int op;

	for (op = 0; op < OPS; op++)
		sum += weight(op);
	left = (unsigned int)dice(sum);
	for (op = 0; left >= weight(op); op++)
		left -= weight(op);
	return (enum op)op;
}

void choose_begin(struct world *w)
{
	state = w->seed * 0xd1342543de82ef95ul + 1;
	length = 12 + (int)dice(MAX_CALLS - 12);
	theme = (int)dice(6);
}

/* The next call; op OPS: the sequence is at its end. */
void choose_call(struct world *w, struct call *c)
{
	static const struct { uint8_t who, device; } first[] = {
		{ 0, 1 }, { 0, 0 }, { 1, 1 }, { 1, 0 } };
	int at = w->calls, i;

	if (at >= length) {
		c->op = OPS;
		return;
	}
	if (at < 4 && percent(93)) {
		c->op = SET_DEVICE;
		c->who = first[at].who;
		c->a[0].num = first[at].device;
		return;
	}
	for (i = 0; i < 20; i++) {
		c->op = (uint8_t)any_op();
		c->who = percent(35);
		if (c->op == RESTART ? percent(40) :
		    choose_ready(w, c->who, (enum op)c->op) || percent(5))
			break;
	}
	for (i = 0; i < MAX_ARGS && ops[c->op].params[i].type != T_END; i++)
		c->a[i].num = ops[c->op].params[i].plain;
	(fills[c->op] ?: fill_simple)(w, c);
}
