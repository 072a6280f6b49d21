// SPDX-License-Identifier: MIT
/*
 * The processes of a stress test, see team.h.
 */
#define _GNU_SOURCE
#include "team.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct member member;

/* ---- members ---- */

void member_send(int fd, const void *data, size_t size)
{
	if (send(fd, data, size, MSG_NOSIGNAL) != (ssize_t)size)
		errx(TEAM_EXIT_ALONE, "another process is gone");
}

void member_receive(int fd, void *data, size_t size)
{
	if (recv(fd, data, size, 0) != (ssize_t)size)
		errx(TEAM_EXIT_ALONE, "another process is gone");
}

void member_report(enum team_phase phase, size_t bytes)
{
	struct team_report report = { .phase = phase, .bytes = bytes };
	char go;

	member_send(member.leader, &report, sizeof(report));
	member_receive(member.leader, &go, sizeof(go));
}

/* The test reads as long as it wants and then closes its end. */
void member_progress(void)
{
	pid_t pid = getpid();

	if (member.progress_fd >= 0)
		send(member.progress_fd, &pid, sizeof(pid), MSG_NOSIGNAL);
}

void member_gather(void *table, size_t size)
{
	char *record = table;
	long step, at = member.me;

	for (step = 1; step < member.size; step++) {
		member_send(member.next, record + (size_t)at * size, size);
		at = (at + member.size - 1) % member.size;
		member_receive(member.prev, record + (size_t)at * size, size);
	}
}

void member_barrier(void)
{
	char table[TEAM_MAX] = { 0 };

	member_gather(table, 1);
}

/* ---- start ---- */

struct sockets {
	int ring[TEAM_MAX][2], link[TEAM_MAX][2], progress[2];
};

static bool pair(int fd[2])
{
	return !socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd);
}

static bool open_sockets(struct sockets *s, const struct team *t)
{
	long i;

	s->progress[0] = -1;
	s->progress[1] = -1;
	for (i = 0; i < t->size; i++)
		if (!pair(s->ring[i]) || !pair(s->link[i]))
			return false;
	return !t->progress || pair(s->progress);
}

/* Every process closes what it does not use: a socket tells when its other side is gone. */
static void close_sockets(const struct sockets *s, const struct team *t, int link_side)
{
	long i;

	for (i = 0; i < t->size; i++) {
		close(s->ring[i][0]);
		close(s->ring[i][1]);
		close(s->link[i][link_side]);
	}
}

static void become_member(const struct sockets *s, struct team *t, long me)
{
	static char name[64];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	member = (struct member){
		.me = me, .size = t->size, .result = &t->result[me],
		.next = dup(s->ring[me][0]),
		.prev = dup(s->ring[(me + t->size - 1) % t->size][1]),
		.leader = dup(s->link[me][1]), .progress_fd = s->progress[1],
	};
	snprintf(name, sizeof(name), "# member %ld", me);
	program_invocation_short_name = name;
	/* Messages of several members do not mix. */
	setvbuf(stderr, NULL, _IOLBF, 0);
	close_sockets(s, t, 0);
	close_sockets(s, t, 1);
	close(s->progress[0]);
	t->work(t->plan);
	_exit(0);
}

bool team_start(struct team *t)
{
	struct sockets s;
	long i;
	int d;

	t->result = mmap(NULL, TEAM_MAX * sizeof(*t->result), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t->result == MAP_FAILED || !open_sockets(&s, t))
		return false;
	for (d = 0; d < t->devices; d++)
		t->before[d] = t->used(d);
	fflush(NULL);
	for (i = 0; i < t->size; i++) {
		t->pid[i] = fork();
		if (t->pid[i] < 0)
			return false;
		if (!t->pid[i])
			become_member(&s, t, i);
		t->link[i] = s.link[i][0];
	}
	close_sockets(&s, t, 1);
	close(s.progress[1]);
	t->progress_fd = s.progress[0];
	return true;
}

/* ---- phases ---- */

static bool hear(struct team *t, long i)
{
	return recv(t->link[i], &t->last[i], sizeof(t->last[i]), 0) == sizeof(t->last[i]);
}

static bool hear_all(struct team *t)
{
	long i;

	for (i = 0; i < t->size; i++)
		if (!hear(t, i))
			return false;
	return true;
}

static bool tell(struct team *t, long i)
{
	char go = 0;

	return send(t->link[i], &go, 1, MSG_NOSIGNAL) == 1;
}

static bool tell_all(struct team *t)
{
	long i;

	for (i = 0; i < t->size; i++)
		if (!tell(t, i))
			return false;
	return true;
}

/* What the devices have in use is what the members say they hold. */
static void compare(struct team *t)
{
	uint64_t bytes = 0, now;
	long i;
	int d;

	for (i = 0; i < t->size; i++)
		bytes += t->last[i].bytes;
	for (d = 0; d < t->devices; d++) {
		now = t->used(d);
		if (now == t->before[d] + bytes || t->wrong[0])
			continue;
		snprintf(t->wrong, sizeof(t->wrong), "device %d: %" PRIu64 " bytes in use, %" PRIu64
			 " before the members allocated %" PRIu64, d, now, t->before[d], bytes);
	}
}

/* One member after the other goes on to its next report. */
static bool take_turns(struct team *t)
{
	long i;

	for (i = 0; i < t->size; i++)
		do {
			if (!tell(t, i) || !hear(t, i))
				return false;
			compare(t);
		} while (t->last[i].phase == TEAM_HOLD);
	return true;
}

bool team_step(struct team *t)
{
	if (!t->heard && !hear_all(t))
		return false;
	compare(t);
	/* The report that ends a turn is the first one of the next phase. */
	t->heard = t->last[0].phase == TEAM_TURN;
	if (t->heard)
		return take_turns(t);
	return tell_all(t) && t->last[0].phase != TEAM_DONE;
}

/* ---- end ---- */

/* A member that waits for the leader ends when the links are closed. */
void team_join(struct team *t)
{
	long i;

	for (i = 0; i < t->size; i++)
		close(t->link[i]);
	close(t->progress_fd);
	for (i = 0; i < t->size; i++)
		if (waitpid(t->pid[i], &t->status[i], 0) != t->pid[i])
			t->status[i] = -1;
}

void team_run(struct team *t)
{
	while (team_step(t))
		;
	team_join(t);
}

long team_exits(const struct team *t, int status)
{
	long i, n = 0;

	for (i = 0; i < t->size; i++)
		n += WIFEXITED(t->status[i]) && WEXITSTATUS(t->status[i]) == status;
	return n;
}

const char *team_verdict(struct team *t, size_t full_after)
{
	long i, full = team_exits(t, TEAM_EXIT_FULL), good = team_exits(t, 0);
	size_t after = 0;

	for (i = 0; i < t->size; i++)
		after += t->result[i].full_after;
	if (t->wrong[0])
		return t->wrong;
	if (full_after == TEAM_FULL_ANY ? full >= 1 && !good :
	    full_after ? full == 1 && !good && after == full_after : good == t->size)
		return "";
	snprintf(t->wrong, sizeof(t->wrong),
		 "%ld members succeeded, %ld found a device full after %zu pieces", good, full,
		 after);
	return t->wrong;
}

pid_t team_progress(const struct team *t)
{
	pid_t pid;

	return recv(t->progress_fd, &pid, sizeof(pid), 0) == sizeof(pid) ? pid : 0;
}
