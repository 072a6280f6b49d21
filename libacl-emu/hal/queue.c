// SPDX-License-Identifier: MIT
/*
 * Submission queues: entries that one thread executes in their order.
 *
 * A queue has a thread of its own, because an entry can wait for another queue or
 * copy for a long time. The entries in front of the head are finished; the runtime
 * asks for the head, and for the completions of the logic queue (completion.c).
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/process.h"
#include "core/sync.h"
#include "queue.h"

#define DEPTH_MAX	32768
#define FLAGS_KNOWN	0x18f	/* REUSE_CQ and _SQ, BIND_IRQ, RDONLY, SPECIFIED ids */
#define FLAG_THIS_SQ	0x80	/* in->sqId is wanted */

struct queues {
	pthread_mutex_t lock;		/* for additions */
	_Atomic(struct hal_device *) device[ACL_EMU_MAX_DEVICES];
	void *page;			/* stands for the registers of all queues */
};

EMU_STATE(struct queues, queues, NULL)

/* --- devices ----------------------------------------------------------------------------- */

static struct hal_device *device_make(uint32_t id)
{
	struct hal_device *d = calloc(1, sizeof(*d));
	uint32_t i;

	if (!d)
		return NULL;
	d->id = id;
	pthread_mutex_init(&d->lock, NULL);
	emu_pthread_cond_init(&d->reports);
	for (i = 0; i < HAL_QUEUES; i++)
		emu_pthread_cond_init(&d->logic[i].cond);
	return d;
}

struct hal_device *hal_queue_present(uint32_t device)
{
	return atomic_load_explicit(&queues()->device[device], memory_order_acquire);
}

/* The structure of a device is made with its first use and stays. */
struct hal_device *hal_queue_device(uint32_t device, drvError_t *code)
{
	struct hal_device *d;

	*code = hal_device_check(device);
	if (*code)
		return NULL;
	d = hal_queue_present(device);
	if (d)
		return d;
	pthread_mutex_lock(&queues()->lock);
	d = atomic_load(&queues()->device[device]);
	if (!d) {
		d = device_make(device);
		atomic_store(&queues()->device[device], d);
	}
	pthread_mutex_unlock(&queues()->lock);
	if (!d)
		*code = hal_result(emu_no_memory("device"));
	return d;
}

/* --- blocked queues ---------------------------------------------------------------------- */

static bool is_there(const struct hal_device *d, const struct hal_queue *q)
{
	switch (q->wait) {
	case HAL_WAIT_EVENT:
		return d->event[q->wait_id];
	case HAL_WAIT_NOTIFY:
		return d->notify[q->wait_id].set || d->notify[q->wait_id].sync;
	case HAL_WAIT_LOGIC:
		return !d->logic[q->wait_id].used ||
		       d->logic[q->wait_id].count < d->logic[q->wait_id].depth;
	default:
		return !d->callback[q->wait_id].used ||
		       d->callback[q->wait_id].count < d->callback[q->wait_id].depth;
	}
}

void hal_queue_wake(struct hal_device *d, enum hal_wait wait, uint32_t id)
{
	struct hal_queue *q;

	for (q = d->blocked; q; q = q->next_blocked) {
		if (q->wait == wait && q->wait_id == id)
			pthread_cond_signal(&q->cond);
	}
}

int hal_queue_block(struct hal_device *d, struct hal_queue *q, enum hal_wait wait, uint32_t id,
		    const struct timespec *deadline)
{
	uint64_t generation = q->generation;
	struct hal_queue **p;
	int err = 0;

	q->wait = wait;
	q->wait_id = id;
	q->next_blocked = d->blocked;
	d->blocked = q;
	while (!q->ending && q->generation == generation && !is_there(d, q) && err != ETIMEDOUT) {
		if (deadline)
			err = pthread_cond_timedwait(&q->cond, &d->lock, deadline);
		else
			pthread_cond_wait(&q->cond, &d->lock);
	}
	for (p = &d->blocked; *p != q; p = &(*p)->next_blocked)
		;
	*p = q->next_blocked;
	if (q->ending || q->generation != generation)
		return ECANCELED;
	return is_there(d, q) ? 0 : ETIMEDOUT;
}

/* --- the thread -------------------------------------------------------------------------- */

struct start {
	struct hal_device *d;
	struct hal_queue *q;
};

static void run_next(struct hal_device *d, struct hal_queue *q)
{
	struct hal_entry e = q->entries[q->head];
	uint64_t generation = q->generation;
	uint32_t next = (q->head + 1) % q->depth;
	struct hal_end end = { 0 };

	pthread_mutex_unlock(&d->lock);
	hal_execute(d, q, &e, &end);
	pthread_mutex_lock(&d->lock);
	if (end.dropped || q->ending || q->generation != generation)
		return;
	hal_logic_complete(d, q, &e, &end, next);
	if (!q->ending && q->generation == generation)
		q->head = next;
}

