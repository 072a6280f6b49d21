// SPDX-License-Identifier: MIT
/*
 * Events between processes.
 *
 * Each record has a sync of the module, its mark, as a record within one process
 * has a completion; it is 0 until the stream reaches the record. The event is one
 * more sync, whose value is the share key of the mark of the latest record. A wait
 * reads the key and imports that mark, so later records, made in any process, do
 * not change it.
 *
 * A process keeps the mark of its latest record of each event, and the marks of
 * records that its streams have not reached. If a key names no mark, its record has
 * happened or its process has ended, and no wait is needed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/error.h"
#include "core/process.h"
#include "core/sync.h"
#include "stream/event_ipc.h"

/* Values of a mark; the first one that is not PENDING stays. */
enum { MARK_PENDING, MARK_HAPPENED, MARK_DROPPED };

/* The sync of a record: of this process (in the list), or imported. */
struct mark {
	struct mark *next, **back;
	uint64_t key;			/* 0: imported */
	uint64_t handle;
	uint32_t refs;			/* under the lock of the list */
};

struct emu_event_ipc {
	uint64_t latest;		/* sync whose value is the key of the latest mark */
	uint64_t key;			/* share key of that sync, 0: not exported yet */
	uint32_t device;
	struct mark *own;		/* mark of the latest record of this process, or NULL */
};

struct mark_task {
	struct emu_task task;
	struct mark *mark;
};

struct marks {
	pthread_mutex_t lock;
	/* The marks of this process, which it cannot import, by their keys. */
	struct mark *first;
};

EMU_STATE(struct marks, marks, NULL)

/* --- records ---------------------------------------------------------------- */

static void mark_list(struct mark *m)
{
	pthread_mutex_lock(&marks()->lock);
	m->back = &marks()->first;
	m->next = marks()->first;
	if (m->next)
		m->next->back = &m->next;
	marks()->first = m;
	pthread_mutex_unlock(&marks()->lock);
}

static struct mark *mark_find(uint64_t key)
{
	struct mark *m = NULL;

	pthread_mutex_lock(&marks()->lock);
	for (m = marks()->first; m && m->key != key; m = m->next)
		;
	if (m)
		m->refs++;
	pthread_mutex_unlock(&marks()->lock);
	return m;
}

static struct mark *mark_ref(struct mark *m)
{
	pthread_mutex_lock(&marks()->lock);
	m->refs++;
	pthread_mutex_unlock(&marks()->lock);
	return m;
}

static void mark_put(struct mark *m)
{
	bool last;

	if (!m)
		return;
	pthread_mutex_lock(&marks()->lock);
	last = !--m->refs;
	if (last && m->key) {
		*m->back = m->next;
		if (m->next)
			m->next->back = m->back;
	}
	pthread_mutex_unlock(&marks()->lock);
	if (!last)
		return;
	emu_sync_drop(m->handle);
	free(m);
}

/* NULL: the message is written, and its code is in @code. */
static struct mark *mark_new(aclError *code)
{
	struct mark *m = calloc(1, sizeof(*m));

	if (m)
		m->refs = 1;
	*code = m ? ACL_SUCCESS : emu_no_memory("record");
	return m;
}

static aclError mark_make(uint32_t device, struct mark **mark)
{
	uint64_t key;
	aclError code;
	struct mark *m = mark_new(&code);

	if (!code)
		code = emu_sync_create(device, MARK_PENDING, &m->handle);
	if (!code)
		code = emu_sync_export(m->handle, true, &key);
	if (code) {
		mark_put(m);
		return code;
	}
	m->key = key;
	mark_list(m);
	*mark = m;
	return ACL_SUCCESS;
}

static aclError mark_import(uint64_t key, uint32_t device, struct mark **mark)
{
	struct acl_emu_import arg;
	aclError code;
	struct mark *m = mark_new(&code);
	int err;

	if (code)
		return code;
	err = emu_sync_import(&arg, key, device);
	if (!err) {
		m->handle = arg.handle;
		*mark = m;
		return ACL_SUCCESS;
	}
	mark_put(m);
	if (arg.head.reason == ACL_EMU_REASON_NO_SHARE ||
	    arg.head.reason == ACL_EMU_REASON_OWN_SHARE)
		return ACL_SUCCESS;
	return emu_sync_fail(err, &arg.head, "the latest record of the event");
}

