/* SPDX-License-Identifier: MIT */
/*
 * Races: what two or more threads do to the same objects at the same time.
 *
 * The *owner* has a world: a reservation, memory mapped in it, a key and a
 * dma-buf of that memory, a counter. A *peer* process imports from it. Each has
 * two threads (actors), which meet and then do an operation each. A *taker*
 * process allocates what others free.
 *
 * Every page begins with a word that says who owns it: whoever reads a word of
 * somebody else has found a leak. Operations write behind that word only, and
 * only their owner's byte on top.
 */
#ifndef RACE_H
#define RACE_H

#include "uapi_test.h"

#include <sys/syscall.h>

#define RACE_ACTORS	4
#define RACE_PLACE	0x130000000000ull	/* of the owner's reservation */
#define RACE_FAR	0x150000000000ull	/* of the peer's */
#define RACE_MEM	SIZE_2M
#define RACE_SIZE	((1 + RACE_ACTORS) * RACE_MEM)
#define RACE_FD		500			/* no other file gets such a number */
#define RACE_SCRATCH	64			/* offset of what operations write */
#define RACE_HANG	60			/* seconds; an operation takes milliseconds */

enum race_tag { RACE_OWNER = 0xa1, RACE_PEER = 0xb2, RACE_TAKER = 0xc3 };
enum race_flavour { RACE_HUGE, RACE_SMALL, RACE_RDONLY, RACE_FLAVOURS };

/* Who it is, which page of the memory, which allocation. */
#define RACE_STAMP(tag, page, serial) \
	((uint64_t)(tag) << 56 | (uint64_t)(page) << 32 | (uint32_t)(serial))
#define RACE_TAG(word)		((word) >> 56)
#define RACE_PAGE(word)		((word) >> 32 & 0xffffff)

struct race_me;

#define RACE_CLOSES	1	/* closes the owner's file */
#define RACE_BY_PEER	2	/* is done by the peer */
#define RACE_COVERS	4	/* puts other memory over the reservation */

struct race_op {
	const char *name;
	void (*fn)(struct race_me *me);
	unsigned int flags;
};

/* One for all processes. */
struct race {
	uint32_t flavour;
	uint32_t serial;
	uint64_t handle;
	uint64_t key;
	uint64_t sync;
	uint64_t sync_key;
	int32_t dmabuf;
	pid_t owner;
	pid_t peer;
	uint32_t flags;		/* of all operations of this round */
	uint32_t stop;

	uint32_t go[RACE_ACTORS];
	const struct race_op *op[RACE_ACTORS];
	uint64_t seed[RACE_ACTORS];
	uint32_t actors;	/* of this round */
	uint32_t met;
	uint32_t busy;
	uint32_t round;		/* the taker works once a round */
	uint64_t done;
	uint64_t denied;	/* calls that failed, as they may */
	uint64_t looks;
	uint64_t taken;

	uint32_t faults;
	char fault[512];
};

extern struct race *race;

/* An actor. */
struct race_me {
	int number;
	enum race_tag tag;
	int fd;
	uint64_t base;		/* of the reservation of the process */
	uint64_t own;		/* addresses for this actor alone */
	uint64_t random;
	const struct race_op *op;
};

/* ---- what is found wrong ---- */

__attribute__((format(printf, 2, 3)))
void race_fault(const struct race_me *me, const char *format, ...);

/* Passes on the result of an ioctl, which must be a documented one. */
int race_rc(const struct race_me *me, unsigned int nr, int rc);

#define RACE_CALL(me, name, call)	race_rc(me, ACL_EMU_NR_##name, call)

uint64_t race_random(struct race_me *me);

/* ---- looking at memory that may go away ---- */

/* SIGBUS and SIGSEGV make race_touch() return. */
void race_catch(void);

/* Reads a word, or writes it. Gives 0, or the signal that came instead. */
int race_touch(uint64_t addr, uint64_t *word, bool write);

/* The word at the beginning of a page of the owner's memory. */
void race_check_stamp(const struct race_me *me, const char *way, uint64_t word, uint64_t page);
void race_check_scratch(const struct race_me *me, const char *way, uint64_t word);

/* Looks at a page of the owner's memory; false if it is not there. */
bool race_look(const struct race_me *me, uint64_t base, uint64_t page);

/* ---- the world of the owner ---- */

uint32_t race_range_flags(void);

/* Memory with stamps, mapped at @addr or nowhere. Its serial is its cookie. */
int race_alloc(const struct race_me *me, uint64_t addr, bool keep, uint64_t *handle);

/* Whatever state the last round left. */
void race_demolish(struct race_me *me);
int race_build(struct race_me *me);

/* True if the round left everything in place. */
bool race_whole(struct race_me *me);

/* ---- actors ---- */

/* At most a second. */
void race_futex_wait(uint32_t *word, uint32_t value);
void race_futex_wake(uint32_t *word);
void *race_act(void *data);

/* Gives an operation to an actor that is free; false if there is none. */
bool race_enlist(const struct race_op *op, uint64_t seed);

/* One round of those who are enlisted. False when it does not end. */
bool race_round(struct race_me *me);

/* ---- operations ---- */

/* Each table ends with an entry without a name. */
extern const struct race_op race_own[], race_mm[], race_far[];

uint64_t race_load(const uint64_t *word);
void race_reset(struct race_me *me);
void race_process_vm(struct race_me *me);
void race_reap(const struct race_me *me, pid_t pid, const char *who, int allowed);
int race_be_peer(int sock, void *data);
int race_be_taker(int sock, void *data);

#endif /* RACE_H */