static void *work(void *arg)
{
	struct hal_device *d = ((struct start *)arg)->d;
	struct hal_queue *q = ((struct start *)arg)->q;

	free(arg);
	emu_enter("a queue of the driver");
	pthread_mutex_lock(&d->lock);
	while (!q->ending) {
		if (q->paused || q->head == q->tail)
			pthread_cond_wait(&q->cond, &d->lock);
		else
			run_next(d, q);
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

static drvError_t start(struct hal_device *d, struct hal_queue *q)
{
	struct start *arg = malloc(sizeof(*arg));
	sigset_t all, before;
	int err = ENOMEM;

	if (arg) {
		*arg = (struct start){ d, q };
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before);
		err = pthread_create(&q->thread, NULL, work, arg);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	q->started = !err;
	if (!err)
		return DRV_ERROR_NONE;
	free(arg);
	return hal_refuse(DRV_ERROR_OUT_OF_MEMORY, "raise the limit on threads (ulimit -u)",
			  "cannot start the thread of queue %" PRIu32 ": %s", q->id, strerror(err));
}

/* --- allocate and free ------------------------------------------------------------------- */

static drvError_t check_allocate(const struct halSqCqInputInfo *in)
{
	if (in->sqeSize != HAL_ENTRY_SIZE || in->sqeDepth < 2 || in->sqeDepth > DEPTH_MAX ||
	    in->info[0] >= HAL_QUEUES)
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "use entries of 64 bytes",
				  "%" PRIu32 " entries of %" PRIu32 " bytes for stream %" PRIu32,
				  in->sqeDepth, in->sqeSize, in->info[0]);
	if (in->flag & ~(uint32_t)FLAGS_KNOWN)
		return hal_unsupported("a queue with flags", in->flag);
	return DRV_ERROR_NONE;
}

/* Called with the lock held; HAL_QUEUES: none is free. */
static uint32_t free_id(const struct hal_device *d, const struct halSqCqInputInfo *in)
{
	uint32_t id;

	if (in->flag & FLAG_THIS_SQ)
		return in->sqId < HAL_QUEUES && !d->queue[in->sqId] ? in->sqId : HAL_QUEUES;
	for (id = 0; id < HAL_QUEUES && d->queue[id]; id++)
		;
	return id;
}

static drvError_t allocate(struct hal_device *d, const struct halSqCqInputInfo *in,
			   struct halSqCqOutputInfo *out)
{
	drvError_t code = check_allocate(in);
	struct hal_queue *q;
	uint32_t id;

	if (code)
		return code;
	id = free_id(d, in);
	if (id == HAL_QUEUES)
		return hal_refuse(DRV_ERROR_NO_STREAM_RESOURCES, "free queues",
				  "all %d queues of device %" PRIu32 " are in use, or this one",
				  HAL_QUEUES, d->id);
	q = calloc(1, sizeof(*q));
	if (q)
		q->entries = calloc(in->sqeDepth, sizeof(*q->entries));
	if (!q || !q->entries) {
		free(q);
		return hal_result(emu_no_memory("queue"));
	}
	emu_pthread_cond_init(&q->cond);
	q->id = id;
	q->stream = in->info[0];
	q->depth = in->sqeDepth;
	d->queue[id] = q;
	*out = (struct halSqCqOutputInfo){ .sqId = id, .cqId = id };
	return DRV_ERROR_NONE;
}

/* Called with the lock held; NULL: the message is written. */
static struct hal_queue *find(struct hal_device *d, uint32_t type, uint32_t id, drvError_t *code)
{
	struct hal_queue *q = id < HAL_QUEUES ? d->queue[id] : NULL;

	if (type == DRV_NORMAL_TYPE && q && !q->ending)
		return q;
	*code = hal_refuse(DRV_ERROR_INVALID_VALUE, "use what halSqCqAllocate() returned",
			   "queue %" PRIu32 " of type %" PRIu32 " does not exist on device %"
			   PRIu32, id, type, d->id);
	return NULL;
}

/* For the calls on one queue. */
static drvError_t with_queue(uint32_t device, uint32_t type, uint32_t id,
			     drvError_t (*fn)(struct hal_device *d, struct hal_queue *q, void *arg),
			     void *arg)
{
	struct hal_device *d;
	struct hal_queue *q;
	drvError_t code;

	d = hal_queue_lock(device, true, &code);
	if (!d)
		return code;
	q = find(d, type, id, &code);
	return hal_queue_unlock(d, q ? fn(d, q, arg) : code);
}

/* Ends what the thread is doing; called with the lock held. */
static void interrupt(struct hal_queue *q)
{
	struct acl_emu_sync_signal arg;

	if (q->cancel)
		emu_sync_signal(&arg, q->cancel, EMU_SYNC_SET, 1);
	pthread_cond_signal(&q->cond);
}

/* Called with the lock held, which it releases while it waits for the thread. */
static void end_queue(struct hal_device *d, struct hal_queue *q)
{
	q->ending = true;
	interrupt(q);
	if (q->started) {
		pthread_mutex_unlock(&d->lock);
		pthread_join(q->thread, NULL);
		pthread_mutex_lock(&d->lock);
	}
	hal_logic_forget(d, q);
	d->queue[q->id] = NULL;
	emu_sync_drop(q->cancel);
	pthread_cond_destroy(&q->cond);
	free(q->entries);
	free(q);
}

drvError_t halSqCqAllocate(uint32_t devId, struct halSqCqInputInfo *in,
			   struct halSqCqOutputInfo *out)
{
	struct hal_device *d;
	drvError_t code;

	EMU_ENTER();
	d = hal_queue_lock(devId, in && out, &code);
	if (!d)
		return code;
	if (in->type == DRV_NORMAL_TYPE)
		code = allocate(d, in, out);
	else if (in->type == DRV_LOGIC_TYPE)
		code = hal_logic_allocate(d, in, out);
	else if (in->type == DRV_CALLBACK_TYPE)
		code = hal_callback_allocate(d, in, out);
	else
		code = hal_unsupported("a queue of type", in->type);
	return hal_queue_unlock(d, code);
}

drvError_t halSqCqFree(uint32_t devId, struct halSqCqFreeInfo *info)
{
	struct hal_device *d;
	struct hal_queue *q;
	drvError_t code;

	EMU_ENTER();
	d = hal_queue_lock(devId, info, &code);
	if (!d)
		return code;
	if (info->type == DRV_LOGIC_TYPE) {
		code = hal_logic_free(d, info->cqId);
	} else if (info->type == DRV_CALLBACK_TYPE) {
		code = hal_callback_free(d, info->cqId);
	} else {
		q = find(d, info->type, info->sqId, &code);
		if (q)
			end_queue(d, q);
	}
	return hal_queue_unlock(d, code);
}

/* Another thread may be ending queues of the device at the same time. */
void hal_queue_reset(uint32_t device)
{
	struct hal_device *d = hal_queue_present(device);
	uint32_t i;

	if (!d)
		return;
	pthread_mutex_lock(&d->lock);
	for (i = 0; i < HAL_QUEUES; i++) {
		if (d->queue[i] && !d->queue[i]->ending)
			end_queue(d, d->queue[i]);
	}
	for (i = 0; i < HAL_QUEUES; i++) {
		if (d->logic[i].used)
			hal_logic_free(d, i);
	}
	for (i = 0; i < HAL_CALLBACKS; i++) {
		if (d->callback[i].used)
			hal_callback_free(d, i);
	}
	hal_id_reset(d);
	d->resets++;
	pthread_cond_broadcast(&d->reports);
	pthread_mutex_unlock(&d->lock);
}

/* --- entries ----------------------------------------------------------------------------- */

static drvError_t append(struct hal_device *d, struct hal_queue *q, void *arg)
{
	struct halTaskSendInfo *info = arg;
	uint32_t used = (q->tail + q->depth - q->head) % q->depth, i;
	drvError_t code = DRV_ERROR_NONE;

	if (!info->sqe_addr || !info->sqe_num || info->sqe_num >= q->depth)
		return hal_refuse(DRV_ERROR_INVALID_VALUE, "send less than the depth at a time",
				  "%" PRIu32 " entries at %p, the queue has room for %" PRIu32,
				  info->sqe_num, (void *)info->sqe_addr, q->depth - 1);
	/* The caller waits and tries again; this is no failure. */
	if (info->sqe_num > q->depth - 1 - used)
		return DRV_ERROR_NO_RESOURCES;
	if (!q->started)
		code = start(d, q);
	if (code)
		return code;
	info->pos = q->tail;
	for (i = 0; i < info->sqe_num; i++) {
		memcpy(&q->entries[q->tail], info->sqe_addr + (size_t)i * HAL_ENTRY_SIZE,
		       HAL_ENTRY_SIZE);
		q->tail = (q->tail + 1) % q->depth;
	}
	pthread_cond_signal(&q->cond);
	return DRV_ERROR_NONE;
}

drvError_t halSqTaskSend(uint32_t devId, struct halTaskSendInfo *info)
{
	EMU_ENTER();
	return info ? with_queue(devId, info->type, info->sqId, append, info) : hal_null("info");
}

/* --- values ------------------------------------------------------------------------------ */

/* The runtime only needs an address for the registers, which it never reads. */
static void *register_page(void)
{
	void *page;

	pthread_mutex_lock(&queues()->lock);
	if (!queues()->page) {
		page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		queues()->page = page == MAP_FAILED ? NULL : page;
	}
	page = queues()->page;
	pthread_mutex_unlock(&queues()->lock);
	return page;
}

static drvError_t query_registers(uint32_t value[8])
{
	uint64_t page = (uintptr_t)register_page();

	if (!page)
		return hal_result(emu_no_memory("register page"));
	value[0] = (uint32_t)(page >> 32);
	value[1] = (uint32_t)page;
	value[2] = (uint32_t)sysconf(_SC_PAGESIZE);
	return DRV_ERROR_NONE;
}

static drvError_t query(struct hal_device *d, struct hal_queue *q, void *arg)
{
	struct halSqCqQueryInfo *info = arg;
	uint32_t *value = info->value;

	switch (info->prop) {
	case DRV_SQCQ_PROP_SQ_STATUS:
		value[0] = !q->paused;
		return DRV_ERROR_NONE;
	case DRV_SQCQ_PROP_SQ_HEAD:
		value[0] = q->head;
		return DRV_ERROR_NONE;
	case DRV_SQCQ_PROP_SQ_TAIL:
		value[0] = q->tail;
		return DRV_ERROR_NONE;
	case DRV_SQCQ_PROP_SQ_CQE_STATUS:
		value[0] = hal_logic_holds(d, q);
		return DRV_ERROR_NONE;
	case DRV_SQCQ_PROP_SQ_REG_BASE:
		return query_registers(value);
	case DRV_SQCQ_PROP_SQ_DEPTH:
		value[0] = q->depth;
		return DRV_ERROR_NONE;
	case DRV_SQCQ_PROP_CQ_DEPTH:
		value[0] = hal_logic_depth(d, q);
		return DRV_ERROR_NONE;
	case DRV_SQCQ_PROP_SQE_SIZE:
		value[0] = HAL_ENTRY_SIZE;
		return DRV_ERROR_NONE;
	case DRV_SQCQ_PROP_CQE_SIZE:
		value[0] = sizeof(struct hal_completion);
		return DRV_ERROR_NONE;
	default:
		return hal_unsupported("a property of queues with the number", info->prop);
	}
}

drvError_t halSqCqQuery(uint32_t devId, struct halSqCqQueryInfo *info)
{
	EMU_ENTER();
	return info ? with_queue(devId, info->type, info->sqId, query, info) : hal_null("info");
}

static drvError_t configure(struct hal_device *d, struct hal_queue *q, void *arg)
{
	const struct halSqCqConfigInfo *info = arg;
	const uint32_t *value = info->value;

	(void)d;
	switch (info->prop) {
	case DRV_SQCQ_PROP_SQ_PAUSE:
		q->paused = true;
		return DRV_ERROR_NONE;
	case DRV_SQCQ_PROP_SQ_STATUS:
		q->paused = !value[0];
		break;
	case DRV_SQCQ_PROP_SQ_RESUME:
	case DRV_SQCQ_PROP_SQ_DISABLE_TO_ENABLE:
		q->paused = false;
		break;
	case DRV_SQCQ_PROP_SQCQ_RESET:
		q->head = 0;
		q->tail = 0;
		q->generation++;
		interrupt(q);
		break;
	case DRV_SQCQ_PROP_SQ_HEAD:
		if (value[0] >= q->depth || !q->paused)
			return hal_refuse(DRV_ERROR_INVALID_VALUE, "pause the queue first",
					  "head %" PRIu32 " of queue %" PRIu32 " with %" PRIu32
					  " entries", value[0], q->id, q->depth);
		q->head = value[0];
		q->generation++;
		interrupt(q);
		break;
	default:
		return hal_unsupported("setting a property of queues with the number", info->prop);
	}
	pthread_cond_signal(&q->cond);
	return DRV_ERROR_NONE;
}

drvError_t halSqCqConfig(uint32_t devId, struct halSqCqConfigInfo *info)
{
	EMU_ENTER();
	return info ? with_queue(devId, info->type, info->sqId, configure, info) : hal_null("info");
}

/* What the scheduler can be asked by messages is optional: the runtime does without. */
drvError_t halTsdrvCtl(uint32_t devId, int cmd, void *param, size_t paramSize, void *out,
		       size_t *outSize)
{
	(void)devId;
	(void)param;
	(void)paramSize;
	(void)out;
	(void)outSize;
	EMU_ENTER();
	return hal_unsupported("a message to the task scheduler with command", (unsigned int)cmd);
}
