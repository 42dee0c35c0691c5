/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of compression, as a boxed type. */
#include "value/ws-deflate-options-private.h"

G_DEFINE_BOXED_TYPE (WsDeflateOptions,
                     ws_deflate_options,
                     ws_deflate_options_copy,
                     ws_deflate_options_free)

/* --- Shared ones --- */

static void
init_default (WsDeflateOptions *self)
{
  g_atomic_ref_count_init (&self->n_refs);
  self->settings = (WsDeflateSettings) WS_DEFLATE_SETTINGS_DEFAULT;
  self->keeps_history = FALSE;
}

/* The process holds a reference that is never dropped. */
WsDeflateOptions *
ws_deflate_options_ref_default (void)
{
  static WsDeflateOptions options;
  static gsize            ready;

  if (g_once_init_enter (&ready))
    {
      init_default (&options);
      g_once_init_leave (&ready, 1);
    }
  return ws_deflate_options_ref (&options);
}

WsDeflateOptions *
ws_deflate_options_ref (WsDeflateOptions *self)
{
  g_atomic_ref_count_inc (&self->n_refs);
  return self;
}

WsDeflateSettings
ws_deflate_options_get_server_settings (const WsDeflateOptions *self)
{
  WsDeflateSettings settings = self->settings;

  if (!self->keeps_history)
    settings.client_no_context_takeover = TRUE;
  return settings;
}

static gboolean
is_equal (const WsDeflateSettings *a, const WsDeflateSettings *b)
{
  return a->client_max_window_bits == b->client_max_window_bits
         && a->server_max_window_bits == b->server_max_window_bits
         && a->client_no_context_takeover == b->client_no_context_takeover
         && a->server_no_context_takeover == b->server_no_context_takeover
         && a->level == b->level && a->memory_level == b->memory_level
         && a->threshold == b->threshold && a->max_ratio == b->max_ratio
         && a->idle_release == b->idle_release;
}

gboolean
ws_deflate_options_equal (const WsDeflateOptions *a, const WsDeflateOptions *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return is_equal (&a->settings, &b->settings)
         && a->keeps_history == b->keeps_history;
}

/* --- Life --- */

/**
 * ws_deflate_options_new:
 *
 * Creates options with the defaults.
 *
 * Returns: (transfer full): new options
 *
 * Since: 1.0
 */
WsDeflateOptions *
ws_deflate_options_new (void)
{
  WsDeflateOptions *self = g_new (WsDeflateOptions, 1);

  init_default (self);
  return self;
}

/**
 * ws_deflate_options_copy:
 * @self: options
 *
 * Copies options.
 *
 * Returns: (transfer full): a copy
 *
 * Since: 1.0
 */
WsDeflateOptions *
ws_deflate_options_copy (const WsDeflateOptions *self)
{
  WsDeflateOptions *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  g_atomic_ref_count_init (&copy->n_refs);
  return copy;
}

/**
 * ws_deflate_options_free:
 * @self: (transfer full): options
 *
 * Frees options.
 *
 * Since: 1.0
 */
void
ws_deflate_options_free (WsDeflateOptions *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->n_refs))
    g_free (self);
}

/* --- What they say --- */

/**
 * ws_deflate_options_get_client_max_window_bits:
 * @self: options
 *
 * Gets the largest window with which the client may compress.
 *
 * Returns: the base-2 logarithm of its bytes
 *
 * Since: 1.0
 */
guint
ws_deflate_options_get_client_max_window_bits (const WsDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->settings.client_max_window_bits;
}

/**
 * ws_deflate_options_set_client_max_window_bits:
 * @self: options
 * @window_bits: the base-2 logarithm of its bytes: 8 to 15
 *
 * Sets the largest window with which the client may compress
 * (RFC 7692, 7.1.2.2).
 *
 * 15 by default.
 *
 * Since: 1.0
 */
void
ws_deflate_options_set_client_max_window_bits (WsDeflateOptions *self,
                                               guint             window_bits)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (window_bits >= 8 && window_bits <= 15);

  self->settings.client_max_window_bits = window_bits;
}

/**
 * ws_deflate_options_get_server_max_window_bits:
 * @self: options
 *
 * Gets the largest window with which the server may compress.
 *
 * Returns: the base-2 logarithm of its bytes
 *
 * Since: 1.0
 */
guint
ws_deflate_options_get_server_max_window_bits (const WsDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->settings.server_max_window_bits;
}

/**
 * ws_deflate_options_set_server_max_window_bits:
 * @self: options
 * @window_bits: the base-2 logarithm of its bytes: 8 to 15
 *
 * Sets the largest window with which the server may compress
 * (RFC 7692, 7.1.2.1).
 *
 * 15 by default. Smaller ones cost both sides less memory.
 *
 * Since: 1.0
 */
void
ws_deflate_options_set_server_max_window_bits (WsDeflateOptions *self,
                                               guint             window_bits)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (window_bits >= 8 && window_bits <= 15);

  self->settings.server_max_window_bits = window_bits;
}

/**
 * ws_deflate_options_get_client_context_takeover:
 * @self: options
 *
 * Gets whether the client may compress with what it knows of earlier messages.
 *
 * Returns: whether it may
 *
 * Since: 1.0
 */
gboolean
ws_deflate_options_get_client_context_takeover (const WsDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return !self->settings.client_no_context_takeover;
}

/**
 * ws_deflate_options_set_client_context_takeover:
 * @self: options
 * @takeover: whether it may
 *
 * Sets whether the client may compress with what it knows of earlier messages
 * (RFC 7692, 7.1.1.2).
 *
 * By default a client may. A server asks its clients not to, unless this was
 * set to %TRUE: it would have to keep the last 32 KiB of what each client has
 * sent, or a part of that when packed, for as long as the connection lives.
 *
 * Since: 1.0
 */
