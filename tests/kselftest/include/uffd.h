/* SPDX-License-Identifier: MIT */
/*
 * userfaultfd: a page whose readers wait until the test gives it its content.
 */
#ifndef UFFD_H
#define UFFD_H

#include <linux/userfaultfd.h>
#include <stdint.h>

/* A userfaultfd with these flags and features, or -1. */
int uffd_open(int flags, uint64_t features);

/* Maps a page without content; its userfaultfd, or -1. */
int uffd_page(void **page);

/* Returns when a thread reads the page; 0, or -1. */
int uffd_wait(int uffd);

/* Lets the readers go on with 4 KiB of @content; 0, or -1. */
int uffd_give(int uffd, void *page, const void *content);

#endif /* UFFD_H */
