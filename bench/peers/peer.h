/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stddef.h>

/* The value behind an option, or NULL. */
const char *peer_option (int argc, char **argv, const char *name);

/* Raises the limit of files, listens on a port of 127.0.0.1 (0 as any is
 * free), prints the URL and returns the socket. */
int peer_listen (int port, int socket_flags, const char *scheme);

/* Writes the answer to a request into @response.  Returns its length, or 0 as
 * long as the request is not complete. */
size_t peer_accept (const char *request, char *response, size_t size);