void
ws_deflate_options_set_client_context_takeover (WsDeflateOptions *self,
                                                gboolean          takeover)
{
  g_return_if_fail (self != NULL);

  self->settings.client_no_context_takeover = !takeover;
  self->keeps_history = takeover;
}

/**
 * ws_deflate_options_get_server_context_takeover:
 * @self: options
 *
 * Gets whether the server may compress with what it knows of earlier messages.
 *
 * Returns: whether it may
 *
 * Since: 1.0
 */
gboolean
ws_deflate_options_get_server_context_takeover (const WsDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return !self->settings.server_no_context_takeover;
}

/**
 * ws_deflate_options_set_server_context_takeover:
 * @self: options
 * @takeover: whether it may
 *
 * Sets whether the server may compress with what it knows of earlier messages
 * (RFC 7692, 7.1.1.1).
 *
 * %TRUE by default: the server forgets the context when it is idle. A broadcast
 * is compressed once for all clients in any case.
 *
 * Since: 1.0
 */
void
ws_deflate_options_set_server_context_takeover (WsDeflateOptions *self,
                                                gboolean          takeover)
{
  g_return_if_fail (self != NULL);

  self->settings.server_no_context_takeover = !takeover;
}

/**
 * ws_deflate_options_get_level:
 * @self: options
 *
 * Gets how hard is tried to compress.
 *
 * Returns: zlib's level
 *
 * Since: 1.0
 */
int
ws_deflate_options_get_level (const WsDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->settings.level;
}

/**
 * ws_deflate_options_set_level:
 * @self: options
 * @level: 0: not at all, 1: fast, to 9: small, as zlib counts; -1: what suits
 *   most messages
 *
 * Sets how hard is tried to compress.
 *
 * -1 by default: what zlib thinks best, but where libdeflate compresses, which
 * it does with messages of at most 9 KiB that need no context, its fastest
 * level. Other levels make such messages about as short as zlib does.
 *
 * Since: 1.0
 */
void
ws_deflate_options_set_level (WsDeflateOptions *self, int level)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (level >= -1 && level <= 9);

  self->settings.level = level;
}

/**
 * ws_deflate_options_get_memory_level:
 * @self: options
 *
 * Gets how much memory a compressing context may use.
 *
 * Returns: zlib's level
 *
 * Since: 1.0
 */
guint
ws_deflate_options_get_memory_level (const WsDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->settings.memory_level;
}

/**
 * ws_deflate_options_set_memory_level:
 * @self: options
 * @memory_level: 1: little, to 9: much
 *
 * Sets how much memory a compressing context may use.
 *
 * 8 by default: 128 KiB besides the window.
 *
 * Since: 1.0
 */
void
ws_deflate_options_set_memory_level (WsDeflateOptions *self, guint memory_level)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (memory_level >= 1 && memory_level <= 9);

  self->settings.memory_level = memory_level;
}

/**
 * ws_deflate_options_get_threshold:
 * @self: options
 *
 * Gets how long a message must be to be compressed.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
gsize
ws_deflate_options_get_threshold (const WsDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->settings.threshold;
}

/**
 * ws_deflate_options_set_threshold:
 * @self: options
 * @threshold: bytes; shorter messages are sent as they are
 *
 * Sets how long a message must be to be compressed.
 *
 * 256 by default.
 *
 * Since: 1.0
 */
void
ws_deflate_options_set_threshold (WsDeflateOptions *self, gsize threshold)
{
  g_return_if_fail (self != NULL);

  self->settings.threshold = threshold;
}

/**
 * ws_deflate_options_get_max_ratio:
 * @self: options
 *
 * Gets how many times its size on the wire a message may become.
 *
 * Returns: a factor; 0: any
 *
 * Since: 1.0
 */
guint
ws_deflate_options_get_max_ratio (const WsDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->settings.max_ratio;
}

/**
 * ws_deflate_options_set_max_ratio:
 * @self: options
 * @max_ratio: a factor; 0: any
 *
 * Sets how many times its size on the wire a message may become.
 *
 * 200 by default: far more than text becomes, while deflate can do 1032. What
 * goes beyond closes the connection with 1009; messages of 1 MiB and less never
 * do. Who expects data such as empty pictures sets more, or 0:
 * [property@Socket:max-incoming-message-size] bounds what is inflated
 * in any case.
 *
 * Since: 1.0
 */
void
ws_deflate_options_set_max_ratio (WsDeflateOptions *self, guint max_ratio)
{
  g_return_if_fail (self != NULL);

  self->settings.max_ratio = max_ratio;
}

/**
 * ws_deflate_options_get_idle_release:
 * @self: options
 *
 * Gets after which time an idle connection gives its contexts back.
 *
 * Returns: milliseconds; 0: never
 *
 * Since: 1.0
 */
guint
ws_deflate_options_get_idle_release (const WsDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->settings.idle_release;
}

/**
 * ws_deflate_options_set_idle_release:
 * @self: options
 * @idle_release: milliseconds without a compressed message; 0: never
 *
 * Sets after which time an idle connection gives its contexts back.
 *
 * 10 000 by default; up to a quarter more passes, so that connections which
 * fell silent together do not all come at once. The next message is compressed
 * without knowledge of those before. Of what the peer compresses with context
 * takeover a packed history stays, as its next message may refer to it.
 *
 * Since: 1.0
 */
void
ws_deflate_options_set_idle_release (WsDeflateOptions *self, guint idle_release)
{
  g_return_if_fail (self != NULL);

  self->settings.idle_release = idle_release;
}
