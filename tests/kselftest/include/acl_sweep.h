/* SPDX-License-Identifier: MIT */
/*
 * Each call of a table is made again and again, with its 1st, 2nd, 3rd ...
 * allocation failing, until it succeeds with none failing.
 */
#ifndef TEST_ACL_SWEEP_H
#define TEST_ACL_SWEEP_H

#include "acl_calls.h"

#define SWEEP_MOST	500	/* allocations of one call */

/* The program defines these two: the @nth allocation of this thread fails. */
void sweep_arm(unsigned int nth);

/* No allocation fails from here on; true if one failed. */
bool sweep_stop(void);

/* Over a whole table, of which at least so many calls can fail. */
void sweep(struct __test_metadata *_metadata, const struct call_table *table, unsigned int least);

#define SWEEP(table, least)	sweep(_metadata, &(table), least)

#endif /* TEST_ACL_SWEEP_H */
