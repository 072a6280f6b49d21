// SPDX-License-Identifier: MIT
/*
 * The judge: starts the processes, and makes a sequence that differs as short
 * and as plain as it can. Each try has processes of its own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"

#define MAX_TRIES	600

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = signal;
}

/* Was the judge told to end? Then what A was doing may be what hangs. */
bool judge_stopped(void)
{
	return stopped;
}

struct world *judge_world(void)
{
	struct world *w = mmap(NULL, sizeof(*w), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sigaction act = { .sa_handler = stop };

	/* B is waited for even when A is no longer there to do it. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	return w == MAP_FAILED ? NULL : w;
}

/* Runs A until it ends: true if all agreed. */
bool judge_run(struct world *w)
{
	int status = 0, got;
	pid_t pid, seen;

	w->why[0] = '\0';
	w->bytes = false;
	memset(w->model.proc, 0, sizeof(w->model.proc));
	fflush(NULL);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGTERM, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		run_worker(w);
	}
	while ((seen = waitpid(-1, &got, 0)) > 0 || errno == EINTR) {
		if (seen == pid)
			status = got;
		else if (seen < 0 && pid > 0)
			kill(pid, SIGKILL);
	}
	if (pid < 0)
		differ(w, "no process");
	if (stopped)
		differ(w, "ended from outside");
	else if (WIFSIGNALED(status))
		differ(w, "process A ended with signal %d", WTERMSIG(status));
	return !w->why[0];
}

/* ---- shrinking ---- */

struct shrink {
	struct world *w;
	int calls;			/* the shortest sequence that differs */
	struct call call[MAX_CALLS];
	char why[sizeof(((struct world *)0)->why)];
	struct slots slots;		/* at its end */
	bool look;
	int tries;
};

/* Does a sequence differ, too? Then it is the one to go on from. */
static bool try(struct shrink *s, const struct call *call, int calls)
{
	struct world *w = s->w;

	if (stopped || s->tries++ >= MAX_TRIES)
		return false;
	w->replay = true;
	w->look = s->look;
	w->calls = calls;
	memcpy(w->call, call, (size_t)calls * sizeof(*call));
	if (judge_run(w))
		return false;
	s->calls = w->calls;
	memcpy(s->call, w->call, sizeof(s->call));
	memcpy(s->why, w->why, sizeof(s->why));
	s->slots = w->model.slots;
	return true;
}

/* Without calls [@at, +@count). */
static bool try_without(struct shrink *s, int at, int count)
{
	struct call call[MAX_CALLS];

	memcpy(call, s->call, sizeof(call));
	memmove(call + at, call + at + count, (size_t)(s->calls - at - count) * sizeof(*call));
	return try(s, call, s->calls - count);
}

static bool drop_calls(struct shrink *s)
{
	int count, at, before = s->calls;

	for (count = s->calls / 2; count; count = count > s->calls ? s->calls : count / 2) {
		/* From the end: what comes late depends on what comes early. */
		for (at = s->calls - count; at >= 0; at -= count) {
			if (at + count <= s->calls)
				try_without(s, at, count);
		}
	}
	return s->calls < before;
}

static bool try_arg(struct shrink *s, int at, int i, struct arg arg)
{
	struct call call[MAX_CALLS];

	if (!memcmp(&s->call[at].a[i], &arg, sizeof(arg)))
		return false;
	memcpy(call, s->call, sizeof(call));
	call[at].a[i] = arg;
	return try(s, call, s->calls);
}

static bool shrink_arg(struct shrink *s, int at, int i)
{
	const struct param *param = &ops[s->call[at].op].params[i];
	struct arg arg = s->call[at].a[i];
	bool done = false;

	if (param->type == T_NUM) {
		arg.num = param->plain;
		return try_arg(s, at, i, arg);
	}
	if (arg.from != FROM_NUM && arg.num) {
		arg.num = 0;
		done = try_arg(s, at, i, arg);
	}
	return done;
}

static bool shrink_args(struct shrink *s)
{
	bool done = false;
	int at, i;

	for (at = 0; at < s->calls; at++)
		for (i = 0; at < s->calls && i < MAX_ARGS &&
			    ops[s->call[at].op].params[i].type != T_END; i++)
			done |= shrink_arg(s, at, i);
	return done;
}

static bool same_value(const struct slots *s, enum from from, int a, int b)
{
	switch (from) {
	case FROM_H: return s->h[a] == s->h[b];
	case FROM_R: return s->r[a] == s->r[b];
	case FROM_P: return s->p[a] == s->p[b];
	default: return false;
	}
}

/* The other slot with the same value may be the one that is needed anyway. */
static bool merge_slots(struct shrink *s, int at, int i)
{
	struct arg arg = s->call[at].a[i];
	enum from from = (enum from)arg.from;
	int old = arg.slot, new;

	if (ops[s->call[at].op].params[i].type == T_OUT)
		return false;
	for (new = 0; new < SLOTS; new++) {
		arg.slot = (uint8_t)new;
		if (new != old && same_value(&s->slots, from, new, old) &&
		    try_arg(s, at, i, arg) && drop_calls(s))
			return true;
	}
	return false;
}

static bool merge_all(struct shrink *s)
{
	int at, i;

	for (at = 0; at < s->calls; at++)
		for (i = 0; i < MAX_ARGS && ops[s->call[at].op].params[i].type != T_END; i++)
			if (merge_slots(s, at, i))
				return true;
	return false;
}

/* All calls in process A, if that makes no odds. */
static bool shrink_who(struct shrink *s)
{
	struct call call[MAX_CALLS];
	bool any = false;
	int i;

	memcpy(call, s->call, sizeof(call));
	for (i = 0; i < s->calls; i++) {
		any |= call[i].who && call[i].op != RESTART;
		if (call[i].op != RESTART)
			call[i].who = 0;
	}
	return any && try(s, call, s->calls);
}

/* The sequence of @w becomes a shorter one; gives its calls, 0: does not repeat. */
int judge_shrink(struct world *w)
{
	struct shrink *s = calloc(1, sizeof(*s));
	char why[sizeof(w->why)];
	int calls = 0;

	if (!s)
		return 0;
	s->w = w;
	memcpy(why, w->why, sizeof(why));
	memcpy(s->call, w->call, sizeof(s->call));
	s->calls = w->calls;
	s->look = w->bytes;
	if (try(s, s->call, s->calls)) {
		shrink_who(s);
		do {
			while (drop_calls(s) | shrink_args(s))
				;
		} while (merge_all(s));
		calls = s->calls;
		w->calls = s->calls;
		memcpy(w->call, s->call, sizeof(w->call));
		memcpy(w->why, s->why, sizeof(w->why));
	} else {
		memcpy(w->why, why, sizeof(why));
	}
	w->replay = false;
	w->look = false;
	free(s);
	return calls;
}

void judge_print(const struct world *w)
{
	char text[400];
	int i;

	for (i = 0; i < w->calls; i++) {
		call_print(&w->call[i], text, sizeof(text));
		printf("#\t%s\n", text);
	}
	printf("# %s\n", w->why);
}
