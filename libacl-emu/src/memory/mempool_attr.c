// SPDX-License-Identifier: MIT
/*
 * Attributes of memory pools.
 */
#include <inttypes.h>

#include "core/error.h"
#include "memory/mempool.h"

static aclError report_attr(aclrtMemPoolAttr attr)
{
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use one of aclrtMemPoolAttr",
			 "attribute %u is unknown", (unsigned int)attr);
}

/* The functions below are called with the lock held. */
static aclError set_high(uint64_t *high, uint64_t now, uint64_t value)
{
	if (value)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "set it to 0 to start again",
				 "a high mark cannot be set to %" PRIu64, value);
	*high = now;
	return ACL_SUCCESS;
}

static aclError set_locked(struct emu_mempool *p, aclrtMemPoolAttr attr, void *value)
{
	switch ((unsigned int)attr) {
	case ACL_RT_MEM_POOL_REUSE_FOLLOW_EVENT_DEPENDENCIES:
	case ACL_RT_MEM_POOL_REUSE_ALLOW_OPPORTUNISTIC:
	case ACL_RT_MEM_POOL_REUSE_ALLOW_INTERNAL_DEPENDENCIES:
		if (*(const uint32_t *)value > 1)
			return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use 0 or 1",
					 "the value is %" PRIu32, *(const uint32_t *)value);
		p->reuse[attr - 1] = *(const uint32_t *)value;
		return ACL_SUCCESS;
	case ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD:
		p->threshold = *(const uint64_t *)value;
		return ACL_SUCCESS;
	case ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_HIGH:
		return set_high(&p->reserved_high, p->reserved, *(const uint64_t *)value);
	case ACL_RT_MEM_POOL_ATTR_USED_MEM_HIGH:
		return set_high(&p->used_high, p->used, *(const uint64_t *)value);
	case ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_CURRENT:
	case ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT:
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "set another attribute",
				 "attribute %u can only be read", (unsigned int)attr);
	default:
		return report_attr(attr);
	}
}

static aclError get_locked(struct emu_mempool *p, aclrtMemPoolAttr attr, void *value)
{
	switch ((unsigned int)attr) {
	case ACL_RT_MEM_POOL_REUSE_FOLLOW_EVENT_DEPENDENCIES:
	case ACL_RT_MEM_POOL_REUSE_ALLOW_OPPORTUNISTIC:
	case ACL_RT_MEM_POOL_REUSE_ALLOW_INTERNAL_DEPENDENCIES:
		*(uint32_t *)value = p->reuse[attr - 1];
		return ACL_SUCCESS;
	case ACL_RT_MEM_POOL_ATTR_RELEASE_THRESHOLD:
		*(uint64_t *)value = p->threshold;
		return ACL_SUCCESS;
	case ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_CURRENT:
		*(uint64_t *)value = p->reserved;
		return ACL_SUCCESS;
	case ACL_RT_MEM_POOL_ATTR_RESERVED_MEM_HIGH:
		*(uint64_t *)value = p->reserved_high;
		return ACL_SUCCESS;
	case ACL_RT_MEM_POOL_ATTR_USED_MEM_CURRENT:
		*(uint64_t *)value = p->used;
		return ACL_SUCCESS;
	case ACL_RT_MEM_POOL_ATTR_USED_MEM_HIGH:
		*(uint64_t *)value = p->used_high;
		return ACL_SUCCESS;
	default:
		return report_attr(attr);
	}
}

static aclError access_attr(aclrtMemPool memPool, aclrtMemPoolAttr attr, void *value,
			    aclError (*locked)(struct emu_mempool *p, aclrtMemPoolAttr attr,
					       void *value))
{
	struct emu_mempool *p;
	aclError code;

	code = emu_token_find(EMU_TOKEN_MEMPOOL, memPool, &p);
	if (code)
		return code;
	if (!value) {
		code = emu_error(ACL_ERROR_RT_PARAM_INVALID, "give a valid pointer",
				 "value is NULL");
	} else {
		pthread_mutex_lock(&p->lock);
		code = locked(p, attr, value);
		pthread_mutex_unlock(&p->lock);
	}
	emu_mempool_put(p);
	return code;
}

aclError aclrtMemPoolSetAttr(aclrtMemPool memPool, aclrtMemPoolAttr attr, void *value)
{
	EMU_ENTER();
	return access_attr(memPool, attr, value, set_locked);
}

aclError aclrtMemPoolGetAttr(aclrtMemPool memPool, aclrtMemPoolAttr attr, void *value)
{
	EMU_ENTER();
	return access_attr(memPool, attr, value, get_locked);
}
