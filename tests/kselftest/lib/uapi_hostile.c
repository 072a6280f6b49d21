// SPDX-License-Identifier: MIT
/*
 * Processes without rights: see uapi_hostile.h.
 */
#include "uapi_hostile.h"

#include <grp.h>

int hostile_become_nobody(void)
{
	if (setgroups(0, NULL) || setresgid(HOSTILE_NOBODY, HOSTILE_NOBODY, HOSTILE_NOBODY) ||
	    setresuid(HOSTILE_NOBODY, HOSTILE_NOBODY, HOSTILE_NOBODY))
		return -1;
	/*
	 * The change has taken away what a process of that user would have: word of
	 * its parent's death, and its own files in /proc.
	 */
	return prctl(PR_SET_PDEATHSIG, SIGKILL) || prctl(PR_SET_DUMPABLE, 1);
}
