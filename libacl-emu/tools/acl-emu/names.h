/* SPDX-License-Identifier: MIT */
/*
 * Names of what the module has numbers for.
 */
#ifndef NAMES_H
#define NAMES_H

/* "MAP" for the number of an ioctl, "OVERLAPS" for a reason, "EBUSY" for an errno. */
const char *ioctl_name(unsigned int nr);
const char *reason_name(unsigned int reason);
const char *errno_name(int err);

#endif
