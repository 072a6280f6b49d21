// SPDX-License-Identifier: MIT
/*
 * Shows the calls of a program: see calls.h.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"

#define STRING_MAX	160

/* ---- the function of the library ---- */

/* The next one of that name; a library of dlopen() is not in the order of look-ups. */
static void *find(const char *name)
{
	void *function = dlsym(RTLD_NEXT, name), *library;

	if (function)
		return function;
	library = dlopen("libascendcl.so", RTLD_LAZY | RTLD_NOLOAD);
	if (library)
		function = dlsym(library, name);
	if (function)
		return function;
	fprintf(stderr, "acl-emu: the program calls %s(), and no library has it\n", name);
	abort();
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

void call_begin(struct call *call, const char *name, void **function)
{
	void *found = __atomic_load_n(function, __ATOMIC_RELAXED);
	int saved = errno;

	if (!found) {
		found = find(name);
		__atomic_store_n(function, found, __ATOMIC_RELAXED);
	}
	call->name = name;
	call->function = found;
	call->failed = false;
	call->used = 0;
	call->text[0] = '\0';
	errno = saved;
	call->begin = now();
}

void call_return(struct call *call)
{
	call->end = now();
	call->saved_errno = errno;
}

/* ---- the socket ---- */

struct endpoint {
	int fd;
	dev_t dev;
	ino_t ino;
};

static _Atomic bool over;	/* nobody listens any more */

static int open_socket(void)
{
	const char *path = getenv("ACL_EMU_CALLS");
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (!path || strlen(path) >= sizeof(addr.sun_path))
		return -1;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* The program may close descriptors that are not its own, and open others there. */
static bool is_ours(const struct endpoint *e)
{
	struct stat st;

	return e->fd >= 0 && !fstat(e->fd, &st) && st.st_dev == e->dev && st.st_ino == e->ino;
}

static int endpoint(void)
{
	static __thread struct endpoint e = { .fd = -1 };
	struct stat st;

	if (is_ours(&e))
		return e.fd;
	e.fd = open_socket();
	if (e.fd >= 0 && !fstat(e.fd, &st)) {
		e.dev = st.st_dev;
		e.ino = st.st_ino;
	}
	return e.fd;
}

void call_send(struct call *call)
{
	char line[CALLS_TEXT + 256];
	int fd, length;

	if (!atomic_load_explicit(&over, memory_order_relaxed)) {
		length = snprintf(line, sizeof(line),
				  "%d\t%" PRIu64 "\t%" PRIu64 "\t%d\t%.32s\t%s\t%s", (int)getpid(),
				  call->end, call->end - call->begin, call->failed,
				  program_invocation_short_name, call->name, call->text);
		fd = endpoint();
		if (fd < 0 || (send(fd, line, (size_t)length, MSG_NOSIGNAL) < 0 &&
			       errno != EINTR))
			atomic_store(&over, true);
	}
	errno = call->saved_errno;
}

/* ---- text ---- */

void call_add(struct call *call, const char *format, ...)
{
	size_t room = sizeof(call->text) - call->used;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(call->text + call->used, room, format, args);
	va_end(args);
	if (length > 0)
		call->used += (size_t)length < room ? (size_t)length : room - 1;
}

void call_argument(struct call *call, const char *name)
{
	call_add(call, "%s%s=", call->used > 1 ? ", " : "", name);
}

void call_int(struct call *call, int64_t value)
{
	call_add(call, "%" PRId64, value);
}

void call_uint(struct call *call, uint64_t value)
{
	call_add(call, value < 1u << 30 ? "%" PRIu64 : "0x%" PRIx64, value);
}

void call_float(struct call *call, double value)
{
	call_add(call, "%g", value);
}

void call_pointer(struct call *call, const void *value)
{
	call_add(call, value ? "0x%" PRIxPTR : "NULL", (uintptr_t)value);
}

void call_flags(struct call *call, uint64_t value)
{
	call_add(call, value ? "0x%" PRIx64 : "0", value);
}

bool call_read(void *to, const void *from, size_t size)
{
	struct iovec local = { to, size }, remote = { (void *)(uintptr_t)from, size };

	return from && process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* Byte by byte up to the page that may not be there. */
static size_t read_string(char *to, size_t room, const char *from)
{
	size_t used = 0, step;

	while (used < room) {
		step = 16 - (uintptr_t)(from + used) % 16;
		if (step > room - used)
			step = room - used;
		if (!call_read(to + used, from + used, step))
			break;
		if (memchr(to + used, '\0', step))
			return strlen(to);
		used += step;
	}
	return used;
}

void call_string(struct call *call, const char *value)
{
	char bytes[STRING_MAX];
	size_t length, i;

	if (!value) {
		call_add(call, "NULL");
		return;
	}
	length = read_string(bytes, sizeof(bytes), value);
	call_add(call, "\"");
	for (i = 0; i < length; i++) {
		if (bytes[i] == '"' || bytes[i] == '\\')
			call_add(call, "\\%c", bytes[i]);
		else if (bytes[i] < ' ' || bytes[i] > '~')
			call_add(call, "\\x%02x", (unsigned char)bytes[i]);
		else
			call_add(call, "%c", bytes[i]);
	}
	call_add(call, length == sizeof(bytes) ? "\"..." : "\"");
}

static const char *name_of(int64_t value, const struct call_name *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (names[i].value == value)
			return names[i].name;
	}
	return NULL;
}

void call_enum(struct call *call, int64_t value, const struct call_name *names, size_t count)
{
	const char *name = name_of(value, names, count);

	if (name)
		call_add(call, "%s", name);
	else
		call_int(call, value);
}

void call_code(struct call *call, int64_t value, const struct call_name *names, size_t count)
{
	const char *name = value ? name_of(value, names, count) : NULL;

	call->failed = value;
	call_add(call, "%" PRId64, value);
	if (name)
		call_add(call, " (%s)", name);
}
