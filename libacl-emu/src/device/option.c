// SPDX-License-Identifier: MIT
/*
 * Options that are stored and given back: they choose how cores compute, and there
 * are none here.
 */
#include <inttypes.h>
#include <pthread.h>

#include "core/error.h"
#include "core/process.h"
#include "device/context.h"
#include "device/device.h"

#define OPTIONS		4	/* ACL_OPT_*; the last one is only for the process */

struct options {
	int64_t value[OPTIONS];
	bool set[OPTIONS];
};

struct stored {
	pthread_mutex_t lock;
	struct options process;
	struct context_options {
		uint64_t context;
		struct options options;
	} contexts[EMU_CONTEXT_SLOTS];
	aclrtFloatOverflowMode overflow[ACL_EMU_MAX_DEVICES];
};

EMU_STATE(struct stored, stored, NULL)

static aclError check_option(aclSysParamOpt opt, unsigned int count)
{
	if ((unsigned int)opt < count)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use one of aclSysParamOpt",
			 "opt %u is unknown, or cannot be set here", (unsigned int)opt);
}

static aclError check_value(aclSysParamOpt opt, int64_t value)
{
	int64_t last = (unsigned int)opt == 0 ? 3 : 1;

	if (value >= 0 && value <= last)
		return ACL_SUCCESS;
	return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use a value of the documented range",
			 "value %" PRId64 " of option %u is not between 0 and %" PRId64, value,
			 (unsigned int)opt, last);
}

/* With the lock held: the options of the current context, empty if it is a new one. */
static struct options *of_context(void)
{
	struct context_options *c = &stored()->contexts[emu_context_slot(emu_self.context)];

	if (c->context != emu_self.context)
		*c = (struct context_options){ .context = emu_self.context };
	return &c->options;
}

static void store(struct options *options, aclSysParamOpt opt, int64_t value)
{
	options->value[opt] = value;
	options->set[opt] = true;
}

aclError aclrtSetSysParamOpt(aclSysParamOpt opt, int64_t value)
{
	aclError code;

	EMU_ENTER();
	code = check_option(opt, OPTIONS);
	if (!code)
		code = check_value(opt, value);
	if (code)
		return code;
	pthread_mutex_lock(&stored()->lock);
	store(&stored()->process, opt, value);
	pthread_mutex_unlock(&stored()->lock);
	return ACL_SUCCESS;
}

aclError aclrtGetSysParamOpt(aclSysParamOpt opt, int64_t *value)
{
	aclError code;

	EMU_ENTER();
	if (!value)
		return emu_null("value");
	code = check_option(opt, OPTIONS);
	if (code)
		return code;
	pthread_mutex_lock(&stored()->lock);
	*value = stored()->process.value[opt];
	pthread_mutex_unlock(&stored()->lock);
	return ACL_SUCCESS;
}

aclError aclrtCtxSetSysParamOpt(aclSysParamOpt opt, int64_t value)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	code = check_option(opt, OPTIONS - 1);
	if (!code)
		code = check_value(opt, value);
	if (!code)
		code = emu_context_current(&device);
	if (code)
		return code;
	pthread_mutex_lock(&stored()->lock);
	store(of_context(), opt, value);
	pthread_mutex_unlock(&stored()->lock);
	return ACL_SUCCESS;
}

aclError aclrtCtxGetSysParamOpt(aclSysParamOpt opt, int64_t *value)
{
	struct options options;
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!value)
		return emu_null("value");
	code = check_option(opt, OPTIONS - 1);
	if (!code)
		code = emu_context_current(&device);
	if (code)
		return code;
	pthread_mutex_lock(&stored()->lock);
	options = *of_context();
	pthread_mutex_unlock(&stored()->lock);
	if (!options.set[opt])
		return emu_error(ACL_ERROR_RT_SYSPARAMOPT_NOT_SET,
				 "call aclrtCtxSetSysParamOpt() first",
				 "option %u of the context was never set", (unsigned int)opt);
	*value = options.value[opt];
	return ACL_SUCCESS;
}

aclError aclrtSetDeviceSatMode(aclrtFloatOverflowMode mode)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if ((unsigned int)mode > 1)
		return emu_error(ACL_ERROR_RT_PARAM_INVALID, "use one of aclrtFloatOverflowMode",
				 "mode %u is unknown", (unsigned int)mode);
	code = emu_context_current(&device);
	if (code)
		return code;
	pthread_mutex_lock(&stored()->lock);
	stored()->overflow[device] = mode;
	pthread_mutex_unlock(&stored()->lock);
	return ACL_SUCCESS;
}

aclError aclrtGetDeviceSatMode(aclrtFloatOverflowMode *mode)
{
	uint32_t device;
	aclError code;

	EMU_ENTER();
	if (!mode)
		return emu_null("mode");
	code = emu_context_current(&device);
	if (code)
		return code;
	pthread_mutex_lock(&stored()->lock);
	*mode = stored()->overflow[device];
	pthread_mutex_unlock(&stored()->lock);
	return ACL_SUCCESS;
}
