// SPDX-License-Identifier: MIT
/*
 * Allocators of the program, each registered for a stream.
 *
 * The library stores and returns them; it does not allocate memory for streams
 * itself. Registration copies a description, which can be changed or destroyed
 * afterwards.
 */
#include <pthread.h>
#include <stdlib.h>

#include "acl/acl_rt_allocator.h"
#include "core/error.h"
#include "core/process.h"
#include "stream/stream.h"

struct desc {
	aclrtAllocator object;
	aclrtAllocatorAllocFunc alloc;
	aclrtAllocatorFreeFunc free;
	aclrtAllocatorAllocAdviseFunc advise;
	aclrtAllocatorGetAddrFromBlockFunc addr;
};

/* A description, or the registration of one for a stream. */
struct entry {
	struct entry *next;
	aclrtStream stream;
	aclrtAllocatorDesc from;
	struct desc desc;
};

struct allocators {
	pthread_mutex_t lock;
	struct entry *descs;
	struct entry *streams;
};

EMU_STATE(struct allocators, allocators, NULL)

/* With the lock held: the link to a description, or the last link. */
static struct entry **find_desc(aclrtAllocatorDesc desc)
{
	struct entry **p;

	for (p = &allocators()->descs; *p && (aclrtAllocatorDesc)*p != desc; p = &(*p)->next)
		;
	return p;
}

static struct entry **find_stream(aclrtStream stream)
{
	struct entry **p;

	for (p = &allocators()->streams; *p && (*p)->stream != stream; p = &(*p)->next)
		;
	return p;
}

static aclError report_no_desc(aclrtAllocatorDesc desc)
{
	return emu_error(ACL_ERROR_INVALID_PARAM, "use what aclrtAllocatorCreateDesc() returned",
			 "%p is no description of an allocator, or was destroyed", desc);
}

static aclError report_no_stream(aclrtStream stream)
{
	return emu_error(ACL_ERROR_INVALID_PARAM, "call aclrtAllocatorRegister() first",
			 "no allocator is registered for stream %p", stream);
}

aclrtAllocatorDesc aclrtAllocatorCreateDesc(void)
{
	struct entry *new;

	EMU_ENTER();
	new = calloc(1, sizeof(*new));
	if (!new) {
		emu_error(ACL_ERROR_BAD_ALLOC, "free memory of this machine",
			  "no memory for a description");
		return NULL;
	}
	pthread_mutex_lock(&allocators()->lock);
	new->next = allocators()->descs;
	allocators()->descs = new;
	pthread_mutex_unlock(&allocators()->lock);
	return new;
}

aclError aclrtAllocatorDestroyDesc(aclrtAllocatorDesc allocatorDesc)
{
	struct entry **p, *found;

	EMU_ENTER();
	if (!allocatorDesc)
		return emu_null("allocatorDesc");
	pthread_mutex_lock(&allocators()->lock);
	p = find_desc(allocatorDesc);
	found = *p;
	if (found)
		*p = found->next;
	pthread_mutex_unlock(&allocators()->lock);
	if (!found)
		return report_no_desc(allocatorDesc);
	free(found);
	return ACL_SUCCESS;
}

/* Changes one member of a description under the lock. */
#define SET_MEMBER(desc_, member_, value_) ({ \
	struct entry *found_; \
	pthread_mutex_lock(&allocators()->lock); \
	found_ = *find_desc(desc_); \
	if (found_) \
		found_->desc.member_ = (value_); \
	pthread_mutex_unlock(&allocators()->lock); \
	found_ ? ACL_SUCCESS : report_no_desc(desc_); \
})

aclError aclrtAllocatorSetObjToDesc(aclrtAllocatorDesc allocatorDesc, aclrtAllocator allocator)
{
	EMU_ENTER();
	if (!allocatorDesc)
		return emu_null("allocatorDesc");
	if (!allocator)
		return emu_null("allocator");
	return SET_MEMBER(allocatorDesc, object, allocator);
}

aclError aclrtAllocatorSetAllocFuncToDesc(aclrtAllocatorDesc allocatorDesc,
					  aclrtAllocatorAllocFunc func)
{
	EMU_ENTER();
	if (!allocatorDesc)
		return emu_null("allocatorDesc");
	if (!func)
		return emu_null("func");
	return SET_MEMBER(allocatorDesc, alloc, func);
}

