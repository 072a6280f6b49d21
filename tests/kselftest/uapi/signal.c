// SPDX-License-Identifier: MIT
/*
 * Signals in the middle of calls: those that do not end the process do not end
 * the call either, those that do leave nothing behind, whenever they come.
 */
#include "uapi_peer.h"

#include <sys/time.h>

UAPI_FIXTURE(signals)

#define BOTH	(ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_SRC_MAPPED)

/* ---- signals with a handler ---- */

static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms++;
}

static int alarm_each(suseconds_t us)
{
	struct itimerval timer = { .it_interval.tv_usec = us, .it_value.tv_usec = us };
	/* Without SA_RESTART, so that every interruption shows. */
	struct sigaction action = { .sa_handler = on_alarm };

	return sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &timer, NULL);
}

/* Long calls succeed although signals arrive all the time. */
TEST_F(signals, calls_survive_signals)
{
	uint64_t size = uapi_room(self->fd, 0) / 4 & -SIZE_2M, addr, handle, done = 0;

	if (size > 128 * SIZE_2M)
		size = 128 * SIZE_2M;
	/* Until a signal has arrived during a call. */
	for (int round = 0; round < 3 || !alarms; round++) {
		ASSERT_EQ(0, alarm_each(1000));
		ASSERT_EQ(0, uapi_alloc(self->fd, size, 0, &handle));
		ASSERT_EQ(0, uapi_reserve(self->fd, size, &addr));
		ASSERT_EQ(0, uapi_map_as(self->fd, (struct acl_emu_map){ .addr = addr,
					 .size = size, .handle = handle, .rights = READ_WRITE },
					 ACL_EMU_MAP_POPULATE));
		ASSERT_EQ(0, uapi_copy(self->fd, addr, 0x11223344, size,
				       ACL_EMU_COPY_DST_MAPPED | ACL_EMU_COPY_FILL, &done));
		EXPECT_EQ(size, done);
		ASSERT_EQ(0, uapi_copy(self->fd, addr, addr + size / 2, size / 2, BOTH, &done));
		EXPECT_EQ(size / 2, done);
		EXPECT_EQ(0x1122334411223344, *uapi_words(addr + size - 8));
		ASSERT_EQ(0, uapi_unmapped(self->fd, addr, handle));
		ASSERT_EQ(0, alarm_each(0));
	}
}

/*
 * Opening looks at every mapping of the process and starts again if a signal comes
 * meanwhile: many mappings make it long, and each time the signal comes a bit later.
 */
