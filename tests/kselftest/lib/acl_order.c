// SPDX-License-Identifier: MIT
/*
 * Tries each wrong argument alone and with each later one.
 */
#include "acl_order.h"

struct verdict {
	aclError code;
	bool written;
	char why[512];
};

struct attempt {
	const struct trial *trial;
	const struct wrong *wrong;
	struct args args;
	struct verdict verdict;
};

static void spoil(struct args *args, const struct wrong *wrong)
{
	const struct field *f;

	for (f = wrong->field; f < wrong->field + 3; f++)
		memcpy((char *)args + f->at, &f->value, f->size);
}

static void *attempt_here(void *data)
{
	struct attempt *t = data;
	size_t i;

	forget();
	t->verdict.code = t->trial->call(&t->args);
	for (i = 0; i < sizeof(t->args.out) / sizeof(t->args.out[0]); i++)
		t->verdict.written |= t->args.out[i] != UNTOUCHED;
	if (t->verdict.code == t->wrong->code)
		blame(t->trial->name, t->wrong->code, t->wrong->word, t->verdict.why);
	return NULL;
}

static void attempt_in_process(struct attempt *t)
{
	struct verdict *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		attempt_here(t);
		*shared = t->verdict;
		_exit(0);
	}
	join(pid);
	t->verdict = *shared;
	munmap(shared, sizeof(*shared));
}

static void attempt(struct attempt *t, enum place place)
{
	pthread_t thread;

	t->verdict = (struct verdict){ .code = -1 };
	memset(t->args.out, 0, sizeof(t->args.out));
	for (size_t i = 0; i < sizeof(t->args.out) / sizeof(t->args.out[0]); i++)
		t->args.out[i] = UNTOUCHED;
	if (place == PLACE_PROCESS) {
		attempt_in_process(t);
	} else if (place == PLACE_THREAD) {
		pthread_create(&thread, NULL, attempt_here, t);
		pthread_join(thread, NULL);
	} else {
		attempt_here(t);
	}
}

void try_all(struct __test_metadata *_metadata, const struct trial *trial)
{
	struct attempt t = { .trial = trial };
	size_t first, second;

	for (first = 0; trial->wrong[first].code; first++) {
		const struct wrong *w1 = &trial->wrong[first];

		for (second = first; trial->wrong[second].code; second++) {
			const struct wrong *w2 = &trial->wrong[second];

			t.wrong = w1;
			t.args = trial->good;
			spoil(&t.args, w2);
			spoil(&t.args, w1);
			attempt(&t, w1->place > w2->place ? w1->place : w2->place);
			EXPECT_EQ(w1->code, t.verdict.code) {
				TH_LOG("%s wrong %zu (%s) with %zu (%s)", trial->name, first,
				       w1->word, second, w2->word);
			}
			EXPECT_STREQ("", t.verdict.why) {
				TH_LOG("%s wrong %zu (%s) with %zu (%s)", trial->name, first,
				       w1->word, second, w2->word);
			}
			EXPECT_FALSE(t.verdict.written) {
				TH_LOG("%s wrong %zu with %zu wrote a result", trial->name, first,
				       second);
			}
		}
	}
}
