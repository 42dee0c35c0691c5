/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-tls-session.h"

G_BEGIN_DECLS

/* Two TLS sessions joined by buffers, and what they are made of. */

/* (transfer full): a file of tests/certificates. */
GBytes *tls_rig_read (const char *name);

/* TRUE when @text is among the bytes. */
gboolean tls_rig_contains (gconstpointer data, gsize len, const char *text);

/* Files instead of bytes; what is not set is as in WsTlsConfig. */
typedef struct
{
  const char   *chain; /* (nullable) */
  const char   *key;   /* (nullable) */
  const char   *trust; /* (nullable) */
  const char   *priority;
  WsTlsProtocol minimum, maximum;
  WsTlsVerify   verify;
  gboolean      resumes;
  gboolean      offers_psk;
  const char   *psk_hint;
  const char   *ocsp; /* (nullable) */
} TlsRigSide;

/* (transfer full) */
WsTlsCredentials *
tls_rig_credentials (gboolean is_server, const TlsRigSide *side);

typedef struct
{
  WsTlsSession *session;
  WsTlsProgress progress; /* of the last call */
  GError       *error;
  GString      *alerts;  /* "sent 2 42 " … */
  GPtrArray    *tickets; /* of GBytes */
  const char   *psk_identity;
  const char   *psk_key;  /* NULL: none */
  char         *psk_hint; /* that the client was asked with */
  guint         n_psk_asked;
  GByteArray   *read;  /* plaintext */
  gboolean      ended; /* a read said 0 */
} TlsRigEnd;

/* @options: its credentials are not taken. */
void tls_rig_end_init (TlsRigEnd *self, const WsTlsSessionOptions *options);
void tls_rig_end_clear (TlsRigEnd *self);
extern const WsTlsSessionSink tls_rig_sink; /* user data: a TlsRigEnd */

typedef struct
{
  TlsRigEnd client;
  TlsRigEnd server;
  gsize     split; /* ciphertext goes over in such pieces, 0: whole */
} TlsRig;

/* TRUE when there was ciphertext to move from one to the other. */
gboolean tls_rig_move (TlsRig *self, TlsRigEnd *from, TlsRigEnd *to);
/* One end's turn with all the input it has. */
void tls_rig_step (TlsRigEnd *end);
/* Both go on until neither can. */
void tls_rig_run (TlsRig *self);

/* With credentials of these sides, "localhost" as the host. */
void
tls_rig_init (TlsRig *self, const TlsRigSide *client, const TlsRigSide *server);
void tls_rig_clear (TlsRig *self);
/* Both handshakes are complete, and text goes either way. */
void tls_rig_assert_works (TlsRig *self);
void tls_rig_write (TlsRigEnd *end, const void *data, gsize len);

G_END_DECLS
