/* SPDX-License-Identifier: MIT */
/*
 * What the files of the library share.
 *
 * Every exported function begins with emu_enter(). It notices a fork, and it
 * remembers the name for messages. State of the process lives in static
 * variables of the file it belongs to; each such file has an emu_X_forget(),
 * which process.c calls in a forked child before anything else runs there.
 */
#ifndef EMU_H
#define EMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "acl/acl.h"
#include "acl_emu.h"

#define EMU_2M		((uint64_t)ACL_EMU_SIZE_2M)
#define EMU_1G		((uint64_t)ACL_EMU_SIZE_1G)
#define EMU_512M	(EMU_1G / 2)

#define EMU_MESSAGE_LEN	512

/* Begins an argument structure of the module. */
#define EMU_HEAD(type, ...)	{ .size = sizeof(struct type), ##__VA_ARGS__ }

#define emu_unlikely(x)	__builtin_expect(!!(x), 0)

/* --- process.c ----------------------------------------------------------- */

struct emu_queue;

/*
 * What a thread remembers. Its members are only true if generation is that of
 * the process: emu_enter() sees to it.
 */
struct emu_thread {
	uint64_t generation;
	const char *function;	/* exported function the thread is in */
	uint64_t context;	/* token of the current context, 0: none */
	const struct emu_queue *queue;	/* whose thread this is, NULL: none */
	aclError last;
	bool quiet;		/* failures are dealt with, and not told */
	bool has_message;
	char message[EMU_MESSAGE_LEN];
	char given[EMU_MESSAGE_LEN];	/* what aclGetRecentErrMsg() gave last */
};

extern __thread struct emu_thread emu_self;

void emu_enter(const char *function);
#define EMU_ENTER()	emu_enter(__func__)
bool emu_process_forked(void);

/* --- driver.c ------------------------------------------------------------ */

aclError emu_driver_ready(void);
int emu_ioctl(unsigned int nr, struct acl_emu_head *head);
void emu_driver_forget(void);

/* --- error.c ------------------------------------------------------------- */

/* The code that a function gives for a reason, where it is not the usual one. */
struct emu_code {
	uint32_t reason;
	aclError code;
};

#define EMU_SIZE_LEN	32
const char *emu_size(char buf[EMU_SIZE_LEN], uint64_t bytes);
#define EMU_SIZE(bytes)	emu_size((char[EMU_SIZE_LEN]){ 0 }, bytes)
const char *emu_place(char buf[EMU_SIZE_LEN], uint32_t type, uint32_t id);
#define EMU_PLACE(loc)	emu_place((char[EMU_SIZE_LEN]){ 0 }, (loc).type, (loc).id)

__attribute__((format(printf, 3, 4)))
aclError emu_error(aclError code, const char *advice, const char *format, ...);
__attribute__((format(printf, 4, 5)))
aclError emu_fail(int err, const struct acl_emu_head *head, const struct emu_code *codes,
		  const char *subject, ...);
aclError emu_null(const char *name);
aclError emu_flags(uint64_t flags);
void emu_error_per_process(bool on);
void emu_error_forget(void);

#ifdef EMU_LINT
/* Analysers see one file at a time, so tell them: what failed has a code. */
static inline aclError emu_not_zero(aclError code)
{
	if (code == ACL_SUCCESS)
		__builtin_unreachable();
	return code;
}

#define emu_error(...)	emu_not_zero((emu_error)(__VA_ARGS__))
#define emu_fail(...)	emu_not_zero((emu_fail)(__VA_ARGS__))
#define emu_null(name)	emu_not_zero((emu_null)(name))
#define emu_flags(x)	emu_not_zero((emu_flags)(x))
#endif

/* --- config.c ------------------------------------------------------------ */

struct emu_config {
	char *text;		/* the whole file, malloc()ed */
	bool per_process;	/* err_msg_mode is 1 */
};

aclError emu_config_read(const char *path, struct emu_config *config);

/* --- init.c, device.c, context.c ----------------------------------------- */

void emu_init_forget(void);

aclError emu_device_count(uint32_t *count);
aclError emu_device_find(int64_t user, uint32_t *device);
aclError emu_device_user(int64_t device, uint32_t *user);
aclError emu_device_open(uint32_t id);
bool emu_device_is_open(uint32_t id);
aclError emu_device_synchronize(void);
void emu_device_forget(void);

