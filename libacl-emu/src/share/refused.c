// SPDX-License-Identifier: MIT
/*
 * Functions of real devices that are not emulated: refused.h is the list. They exist
 * so that programs link and find out.
 */
#include <string.h>

#include "acl/acl_prof.h"
#include "core/error.h"
#include "runtime/rt.h"

#define ON_CPU		"run the kernel's function on the CPU, with acl_emu_launch()"
#define ONE_EACH	"capture a graph for each branch"
#define TRACE		"use acl-emu trace"

#define NO_CORES	"there are no AI cores here"
#define NO_GROUPS	"the cores of the emulated device have no groups"
#define NO_HOST_THREAD	"the emulated device runs host functions itself"
#define NO_CONDITIONS	"the emulated device has no conditional graphs"
#define NO_FAULTS	"the emulated device has no faults that could be repaired"
#define NO_PROFILER	"the emulated device has no profiler"

static const char any;
#define ANY		&any

static aclError refuse(const char *function, const void *pointer, const char *remedy,
		       const char *why)
{
	bool runtime = !strncmp(function, "rt", 2);

	emu_enter(function);
	if (pointer)
		return emu_error(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, remedy, "%s", why);
	return emu_error(runtime ? ACL_ERROR_RT_PARAM_INVALID : ACL_ERROR_INVALID_PARAM,
			 "give valid pointers", "a pointer is NULL");
}

/* The other parameters have no effect. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define REFUSED(type_, name_, parameters_, pointer_, remedy_, why_) \
	type_ name_ parameters_ { return refuse(#name_, pointer_, remedy_, why_); }
#include "share/refused.h"

/* These return a pointer: NULL. */
aclrtGroupInfo *aclrtCreateGroupInfo(void)
{
	refuse(__func__, ANY, "use the whole device", NO_GROUPS);
	return NULL;
}

aclprofConfig *aclprofCreateConfig(uint32_t *deviceIdList, uint32_t deviceNums,
				   aclprofAicoreMetrics aicoreMetrics,
				   const aclprofAicoreEvents *aicoreEvents,
				   uint64_t dataTypeConfig)
{
	refuse(__func__, ANY, TRACE, NO_PROFILER);
	return NULL;
}

aclprofStepInfo *aclprofCreateStepInfo(void)
{
	refuse(__func__, ANY, TRACE, NO_PROFILER);
	return NULL;
}

void aclprofDestroyStepInfo(aclprofStepInfo *stepInfo)
{
	refuse(__func__, ANY, TRACE, NO_PROFILER);
}
