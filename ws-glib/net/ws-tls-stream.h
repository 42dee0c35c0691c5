/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-tls-session.h"
#include "net/ws-transport.h"

G_BEGIN_DECLS

/* A TLS session as a transport, over any transport. */

/* The handshake's course; may free the transport. Called from the context,
 * never from inside ws_tls_stream_new(). */
typedef struct
{
  /* Encrypted; reading and writing may begin. */
  void (*secured) (WsTransport *stream, gpointer user_data);
  /* The handshake is paused at a certificate's problems: nothing is read or
   * written until ws_tls_stream_resume(). */
  void (*paused) (WsTransport *stream, gpointer user_data);
  void (*failed) (WsTransport *stream, const GError *error, gpointer user_data);
} WsTlsStreamSink;

/* (transfer full): @inner is taken, also on failure. The session's own sink
 * gets the same @user_data. The sink's functions may free the stream: alerts
 * and tickets are reported while the session and whoever reads or writes are at
 * rest, and from inside the question for a key, during the handshake, the
 * session outlives the stream. While that question runs a nested loop the
 * stream reports nothing. A stream that is freed says close_notify and still
 * sends what was written, as long as the peer takes it. */
WsTransport *ws_tls_stream_new (WsTransport               *inner,
                                const WsTlsSessionOptions *options,
                                const WsTlsStreamSink     *sink,
                                const WsTlsSessionSink    *session_sink,
                                gpointer                   user_data,
                                GError                   **error);

/* What the peer has sent already, before anything else is read. */
void
ws_tls_stream_push_input (WsTransport *stream, const guint8 *data, gsize len);

/* What @sink is given from now on; the session's own sink keeps its own. */
void ws_tls_stream_set_sink_data (WsTransport *stream, gpointer user_data);

/* Goes on with a paused handshake: the problems are accepted, or it ends
 * (failed follows). */
void ws_tls_stream_resume (WsTransport *stream, gboolean is_accepted);

WsTlsSession *ws_tls_stream_get_session (WsTransport *stream);

G_END_DECLS
