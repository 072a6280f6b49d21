// SPDX-License-Identifier: MIT
/*
 * What streams do and wait for, for people: acl_emu_dump(), ACL_EMU_CHECK=stuck and
 * the sentence of a timeout.
 *
 * A task that records something, and one that waits for it, name it by the same
 * pointer. Who records what a stream waits for is found by a search of all queues,
 * one lock at a time.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "acl_emu/extensions.h"
#include "core/error.h"
#include "core/history.h"
#include "core/leak.h"
#include "core/process.h"
#include "core/report.h"
#include "stream/dump.h"
#include "stream/dump_socket.h"
#include "stream/stream.h"

#define STEP_MS		100
#define STREAMS_MAX	16384	/* that are remembered as told */

struct watch {
	_Atomic bool begun;
};

EMU_STATE(struct watch, watch, NULL)

/* --- who records it ----------------------------------------------------------------- */

static struct emu_stream *find_recorder(const void *what, uint64_t *before)
{
	struct emu_stream *s;
	uint32_t cursor = 0;

	while ((s = emu_stream_next(EMU_EVERY_DEVICE, 0, &cursor))) {
		if (emu_queue_records(&s->queue, what, before))
			return s;
		emu_stream_put(s);
	}
	return NULL;
}

static void put_recorder(const struct emu_queue *q, const void *what, char *text, size_t size)
{
	struct emu_stream *s;
	uint64_t before;

	*text = '\0';
	if (!what)
		return;
	s = find_recorder(what, &before);
	if (!s)
		snprintf(text, size, "; no stream has a task that records it");
	else if (&s->queue == q)
		snprintf(text, size, "; the record is behind this wait in the same stream");
	else
		snprintf(text, size, "; stream 0x%" PRIx64 " records it after %" PRIu64
			 " other task%s", s->object.token, before, before == 1 ? "" : "s");
	if (s)
		emu_stream_put(s);
}

void emu_dump_recorder(const void *what, char *text, size_t size)
{
	put_recorder(NULL, what, text, size);
}

/* --- one stream ----------------------------------------------------------------------- */

/* What the head of a queue does. */
static void put_head(const struct emu_queue *q, const struct emu_queue_view *view, char *text,
		     size_t size)
{
	char recorder[EMU_RECORDER_TEXT];

	if (!view->running) {
		snprintf(text, size, view->halted ? "the stream is stopped, no task runs" :
			 "no task runs");
		return;
	}
	if (!view->waiting) {
		snprintf(text, size, "%s() has run for %" PRIu64 ".%03" PRIu64 " s",
			 view->function, view->ms / 1000, view->ms % 1000);
		return;
	}
	put_recorder(q, view->waits_for, recorder, sizeof(recorder));
	snprintf(text, size, "%s() has waited for %" PRIu64 ".%03" PRIu64 " s for %s%s",
		 view->function, view->ms / 1000, view->ms % 1000,
		 *view->what ? view->what : "another task", recorder);
}

aclError emu_dump_timeout(struct emu_queue *q, uint64_t left)
{
	struct emu_queue_view view;
	char head[EMU_MESSAGE_LEN];

	emu_queue_view(q, &view);
	put_head(q, &view, head, sizeof(head));
	return emu_error(ACL_ERROR_RT_STREAM_SYNC_TIMEOUT,
			 "wait again, or longer; or record what the stream waits for",
			 "%" PRIu64 " task%s of the stream %s not finished at the end of the "
			 "timeout: %s", left, left == 1 ? "" : "s", left == 1 ? "is" : "are", head);
}

static void print_origin(FILE *out, const struct emu_stream *s, const struct emu_queue_view *view)
{
	const struct emu_deed *deed;
	struct emu_past past;

	if (view->stack) {
		fprintf(out, "    submitted by %s() at\n", view->function);
		emu_report_frames(out, view->stack, "      ");
	}
	if (!emu_history_get(EMU_STREAM, s->object.token, false, &past))
		return;
	deed = emu_past_deed(&past, EMU_CREATED);
	if (!deed)
		return;
	fputs("    stream created at\n", out);
	emu_report_frames(out, deed->stack, "      ");
}

static void print_behind(FILE *out, const struct emu_queue_view *view)
{
	uint32_t i;

	if (!view->behind)
		return;
	fprintf(out, "    behind it: %" PRIu64 " task%s (", view->behind,
		view->behind == 1 ? "" : "s");
	for (i = 0; i < EMU_VIEW_NEXT && view->next[i]; i++)
		fprintf(out, "%s%s", i ? ", " : "", view->next[i]);
	fputs(view->behind > EMU_VIEW_NEXT ? ", ...)\n" : ")\n", out);
}

static void print_stream(FILE *out, struct emu_stream *s, const struct emu_queue_view *view)
{
	char head[EMU_MESSAGE_LEN];

	put_head(&s->queue, view, head, sizeof(head));
	fprintf(out, "  %sstream 0x%" PRIx64 " on %s: %s\n", s->is_default ? "default " : "",
		s->object.token, EMU_PLACE(((struct acl_emu_location){
			.type = ACL_EMU_LOC_DEVICE, .id = s->device })), head);
	print_behind(out, view);
	print_origin(out, s, view);
}

