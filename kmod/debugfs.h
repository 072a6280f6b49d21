/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * debugfs: the objects of the module, and fault injection.
 */
#ifndef ACL_EMU_DEBUGFS_H
#define ACL_EMU_DEBUGFS_H

#include <linux/kconfig.h>

#if IS_ENABLED(CONFIG_DEBUG_FS)
void emu_debugfs_init(void);
void emu_debugfs_exit(void);
#else
static inline void emu_debugfs_init(void)
{
}

static inline void emu_debugfs_exit(void)
{
}
#endif

#endif /* ACL_EMU_DEBUGFS_H */
