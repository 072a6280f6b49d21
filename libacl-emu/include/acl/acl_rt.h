/* SPDX-License-Identifier: MIT */
/**
 * @file acl_rt.h
 * @brief The runtime interface. Programs include acl.h or this header, not its parts.
 *
 * A function is declared if and only if the library exports it. Types and constants are complete,
 * so a program that mentions more of them than the library uses still compiles.
 */
#ifndef ACL_EMU_ACL_RT_H
#define ACL_EMU_ACL_RT_H

#include "acl_base_rt.h"
#include "acl_rt_callback.h"
#include "acl_rt_context.h"
#include "acl_rt_device.h"
#include "acl_rt_error.h"
#include "acl_rt_event.h"
#include "acl_rt_host.h"
#include "acl_rt_init.h"
#include "acl_rt_ipc.h"
#include "acl_rt_kernel.h"
#include "acl_rt_memory.h"
#include "acl_rt_attribute.h"
#include "acl_rt_graph.h"
#include "acl_rt_model.h"
#include "acl_rt_refused.h"
#include "acl_rt_peer.h"
#include "acl_rt_profile.h"
#include "acl_rt_notify.h"
#include "acl_rt_share.h"
#include "acl_rt_stream.h"
#include "acl_rt_vmm.h"

#endif
