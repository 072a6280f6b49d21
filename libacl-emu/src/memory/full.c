// SPDX-License-Identifier: MIT
/*
 * The sentence about a full device: what is free, who holds the memory, and what of
 * this process's own memory is idle in memory pools or exported.
 *
 * All of this is asked for after an allocation has failed, so it costs nothing
 * otherwise. What other processes do meanwhile can make the numbers differ.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/driver.h"
#include "core/token.h"
#include "memory/full.h"
#include "memory/mempool.h"

#define NAMED	3	/* processes that are named */
#define STEP	16	/* entries of one call */

/* A process that holds memory of the device; pid 0: all that have no number here. */
struct holder {
	int32_t pid;
	bool own;
	char name[sizeof(((struct acl_emu_holder *)NULL)->comm)];
	uint64_t bytes;
	uint64_t exported;
	uint32_t handles;
};

struct holders {
	struct holder *list;
	size_t count;
	uint64_t bytes;		/* of all */
};

/* A text that is cut where it does not fit. */
struct text {
	char bytes[EMU_MESSAGE_LEN];
	size_t used;
};

__attribute__((format(printf, 2, 3)))
static void add(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->bytes + t->used, sizeof(t->bytes) - t->used, format, args);
	va_end(args);
	if (n > 0)
		t->used += (size_t)n;
	if (t->used >= sizeof(t->bytes))
		t->used = sizeof(t->bytes) - 1;
}

/* --- what the module knows -------------------------------------------------------- */

static struct holder *find(struct holders *all, const struct acl_emu_holder *entry)
{
	struct holder *list;
	size_t i;

	for (i = 0; i < all->count; i++) {
		if (all->list[i].pid == entry->pid)
			return &all->list[i];
	}
	list = realloc(all->list, (all->count + 1) * sizeof(*list));
	if (!list)
		return NULL;
	all->list = list;
	list[i] = (struct holder){ .pid = entry->pid };
	/* The name of a process can hold any byte. */
	for (size_t c = 0; c + 1 < sizeof(list[i].name) && entry->comm[c]; c++)
		list[i].name[c] = entry->comm[c] > ' ' && entry->comm[c] < 0x7f ?
				  entry->comm[c] : '?';
	all->count++;
	return &list[i];
}

/* False if the module cannot tell, or there is no memory for the list. */
static bool collect_entry(struct holders *all, const struct acl_emu_holder *entry,
			  struct acl_emu_location loc)
{
	struct holder *h;

	if (entry->loc.type != loc.type || entry->loc.id != loc.id || !entry->local)
		return true;
	h = find(all, entry);
	if (!h)
		return false;
	h->own |= entry->flags & ACL_EMU_HOLDER_OWN;
	h->bytes += entry->local;
	h->exported += entry->exported;
	h->handles += entry->handles - entry->imports;
	all->bytes += entry->local;
	return true;
}

static bool collect(struct holders *all, struct acl_emu_location loc)
{
	struct acl_emu_holder entries[STEP];
	struct acl_emu_holders arg = {
		.head = EMU_HEAD(acl_emu_holders),
		.entry_size = sizeof(entries[0]),
		.entries = (uintptr_t)entries,
	};

	while (arg.cursor != UINT64_MAX) {
		arg.count = STEP;
		if (emu_ioctl(ACL_EMU_NR_HOLDERS, &arg.head))
			return false;
		for (uint32_t i = 0; i < arg.count; i++) {
			if (!collect_entry(all, &entries[i], loc))
				return false;
		}
	}
	return true;
}

/* Bytes of the device that memory pools of this process keep without using them. */
static uint64_t idle_bytes(struct acl_emu_location loc)
{
	struct emu_object *object;
	uint64_t bytes = 0;
	uint32_t cursor = 0;

	if (loc.type != ACL_EMU_LOC_DEVICE)
		return 0;
	while ((object = emu_token_next(EMU_TOKEN_MEMPOOL, &cursor))) {
		struct emu_mempool *p = emu_container(object, struct emu_mempool);

		pthread_mutex_lock(&p->lock);
		if (p->device == loc.id && p->reserved > p->used)
			bytes += p->reserved - p->used;
		pthread_mutex_unlock(&p->lock);
		emu_mempool_put(p);
	}
	return bytes;
}

/* --- the sentence ------------------------------------------------------------------ */

/* Most memory first; this process is the last, since the text about it goes on. */
static int compare(const void *left, const void *right)
{
	const struct holder *a = left, *b = right;

	if (a->own != b->own)
		return a->own ? 1 : -1;
	return a->bytes < b->bytes ? 1 : a->bytes > b->bytes ? -1 : 0;
}

