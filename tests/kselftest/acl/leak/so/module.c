// SPDX-License-Identifier: MIT
/*
 * A shared object that leaks an event and is unloaded before the report.
 */
#include "acl/acl.h"

aclError leak_event(void);

__attribute__((visibility("default"), noinline))
aclError leak_event(void)
{
	aclrtEvent event;
	aclError code = aclrtCreateEvent(&event);

	/* No tail call: the frame must be in the stack. */
	__asm__ volatile("" : : : "memory");
	return code;
}
