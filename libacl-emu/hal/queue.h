/* SPDX-License-Identifier: MIT */
/*
 * Queues of a device, and the events and notifies that their entries use.
 */
#ifndef HAL_QUEUE_H
#define HAL_QUEUE_H

#include <pthread.h>

#include "device.h"

#define HAL_QUEUES	2048	/* of a device, and as many logic queues and streams */
#define HAL_CALLBACKS	1024
#define HAL_EVENTS	65536
#define HAL_MODELS	2048
#define HAL_NOTIFIES	8192
#define HAL_ENTRY_SIZE	64
#define HAL_KINDS	(DRV_NOTIFY_ID + 1)	/* of ids */

struct hal_entry {
	uint8_t byte[HAL_ENTRY_SIZE];
};

/* How an entry ended. */
struct hal_end {
	uint32_t error;
	uint8_t error_type;	/* HAL_ERROR_*, 0: success */
	bool dropped;		/* the queue ends or was reset */
};

enum { HAL_ERROR_EXCEPTION = 1 << 0, HAL_ERROR_TIMEOUT = 1 << 2, HAL_ERROR_ENTRY = 1 << 3 };

/* What a queue that is blocked waits for; the number is that of the object. */
enum hal_wait { HAL_WAIT_EVENT, HAL_WAIT_NOTIFY, HAL_WAIT_LOGIC, HAL_WAIT_CALLBACK };

/* A submission queue. Its thread starts with the first entry. */
struct hal_queue {
	struct hal_queue *next_blocked;
	enum hal_wait wait;
	uint32_t wait_id;
	pthread_cond_t cond;		/* for its thread */
	pthread_t thread;
	bool started;
	bool ending;
	bool paused;
	uint32_t id;
	uint32_t stream;
	uint32_t depth;
	uint32_t head, tail;		/* equal: the queue is empty */
	uint64_t generation;		/* resets of the queue */
	uint64_t cancel;		/* sync that ends a wait for a shared notify; 0: none */
	struct hal_entry *entries;
};

/* A logic queue: completions on their way to the runtime. */
struct hal_logic {
	bool used;
	uint64_t generation;		/* a thread that waits here may find another one */
	uint32_t depth, first, count;
	struct hal_completion *ring;
	pthread_cond_t cond;
};

/* A callback queue: reports of host functions. */
struct hal_callback {
	bool used;
	uint32_t group;
	uint32_t depth, first, count;
	uint16_t sequence;
	struct hal_report *ring;
	uint8_t command[HAL_ENTRY_SIZE];
};

/* A flag of this process, or the sync of a notify that is shared. */
struct hal_notify {
	bool set;
	bool imported;
	uint64_t sync;			/* 0: not shared */
	uint64_t key;			/* 0: has no name */
};

struct hal_device {
	uint32_t id;
	pthread_mutex_t lock;		/* for all below */
	struct hal_queue *blocked;
	struct hal_queue *queue[HAL_QUEUES];
	struct hal_logic logic[HAL_QUEUES];
	struct hal_callback callback[HAL_CALLBACKS];
	pthread_cond_t reports;		/* a callback queue got a report, or all ended */
	uint64_t resets;		/* a thread that waits for reports ends with one */
	uint32_t logic_of[HAL_QUEUES];	/* by stream: id of its logic queue + 1 */
	uint64_t *ids[HAL_KINDS];	/* a bit for each id in use */
	uint32_t ids_used[HAL_KINDS];
	uint8_t event[HAL_EVENTS];
	struct hal_notify notify[HAL_NOTIFIES];
};

/* NULL: the message is written, and @code set. */
struct hal_device *hal_queue_device(uint32_t device, drvError_t *code);
/* NULL: nothing of the device was used yet. */
struct hal_device *hal_queue_present(uint32_t device);
/* Ends all queues and frees all ids of a device. */
void hal_queue_reset(uint32_t device);