static void add_own(struct text *t, const struct holder *h, struct acl_emu_location loc)
{
	uint64_t idle = idle_bytes(loc);

	add(t, "%s by this process", EMU_SIZE(h->bytes));
	if (idle)
		add(t, ", of which %s idle in memory pools", EMU_SIZE(idle));
	if (h->exported)
		add(t, ", %s%s exported", idle ? "" : "of which ", EMU_SIZE(h->exported));
}

static void add_holder(struct text *t, const struct holder *h)
{
	if (!h->pid)
		add(t, "%s by processes without a pid here", EMU_SIZE(h->bytes));
	else
		add(t, "%s by %s (pid %" PRId32 ", %" PRIu32 " handle%s)", EMU_SIZE(h->bytes),
		    h->name, h->pid, h->handles, h->handles == 1 ? "" : "s");
}

static void add_rest(struct text *t, const struct holder *list, size_t count)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		bytes += list[i].bytes;
	add(t, "%s by %zu other processes", EMU_SIZE(bytes), count);
}

/* "Held: ... ." with a space behind it, or nothing. @used: bytes of the device. */
static void add_held(struct text *t, const struct holders *all, uint64_t used,
		     struct acl_emu_location loc)
{
	const struct holder *list = all->list;
	size_t own = all->count && list[all->count - 1].own;
	size_t others = all->count - own;
	size_t named = others <= NAMED + 1 ? others : NAMED, i;
	const char *before = "held: ";

	for (i = 0; i < named; i++, before = ", ") {
		add(t, "%s", before);
		add_holder(t, &list[i]);
	}
	if (named < others) {
		add(t, ", ");
		add_rest(t, list + named, others - named);
	}
	if (own) {
		add(t, "%s", before);
		add_own(t, &list[all->count - 1], loc);
		before = ", ";
	}
	/* What importers, descriptors and pins keep has no owner any more. */
	if (used > all->bytes) {
		add(t, "%s%s that its owner has freed and others still use", before,
		    EMU_SIZE(used - all->bytes));
		before = ", ";
	}
	if (*before == ',')
		add(t, ". ");
}

static aclError report(const struct acl_emu_phys_alloc *arg, uint64_t size)
{
	bool device = arg->loc.type == ACL_EMU_LOC_DEVICE;
	struct acl_emu_device_info info = {
		.head = EMU_HEAD(acl_emu_device_info),
		.loc = { .type = device ? ACL_EMU_LOC_DEVICE : ACL_EMU_LOC_HOST,
			 .id = device ? arg->loc.id : 0 },
	};
	struct holders all = { 0 };
	struct text what = { .used = 0 }, remedy = { .used = 0 };
	bool known = !emu_ioctl(ACL_EMU_NR_DEVICE_INFO, &info.head);

	add(&what, "%s has %s ", EMU_PLACE(info.loc), EMU_SIZE(arg->head.val[1]));
	if (known)
		add(&what, "of %s ", EMU_SIZE(info.capacity));
	add(&what, "free, but %s %s requested", EMU_SIZE(arg->size),
	    arg->size == 1 ? "is" : "are");
	if (arg->size != size)
		add(&what, " (%s rounded up)", EMU_SIZE(size));
	if (known && collect(&all, info.loc)) {
		if (all.count)
			qsort(all.list, all.count, sizeof(*all.list), compare);
		add_held(&remedy, &all, info.used, info.loc);
	}
	free(all.list);
	add(&remedy, "%s memory, or load the module with a larger %s",
	    remedy.used ? "Free" : "free", device ? "capacity_mb" : "host_mb");
	return emu_error(ACL_ERROR_RT_MEMORY_ALLOCATION, remedy.bytes, "%s", what.bytes);
}

/*
 * Reports a failure of emu_phys_alloc(), which returned @err. @size is what the program
 * asked for, @codes is as for emu_fail().
 */
aclError emu_fail_alloc(int err, const struct acl_emu_phys_alloc *arg,
			const struct emu_code *codes, uint64_t size)
{
	if (arg->head.reason == ACL_EMU_REASON_CAPACITY)
		return report(arg, size);
	if (arg->size == size)
		return emu_fail(err, &arg->head, codes, "%s on %s", EMU_SIZE(size),
				EMU_PLACE(arg->loc));
	return emu_fail(err, &arg->head, codes, "%s (%s with rounding) on %s", EMU_SIZE(size),
			EMU_SIZE(arg->size), EMU_PLACE(arg->loc));
}