uint64_t emu_context_primary(uint32_t device);
/* Contexts have slots below this number, default ones those of their devices. */
#define EMU_CONTEXT_SLOTS	4096

void emu_context_reset_device(uint32_t device);
uint32_t emu_context_slot(uint64_t token);
bool emu_context_alive(uint64_t token);
aclError emu_context_current(uint32_t *device);
bool emu_context_there(uint32_t *device);
void emu_context_forget(void);

/* --- stream.c, callback.c, launch.c, token.c, event_ipc.c --------- */

void emu_stream_forget(void);
void emu_callback_forget(void);
void emu_launch_forget(void);
void emu_event_ipc_forget(void);
void emu_token_forget(void);

/* --- range.c ------------------------------------------------------------- */

int emu_range_reserve(struct acl_emu_range_reserve *arg);
int emu_range_release(struct acl_emu_range_release *arg);
bool emu_range_may_hold(uint64_t addr);
uint64_t emu_range_first_in(uint64_t addr, uint64_t size);
void emu_range_forget(void);

/* --- copy.c, plain.c, batch.c -------------------------------------------- */

/* The pattern that fills memory with one byte. */
#define EMU_BYTES(value)	((uint8_t)(value) * UINT32_C(0x01010101))

aclError emu_copy(void *dst, const void *src, size_t size);
aclError emu_fill(void *dst, uint32_t pattern, size_t size);
aclError emu_check_room(size_t count, size_t room, const char *name);
aclError emu_check_copy(const void *dst, size_t room, const void *src, size_t count,
			aclrtMemcpyKind kind);
aclError emu_check_words(const void *ptr, size_t room, size_t count);
bool emu_plain_mapped(uint64_t addr, uint64_t size);
aclError emu_plain_copy(void *dst, const void *src, size_t size);
aclError emu_plain_fill(void *dst, uint32_t pattern, size_t size);
aclError emu_check_2d(const void *dst, size_t dpitch, const void *src, size_t spitch,
		      size_t width, size_t height, aclrtMemcpyKind kind);
aclError emu_copy_2d(void *dst, size_t dpitch, const void *src, size_t spitch, size_t width,
		     size_t height);

/* --- malloc.c ------------------------------------------------------------ */

aclError emu_malloc_config(const aclrtMallocConfig *cfg, int64_t *device);

/* --- pointer.c ----------------------------------------------------------- */

bool emu_pointer_look(uint64_t addr, struct acl_emu_lookup *found);

/* --- host.c -------------------------------------------------------------- */

bool emu_host_registered(uint64_t addr, uint64_t size);
bool emu_host_find(uint64_t addr, uint64_t *start, uint64_t *size);
aclError emu_host_free(void *ptr);
void emu_host_forget(void);

/* --- peer.c -------------------------------------------------------------- */

void emu_peer_enable(uint32_t device, uint32_t peer);
void emu_peer_reset_device(uint32_t device);
aclError emu_peer_check(uint64_t dst, uint64_t src, uint64_t size);
void emu_peer_forget(void);

/* --- ipc.c --------------------------------------------------------------- */

aclError emu_ipc_close(uint64_t addr);
void emu_ipc_forget(void);

/* --- allocator.c --------------------------------------------------------- */

void emu_allocator_forget(void);

/* --- heap.c -------------------------------------------------------------- */

struct emu_heap;

struct emu_heap *emu_heap_device(uint32_t device);
struct emu_heap *emu_heap_host(void);
aclError emu_heap_alloc(struct emu_heap *heap, uint64_t size, bool giant, void **addr);
aclError emu_heap_free(enum acl_emu_range_kind kind, void *addr);
aclError emu_heap_free_of(uint64_t epoch, void *addr);
uint64_t emu_heap_epoch(uint32_t device);
bool emu_heap_owner(uint64_t addr, uint32_t *device);
bool emu_heap_find(uint64_t addr, uint64_t *start, uint64_t *size);
int emu_heap_reset(uint32_t device, int (*reset)(void *arg), void *arg);
void emu_heap_forget(void);

#endif
