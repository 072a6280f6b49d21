// SPDX-License-Identifier: MIT
/*
 * Begin and end of the runtime, and its version.
 *
 * No other function checks whether aclInit() was called, as on the real stack.
 * aclFinalize() does not change devices and memory: these end with their own
 * calls or with the process.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/check.h"
#include "core/config.h"
#include "core/error.h"
#include "core/init.h"
#include "core/late.h"
#include "core/leak.h"
#include "core/report.h"
#include "core/process.h"

struct init {
	_Atomic bool ended;		/* and not started again */
	void (*_Atomic at_end)(void);	/* called when the runtime ends; may be NULL */
	pthread_mutex_t lock;		/* for the members below */
	uint64_t count;
	char *text;	/* of the file of the first aclInit(), NULL: it had none */
};

EMU_STATE(struct init, init, NULL)

/* For messages: was the runtime ended, and not started again? */
bool emu_init_ended(void)
{
	return atomic_load_explicit(&init()->ended, memory_order_relaxed);
}

void emu_init_at_end(void (*fn)(void))
{
	atomic_store_explicit(&init()->at_end, fn, memory_order_relaxed);
}

/* Called without the lock: the function may wait. */
static void run_at_end(void)
{
	void (*fn)(void) = atomic_load(&init()->at_end);

	if (fn)
		fn();
	emu_leak_report(emu_self.function, EMU_LEAK_EVERY);
}

static void init_first(struct emu_config *config)
{
	init()->count = 1;
	atomic_store(&init()->ended, false);
	init()->text = config->text;
	config->text = NULL;
	emu_error_per_process(config->per_process);
}

/* A call without a file never differs from the first one. */
static aclError init_again(const struct emu_config *config, const char *path)
{
	if (config->text && (!init()->text || strcmp(config->text, init()->text)))
		return emu_error(ACL_ERROR_INVALID_PARAM,
				 "use one configuration, or call aclFinalize() in between",
				 "%s differs from the configuration of the first call", path);
	init()->count++;
	return emu_error(ACL_ERROR_REPEAT_INITIALIZE,
			 "go on, and call aclFinalizeReference() once more",
			 "was called before, this is call %" PRIu64, init()->count);
}

static void init_end(void)
{
	init()->count = 0;
	emu_late_ended();
	atomic_store(&init()->ended, true);
	free(init()->text);
	init()->text = NULL;
	emu_error_per_process(false);
}

aclError aclInit(const char *configPath)
{
	struct emu_config config = { 0 };
	aclError code;

	EMU_ENTER();
	code = emu_check_ready();
	if (!code && configPath && *configPath)
		code = emu_config_read(configPath, &config);
	if (code)
		return code;
	pthread_mutex_lock(&init()->lock);
	if (init()->count)
		code = init_again(&config, configPath);
	else
		init_first(&config);
	pthread_mutex_unlock(&init()->lock);
	free(config.text);
	return code;
}

static aclError report_ended(void)
{
	if (emu_late_place())
		return emu_error(ACL_ERROR_REPEAT_FINALIZE, "end it once for each aclInit()",
				 "the runtime was ended by %s", EMU_REPORT_PLACE(emu_late_place()));
	return emu_error(ACL_ERROR_REPEAT_FINALIZE, "call aclInit() once before",
			 emu_init_ended() ? "the runtime was ended before" :
			 "the runtime is not started");
}

/* Succeeds also without aclInit(), once. */
aclError aclFinalize(void)
{
	aclError code = ACL_SUCCESS;

	EMU_ENTER();
	pthread_mutex_lock(&init()->lock);
	if (!atomic_load(&init()->ended))
		init_end();
	else
		code = report_ended();
	pthread_mutex_unlock(&init()->lock);
	if (!code)
		run_at_end();
	return code;
}

aclError aclFinalizeReference(uint64_t *refCount)
{
	aclError code = ACL_SUCCESS;
	uint64_t left = 0;

	EMU_ENTER();
	pthread_mutex_lock(&init()->lock);
	if (!init()->count)
		code = report_ended();
	else if (init()->count == 1)
		init_end();
	else
		left = --init()->count;
	pthread_mutex_unlock(&init()->lock);
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
