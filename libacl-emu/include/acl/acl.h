/* SPDX-License-Identifier: MIT */
/**
 * @file acl.h
 * @brief The header a program includes: everything this library offers under acl/.
 */
#ifndef ACL_EMU_ACL_H
#define ACL_EMU_ACL_H

#include "acl_base.h"
#include "acl_rt.h"

#endif
