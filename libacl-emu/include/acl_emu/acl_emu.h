/* SPDX-License-Identifier: MIT */
/**
 * @file acl_emu.h
 * @brief The former name of extensions.h, kept for one release.
 */
#include "extensions.h"
