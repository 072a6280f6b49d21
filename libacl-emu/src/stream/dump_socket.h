/* SPDX-License-Identifier: MIT */
/*
 * The socket on which a process with ACL_EMU_CHECK=stuck answers what its streams do.
 */
#ifndef EMU_STREAM_DUMP_SOCKET_H
#define EMU_STREAM_DUMP_SOCKET_H

#include <stdio.h>

/* -1: there is none, and nobody can ask. */
int emu_dump_socket_open(void);
/* Answers one question, if there is one. Never blocks. */
void emu_dump_socket_answer(int fd, void (*print)(FILE *out));

#endif