TEST_F(signals, open_survives_signals)
{
	const size_t pages = 8000;
	char *many = mmap(NULL, pages * SIZE_4K, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct sigaction action = { .sa_handler = on_alarm };

	ASSERT_NE(MAP_FAILED, (void *)many);
	for (size_t i = 0; i < pages; i += 2)
		ASSERT_EQ(0, mprotect(many + i * SIZE_4K, SIZE_4K, PROT_NONE));
	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	for (int i = 0; i < 300; i++) {
		struct itimerval once = { .it_value.tv_usec = 1 + i * 20 };
		int fd;

		ASSERT_EQ(0, setitimer(ITIMER_REAL, &once, NULL));
		fd = uapi_open();
		ASSERT_LE(0, fd) TH_LOG("%s", strerror(errno));
		close(fd);
	}
	EXPECT_LT(0, alarms);
	munmap(many, pages * SIZE_4K);
}

/* ---- a process that does everything ---- */

struct mix {
	uint64_t *rounds;
	uint64_t key;		/* of the share of another process */
};

/* One round of all that a process can have, a different order each time. */
static int work(int fd, const struct mix *mix, uint64_t round)
{
	uint64_t addr, handle, far = 0, there, key;
	int file;

	CHILD_CHECK(!uapi_alloc(fd, 2 * SIZE_2M, round & 1 ? ACL_EMU_PHYS_4K : 0, &handle));
	CHILD_CHECK(!uapi_reserve(fd, 4 * SIZE_2M, &addr));
	CHILD_CHECK(!uapi_map_as(fd, (struct acl_emu_map){ .addr = addr, .size = 2 * SIZE_2M,
				 .handle = handle, .rights = READ_WRITE },
				 round & 2 ? ACL_EMU_MAP_POPULATE : 0));
	uapi_fill(addr, 2 * SIZE_2M, SIZE_4K, round);
	CHILD_CHECK(!uapi_export(fd, handle, ACL_EMU_EXPORT_NO_LIST, &key));
	file = uapi_export_fd(fd, handle);
	CHILD_CHECK(file >= 0);
	CHILD_CHECK(!uapi_import(fd, mix->key, 0, &far));
	CHILD_CHECK(!uapi_reserve(fd, SIZE_2M, &there));
	CHILD_CHECK(!uapi_map(fd, there, SIZE_2M, far));
	CHILD_CHECK(!uapi_copy(fd, there, addr, SIZE_2M, BOTH, NULL));
	CHILD_CHECK(uapi_differs(addr, 2 * SIZE_2M, SIZE_4K, round) == 2 * SIZE_2M);
	close(file);
	if (round & 4) {
		CHILD_CHECK(!munmap((void *)addr, 4 * SIZE_2M));
		CHILD_CHECK(!uapi_release(fd, addr) && !uapi_free(fd, handle));
		CHILD_CHECK(!uapi_unmapped(fd, there, far));
	} else {
		CHILD_CHECK(!uapi_device_reset(fd, 0) && !uapi_device_open(fd, 0));
		CHILD_CHECK(!uapi_release(fd, addr) && !uapi_release(fd, there));
	}
	__atomic_fetch_add(mix->rounds, 1, __ATOMIC_RELAXED);
	return 0;
}

static int work_for_ever(int sock, void *data)
{
	const struct mix *mix = data;
	int fd = uapi_client();

	(void)sock;
	CHILD_CHECK(fd >= 0);
	for (uint64_t round = 0; ; round++)
		if (work(fd, mix, round))
			return 1;
}

static uint64_t *shared_word(void)
{
	return mmap(NULL, SIZE_4K, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* Yields a random number of times, the same in each run. */
static void let_pass(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	for (uint64_t i = *state % 400; i--; )
		sched_yield();
}

/* A process that is stopped anywhere goes on as before. */
TEST_F(signals, stopped)
{
	struct uapi_peer peer = uapi_peer_start();
	struct mix mix = { .rounds = shared_word() };
	uint64_t far, rounds, state = 88172645463325252ull;
	int sock, status;
	pid_t pid;

	ASSERT_NE(MAP_FAILED, mix.rounds);
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_NO_LIST, far, &mix.key));
	pid = uapi_child(work_for_ever, &mix, &sock);
	for (int i = 0; i < 150; i++) {
		let_pass(&state);
		ASSERT_EQ(0, kill(pid, SIGSTOP));
		ASSERT_EQ(pid, waitpid(pid, &status, WUNTRACED));
		ASSERT_TRUE(WIFSTOPPED(status)) TH_LOG("it ended: %x", status);
		/* The call that it was in blocks no other process. */
		ASSERT_EQ(0, uapi_peer_call(&peer, PEER_QUERY, mix.key, &far));
		ASSERT_EQ(0, kill(pid, SIGCONT));
	}
	rounds = __atomic_load_n(mix.rounds, __ATOMIC_RELAXED);
	while (__atomic_load_n(mix.rounds, __ATOMIC_RELAXED) < rounds + 3) {
		ASSERT_EQ(0, waitpid(pid, &status, WNOHANG));
	}
	EXPECT_EQ(1000 + SIGKILL, uapi_kill(pid));
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* Killed anywhere, also while stopped, it leaves nothing. */
TEST_F(signals, killed)
{
	struct uapi_peer peer = uapi_peer_start();
	struct mix mix = { .rounds = shared_word() };
	uint64_t far, state = 4711;
	struct uapi_before before;

	ASSERT_NE(MAP_FAILED, mix.rounds);
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_ALLOC, SIZE_2M, &far));
	ASSERT_EQ(0, uapi_peer_call(&peer, PEER_EXPORT_NO_LIST, far, &mix.key));
	uapi_state(self->fd, &before);
	for (int i = 0; i < 40; i++) {
		struct uapi_before after;
		int sock, status;
		pid_t pid;

		*mix.rounds = 0;
		pid = uapi_child(work_for_ever, &mix, &sock);
		while (!__atomic_load_n(mix.rounds, __ATOMIC_RELAXED) && i % 4) {
			ASSERT_EQ(0, waitpid(pid, &status, WNOHANG));
		}
		let_pass(&state);
		if (i & 1)
			kill(pid, SIGSTOP);
		ASSERT_EQ(1000 + SIGKILL, uapi_kill(pid));
		close(sock);
		uapi_state(self->fd, &after);
		uapi_expect_state(_metadata, &before, &after);
	}
	EXPECT_EQ(0, uapi_peer_end(&peer));
}

