/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

/* Our client, which notes what it is told. With wss it trusts root.pem of the
 * test certificates, and nobody else. */
typedef struct
{
  WsSocket *socket;   /* (owned) */
  GQueue    messages; /* (element-type WsMessage) (owned): not looked at */
  GBytes   *pong;     /* (owned) (nullable) */
  GBytes   *pinged;   /* (owned) (nullable) */
  int       error;    /* code of the last error, -1 for none */
  gboolean  is_over;
} InteropClient;

void interop_client_init (InteropClient *self);
/* Closes what is open, which must end well. No message may be left. */
void interop_client_clear (InteropClient *self);

/* Opens base + path and waits for how that ends. */
void interop_client_attempt (InteropClient *self,
                             const char    *base,
                             const char    *path);
/* The same, which must work. */
void
interop_client_open (InteropClient *self, const char *base, const char *path);

/* (transfer full): waits for the next message. */
WsMessage *interop_client_take (InteropClient *self);
/* Takes the next message, which must be this one. */
void interop_client_expect (InteropClient *self,
                            WsMessageType  type,
                            const char    *data,
                            gsize          size);
void interop_client_expect_text (InteropClient *self, const char *text);

G_END_DECLS
