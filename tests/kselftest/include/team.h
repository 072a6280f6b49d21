/* SPDX-License-Identifier: MIT */
/*
 * The processes of a stress test.
 *
 * A test is the leader of a team: it forks the members before any call of acl
 * and leads them from phase to phase. A member reports how many bytes it holds
 * on each device and waits; the leader compares what the devices have in use
 * with the sum. Members form a ring of sockets, for messages between them.
 */
#ifndef TEST_TEAM_H
#define TEST_TEAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TEAM_MAX	8
#define TEAM_DEVICES	4

/* How a member may end, beside 0 for success and 1 for a failure. */
#define TEAM_EXIT_FULL	3	/* a device is out of memory, see struct team_result */
#define TEAM_EXIT_ALONE	4	/* another member or the leader is gone */

enum team_phase {
	TEAM_MEET,		/* wait until all members report */
	TEAM_TURN,		/* wait, then run alone until the next report but a hold */
	TEAM_HOLD,		/* in a turn: go on when the leader has compared */
	TEAM_DONE,		/* the last report */
};

/* What a member tells the test. */
struct team_result {
	size_t full_after;	/* pieces that were allocated before the device was full */
	size_t remaps;
	size_t under_way;	/* remaps while copies were not complete */
};

struct team_report {
	enum team_phase phase;
	size_t bytes;		/* held on each device */
};

struct team {
	/* given by the test */
	long size;		/* number of members */
	int devices;
	void (*work)(const void *plan);
	const void *plan;
	uint64_t (*used)(int device);
	bool progress;		/* member_progress() is read */

	pid_t pid[TEAM_MAX];
	int status[TEAM_MAX];	/* of waitpid() */
	struct team_result *result;	/* one a member */
	int progress_fd;
	char wrong[256];	/* what went wrong first, or "" */

	int link[TEAM_MAX];
	struct team_report last[TEAM_MAX];
	uint64_t before[TEAM_DEVICES];
	bool heard;		/* all members have reported the next phase */
};

/* ---- for the leader ---- */

/* Returns false if there are no sockets or no processes. */
bool team_start(struct team *t);

/*
 * One phase: hears the reports and lets the members go on. Returns false when all
 * members are done, or one is gone.
 */
bool team_step(struct team *t);

/* Waits for all members and fills @t->status. */
void team_join(struct team *t);

/* All phases, then team_join(). */
void team_run(struct team *t);

/* Number of members that ended with an exit status. */
long team_exits(const struct team *t, int status);

/*
 * Returns "" or what differs from the expected end: with @full_after 0 all members
 * succeed, else one of them ends because its device is full after so many pieces.
 * TEAM_FULL_ANY: one or more members end so, after any number.
 */
#define TEAM_FULL_ANY SIZE_MAX
const char *team_verdict(struct team *t, size_t full_after);

/* The next member that made progress, or 0 if there is none. */
pid_t team_progress(const struct team *t);

/* ---- for a member ---- */

struct member {
	long me, size;
	int prev, next;		/* sockets to the neighbours in the ring */
	int leader;
	int progress_fd;
	struct team_result *result;
};

extern struct member member;

void member_report(enum team_phase phase, size_t bytes);
void member_progress(void);

/* End the process with TEAM_EXIT_ALONE if the other side is gone. */
void member_send(int fd, const void *data, size_t size);
void member_receive(int fd, void *data, size_t size);

/*
 * @table has one record of @size bytes for each member. Sends the own record
 * around and returns when all records have arrived, so it is a barrier, too.
 */
void member_gather(void *table, size_t size);
void member_barrier(void);

#endif /* TEST_TEAM_H */
