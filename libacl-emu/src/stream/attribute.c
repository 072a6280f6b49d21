// SPDX-License-Identifier: MIT
/*
 * Attributes of streams and limits of their cores: stored and given back.
 */
#include <inttypes.h>

#include "core/error.h"
#include "core/process.h"
#include "device/context.h"
#include "device/cores.h"
#include "stream/capture.h"
#include "stream/stream.h"

/* --- attributes ---------------------------------------------------------- */

struct attribute {
	aclrtStreamAttr which;
	aclrtStreamAttrValue *value;
};

static aclError check_attribute(aclrtStreamAttr which, const aclrtStreamAttrValue *value)
{
	if (!value)
		return emu_null("value");
	if (which >= ACL_STREAM_ATTR_FAILURE_MODE && which <= ACL_STREAM_ATTR_PRIORITY)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use one of aclrtStreamAttr",
			 "attribute %u is unknown", (unsigned int)which);
}

static aclError set_in(struct emu_stream *s, void *arg)
{
	const struct attribute *a = arg;
	aclError code = ACL_SUCCESS;

	if (a->which == ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK ||
	    a->which == ACL_STREAM_ATTR_USER_CUSTOM_TAG)
		code = emu_stream_not_captured(s);
	if (code)
		return code;
	pthread_mutex_lock(&s->queue.lock);
	if (a->which == ACL_STREAM_ATTR_FAILURE_MODE)
		s->queue.stop_on_failure = a->value->failureMode & ACL_STOP_ON_FAILURE;
	else if (a->which == ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK)
		s->overflow_switch = a->value->overflowSwitch;
	else if (a->which == ACL_STREAM_ATTR_USER_CUSTOM_TAG)
		s->tag = a->value->userCustomTag;
	else if (a->which == ACL_STREAM_ATTR_CACHE_OP_INFO)
		s->cache_op_info = a->value->cacheOpInfoSwitch;
	else
		s->priority = a->value->streamPriority;
	pthread_mutex_unlock(&s->queue.lock);
	return ACL_SUCCESS;
}

/* The information about operators is cached only while a graph records. */
static aclError get_in(struct emu_stream *s, void *arg)
{
	const struct attribute *a = arg;

	pthread_mutex_lock(&s->queue.lock);
	*a->value = (aclrtStreamAttrValue){ .reserve = { 0 } };
	if (a->which == ACL_STREAM_ATTR_FAILURE_MODE)
		a->value->failureMode = s->queue.stop_on_failure;
	else if (a->which == ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK)
		a->value->overflowSwitch = s->overflow_switch;
	else if (a->which == ACL_STREAM_ATTR_USER_CUSTOM_TAG)
		a->value->userCustomTag = s->tag;
	else if (a->which == ACL_STREAM_ATTR_CACHE_OP_INFO)
		a->value->cacheOpInfoSwitch = s->cache_op_info && emu_stream_is_captured(s);
	else
		a->value->streamPriority = s->priority;
	pthread_mutex_unlock(&s->queue.lock);
	return ACL_SUCCESS;
}

aclError aclrtSetStreamAttribute(aclrtStream stream, aclrtStreamAttr stmAttrType,
				 aclrtStreamAttrValue *value)
{
	struct attribute a = { stmAttrType, value };

	EMU_ENTER();
	return emu_with_stream_if(check_attribute(stmAttrType, value), stream, set_in, &a);
}

aclError aclrtGetStreamAttribute(aclrtStream stream, aclrtStreamAttr stmAttrType,
				 aclrtStreamAttrValue *value)
{
	struct attribute a = { stmAttrType, value };

	EMU_ENTER();
	return emu_with_stream_if(check_attribute(stmAttrType, value), stream, get_in, &a);
}

