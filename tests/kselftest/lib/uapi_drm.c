// SPDX-License-Identifier: MIT
/*
 * Calls of vgem and of the dma-buf heaps.
 */
#include "uapi_drm.h"

#include <linux/dma-heap.h>

/* The few calls of DRM that are needed; its headers are in no base package. */
struct drm_version {
	int version[3];
	size_t name_len;
	char *name;
	size_t date_len;
	char *date;
	size_t desc_len;
	char *desc;
};

struct drm_gem_close {
	uint32_t handle;
	uint32_t pad;
};

struct drm_prime_handle {
	uint32_t handle;
	uint32_t flags;
	int32_t fd;
};

struct drm_mode_create_dumb {
	uint32_t height;
	uint32_t width;
	uint32_t bpp;
	uint32_t flags;
	uint32_t handle;
	uint32_t pitch;
	uint64_t size;
};

#define DRM_IOCTL_VERSION		_IOWR('d', 0x00, struct drm_version)
#define DRM_IOCTL_GEM_CLOSE		_IOW('d', 0x09, struct drm_gem_close)
#define DRM_IOCTL_PRIME_HANDLE_TO_FD	_IOWR('d', 0x2d, struct drm_prime_handle)
#define DRM_IOCTL_PRIME_FD_TO_HANDLE	_IOWR('d', 0x2e, struct drm_prime_handle)
#define DRM_IOCTL_MODE_CREATE_DUMB	_IOWR('d', 0xb2, struct drm_mode_create_dumb)
#define DRM_CLOEXEC			O_CLOEXEC

int uapi_vgem_open(void)
{
	if (system("modprobe vgem >/dev/null 2>&1"))
		return -1;
	for (int i = 0; i < 16; i++) {
		struct drm_version version = { 0 };
		char path[32], name[8] = "";
		int fd;

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		version.name = name;
		version.name_len = sizeof(name) - 1;
		if (!ioctl(fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, "vgem"))
			return fd;
		close(fd);
	}
	return -1;
}

uint32_t uapi_vgem_import(int card, int dmabuf)
{
	struct drm_prime_handle prime = { .fd = dmabuf };

	return ioctl(card, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime) ? 0 : prime.handle;
}

int uapi_vgem_close(int card, uint32_t handle)
{
	struct drm_gem_close arg = { .handle = handle };

	return ioctl(card, DRM_IOCTL_GEM_CLOSE, &arg);
}

int uapi_vgem_export(int card, uint32_t handle)
{
	struct drm_prime_handle prime = { .handle = handle, .flags = DRM_CLOEXEC | O_RDWR };

	return ioctl(card, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime) ? -1 : prime.fd;
}

static int uapi_vgem_dmabuf(void)
{
	struct drm_mode_create_dumb dumb = { .width = 1024, .height = 512, .bpp = 32 };
	int card = uapi_vgem_open(), fd = -1;

	if (card < 0)
		return -1;
	if (!ioctl(card, DRM_IOCTL_MODE_CREATE_DUMB, &dumb))
		fd = uapi_vgem_export(card, dumb.handle);
	close(card);
	return fd;
}

int uapi_foreign_dmabuf(void)
{
	struct dma_heap_allocation_data data = { .len = SIZE_2M, .fd_flags = O_RDWR | O_CLOEXEC };
	int heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);

	if (heap < 0)
		return uapi_vgem_dmabuf();
	if (ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data))
		data.fd = -1;
	close(heap);
	return (int)data.fd;
}