/* These are called with the lock held. */
void hal_queue_wake(struct hal_device *d, enum hal_wait wait, uint32_t id);
/* Blocks the queue; 0: what it waits for is there, ETIMEDOUT, ECANCELED: the queue ends. */
int hal_queue_block(struct hal_device *d, struct hal_queue *q, enum hal_wait wait, uint32_t id,
		    const struct timespec *deadline);

/* event.c; all without the lock. */
void hal_event_record(struct hal_device *d, uint32_t id);
void hal_event_clear(struct hal_device *d, uint32_t id);
void hal_event_wait(struct hal_device *d, struct hal_queue *q, uint32_t id, uint32_t seconds,
		    struct hal_end *end);
void hal_notify_record(struct hal_device *d, uint32_t id);
void hal_notify_clear(struct hal_device *d, uint32_t id);
void hal_notify_wait(struct hal_device *d, struct hal_queue *q, uint32_t id, uint32_t seconds,
		     struct hal_end *end);
/* Clears a notify and ends its sharing; called with the lock held. */
void hal_notify_forget(struct hal_notify *n);

/* id.c; called with the lock held. False: none is left, or the wanted one is in use. */
bool hal_id_take(struct hal_device *d, uint32_t kind, bool wanted, uint32_t *id);
bool hal_id_give(struct hal_device *d, uint32_t kind, uint32_t id);
void hal_id_reset(struct hal_device *d);

/* execute.c */
void hal_execute(struct hal_device *d, struct hal_queue *q, const struct hal_entry *e,
		 struct hal_end *end);

/* completion.c: logic queues; called with the lock held. */
drvError_t hal_logic_allocate(struct hal_device *d, const struct halSqCqInputInfo *in,
			      struct halSqCqOutputInfo *out);
drvError_t hal_logic_free(struct hal_device *d, uint32_t id);
/* Writes the completion of an entry; the queue blocks while its logic queue is full. */
void hal_logic_complete(struct hal_device *d, struct hal_queue *q, const struct hal_entry *e,
			const struct hal_end *end, uint32_t head);
/* Does an entry of the queue wait to be taken? */
bool hal_logic_holds(struct hal_device *d, const struct hal_queue *q);
/* Drops the completions of a queue that ends. */
void hal_logic_forget(struct hal_device *d, const struct hal_queue *q);
uint32_t hal_logic_depth(struct hal_device *d, const struct hal_queue *q);

/* callback.c; called with the lock held. */
drvError_t hal_callback_allocate(struct hal_device *d, const struct halSqCqInputInfo *in,
				 struct halSqCqOutputInfo *out);
drvError_t hal_callback_free(struct hal_device *d, uint32_t id);
/* Called without the lock; waits for room. */
void hal_callback_report(struct hal_device *d, struct hal_queue *q, uint32_t id,
			 struct hal_report *report, struct hal_end *end);

/* The device with its lock; NULL also if an argument of the call is (@arguments is false). */
static inline struct hal_device *hal_queue_lock(uint32_t device, bool arguments, drvError_t *code)
{
	struct hal_device *d;

	if (!arguments) {
		*code = hal_null("an argument");
		return NULL;
	}
	d = hal_queue_device(device, code);
	if (d)
		pthread_mutex_lock(&d->lock);
	return d;
}

static inline drvError_t hal_queue_unlock(struct hal_device *d, drvError_t code)
{
	pthread_mutex_unlock(&d->lock);
	return code;
}

static inline uint16_t hal_u16(const struct hal_entry *e, size_t at)
{
	return (uint16_t)(e->byte[at] | e->byte[at + 1] << 8);
}

static inline uint32_t hal_u32(const struct hal_entry *e, size_t at)
{
	return hal_u16(e, at) | (uint32_t)hal_u16(e, at + 2) << 16;
}

static inline uint64_t hal_u64(const struct hal_entry *e, size_t at)
{
	return hal_u32(e, at) | (uint64_t)hal_u32(e, at + 4) << 32;
}

#endif