/* The mark of the latest record; NULL: no wait is needed. */
static aclError latest(struct emu_event_ipc *ipc, struct mark **mark)
{
	uint64_t key;
	aclError code;

	*mark = NULL;
	code = emu_sync_read(ipc->latest, "the event", &key);
	if (code || !key)
		return code;
	*mark = mark_find(key);
	return *mark ? ACL_SUCCESS : mark_import(key, ipc->device, mark);
}

static bool mark_pending(struct mark *m)
{
	uint64_t now;

	return emu_sync_wait(m->handle, MARK_HAPPENED, false, EMU_SYNC_NOW, 0, &now) ==
	       EMU_WAIT_EXPIRED;
}

/* --- in streams ------------------------------------------------------------- */

static struct mark_task *task_new(struct mark *mark,
				  aclError (*run)(struct emu_task *, struct emu_queue *),
				  void (*end)(struct emu_task *, bool))
{
	struct mark_task *t = emu_task_new(sizeof(*t), run, end);

	if (t)
		t->mark = mark_ref(mark);
	return t;
}

static void task_free(struct mark_task *t)
{
	mark_put(t->mark);
	free(t);
}

static aclError record_run(struct emu_task *task, struct emu_queue *queue)
{
	struct acl_emu_sync_signal arg;

	(void)queue;
	/* A reset of the device may have ended the sync, and all waits for it. */
	emu_sync_signal(&arg, ((struct mark_task *)task)->mark->handle, EMU_SYNC_RAISE,
			MARK_HAPPENED);
	return ACL_SUCCESS;
}

/* A dropped record completes, because threads and streams may wait for it. */
static void record_end(struct emu_task *task, bool ran)
{
	struct mark_task *t = (struct mark_task *)task;
	struct acl_emu_sync_signal arg;

	if (!ran)
		emu_sync_signal(&arg, t->mark->handle, EMU_SYNC_RAISE, MARK_DROPPED);
	task_free(t);
}

static aclError wait_run(struct emu_task *task, struct emu_queue *queue)
{
	struct mark *m = ((struct mark_task *)task)->mark;

	switch (emu_queue_wait_sync(queue, m->handle, MARK_HAPPENED, false, EMU_SYNC_FOREVER)) {
	case EMU_WAIT_ABORTED:
		return emu_stream_wait_aborted();
	case EMU_WAIT_FAILED:
		return emu_self.last;
	default:
		return ACL_SUCCESS;
	}
}

static void wait_end(struct emu_task *task, bool ran)
{
	(void)ran;
	task_free((struct mark_task *)task);
}

static void wait_describe(const struct emu_task *task, char *text, size_t size)
{
	(void)task;
	snprintf(text, size, "an event between processes, which any of them may record");
}

static aclError submit(struct mark *mark, struct emu_stream *s,
		       aclError (*run)(struct emu_task *, struct emu_queue *),
		       void (*end)(struct emu_task *, bool))
{
	struct mark_task *t = task_new(mark, run, end);
	aclError code;

	if (!t)
		return ACL_ERROR_RT_MEMORY_ALLOCATION;
	t->task.once = true;
	t->task.describe = run == wait_run ? wait_describe : NULL;
	code = emu_queue_submit(&s->queue, &t->task);
	if (code)
		task_free(t);
	return code;
}

/* The event gets the key after the record is submitted. */
aclError emu_event_ipc_record(struct emu_event_ipc *ipc, struct emu_stream *s)
{
	struct acl_emu_sync_signal arg;
	struct mark *m = NULL;
	aclError code;
	int err;

	code = mark_make(ipc->device, &m);
	if (code)
		return code;
	code = submit(m, s, record_run, record_end);
	if (!code) {
		err = emu_sync_signal(&arg, ipc->latest, EMU_SYNC_SET, m->key);
		if (err)
			code = emu_sync_fail(err, &arg.head, "the event");
	}
	if (code) {
		mark_put(m);
		return code;
	}
	mark_put(ipc->own);
	ipc->own = m;
	return ACL_SUCCESS;
}

