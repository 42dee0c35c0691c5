/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/ws-deflate.h"

#include "protocol/ws-deflater.h"
#include "protocol/ws-inflater.h"

typedef struct
{
  WsExtension parent;
  WsInflater  inflater;
  WsDeflater  deflater;
  gsize       threshold;
} WsDeflate;

static gboolean
ws_deflate_decode (WsExtension  *extension,
                   const guint8 *data,
                   gsize         len,
                   gboolean      last,
                   guint64       limit,
                   WsBuffer     *out,
                   WsFault      *fault)
{
  WsDeflate *self = (WsDeflate *) extension;

  return ws_inflater_feed (&self->inflater, data, len, last, limit, out, fault);
}

static gboolean
ws_deflate_encode (WsExtension  *extension,
                   WsOpcode      opcode,
                   const guint8 *data,
                   gsize         len,
                   WsBuffer     *out)
{
  WsDeflate *self = (WsDeflate *) extension;

  return len >= self->threshold
         && ws_deflater_compress (&self->deflater, data, len, out);
}

static void
ws_deflate_free (WsExtension *extension)
{
  WsDeflate *self = (WsDeflate *) extension;

  ws_inflater_clear (&self->inflater);
  ws_deflater_clear (&self->deflater);
  g_free (self);
}

static const WsExtensionClass ws_deflate_class = {
  .rsv = WS_FRAME_RSV1,
  .decode = ws_deflate_decode,
  .encode = ws_deflate_encode,
  .free = ws_deflate_free,
};

static WsDeflateShape
make_shape (const WsDeflateSettings *settings, guint window_bits)
{
  return (WsDeflateShape){ .window_bits = (guint8) window_bits,
                           .level = (gint8) settings->level,
                           .memory_level = (guint8) settings->memory_level };
}

WsExtension *
ws_deflate_new (WsRole                   role,
                const WsDeflateParams   *params,
                const WsDeflateSettings *settings)
{
  WsDeflate *self = g_new0 (WsDeflate, 1);
  gboolean   is_client = role == WS_ROLE_CLIENT;
  guint      client_bits = params->client_window_bits;
  guint      server_bits = params->server_window_bits;
  gboolean   client_takeover = !params->client_no_context_takeover;
  gboolean   server_takeover = !params->server_no_context_takeover;

  self->parent.klass = &ws_deflate_class;
  self->threshold = settings->threshold;
  ws_inflater_init (&self->inflater, is_client ? server_bits : client_bits,
                    is_client ? server_takeover : client_takeover,
                    settings->max_ratio);
  ws_deflater_init (&self->deflater,
                    make_shape (settings,
                                is_client ? client_bits : server_bits),
                    is_client ? client_takeover : server_takeover);
  return &self->parent;
}

void
ws_deflate_release_idle (WsExtension *extension)
{
  WsDeflate *self = (WsDeflate *) extension;

  ws_inflater_release (&self->inflater);
  ws_deflater_forget (&self->deflater);
}

guint
ws_deflate_window_bits (const WsExtension *extension)
{
  return ((const WsDeflate *) extension)->deflater.shape.window_bits;
}

gboolean
ws_deflate_compress_shared (const WsDeflateSettings *settings,
                            guint                    window_bits,
                            const guint8            *data,
                            gsize                    len,
                            WsBuffer                *out)
{
  WsDeflater deflater;

  if (len < settings->threshold)
    return FALSE;
  ws_deflater_init (&deflater, make_shape (settings, window_bits), FALSE);
  return ws_deflater_compress (&deflater, data, len, out);
}

void
ws_deflate_note_shared (WsExtension *extension)
{
  ws_deflater_forget (&((WsDeflate *) extension)->deflater);
}
