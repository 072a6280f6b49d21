// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rights: which location may do what to a mapping.
 *
 * A mapping stores the rights of the location that owns it. A list stores the
 * rights of other locations, which are few. The host and all devices use one
 * page table, so the CPU has the rights of all locations together.
 */
#include <linux/slab.h>

#include "access.h"
#include "client.h"
#include "device.h"
#include "handle.h"
#include "map.h"
#include "range.h"
#include "trace.h"

/**
 * struct emu_grant - rights that SET_ACCESS gave to a location
 * @next:   next grant of the mapping
 * @loc:    location that has the rights
 * @start:  first address of the extent that was named
 * @size:   its bytes
 * @rights: &enum acl_emu_rights, never NONE
 */
struct emu_grant {
	struct emu_grant *next;
	struct acl_emu_location loc;
	u64 start;
	u64 size;
	u8 rights;
};

void emu_grants_free(struct emu_mapping *m)
{
	struct emu_grant *grant;

	while ((grant = m->grants)) {
		m->grants = grant->next;
		kfree(grant);
	}
}

/* Returns true if the CPU lost rights: the caller zaps the entries. */
bool emu_grants_revoke(struct emu_mapping *m)
{
	bool lost = m->cpu & ~m->rights;

	lockdep_assert_held_write(&m->sem);
	emu_grants_free(m);
	m->cpu = m->rights;
	return lost;
}

static struct emu_grant **emu_grant_find(struct emu_mapping *m,
					 struct acl_emu_location loc)
{
	struct emu_grant **link = &m->grants;

	lockdep_assert_held(&m->sem);
	while (*link && !emu_loc_equal((*link)->loc, loc))
		link = &(*link)->next;
	return link;
}

static u8 emu_rights_of_all(const struct emu_mapping *m)
{
	const struct emu_grant *grant;
	u8 rights = m->rights;

	lockdep_assert_held(&m->sem);
	for (grant = m->grants; grant; grant = grant->next)
		rights |= grant->rights;
	return rights;
}

/* The rights of a location on a mapping. */
static u8 emu_rights_of(struct emu_mapping *m, struct acl_emu_location loc)
{
	struct emu_grant *grant;

	if (emu_loc_equal(loc, m->handle->loc))
		return m->rights;
	grant = *emu_grant_find(m, loc);
	return grant ? grant->rights : ACL_EMU_RIGHTS_NONE;
}

static int emu_grant_owner(struct emu_cmd *cmd, struct emu_mapping *m)
{
	struct acl_emu_access *arg = cmd->arg;
	bool whole = arg->addr == m->start && arg->size == m->size;

	if (cmd->head->flags & ACL_EMU_ACCESS_KEEP && m->rights &&
	    (!whole || m->rights != arg->rights))
		return emu_fail(cmd, -EBUSY, ACL_EMU_REASON_GRANTED, m->start,
				m->size);
	m->rights = arg->rights;
	return 0;
}

/* Uses *@spare for a new grant. Afterwards the caller frees *@spare. */
static int emu_grant_other(struct emu_cmd *cmd, struct emu_mapping *m,
			   struct emu_grant **spare)
{
	struct acl_emu_access *arg = cmd->arg;
	struct emu_grant **link = emu_grant_find(m, arg->loc);
	struct emu_grant *old = *link;

	if (old && cmd->head->flags & ACL_EMU_ACCESS_KEEP &&
	    (old->start != arg->addr || old->size != arg->size ||
	     old->rights != arg->rights))
		return emu_fail(cmd, -EBUSY, ACL_EMU_REASON_GRANTED,
				old->start, old->size);
	if (old)
		*link = old->next;
	if (arg->rights == ACL_EMU_RIGHTS_NONE) {
		kfree(*spare);
	} else {
		(*spare)->next = m->grants;
		m->grants = *spare;
	}
	*spare = old;
	return 0;
}

static int emu_set_access_mapping(struct emu_cmd *cmd, struct emu_range *range,
				  struct emu_mapping *m)
{
	struct acl_emu_access *arg = cmd->arg;
	struct emu_grant *spare;
	u8 before;
	int ret;

