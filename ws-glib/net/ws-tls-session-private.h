/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/ws-poller.h"
#include "net/ws-tls-session.h"

G_BEGIN_DECLS

/* What the files of a session share. */

typedef enum
{
  WS_TLS_SESSION_HANDSHAKE,
  WS_TLS_SESSION_PAUSED, /* at problems */
  WS_TLS_SESSION_OPEN,
  WS_TLS_SESSION_ENDED, /* the peer has sent close_notify; we may still write */
  WS_TLS_SESSION_FAILED,
  WS_TLS_SESSION_N_STATES
} WsTlsSessionState;

/* What only a handshake needs. */
typedef struct
{
  char      *host;         /* (owned) (nullable): to be verified */
  char     **alpn;         /* (owned) (nullable): a server's names */
  GPtrArray *chain;        /* (owned) (nullable): the peer's, within the
                            * limits */
  char      *psk_identity; /* (owned) (nullable) */
  GBytes    *psk_key;      /* (owned) (nullable) */
} WsTlsNeeds;

/* There is one for each idle connection: keep it small. A buffer never has as
 * much as 4 GiB. */
struct _WsTlsSession
{
  gnutls_session_t        tls;         /* (owned) */
  WsTlsCredentials       *credentials; /* (owned) */
  const WsTlsSessionSink *sink;
  gpointer                user_data;
  GError                 *failure;  /* (owned) (nullable): why it failed, maybe
                                      known before GnuTLS gives up */
  GPtrArray              *problems; /* (owned) (nullable) */
  WsTlsNeeds *needs; /* (owned) (nullable): until the handshake is over */
  WsTurn      turn;  /* the records of the present call */

  /* Ciphertext in: first what was kept, then what was fed. */
  const guint8 *fed; /* (nullable): borrowed */
  gsize         fed_len;
  guint8       *kept; /* (owned) (nullable) */
  guint         kept_start;
  guint         kept_len;    /* behind the start */
  guint         n_fruitless; /* bytes that GnuTLS took since data or a message
                              * came of it */

  /* Ciphertext out. */
  guint   output_start;
  guint   output_len; /* behind the start */
  guint   output_size;
  guint8 *output; /* (owned unless lent) (nullable): none when of no use */

  guint8 state;           /* a WsTlsSessionState */
  guint8 cipher_suite[2]; /* as on the wire; 0: not chosen yet */
  guint8 n_refused;       /* handshakes that the peer wanted to repeat */
  guint8 n_warnings;      /* of the peer's, in a row */
  guint8 n_tickets;       /* that the present call has reported */
  guint  is_server : 1;
  guint  lent : 1;       /* the output's place */
  guint  is_at_eof : 1;  /* no ciphertext will follow */
  guint  resting : 1;    /* the call has taken what a turn may */
  guint  judged : 1;     /* the peer's chain; the problems are complete */
  guint  accepted : 1;   /* and the problems of the chain are accepted */
  guint  handshaken : 1; /* GnuTLS is done, whatever the judgement */
  guint  psk_asked : 1;
  guint  said_bye : 1;
};

/* TRUE while a whole record waits, or one that GnuTLS will refuse. A part of a
 * record is better off here than in GnuTLS, which takes a buffer of 16 KiB for
 * it. */
gboolean ws_tls_session_has_record (WsTlsSession *self);
/* FALSE: GnuTLS has taken more than it may for nothing that anybody heard of,
 * and the session is to fail with GNUTLS_E_HANDSHAKE_TOO_LARGE. */
gboolean ws_tls_session_bears_fruit (WsTlsSession *self);
/* A call begins that takes records: at most so many, or for so long, as others
 * wait for their turn. */
void ws_tls_session_begin_turn (WsTlsSession *self);
/* Lets GnuTLS read and write the buffers. */
void ws_tls_session_attach_buffers (WsTlsSession *self);
/* Makes room for @len bytes at once. */
void ws_tls_session_reserve_output (WsTlsSession *self, gsize len);

gboolean ws_tls_session_is_open (WsTlsSession *self);
static inline gboolean
ws_tls_session_is_tls13 (WsTlsSession *self)
{
  return gnutls_protocol_get_version (self->tls) == GNUTLS_TLS1_3;
}
/* Takes @failure, which ends the session. */
void ws_tls_session_set_failure (WsTlsSession *self, GError *failure);
void ws_tls_session_tell_failure (WsTlsSession *self, GError **error);
/* The only writer of the state. */
void ws_tls_session_set_state (WsTlsSession *self, WsTlsSessionState state);
void ws_tls_session_report_alert (WsTlsSession *self,
                                  gboolean      sent,
                                  guint         level,
                                  guint         type);
void ws_tls_session_send_alert (WsTlsSession *self, guint level, guint type);
/* Reports the alert, if @code is about one. */
void ws_tls_session_note_alert (WsTlsSession *self, int code);
/* The same for GNUTLS_E_WARNING_ALERT_RECEIVED. FALSE: it is one too many, and
 * the session is to fail with GNUTLS_E_UNEXPECTED_PACKET. */
gboolean ws_tls_session_take_warning (WsTlsSession *self);
/* The session has ended with GnuTLS's @code, of which the peer is told. */
void ws_tls_session_fail (WsTlsSession *self, int code);

/* GnuTLS's hooks: a message of the handshake has come, and is complete; the
 * peer's chain has come, GNUTLS_E_AGAIN: the handshake is to pause. */
int ws_tls_session_on_message (gnutls_session_t      tls,
                               unsigned              type,
                               unsigned              when,
                               unsigned              incoming,
                               const gnutls_datum_t *message);
int ws_tls_session_on_verify (gnutls_session_t tls);

/* GnuTLS's questions for a pre-shared key. */
int ws_tls_session_on_psk_client (gnutls_session_t tls,
                                  gnutls_datum_t  *identity,
                                  gnutls_datum_t  *key);
int ws_tls_session_on_psk_server (gnutls_session_t      tls,
                                  const gnutls_datum_t *identity,
                                  gnutls_datum_t       *key);
/* TLS 1.3 offers the identity with its first message, and GnuTLS fails when
 * there is none: a client without a key must not say that it could have one. */
void ws_tls_session_prepare_psk (WsTlsSession *self);
void ws_tls_session_forget_psk (WsTlsNeeds *needs);

/* The names that ALPN may choose from; (nullable): none. */
void ws_tls_session_set_alpn (WsTlsSession *self, const char *const *protocols);
/* The handshake is over. */
void ws_tls_session_clear_needs (WsTlsSession *self);

G_END_DECLS