aclError emu_event_ipc_wait(struct emu_event_ipc *ipc, struct emu_stream *s)
{
	struct mark *m = NULL;
	aclError code;

	code = latest(ipc, &m);
	if (m && mark_pending(m))
		code = submit(m, s, wait_run, wait_end);
	mark_put(m);
	return code;
}

/* --- on the host ------------------------------------------------------------ */

aclError emu_event_ipc_query(struct emu_event_ipc *ipc, bool *complete)
{
	struct mark *m = NULL;
	aclError code;

	code = latest(ipc, &m);
	if (!code)
		*complete = !m || !mark_pending(m);
	mark_put(m);
	return code;
}

/* READY, EXPIRED, or ABORTED: the record was dropped. */
aclError emu_event_ipc_sync(struct emu_event_ipc *ipc, int64_t timeout_ms, enum emu_wait *result)
{
	uint64_t now = MARK_HAPPENED;
	struct mark *m = NULL;
	aclError code;

	code = latest(ipc, &m);
	*result = EMU_WAIT_READY;
	if (m)
		*result = emu_sync_wait(m->handle, MARK_HAPPENED, false,
					emu_sync_deadline(timeout_ms), 0, &now);
	if (*result == EMU_WAIT_GONE || (*result == EMU_WAIT_READY && now == MARK_DROPPED))
		*result = EMU_WAIT_ABORTED;
	mark_put(m);
	return code;
}

/* --- the event -------------------------------------------------------------- */

static aclError ipc_new(uint32_t device, struct emu_event_ipc **ipc)
{
	*ipc = calloc(1, sizeof(**ipc));
	if (!*ipc)
		return emu_no_memory("event between processes");
	(*ipc)->device = device;
	return ACL_SUCCESS;
}

aclError emu_event_ipc_new(uint32_t device, struct emu_event_ipc **ipc)
{
	aclError code = ipc_new(device, ipc);

	if (!code)
		code = emu_sync_create(device, 0, &(*ipc)->latest);
	return code;
}

/* On failure @ipc is NULL, or the caller frees it. */
aclError emu_event_ipc_open(const char text[EMU_IPC_NAME_LEN], uint32_t device,
			    struct emu_event_ipc **ipc)
{
	struct acl_emu_import arg;
	struct emu_ipc_name name;
	aclError code;
	int err;

	if (!emu_ipc_name_read(EMU_IPC_NAME_EVENT, text, &name))
		return emu_error(ACL_ERROR_RT_PARAM_INVALID,
				 "hand over all 64 bytes of aclrtIpcGetEventHandle() unchanged",
				 "handle was not made by this library for an event");
	code = ipc_new(device, ipc);
	if (code)
		return code;
	err = emu_sync_import(&arg, name.word[0], device);
	if (err)
		return emu_sync_fail(err, &arg.head, "the event of the handle");
	(*ipc)->latest = arg.handle;
	(*ipc)->key = name.word[0];
	return ACL_SUCCESS;
}

void emu_event_ipc_free(struct emu_event_ipc *ipc)
{
	if (!ipc)
		return;
	mark_put(ipc->own);
	emu_sync_drop(ipc->latest);
	free(ipc);
}

aclError emu_event_ipc_name(struct emu_event_ipc *ipc, char text[EMU_IPC_NAME_LEN])
{
	struct emu_ipc_name name = { .word = { ipc->key } };
	aclError code;

	if (!ipc->key) {
		code = emu_sync_export(ipc->latest, true, &name.word[0]);
		if (code)
			return code;
		ipc->key = name.word[0];
	}
	emu_ipc_name_write(EMU_IPC_NAME_EVENT, &name, text);
	return ACL_SUCCESS;
}
