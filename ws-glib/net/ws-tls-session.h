/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-tls-credentials.h"
#include "net/ws-tls-verify.h"

G_BEGIN_DECLS

/* A TLS session of GnuTLS on memory: ciphertext goes in and comes out through
 * buffers. A session has no fd, never blocks and needs no thread; two sessions
 * joined by their buffers are a test without a socket. */
typedef struct _WsTlsSession WsTlsSession;

typedef enum
{
  WS_TLS_DONE,   /* the handshake is complete */
  WS_TLS_AGAIN,  /* more ciphertext is needed */
  WS_TLS_PAUSED, /* the chain has problems: ws_tls_session_get_problems(); goes
                    on after ws_tls_session_accept_problems() */
  WS_TLS_FAILED
} WsTlsProgress;

typedef struct
{
  gboolean           is_server;
  WsTlsCredentials  *credentials; /* (not nullable): a reference is taken */
  const char        *host;        /* (nullable): client: SNI, and the name that
                                     is verified unless @verify_name is set */
  const char        *verify_name; /* (nullable) */
  const char *const *alpn;        /* (nullable) */
  GBytes            *ticket;      /* (nullable): client: session to resume */
} WsTlsSessionOptions;

/* What the session reports from inside ws_tls_session_handshake(), _read(),
 * _write(), _reject() and _bye(); must neither free nor call the session. */
typedef struct
{
  void (*alert) (gpointer    user_data,
                 gboolean    sent,
                 guint       level,
                 guint       type,
                 const char *description);
  /* Client, PSK: fills identity and key (owned by the caller after), FALSE:
   * none. What the peer says, hint and identity, is UTF-8 here. */
  gboolean (*psk_client) (gpointer    user_data,
                          const char *hint,
                          char      **identity,
                          GBytes    **key);
  gboolean (*psk_server) (gpointer    user_data,
                          const char *identity,
                          GBytes    **key);
  /* Client: a ticket for later has come. Only of sessions without problems. */
  void (*ticket) (gpointer user_data, GBytes *ticket);
} WsTlsSessionSink;

WsTlsSession *ws_tls_session_new (const WsTlsSessionOptions *options,
                                  const WsTlsSessionSink    *sink,
                                  gpointer                   user_data,
                                  GError                   **error);
void          ws_tls_session_free (WsTlsSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsTlsSession, ws_tls_session_free)

/* Ciphertext in: borrowed until it is used up or kept. */
void  ws_tls_session_feed (WsTlsSession *self, const guint8 *data, gsize len);
gsize ws_tls_session_get_unread (WsTlsSession *self);
/* Copies the unread rest, so that the fed memory can be given back. */
void ws_tls_session_keep_input (WsTlsSession *self);
void ws_tls_session_feed_eof (WsTlsSession *self);

/* Whether the last _handshake() or _read() left records unread for which
 * nothing more has to come: a peer may send them without end, and others wait
 * for their turn. */
gboolean ws_tls_session_is_resting (WsTlsSession *self);

WsTlsProgress ws_tls_session_handshake (WsTlsSession *self, GError **error);
/* (transfer none) (element-type WsTlsProblem): while paused, and after. */
GPtrArray *ws_tls_session_get_problems (WsTlsSession *self);
void       ws_tls_session_accept_problems (WsTlsSession *self);
/* Ends a paused handshake with the alert that fits the problems. */
void ws_tls_session_reject (WsTlsSession *self);

/* Plaintext: bytes, 0 at close_notify, WS_IO_AGAIN or WS_IO_ERROR (also for a
 * stream that ends without close_notify: G_TLS_ERROR_EOF). */
gssize ws_tls_session_read (WsTlsSession *self,
                            guint8       *data,
                            gsize         len,
                            GError      **error);
/* Whether a read has something to tell without more ciphertext. */
gboolean ws_tls_session_is_readable (WsTlsSession *self);
/* Takes all of @len, in full records, into the output. */
gssize ws_tls_session_write (WsTlsSession *self,
                             const guint8 *data,
                             gsize         len,
                             GError      **error);
/* Nothing is reported any more. */
void ws_tls_session_mute (WsTlsSession *self);
/* Queues close_notify. */
void ws_tls_session_bye (WsTlsSession *self);

/* Ciphertext out: what waits, and how much of it was written. While nothing
 * waits, ciphertext goes to the @size bytes of @place, until _keep_output()
 * copies what waits by then: so what is written at once takes no memory of its
 * own. */
void ws_tls_session_lend_output (WsTlsSession *self, guint8 *place, gsize size);
void ws_tls_session_keep_output (WsTlsSession *self);
const guint8 *ws_tls_session_peek_output (WsTlsSession *self, gsize *len);
void          ws_tls_session_drop_output (WsTlsSession *self, gsize len);

/* What there is to know: protocol, cipher, ALPN, resumed, the peer's chain. */
char    *ws_tls_session_describe_protocol (WsTlsSession *self);
char    *ws_tls_session_describe_cipher (WsTlsSession *self);
char    *ws_tls_session_get_alpn (WsTlsSession *self);
gboolean ws_tls_session_is_resumed (WsTlsSession *self);
/* (transfer full) (element-type GBytes): DER, the peer's own first */
GPtrArray *ws_tls_session_get_peer_chain (WsTlsSession *self);

G_END_DECLS
