// SPDX-License-Identifier: MIT
/*
 * Making programs: values that are likely to mean something, and changes.
 */
#include <string.h>

#include "fuzz.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define K	0x1000ull
#define M2	0x200000ull
#define PICK(state, ...) ({ \
	static const uint64_t _list[] = { __VA_ARGS__ }; \
	_list[fuzz_random(state) % COUNT(_list)]; \
})

uint64_t fuzz_random(uint64_t *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return *state >> 29;
}

static bool one_in(uint64_t *state, unsigned int n)
{
	return !(fuzz_random(state) % n);
}

/* What a handle, address or key may be when it is no result. */
static uint64_t plain_value(const struct fuzz_field *field, uint64_t *state)
{
	switch (field->kind) {
	case FUZZ_ADDR:
	case FUZZ_EITHER:
		return PICK(state, 0, K, 1, ACL_EMU_VA_HEAP_FIRST, ACL_EMU_VA_USER_FIRST,
			    ACL_EMU_VA_USER_FIRST, ACL_EMU_VA_USER_FIRST + M2,
			    ACL_EMU_VA_USER_FIRST + 0x40000000, ACL_EMU_VA_LAST,
			    ACL_EMU_VA_LAST - M2, ACL_EMU_VA_LAST + 0x40000000,
			    0x7ffffffff000, 0x800000000000, ~0ull, 1ull << 63);
	case FUZZ_FD:
		return PICK(state, 0, -1ull, 3, 99999, 0x7fffffff, 0x80000000);
	default:
		return PICK(state, 0, 1, 0x100000001, 0x100000002, 0xffffffff, ~0ull, 1ull << 63);
	}
}

static uint64_t flags_value(const struct fuzz_field *field, uint64_t *state)
{
	if (one_in(state, 40))
		return 1ull << fuzz_random(state) % 32;
	return one_in(state, 3) ? fuzz_random(state) & field->limit : 0;
}

static uint64_t size_value(uint64_t *state)
{
	if (!one_in(state, 5))
		return PICK(state, K, 2 * K, M2, M2, M2, 2 * M2, 3 * M2, M2 + K);
	return PICK(state, 0, 1, 8, 100, K - 1, K + 1, M2 - K, M2 - 1, 16 * M2, 17 * M2,
		    0x40000000, ACL_EMU_VA_MAX_SIZE, ACL_EMU_VA_MAX_SIZE + M2, 1ull << 47,
		    1ull << 63, ~0ull, -K, -M2);
}

static uint64_t small_value(const struct fuzz_field *field, uint64_t *state)
{
	if (one_in(state, 50))
		return PICK(state, 0x7fffffff, 0x80000000, 0xffffffff);
	if (field->limit < 8)
		return one_in(state, 4) ? fuzz_random(state) % (field->limit + 1) : 0;
	return fuzz_random(state) % (one_in(state, 4) ? field->limit + 1 : 4);
}

