// SPDX-License-Identifier: MIT
/*
 * ASCEND_RT_VISIBLE_DEVICES.
 *
 * The variable is read once, by the first call of the process; a forked child
 * keeps what its parent read. It is parsed when the number of devices is known.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/emu.h"
#include "core/visible.h"

#define TEXT_MAX	128	/* what is behind it is not looked at */

struct list {
	enum emu_visible_state state;
	uint32_t count;
	uint32_t device[ACL_EMU_MAX_DEVICES];
};

static char text[TEXT_MAX + 1];
static bool text_set;
static bool text_read;

/* Never changes once it is there. */
static _Atomic(struct list *) list;

/* One thread of a process comes here, before any other call goes on. */
void emu_visible_read(void)
{
	const char *value = getenv("ASCEND_RT_VISIBLE_DEVICES");

	if (text_read)
		return;
	text_set = value;
	if (value)
		snprintf(text, sizeof(text), "%s", value);
	text_read = true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number at *@at, which moves behind it. What is too large is no device. */
static uint32_t take_number(const char **at)
{
	uint32_t number = 0;

	for (; is_digit(**at); (*at)++) {
		if (number < ACL_EMU_MAX_DEVICES)
			number = number * 10 + (uint32_t)(**at - '0');
	}
	return number;
}

static bool contains(const struct list *l, uint32_t device)
{
	uint32_t i;

	for (i = 0; i < l->count && l->device[i] != device; i++)
		;
	return i < l->count;
}

/* Whatever is neither digit nor comma ends the list, and so do two commas in a row. */
static enum emu_visible_state parse(struct list *l, uint32_t devices)
{
	const char *at = text;
	uint32_t device;

	while (is_digit(*at) && l->count < devices) {
		device = take_number(&at);
		if (device >= devices)
			break;
		if (l->count && device < l->device[l->count - 1])
			return EMU_VISIBLE_ORDER;
		if (contains(l, device))
			return EMU_VISIBLE_TWICE;
		l->device[l->count++] = device;
		if (*at == ',')
			at++;
	}
	return l->count ? EMU_VISIBLE_LIST : EMU_VISIBLE_NONE;
}

/* Without memory for a list no device is visible until a later call has it. */
void emu_visible_parse(uint32_t devices)
{
	struct list *new, *none = NULL;

	if (!text_set || atomic_load(&list))
		return;
	new = calloc(1, sizeof(*new));
	if (!new)
		return;
	new->state = parse(new, devices);
	if (new->state != EMU_VISIBLE_LIST)
		new->count = 0;
	if (!atomic_compare_exchange_strong(&list, &none, new))
		free(new);
}

static const struct list *get(void)
{
	static const struct list empty = { .state = EMU_VISIBLE_NONE };
	const struct list *l = atomic_load_explicit(&list, memory_order_acquire);

	return l ? l : &empty;
}

enum emu_visible_state emu_visible_state(void)
{
	return text_set ? get()->state : EMU_VISIBLE_ALL;
}

uint32_t emu_visible_count(uint32_t devices)
{
	return text_set ? get()->count : devices;
}

const char *emu_visible_text(void)
{
	return text;
}

/* Without the variable any number is its own device. */
bool emu_visible_device(int64_t user, uint32_t *device)
{
	const struct list *l = get();

	if (!text_set) {
		*device = (uint32_t)user;
		return true;
	}
	if (user < 0 || user >= l->count)
		return false;
	*device = l->device[user];
	return true;
}

bool emu_visible_user(int64_t device, uint32_t *user)
{
	const struct list *l = get();
	uint32_t i;

	if (!text_set) {
		*user = (uint32_t)device;
		return true;
	}
	for (i = 0; i < l->count && l->device[i] != device; i++)
		;
	*user = i;
	return i < l->count;
}

/* For answers and sentences. A device that is not in the list keeps its number. */
uint32_t emu_user_id(uint32_t device)
{
	uint32_t user;

	return emu_visible_user(device, &user) ? user : device;
}
