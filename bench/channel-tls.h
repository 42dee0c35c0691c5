/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "channel.h"

/* What channel-tls.c is for a TLS library, tls-openssl.c or tls-gnutls.c, and
 * what that is for it. Both work on memory: nothing but channel-tls.c makes
 * system calls. */

/* --- Ciphertext, for the library --- */

/* Up to @length bytes of what was received; 0 when there is no more. */
size_t channel_pull (uint8_t *data, size_t length);
void   channel_push (const void *data, size_t length);

/* --- The library --- */

typedef enum
{
  TLS_AGAIN = -1,
  TLS_FAILED = -2,
} TlsCode;

void  tls_set_up (const char *certificate, const char *key);
void *tls_new (bool is_server);
void  tls_free (void *session);
/* Whether the handshake is over; TLS_AGAIN, TLS_FAILED. */
int tls_handshake (void *session);
/* Bytes, 0 for close_notify, TLS_AGAIN, TLS_FAILED. */
ssize_t tls_read (void *session, uint8_t *data, size_t length);
/* Takes all, or fails. */
bool tls_write (void *session, const uint8_t *data, size_t length);
void tls_bye (void *session);