static uint64_t field_value(const struct fuzz_field *field, uint64_t *state)
{
	switch (field->kind) {
	case FUZZ_FLAGS:
		return flags_value(field, state);
	case FUZZ_SIZE:
		return size_value(state);
	case FUZZ_OFFSET:
		return one_in(state, 3) ? PICK(state, K, M2, M2 - K, 2 * M2, 1, ~0ull, -K) : 0;
	case FUZZ_ALIGN:
		return one_in(state, 2) ? 0 : PICK(state, M2, 2 * M2, 0x40000000, K, 3 * M2, 1,
						   ACL_EMU_VA_MAX_SIZE, 1ull << 63);
	case FUZZ_DEVICE:
		return one_in(state, 3) ? PICK(state, 1, 1, 1, 2, 63, 64, ~0ull) : 0;
	case FUZZ_LOC_TYPE:
		return one_in(state, 3) ? PICK(state, 0, 0, 4, 4, 2, 5, ~0ull) : 1;
	case FUZZ_RIGHTS:
		return one_in(state, 3) ? PICK(state, 0, 1, 1, 2, 4, ~0ull) : 3;
	case FUZZ_SMALL:
		return small_value(field, state);
	case FUZZ_NUMBER:
		return PICK(state, 0, 1, 2, 3, 0x100, 0x200000, 0xea00, 0xea96, 0xea9d,
			    ~0ull, 1ull << 63, 0xffffffff);
	case FUZZ_PAD:
		return one_in(state, 60);
	case FUZZ_USER:
		return one_in(state, 5) ? PICK(state, 1, 2, 3, 4, 5) : 0;
	case FUZZ_DEADLINE:
		return PICK(state, 0, 0, 1, 2, 2, ~0ull, 1ull << 63);
	case FUZZ_LENGTH:
		return one_in(state, 50) ? PICK(state, 1, 4, 8, 39, 40, 48, 56, 64, 120, 200,
						4096, 4097, 0xffffffff) : 0;
	case FUZZ_WHERE:
		return one_in(state, 25) ? fuzz_random(state) % FUZZ_WHERE_END : 0;
	case FUZZ_CTX:
		return one_in(state, 8) ? fuzz_random(state) % FUZZ_CTX_END : 0;
	}
	return plain_value(field, state);
}

/* A call before @at whose result is of the kind; 0 if there is none. */
static uint8_t find_result(const struct fuzz_program *program, unsigned int at, uint8_t kind,
			   uint64_t *state)
{
	for (int tries = 0; at && tries < 12; tries++) {
		unsigned int i = fuzz_random(state) % at;
		uint8_t has = fuzz_types[program->calls[i].type].result;

		/* A sync can stand where memory can, and now and then the reverse. */
		if (has == kind || (has == FUZZ_SYNC && kind == FUZZ_HANDLE) ||
		    (has == FUZZ_HANDLE && kind == FUZZ_SYNC && one_in(state, 4)))
			return i + 1;
	}
	return 0;
}

static void make_value(struct fuzz_program *program, unsigned int at, unsigned int n,
		       uint64_t *state)
{
	struct fuzz_call *call = &program->calls[at];
	const struct fuzz_field *field = &fuzz_types[call->type].fields[n];
	struct fuzz_value *value = &call->values[n];
	uint8_t kind = field->kind == FUZZ_EITHER ? FUZZ_ADDR : field->kind;
	uint8_t ref = 0;

	*value = (struct fuzz_value){ 0 };
	if (field->kind == FUZZ_EITHER && one_in(state, 3)) {
		value->plain = one_in(state, 4) ? fuzz_random(state) % 8 : 0;
		return;
	}
	if (kind <= FUZZ_FD && !one_in(state, 12))
		ref = find_result(program, at, kind, state);
	value->ref = ref;
	if (!ref)
		value->plain = field_value(field, state);
	else if (kind == FUZZ_ADDR && one_in(state, 3))
		value->plain = PICK(state, K, 2 * K, M2, M2, 2 * M2, M2 - K, 1, 8, -K, -M2,
				    3 * M2);
}

static unsigned int pick_type(uint64_t *state)
{
	unsigned int sum = 0, i;
	uint64_t at;

	for (i = 0; i < fuzz_nr_types; i++)
		sum += fuzz_types[i].weight;
	at = fuzz_random(state) % sum;
	for (i = 0; at >= fuzz_types[i].weight; i++)
		at -= fuzz_types[i].weight;
	return i;
}

static void make_call(struct fuzz_program *program, unsigned int at, unsigned int type,
		      uint64_t *state)
{
	program->calls[at].type = type;
	for (unsigned int n = 0; n < FUZZ_FIELDS && fuzz_types[type].fields[n].name; n++)
		make_value(program, at, n, state);
}