/* ---- a fatal signal in one long call ---- */

enum long_call { LONG_POPULATE, LONG_FILL, LONG_RESET, LONG_CALLS };

#define MANY	3000

/* Sends a message, then makes one kind of call again and again. */
static int do_long(int sock, void *data)
{
	enum long_call which = *(enum long_call *)data;
	uint64_t addr, handle, size = 64 * SIZE_2M, small, place;
	int fd = uapi_client();

	CHILD_CHECK(fd >= 0);
	CHILD_CHECK(!uapi_alloc(fd, size, ACL_EMU_PHYS_4K, &handle));
	CHILD_CHECK(!uapi_reserve(fd, size, &addr) && !uapi_reserve(fd, size, &place));
	if (which == LONG_FILL)
		CHILD_CHECK(!uapi_map(fd, addr, size, handle));
	CHILD_CHECK(!uapi_send(sock, 0));
	for (;;) {
		switch (which) {
		case LONG_POPULATE:
			CHILD_CHECK(!uapi_map_as(fd, (struct acl_emu_map){ .addr = addr,
						 .size = size, .handle = handle,
						 .rights = READ_WRITE }, ACL_EMU_MAP_POPULATE));
			CHILD_CHECK(!uapi_unmap(fd, addr));
			break;
		case LONG_FILL:
			CHILD_CHECK(!uapi_copy(fd, addr, 1, size, ACL_EMU_COPY_DST_MAPPED |
					       ACL_EMU_COPY_FILL, NULL));
			break;
		default:
			/* Many small mappings that one reset removes. */
			CHILD_CHECK(!uapi_alloc(fd, SIZE_4K, ACL_EMU_PHYS_4K, &small));
			for (uint64_t i = 0; i < MANY; i++)
				CHILD_CHECK(!uapi_map(fd, place + i * SIZE_4K, SIZE_4K, small));
			CHILD_CHECK(!uapi_device_reset(fd, 0) && !uapi_device_open(fd, 0));
			break;
		}
	}
}

TEST_F(signals, killed_in_long_calls)
{
	uint64_t state = 12345;

	for (int i = 0; i < 6 * LONG_CALLS; i++) {
		enum long_call which = i % LONG_CALLS;
		struct uapi_before after;
		int sock;
		pid_t pid = uapi_child(do_long, &which, &sock);

		ASSERT_EQ(0, uapi_recv(sock));
		let_pass(&state);
		ASSERT_EQ(1000 + SIGKILL, uapi_kill(pid));
		close(sock);
		uapi_state(self->fd, &after);
		uapi_expect_state(_metadata, &self->before, &after);
	}
}

TEST_HARNESS_MAIN
