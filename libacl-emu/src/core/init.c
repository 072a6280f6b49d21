// SPDX-License-Identifier: MIT
/*
 * Begin and end of the runtime, and its version.
 *
 * No other function asks whether aclInit() was called, as on the real stack.
 * The end leaves devices and memory alone: they end with their own calls or
 * with the process.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/emu.h"
#include "core/init.h"

static pthread_mutex_t init_lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t init_count;
/* aclFinalize() was the last of the two. */
static _Atomic bool ended;
/* Text of the file of the first aclInit(), NULL if it had none. */
static char *init_text;
/* Called by the call that ends the runtime. */
static void (*_Atomic at_end)(void);

void emu_init_forget(void)
{
	init_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	init_count = 0;
	atomic_store(&ended, false);
	/* Not freed: the fork may have come in the middle of its making. */
	init_text = NULL;
}

/* For sentences: is this a call after the end of the runtime? */
bool emu_init_ended(void)
{
	return atomic_load_explicit(&ended, memory_order_relaxed);
}

void emu_init_at_end(void (*fn)(void))
{
	atomic_store_explicit(&at_end, fn, memory_order_relaxed);
}

/* Not under the lock: it can take a while. */
static void run_at_end(void)
{
	void (*fn)(void) = atomic_load(&at_end);

	if (fn)
		fn();
}

static void init_first(struct emu_config *config)
{
	init_count = 1;
	atomic_store(&ended, false);
	init_text = config->text;
	config->text = NULL;
	emu_error_per_process(config->per_process);
}

/* A call without a file asks for nothing, so it never differs. */
static aclError init_again(const struct emu_config *config, const char *path)
{
	if (config->text && (!init_text || strcmp(config->text, init_text)))
		return emu_error(ACL_ERROR_INVALID_PARAM,
				 "use one configuration, or call aclFinalize() in between",
				 "%s differs from the configuration of the first call", path);
	init_count++;
	return emu_error(ACL_ERROR_REPEAT_INITIALIZE,
			 "go on, and call aclFinalizeReference() once more",
			 "was called before, this is call %" PRIu64, init_count);
}

static void init_end(void)
{
	init_count = 0;
	atomic_store(&ended, true);
	free(init_text);
	init_text = NULL;
	emu_error_per_process(false);
}

aclError aclInit(const char *configPath)
{
	struct emu_config config = { 0 };
	aclError code = ACL_SUCCESS;

	EMU_ENTER();
	if (configPath && *configPath)
		code = emu_config_read(configPath, &config);
	if (code)
		return code;
	pthread_mutex_lock(&init_lock);
	if (init_count)
		code = init_again(&config, configPath);
	else
		init_first(&config);
	pthread_mutex_unlock(&init_lock);
	free(config.text);
	return code;
}

static aclError say_repeated(void)
{
	return emu_error(ACL_ERROR_REPEAT_FINALIZE, "call aclInit() once before",
			 "the runtime is not started, or ended already");
}

aclError aclFinalize(void)
{
	aclError code = ACL_SUCCESS;

	EMU_ENTER();
	pthread_mutex_lock(&init_lock);
	if (init_count)
		init_end();
	else
		code = say_repeated();
	pthread_mutex_unlock(&init_lock);
	if (!code)
		run_at_end();
	return code;
}

aclError aclFinalizeReference(uint64_t *refCount)
{
	aclError code = ACL_SUCCESS;
	uint64_t left = 0;

	EMU_ENTER();
	pthread_mutex_lock(&init_lock);
	if (!init_count)
		code = say_repeated();
	else if (init_count == 1)
		init_end();
	else
		left = --init_count;
	pthread_mutex_unlock(&init_lock);
	if (!code && !left)
		run_at_end();
	if (!code && refCount)
		*refCount = left;
	return code;
}

aclError aclrtGetVersion(int32_t *majorVersion, int32_t *minorVersion, int32_t *patchVersion)
{
	EMU_ENTER();
	if (!majorVersion)
		return emu_null("majorVersion");
	if (!minorVersion)
		return emu_null("minorVersion");
	if (!patchVersion)
		return emu_null("patchVersion");
	*majorVersion = ACL_MAJOR_VERSION;
	*minorVersion = ACL_MINOR_VERSION;
	*patchVersion = ACL_PATCH_VERSION;
	return ACL_SUCCESS;
}
