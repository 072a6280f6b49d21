// SPDX-License-Identifier: MIT
/*
 * Functions of the program that are called when a task fails.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "core/process.h"
#include "device/captures.h"
#include "stream/exception.h"
#include "stream/stream.h"

#define MODULES		16
#define NAME_LEN	64

struct rtExceptionInfo {
	uint32_t task;
	uint32_t stream;
	uint32_t thread;
	uint32_t device;
	uint32_t code;
};

struct exceptions {
	pthread_mutex_t lock;	/* not held while a function is called */
	_Atomic uint32_t count;
	struct {
		char name[NAME_LEN];
		aclrtExceptionInfoCallback fn;
	} modules[MODULES];
};

EMU_STATE(struct exceptions, exceptions, NULL)

/* With the lock held: the entry of a name, else a free one, else MODULES. */
static uint32_t entry_of(const char *module)
{
	struct exceptions *e = exceptions();
	uint32_t i, free = MODULES;

	for (i = 0; i < MODULES; i++) {
		if (e->modules[i].fn && !strncmp(e->modules[i].name, module, NAME_LEN - 1))
			return i;
		if (!e->modules[i].fn && free == MODULES)
			free = i;
	}
	return free;
}

aclError emu_exception_set(const char *module, aclrtExceptionInfoCallback fn)
{
	struct exceptions *e = exceptions();
	uint32_t i;

	pthread_mutex_lock(&e->lock);
	i = entry_of(module);
	if (i < MODULES) {
		atomic_fetch_add(&e->count, (uint32_t)!!fn - (uint32_t)!!e->modules[i].fn);
		e->modules[i].fn = fn;
		snprintf(e->modules[i].name, NAME_LEN, "%s", module);
	}
	pthread_mutex_unlock(&e->lock);
	if (i < MODULES)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_RESOURCE_ALLOC_FAIL, "remove a function with NULL",
			 "%d modules have functions for failed tasks already", MODULES);
}

void emu_exception_report(const struct emu_queue *q, uint64_t task, aclError code)
{
	const struct emu_stream *s;
	struct rtExceptionInfo info;
	aclrtExceptionInfoCallback fn;
	uint32_t i;

	if (!atomic_load_explicit(&exceptions()->count, memory_order_relaxed))
		return;
	s = (const struct emu_stream *)(const void *)
		((const char *)q - offsetof(struct emu_stream, queue));
	info = (struct rtExceptionInfo){
		.task = (uint32_t)task, .stream = emu_token_slot(s->object.token),
		.thread = (uint32_t)emu_thread_id(), .device = s->device, .code = (uint32_t)code,
	};
	for (i = 0; i < MODULES; i++) {
		pthread_mutex_lock(&exceptions()->lock);
		fn = exceptions()->modules[i].fn;
		pthread_mutex_unlock(&exceptions()->lock);
		if (fn)
			fn(&info);
	}
}

aclError aclrtSetExceptionInfoCallback(aclrtExceptionInfoCallback callback)
{
	EMU_ENTER();
	return emu_exception_set("acl", callback);
}

/* These return the number itself, and all bits for a NULL record. */
#define NUMBER(name_, member_) \
	uint32_t name_(const aclrtExceptionInfo *info) \
	{ \
		return info ? info->member_ : UINT32_MAX; \
	}

NUMBER(aclrtGetTaskIdFromExceptionInfo, task)
NUMBER(aclrtGetStreamIdFromExceptionInfo, stream)
NUMBER(aclrtGetThreadIdFromExceptionInfo, thread)
NUMBER(aclrtGetDeviceIdFromExceptionInfo, device)
NUMBER(aclrtGetErrorCodeFromExceptionInfo, code)