	if (arg->size > m->start + m->size - arg->addr)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_PAST_MAPPING,
				m->start, m->size);
	if (arg->rights == ACL_EMU_RIGHTS_READ &&
	    !(range->flags & ACL_EMU_RANGE_RDONLY_CAPABLE))
		return emu_fail(cmd, -EOPNOTSUPP, ACL_EMU_REASON_NOT_RDONLY,
				range->start, range->size);
	spare = kmalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
	if (!spare)
		return emu_fail(cmd, -ENOMEM, ACL_EMU_REASON_HOST_NOMEM,
				sizeof(*spare), 0);
	spare->loc = arg->loc;
	spare->start = arg->addr;
	spare->size = arg->size;
	spare->rights = arg->rights;

	down_write(&m->sem);
	before = m->cpu;
	if (!READ_ONCE(m->live))
		ret = emu_fail(cmd, -ENOENT, ACL_EMU_REASON_NOT_MAPPED,
			       arg->addr, 0);
	else if (atomic_read(&m->busy) &&
		 emu_rights_of(m, arg->loc) & ~arg->rights)
		/* A running copy keeps the rights it began with. */
		ret = emu_fail(cmd, -EBUSY, ACL_EMU_REASON_COPY_BUSY, m->start,
			       m->size);
	else if (emu_loc_equal(arg->loc, m->handle->loc))
		ret = emu_grant_owner(cmd, m);
	else
		ret = emu_grant_other(cmd, m, &spare);
	if (!ret)
		m->cpu = emu_rights_of_all(m);
	/* Existing entries have other rights than the mapping. */
	if (m->cpu != before && before)
		emu_client_zap(range->client, m->start, m->size);
	up_write(&m->sem);
	kfree(spare);
	if (!ret)
		trace_acl_emu_set_access(range->client->tgid, arg->addr, arg->loc.type,
				     arg->loc.id, arg->rights);
	return ret;
}

static int emu_get_access_mapping(struct emu_cmd *cmd, struct emu_range *range,
				  struct emu_mapping *m)
{
	struct acl_emu_access *arg = cmd->arg;

	down_read(&m->sem);
	arg->rights = emu_rights_of(m, arg->loc);
	up_read(&m->sem);
	return 0;
}

static int emu_access_at(struct emu_cmd *cmd,
			 int (*fn)(struct emu_cmd *cmd, struct emu_range *range,
				   struct emu_mapping *m))
{
	struct acl_emu_access *arg = cmd->arg;
	struct emu_mapping *m = NULL;
	struct emu_range *range;
	int ret;

	ret = emu_client_enter(cmd);
	if (ret)
		return ret;
	range = emu_range_find(cmd->client, arg->addr);
	if (range)
		m = emu_mapping_find(range, arg->addr);
	if (m)
		ret = fn(cmd, range, m);
	else
		ret = emu_fail(cmd, -ENOENT, range ? ACL_EMU_REASON_NOT_MAPPED :
			       ACL_EMU_REASON_NO_RANGE, arg->addr, 0);
	emu_client_leave(cmd->client);
	if (m)
		emu_mapping_put(m);
	if (range)
		emu_range_put(range);
	return ret;
}

int emu_set_access_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_access *arg = cmd->arg;
	int ret;

	ret = emu_loc_check(cmd, arg->loc);
	if (ret)
		return ret;
	if (arg->rights != ACL_EMU_RIGHTS_NONE &&
	    arg->rights != ACL_EMU_RIGHTS_READ &&
	    arg->rights != ACL_EMU_RIGHTS_RW)
		return emu_fail(cmd, -EOPNOTSUPP, ACL_EMU_REASON_VALUE,
				arg->rights, ACL_EMU_RIGHTS_RW);
	if (!arg->size)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE, 0, U64_MAX);
	return emu_access_at(cmd, emu_set_access_mapping);
}

int emu_get_access_ioctl(struct emu_cmd *cmd)
{
	struct acl_emu_access *arg = cmd->arg;
	int ret;

	ret = emu_loc_check(cmd, arg->loc);
	if (ret)
		return ret;
	if (arg->size)
		return emu_fail(cmd, -EINVAL, ACL_EMU_REASON_SIZE, arg->size,
				0);
	return emu_access_at(cmd, emu_get_access_mapping);
}
