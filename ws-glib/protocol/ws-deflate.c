/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compresses and decompresses the messages of one connection. */
#include "protocol/ws-deflate.h"

#include "protocol/ws-deflater.h"
#include "protocol/ws-inflater.h"

typedef struct
{
  WsExtension parent;
  WsInflater  inflater;
  WsDeflater  deflater;
  gsize       threshold;
  gint64      saved_now; /* of the message that is coming */
  gint64      saved_received;
  guint       n_messages;
} WsDeflate;

static gboolean
ws_deflate_decode (WsExtension  *extension,
                   const guint8 *data,
                   gsize         len,
                   gboolean      is_last,
                   guint64       limit,
                   WsBuffer     *out,
                   WsFault      *fault)
{
  WsDeflate *self = (WsDeflate *) extension;
  gsize      before = out->len;

  if (!ws_inflater_feed (&self->inflater, data, len, is_last, limit, out,
                         fault))
    return FALSE;
  self->saved_now += (gint64) (out->len - before) - (gint64) len;
  if (is_last)
    {
      self->n_messages++;
      self->saved_received += self->saved_now;
      self->saved_now = 0;
    }
  return TRUE;
}

static gboolean
ws_deflate_encode (WsExtension  *extension,
                   WsOpcode      opcode,
                   const guint8 *data,
                   gsize         len,
                   WsBuffer     *out)
{
  WsDeflate *self = (WsDeflate *) extension;

  if (len < self->threshold
      || !ws_deflater_compress (&self->deflater, data, len, out))
    return FALSE;
  self->n_messages++;
  return TRUE;
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
  gboolean   client_keeps = !params->client_no_context_takeover;
  gboolean   server_keeps = !params->server_no_context_takeover;

  self->parent.klass = &ws_deflate_class;
  self->threshold = settings->threshold;
  ws_inflater_init (&self->inflater, is_client ? server_bits : client_bits,
                    is_client ? server_keeps : client_keeps,
                    settings->max_ratio);
  ws_deflater_init (&self->deflater,
                    make_shape (settings,
                                is_client ? client_bits : server_bits),
                    is_client ? client_keeps : server_keeps);
  return &self->parent;
}

void
ws_deflate_release_idle (WsExtension *extension)
{
  WsDeflate *self = (WsDeflate *) extension;

  ws_inflater_release (&self->inflater);
  ws_deflater_forget (&self->deflater);
}

void
ws_deflate_get_use (const WsExtension *extension, WsDeflateUse *use)
{
  const WsDeflate *self = (const WsDeflate *) extension;

  *use = (WsDeflateUse){ .n_messages = self->n_messages,
                         .saved_received = self->saved_received,
                         .has_context = self->inflater.stream != NULL
                                        || self->deflater.stream != NULL };
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

gboolean
ws_deflate_compress_alone (const WsExtension *extension,
                           const guint8      *data,
                           gsize              len,
                           WsBuffer          *out)
{
  const WsDeflate  *self = (const WsDeflate *) extension;
  WsDeflateSettings settings
      = { .level = self->deflater.shape.level,
          .memory_level = self->deflater.shape.memory_level,
          .threshold = self->threshold };

  return ws_deflate_compress_shared (&settings,
                                     ws_deflate_window_bits (extension), data,
                                     len, out);
}

void
ws_deflate_note_shared (WsExtension *extension)
{
  ws_deflater_forget (&((WsDeflate *) extension)->deflater);
}