/* --- all streams ------------------------------------------------------------------------ */

static void print_text(FILE *out, const char *why)
{
	struct emu_queue_view view;
	uint32_t cursor = 0, idle = 0;
	struct emu_stream *s;

	fprintf(out, "acl-emu[%d]: %s\n", (int)getpid(), why);
	while ((s = emu_stream_next(EMU_EVERY_DEVICE, 0, &cursor))) {
		emu_queue_view(&s->queue, &view);
		if (view.running || view.behind)
			print_stream(out, s, &view);
		else
			idle++;
		emu_stream_put(s);
	}
	if (idle)
		fprintf(out, "  %" PRIu32 " stream%s without tasks\n", idle, idle == 1 ? "" : "s");
}

static void print_stream_json(FILE *out, struct emu_stream *s, const struct emu_queue_view *view)
{
	const struct emu_deed *deed = NULL;
	char head[EMU_MESSAGE_LEN];
	struct emu_past past;

	put_head(&s->queue, view, head, sizeof(head));
	if (emu_history_get(EMU_STREAM, s->object.token, false, &past))
		deed = emu_past_deed(&past, EMU_CREATED);
	fprintf(out, "{\"stream\":\"0x%" PRIx64 "\",\"location\":\"%s\",\"default\":%s,\"head\":",
		s->object.token, EMU_PLACE(((struct acl_emu_location){
			.type = ACL_EMU_LOC_DEVICE, .id = s->device })),
		s->is_default ? "true" : "false");
	emu_report_string_json(out, head);
	fprintf(out, ",\"function\":\"%s\",\"waiting\":%s,\"milliseconds\":%" PRIu64
		",\"behind\":%" PRIu64 ",\"submitted\":", view->running ? view->function : "",
		view->waiting ? "true" : "false", view->ms, view->behind);
	emu_report_frames_json(out, view->stack);
	fputs(",\"created\":", out);
	emu_report_frames_json(out, deed ? deed->stack : EMU_NO_STACK);
	fputc('}', out);
}

static void print_json(FILE *out, const char *report)
{
	struct emu_queue_view view;
	const char *comma = "";
	uint32_t cursor = 0;
	struct emu_stream *s;

	fprintf(out, "{\"report\":\"%s\",\"version\":1,\"pid\":%d,", report, (int)getpid());
	emu_report_modules_json(out);
	fputs(",\"streams\":[", out);
	while ((s = emu_stream_next(EMU_EVERY_DEVICE, 0, &cursor))) {
		emu_queue_view(&s->queue, &view);
		if (view.running || view.behind) {
			fputs(comma, out);
			print_stream_json(out, s, &view);
			comma = ",";
		}
		emu_stream_put(s);
	}
	fputs("]}\n", out);
}

aclError acl_emu_dump(FILE *file)
{
	EMU_ENTER();
	if (!file)
		return emu_null("file");
	print_text(file, "streams");
	return ACL_SUCCESS;
}

/* --- the watch ---------------------------------------------------------------------------- */

static void report(const char *why)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return;
	if (emu_check_options()->json)
		print_json(out, "stuck");
	else
		print_text(out, why);
	if (!fclose(out))
		emu_report_write(text, size);
	free(text);
}

static void print_answer(FILE *out)
{
	print_json(out, "streams");
	if (emu_check_on(EMU_CHECK_LEAK))
		emu_leak_print_held(out);
}

/* @told: for each slot of a stream, the task that was told, counted from 1. */
static bool find_stuck(uint64_t *told, uint64_t ms)
{
	struct emu_queue_view view;
	struct emu_stream *s;
	uint32_t cursor = 0, slot;
	bool found = false;

	while ((s = emu_stream_next(EMU_EVERY_DEVICE, 0, &cursor))) {
		emu_queue_view(&s->queue, &view);
		slot = emu_token_slot(s->object.token) % STREAMS_MAX;
		if (view.running && view.ms >= ms && told[slot] != view.finished + 1) {
			told[slot] = view.finished + 1;
			found = true;
		}
		emu_stream_put(s);
	}
	return found;
}

/* Ends with the process: no call waits for it. */
static void *watch_streams(void *arg)
{
	int socket = emu_dump_socket_open();
	struct emu_condition never_true;
	uint64_t *told = arg;
	char why[64];

	emu_enter("watch");
	snprintf(why, sizeof(why), "stuck: a task has run for %u s",
		 emu_check_options()->stuck);
	emu_condition_init(&never_true);
	for (;;) {
		emu_condition_wait(&never_true, emu_condition_never, NULL, STEP_MS, NULL);
		if (find_stuck(told, (uint64_t)emu_check_options()->stuck * 1000))
			report(why);
		emu_dump_socket_answer(socket, print_answer);
	}
	return NULL;
}

void emu_dump_watch(void)
{
	sigset_t all, before;
	pthread_t thread;
	uint64_t *told;

	if (atomic_exchange(&watch()->begun, true))
		return;
	told = calloc(STREAMS_MAX, sizeof(*told));
	if (!told)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&thread, NULL, watch_streams, told))
		free(told);
	else
		pthread_detach(thread);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Others can ask also before there is a stream. */
EMU_CHECK_AT_OPEN(emu_dump_begin);
