/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The other end of a connection, hand-made: loopback TCP and bytes, without any
 * code of the library. It lives in the default main context. */
typedef struct
{
  int         fd;
  guint       source; /* 0: it does not read */
  gboolean    masks;  /* plays a client */
  gboolean    is_eof;
  GByteArray *received;
  char       *head; /* (nullable): the HTTP head that came first */
} RawPeer;

/* (transfer full): a client of whoever listens on the loopback's @port. */
RawPeer *raw_peer_connect (guint16 port);
/* The same with the opening handshake done; @fields (nullable): further lines
 * of the request, each with its CR LF. */
RawPeer *raw_peer_join (guint16 port, const char *fields);
/* (transfer full): a server at one end of a pair of sockets; takes @fd. */
RawPeer *raw_peer_new_for_fd (int fd);
void     raw_peer_free (RawPeer *self);
/* Frees it with a TCP reset. */
void raw_peer_reset (RawPeer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawPeer, raw_peer_free)

/* Stops and goes on taking what comes. */
void raw_peer_set_reading (RawPeer *self, gboolean reading);

void raw_peer_send_bytes (RawPeer *self, const void *data, gsize len);
void raw_peer_send (RawPeer *self, const char *text);
/* @first: FIN, RSV and opcode as on the wire. */
void raw_peer_send_frame (RawPeer    *self,
                          guint8      first,
                          const void *payload,
                          gsize       len);
/* @code 0: an empty close frame. */
void raw_peer_send_close (RawPeer *self, guint code, const char *reason);

/* Makes a request, with @fields (nullable) behind the mandatory ones. */
char *raw_peer_make_request (const char *fields);
/* Waits for an HTTP head, which @self->head then holds. */
void raw_peer_wait_head (RawPeer *self);
/* A server's answer to the request in @self->head. */
char *raw_peer_make_answer (RawPeer *self, const char *fields);
/* Waits for a client's request and grants it. */
void raw_peer_accept (RawPeer *self);

typedef struct
{
  guint8      first;
  gboolean    is_masked;
  guint32     key;     /* of the mask, as a big-endian number */
  GByteArray *payload; /* unmasked, with a NUL behind its end */
} RawFrame;

/* Waits for a whole frame. */
RawFrame raw_peer_take_frame (RawPeer *self);
void     raw_frame_clear (RawFrame *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RawFrame, raw_frame_clear)

/* Waits for a close frame as the next one, and for its code; 1005: it is
 * empty. */
void raw_peer_expect_close (RawPeer *self, guint code, const char *reason);
void raw_peer_expect_text (RawPeer *self, const char *text);
/* Waits for the stream's end, clean or reset, with nothing before it. */
void raw_peer_expect_eof (RawPeer *self);

typedef struct
{
  int     fd;
  guint32 host; /* in network byte order, as inet_ntop() takes it */
  guint16 port;
} RawListener;

RawListener *raw_listener_new (void);
/* The same at an address of 127.0.0.0/8 that no other process uses, for tests
 * that have thousands of listeners: sooner or later one of them has the port of
 * an earlier server, which clients of another test still try to reach. */
RawListener *raw_listener_new_apart (void);
void         raw_listener_free (RawListener *self);
/* "ws://HOST:PORT", followed by @path. */
char *raw_listener_make_url (RawListener *self, const char *path);
/* (transfer full): waits for the next client. */
RawPeer *raw_listener_take (RawListener *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawListener, raw_listener_free)

G_END_DECLS
