// SPDX-License-Identifier: MIT
/*
 * ASCEND_RT_VISIBLE_DEVICES.
 *
 * The first call of the process reads the variable; a forked child keeps the value
 * that its parent read. The list is parsed when the number of devices is known.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/common.h"
#include "core/config.h"
#include "core/process.h"
#include "core/visible.h"

#define TEXT_MAX	128	/* characters after these are ignored */

struct list {
	enum emu_visible_state state;
	uint32_t count;
	uint32_t device[ACL_EMU_MAX_DEVICES];
};

struct visible {
	bool set;			/* set and text are constant */
	char text[TEXT_MAX + 1];
	pthread_mutex_t lock;		/* held while the list is parsed */
	_Atomic bool parsed;		/* the list is constant from now on */
	struct list list;
};

static void begin(void *part, const void *parent)
{
	const struct visible *old = parent;
	struct visible *new = part;
	const char *value;

	if (!old) {
		value = emu_variable_set(EMU_VAR_VISIBLE);
		new->set = value;
		if (value)
			snprintf(new->text, sizeof(new->text), "%s", value);
		return;
	}
	new->set = old->set;
	memcpy(new->text, old->text, sizeof(new->text));
	if (atomic_load(&old->parsed)) {
		new->list = old->list;
		atomic_store(&new->parsed, true);
	}
}

EMU_STATE(struct visible, visible, begin)

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads the number at *@at and moves *@at behind it. Too large a number is no device. */
static uint32_t take_number(const char **at)
{
	uint32_t number = 0;

	for (; is_digit(**at); (*at)++) {
		if (number < ACL_EMU_MAX_DEVICES)
			number = number * 10 + (uint32_t)(**at - '0');
	}
	return number;
}

/* The index of the device in the list, or the length of the list. */
static uint32_t index_of(const struct list *l, int64_t device)
{
	uint32_t i;

	for (i = 0; i < l->count && l->device[i] != device; i++)
		;
	return i;
}

/* The list ends at a character that is no digit and no comma, or at two commas. */
static enum emu_visible_state parse(struct list *l, const char *at, uint32_t devices)
{
	uint32_t device;

	while (is_digit(*at) && l->count < devices) {
		device = take_number(&at);
		if (device >= devices)
			break;
		if (l->count && device < l->device[l->count - 1])
			return EMU_VISIBLE_ORDER;
		if (index_of(l, device) < l->count)
			return EMU_VISIBLE_TWICE;
		l->device[l->count++] = device;
		if (*at == ',')
			at++;
	}
	return l->count ? EMU_VISIBLE_LIST : EMU_VISIBLE_NONE;
}

void emu_visible_parse(uint32_t devices)
{
	struct visible *v = visible();

	if (!v->set)
		return;
	pthread_mutex_lock(&v->lock);
	if (!atomic_load(&v->parsed)) {
		v->list.state = parse(&v->list, v->text, devices);
		if (v->list.state != EMU_VISIBLE_LIST)
			v->list.count = 0;
		atomic_store(&v->parsed, true);
	}
	pthread_mutex_unlock(&v->lock);
}

/* Before the list is parsed, no device is visible. */
static const struct list *get(void)
{
	static const struct list empty = { .state = EMU_VISIBLE_NONE };
	struct visible *v = visible();

	return atomic_load_explicit(&v->parsed, memory_order_acquire) ? &v->list : &empty;
}

enum emu_visible_state emu_visible_state(void)
{
	return visible()->set ? get()->state : EMU_VISIBLE_ALL;
}

uint32_t emu_visible_count(uint32_t devices)
{
	return visible()->set ? get()->count : devices;
}

const char *emu_visible_text(void)
{
	return visible()->text;
}

/* Without the variable, the user id of a device is its number. */
bool emu_visible_device(int64_t user, uint32_t *device)
{
	const struct list *l = get();

	if (!visible()->set) {
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

	if (!visible()->set) {
		*user = (uint32_t)device;
		return true;
	}
	*user = index_of(l, device);
	return *user < l->count;
}

/* For results and messages. A device that is not in the list keeps its number. */
uint32_t emu_user_id(uint32_t device)
{
	uint32_t user;

	return emu_visible_user(device, &user) ? user : device;
}