aclError aclrtSetStreamOverflowSwitch(aclrtStream stream, uint32_t flag)
{
	aclrtStreamAttrValue value = { .overflowSwitch = flag };
	struct attribute a = { ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK, &value };

	EMU_ENTER();
	if (flag > 1)
		return emu_error(ACL_ERROR_INVALID_PARAM, "use 0 or 1", "flag is %" PRIu32, flag);
	return emu_with_stream(stream, set_in, &a);
}

aclError aclrtGetStreamOverflowSwitch(aclrtStream stream, uint32_t *flag)
{
	aclrtStreamAttrValue value;
	struct attribute a = { ACL_STREAM_ATTR_FLOAT_OVERFLOW_CHECK, &value };
	aclError code;

	EMU_ENTER();
	if (!flag)
		return emu_null("flag");
	code = emu_with_stream(stream, get_in, &a);
	if (!code)
		*flag = value.overflowSwitch;
	return code;
}

/* --- cores --------------------------------------------------------------- */

struct cores {
	aclrtDevResLimitType type;
	uint32_t value;
};

static aclError set_cores_in(struct emu_stream *s, void *arg)
{
	const struct cores *cores = arg;
	aclError code = emu_cores_check_value(s->device, cores->type, cores->value);

	if (!code)
		atomic_store(&s->cores[cores->type], cores->value);
	return code;
}

static aclError get_cores_in(struct emu_stream *s, void *arg)
{
	struct cores *cores = arg;

	cores->value = atomic_load(&s->cores[cores->type]);
	return cores->value ? ACL_SUCCESS :
			      emu_cores_of_device(s->device, cores->type, &cores->value);
}

aclError aclrtSetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type, uint32_t value)
{
	struct cores cores = { type, value };

	EMU_ENTER();
	return emu_with_stream_if(emu_cores_check(type), stream, set_cores_in, &cores);
}

aclError aclrtGetStreamResLimit(aclrtStream stream, aclrtDevResLimitType type, uint32_t *value)
{
	struct cores cores = { type, 0 };
	aclError code;

	EMU_ENTER();
	if (!value)
		return emu_null("value");
	code = emu_with_stream_if(emu_cores_check(type), stream, get_cores_in, &cores);
	if (!code)
		*value = cores.value;
	return code;
}

static aclError reset_cores_in(struct emu_stream *s, void *arg)
{
	(void)arg;
	atomic_store(&s->cores[0], 0);
	atomic_store(&s->cores[1], 0);
	return ACL_SUCCESS;
}

aclError aclrtResetStreamResLimit(aclrtStream stream)
{
	EMU_ENTER();
	return emu_with_stream(stream, reset_cores_in, NULL);
}

static aclError use_in(struct emu_stream *s, void *arg)
{
	(void)arg;
	emu_self.cores_of = s->object.token;
	return ACL_SUCCESS;
}

aclError aclrtUseStreamResInCurrentThread(aclrtStream stream)
{
	EMU_ENTER();
	return emu_with_stream(stream, use_in, NULL);
}

static aclError unuse_in(struct emu_stream *s, void *arg)
{
	(void)s;
	(void)arg;
	emu_self.cores_of = 0;
	return ACL_SUCCESS;
}

aclError aclrtUnuseStreamResInCurrentThread(aclrtStream stream)
{
	EMU_ENTER();
	return emu_with_stream(stream, unuse_in, NULL);
}

/* The limits of the stream that the thread uses; it may not exist any more. */
aclError aclrtGetResInCurrentThread(aclrtDevResLimitType type, uint32_t *value)
{
	struct emu_object *object = NULL;
	struct cores cores = { type, 0 };
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!value)
		return emu_null("value");
	code = emu_cores_check(type);
	if (!code)
		code = emu_context_current(&device);
	if (code)
		return code;
	if (emu_self.cores_of)
		object = emu_token_get(EMU_TOKEN_STREAM, emu_self.cores_of);
	if (!object)
		return emu_cores_of_device(device, type, value);
	code = get_cores_in(emu_container(object, struct emu_stream), &cores);
	emu_object_put(object);
	if (!code)
		*value = cores.value;
	return code;
}