/* As programs begin that get anywhere. */
static void make_beginning(struct fuzz_program *program, uint64_t *state)
{
	static const char * const names[] = { "DEVICE_OPEN", "PHYS_ALLOC", "RANGE_RESERVE", "MAP",
					      "write" };
	unsigned int nr = fuzz_random(state) % (COUNT(names) + 1);

	for (unsigned int i = 0; i < nr; i++) {
		make_call(program, i, fuzz_type_find(names[i]), state);
		/* Called as it should be. */
		memset(program->calls[i].values, 0, 4 * sizeof(struct fuzz_value));
		program->nr++;
	}
}

void fuzz_generate(struct fuzz_program *program, uint64_t *state)
{
	unsigned int nr = 3 + fuzz_random(state) % (FUZZ_CALLS - 3);

	memset(program, 0, sizeof(*program));
	make_beginning(program, state);
	while (program->nr < nr) {
		make_call(program, program->nr, pick_type(state), state);
		program->nr++;
	}
}

/* References to what moves follow it; those to what is gone become plain. */
static void fix_refs(struct fuzz_program *program, unsigned int from, int by)
{
	for (unsigned int i = 0; i < program->nr; i++) {
		for (unsigned int n = 0; n < FUZZ_FIELDS; n++) {
			struct fuzz_value *value = &program->calls[i].values[n];

			if (value->ref > from)
				value->ref = value->ref + by;
			if (value->ref > i)
				value->ref = 0;
		}
	}
}

static void insert_call(struct fuzz_program *program, uint64_t *state)
{
	unsigned int at = fuzz_random(state) % (program->nr + 1);

	if (program->nr == FUZZ_CALLS)
		return;
	memmove(&program->calls[at + 1], &program->calls[at],
		(program->nr - at) * sizeof(program->calls[0]));
	memset(&program->calls[at], 0, sizeof(program->calls[0]));
	program->nr++;
	fix_refs(program, at, 1);
	make_call(program, at, pick_type(state), state);
}

static void remove_call(struct fuzz_program *program, uint64_t *state)
{
	unsigned int at = fuzz_random(state) % program->nr;

	if (program->nr < 2)
		return;
	program->nr--;
	memmove(&program->calls[at], &program->calls[at + 1],
		(program->nr - at) * sizeof(program->calls[0]));
	fix_refs(program, at, -1);
}

static void change_value(struct fuzz_program *program, uint64_t *state)
{
	unsigned int at = fuzz_random(state) % program->nr;
	const struct fuzz_call_type *type = &fuzz_types[program->calls[at].type];
	unsigned int nr = 0;

	while (nr < FUZZ_FIELDS && type->fields[nr].name)
		nr++;
	make_value(program, at, fuzz_random(state) % nr, state);
}

/* The end of another program behind the beginning of this one. */
static void splice(struct fuzz_program *program, const struct fuzz_program *other,
		   uint64_t *state)
{
	unsigned int from = fuzz_random(state) % other->nr;
	unsigned int at = fuzz_random(state) % program->nr + 1;

	program->nr = at;
	while (program->nr < FUZZ_CALLS && from < other->nr)
		program->calls[program->nr++] = other->calls[from++];
	/* Whatever they referred to: there is something of the kind, perhaps. */
	for (unsigned int i = at; i < program->nr; i++) {
		for (unsigned int n = 0; n < FUZZ_FIELDS; n++)
			if (program->calls[i].values[n].ref)
				make_value(program, i, n, state);
	}
}

void fuzz_mutate(struct fuzz_program *program, const struct fuzz_program *other,
		 uint64_t *state)
{
	unsigned int times = 1 + fuzz_random(state) % 4;

	if (one_in(state, 8))
		splice(program, other, state);
	while (times--) {
		switch (fuzz_random(state) % 5) {
		case 0:
		case 1:
			insert_call(program, state);
			break;
		case 2:
			remove_call(program, state);
			break;
		default:
			change_value(program, state);
		}
	}
}