aclError aclrtAllocatorSetFreeFuncToDesc(aclrtAllocatorDesc allocatorDesc,
					 aclrtAllocatorFreeFunc func)
{
	EMU_ENTER();
	if (!allocatorDesc)
		return emu_null("allocatorDesc");
	if (!func)
		return emu_null("func");
	return SET_MEMBER(allocatorDesc, free, func);
}

/* This function is optional. */
aclError aclrtAllocatorSetAllocAdviseFuncToDesc(aclrtAllocatorDesc allocatorDesc,
						aclrtAllocatorAllocAdviseFunc func)
{
	EMU_ENTER();
	if (!allocatorDesc)
		return emu_null("allocatorDesc");
	return SET_MEMBER(allocatorDesc, advise, func);
}

aclError aclrtAllocatorSetGetAddrFromBlockFuncToDesc(aclrtAllocatorDesc allocatorDesc,
						     aclrtAllocatorGetAddrFromBlockFunc func)
{
	EMU_ENTER();
	if (!allocatorDesc)
		return emu_null("allocatorDesc");
	if (!func)
		return emu_null("func");
	return SET_MEMBER(allocatorDesc, addr, func);
}

/* With the lock held; replaces an earlier registration for the stream. */
static bool register_locked(aclrtStream stream, const struct entry *desc, struct entry *new)
{
	struct entry **p = find_stream(stream), *old = *p;

	if (!desc->desc.object || !desc->desc.alloc || !desc->desc.free || !desc->desc.addr)
		return false;
	new->stream = stream;
	new->from = (aclrtAllocatorDesc)desc;
	new->desc = desc->desc;
	new->next = old ? old->next : NULL;
	*p = new;
	free(old);
	return true;
}

aclError aclrtAllocatorRegister(aclrtStream stream, aclrtAllocatorDesc allocatorDesc)
{
	struct entry *new, *desc;
	struct emu_stream *s;
	bool done = false;
	aclError code;

	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	if (!allocatorDesc)
		return emu_null("allocatorDesc");
	code = emu_stream_find(stream, 0, &s);
	if (code)
		return code;
	emu_stream_put(s);
	new = calloc(1, sizeof(*new));
	if (!new)
		return emu_error(ACL_ERROR_BAD_ALLOC, "free memory of this machine",
				 "no memory for a registration");
	pthread_mutex_lock(&allocators()->lock);
	desc = *find_desc(allocatorDesc);
	if (desc)
		done = register_locked(stream, desc, new);
	pthread_mutex_unlock(&allocators()->lock);
	if (done)
		return ACL_SUCCESS;
	free(new);
	if (!desc)
		return report_no_desc(allocatorDesc);
	return emu_error(ACL_ERROR_INVALID_PARAM,
			 "set object, alloc, free and get-address functions first",
			 "the description %p is not complete", allocatorDesc);
}

aclError aclrtAllocatorGetByStream(aclrtStream stream, aclrtAllocatorDesc *allocatorDesc,
				   aclrtAllocator *allocator, aclrtAllocatorAllocFunc *allocFunc,
				   aclrtAllocatorFreeFunc *freeFunc,
				   aclrtAllocatorAllocAdviseFunc *allocAdviseFunc,
				   aclrtAllocatorGetAddrFromBlockFunc *getAddrFromBlockFunc)
{
	struct entry *found;

	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	if (!allocatorDesc || !allocator || !allocFunc || !freeFunc || !allocAdviseFunc ||
	    !getAddrFromBlockFunc)
		return emu_error(ACL_ERROR_INVALID_PARAM, "give six valid pointers",
				 "one of the out parameters is NULL");
	pthread_mutex_lock(&allocators()->lock);
	found = *find_stream(stream);
	if (found) {
		*allocatorDesc = found->from;
		*allocator = found->desc.object;
		*allocFunc = found->desc.alloc;
		*freeFunc = found->desc.free;
		*allocAdviseFunc = found->desc.advise;
		*getAddrFromBlockFunc = found->desc.addr;
	}
	pthread_mutex_unlock(&allocators()->lock);
	return found ? ACL_SUCCESS : report_no_stream(stream);
}

aclError aclrtAllocatorUnregister(aclrtStream stream)
{
	struct entry **p, *found;

	EMU_ENTER();
	if (!stream)
		return emu_null("stream");
	pthread_mutex_lock(&allocators()->lock);
	p = find_stream(stream);
	found = *p;
	if (found)
		*p = found->next;
	pthread_mutex_unlock(&allocators()->lock);
	if (!found)
		return report_no_stream(stream);
	free(found);
	return ACL_SUCCESS;
}
