// SPDX-License-Identifier: MIT
/*
 * One empty task through a stream and back, against the cheapest way for two
 * threads to take turns.
 */
#include <pthread.h>

#include "acl/acl.h"
#include "bench.h"

#define ROUNDS	1000
#define REPS	11

static aclrtStream stream;

static void nothing(void *arg)
{
	(void)arg;
}

static uint64_t launch(void *arg)
{
	uint64_t start = bench_now();

	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		BENCH_CHECK(!aclrtLaunchHostFunc(stream, nothing, NULL));
		BENCH_CHECK(!aclrtSynchronizeStream(stream));
	}
	return (bench_now() - start) / ROUNDS;
}

/* Many tasks in a row, one wait: what a task costs that nobody waits for. */
static uint64_t launch_many(void *arg)
{
	uint64_t start = bench_now();

	(void)arg;
	for (int i = 0; i < ROUNDS; i++)
		BENCH_CHECK(!aclrtLaunchHostFunc(stream, nothing, NULL));
	BENCH_CHECK(!aclrtSynchronizeStream(stream));
	return (bench_now() - start) / ROUNDS;
}

/* ---- two threads and a condition variable ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static enum turn { MINE, OTHERS, END } turn;

static void *other(void *arg)
{
	pthread_mutex_lock(&lock);
	while (turn != END) {
		if (turn == OTHERS) {
			turn = MINE;
			pthread_cond_signal(&turned);
		}
		pthread_cond_wait(&turned, &lock);
	}
	pthread_mutex_unlock(&lock);
	return arg;
}

static uint64_t ping_pong(void *arg)
{
	uint64_t start = bench_now();

	(void)arg;
	pthread_mutex_lock(&lock);
	for (int i = 0; i < ROUNDS; i++) {
		turn = OTHERS;
		pthread_cond_signal(&turned);
		while (turn == OTHERS)
			pthread_cond_wait(&turned, &lock);
	}
	pthread_mutex_unlock(&lock);
	return (bench_now() - start) / ROUNDS;
}

static uint64_t measure_ping_pong(void)
{
	pthread_t thread;
	uint64_t took;

	turn = MINE;
	BENCH_CHECK(!pthread_create(&thread, NULL, other, NULL));
	took = bench_repeat(REPS, ping_pong, NULL);
	pthread_mutex_lock(&lock);
	turn = END;
	pthread_cond_signal(&turned);
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	return took;
}

int main(void)
{
	uint64_t round, many, peer;

	BENCH_CHECK(!aclInit(NULL) && !aclrtSetDevice(0) && !aclrtCreateStream(&stream));
	round = bench_repeat(REPS, launch, NULL);
	many = bench_repeat(REPS, launch_many, NULL);
	peer = measure_ping_pong();
	bench_row("stream", "empty task and wait", round, "condvar round trip", peer);
	bench_row("stream", "each of 1000 empty tasks", many, "condvar round trip",
		  peer);
	BENCH_CHECK(!aclrtDestroyStream(stream) && !aclrtResetDevice(0) && !aclFinalize());
	return 0;
}
