/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* RFC 6455, 4.1: 16 bytes in base64. */
#define LOAD_KEY_LENGTH 24
/* RFC 6455, 4.2.2: a SHA-1 digest in base64. */
#define LOAD_ACCEPT_LENGTH 28

/* Makes the key of the connection with that number; no two are alike. */
void load_key_make (unsigned number, char key[LOAD_KEY_LENGTH + 1]);

/* Computes what a server has to answer to @key. */
void load_key_accept (const char *key, char accept[LOAD_ACCEPT_LENGTH + 1]);
