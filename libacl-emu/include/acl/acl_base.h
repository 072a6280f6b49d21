/* SPDX-License-Identifier: MIT */
/**
 * @file acl_base.h
 * @brief Common types under the name older programs include.
 */
#ifndef ACL_EMU_ACL_BASE_H
#define ACL_EMU_ACL_BASE_H

#include "acl_base_rt.h"

#endif
