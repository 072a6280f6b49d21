/* SPDX-License-Identifier: MIT */
/*
 * dma-bufs of other drivers, and a driver that imports ours (vgem).
 */
#ifndef UAPI_DRM_H
#define UAPI_DRM_H

#include "uapi_test.h"

/* The card of vgem, or -1. */
int uapi_vgem_open(void);

/* The GEM handle that the card has for a dma-buf, or 0. */
uint32_t uapi_vgem_import(int card, int dmabuf);
int uapi_vgem_close(int card, uint32_t handle);

/* A dma-buf of a GEM handle: the one it was imported from, or a new one. */
int uapi_vgem_export(int card, uint32_t handle);

/* A dma-buf that another driver made, or -1. */
int uapi_foreign_dmabuf(void);

#endif /* UAPI_DRM_H */
