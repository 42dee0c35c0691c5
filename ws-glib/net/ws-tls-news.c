/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Holds back what a TLS session tells until its owner may do anything. */
#include "net/ws-tls-news.h"

#include "net/ws-log.h"

typedef struct
{
  GBytes     *ticket; /* (owned) (nullable): NULL for an alert */
  gboolean    sent;
  guint       level;
  guint       type;
  const char *description; /* static */
} Item;

static void
item_clear (gpointer data)
{
  Item *item = data;

  g_clear_pointer (&item->ticket, g_bytes_unref);
}

static void
tell (const WsTlsNews *self, const Item *item)
{
  const WsLogFacts facts = { .topic = WS_LOG_TLS, .socket = self->log_number };

  if (item->ticket != NULL)
    ws_log (&facts, "< ticket");
  else
    ws_log (&facts, "%s %s alert %u: %s", item->sent ? ">" : "<",
            item->level == 2 ? "fatal" : "warning", item->type,
            item->description);
}

static void
add (WsTlsNews *self, const Item *item)
{
  if (self->waiting == NULL)
    {
      self->waiting = g_array_sized_new (FALSE, FALSE, sizeof *item, 1);
      g_array_set_clear_func (self->waiting, item_clear);
    }
  if (ws_log_has (WS_LOG_TLS))
    tell (self, item);
  g_array_append_val (self->waiting, *item);
  self->arrived (self);
}

static void
on_alert (gpointer    user_data,
          gboolean    sent,
          guint       level,
          guint       type,
          const char *description)
{
  const Item item = {
    .sent = sent, .level = level, .type = type, .description = description
  };

  add (user_data, &item);
}

static void
on_ticket (gpointer user_data, GBytes *ticket)
{
  const Item item = { .ticket = g_bytes_ref (ticket) };

  add (user_data, &item);
}

static gboolean
on_psk_client (gpointer    user_data,
               const char *hint,
               char      **identity,
               GBytes    **key)
{
  WsTlsNews *self = user_data;

  return self->sink->psk_client != NULL
         && self->sink->psk_client (self->user_data, hint, identity, key);
}

static gboolean
on_psk_server (gpointer user_data, const char *identity, GBytes **key)
{
  WsTlsNews *self = user_data;

  return self->sink->psk_server != NULL
         && self->sink->psk_server (self->user_data, identity, key);
}

const WsTlsSessionSink ws_tls_news_sink = {
  .alert = on_alert,
  .psk_client = on_psk_client,
  .psk_server = on_psk_server,
  .ticket = on_ticket,
};

gboolean
ws_tls_news_is_waiting (WsTlsNews *self)
{
  return self->waiting != NULL;
}

gboolean
ws_tls_news_deliver (WsTlsNews *self)
{
  const WsTlsSessionSink *sink = self->sink;
  g_autoptr (GArray) all = g_steal_pointer (&self->waiting);

  for (guint i = 0; all != NULL && i < all->len && !self->muted; i++)
    {
      const Item *item = &g_array_index (all, Item, i);

      if (item->ticket != NULL && sink->ticket != NULL)
        sink->ticket (self->user_data, item->ticket);
      else if (item->ticket == NULL && sink->alert != NULL)
        sink->alert (self->user_data, item->sent, item->level, item->type,
                     item->description);
    }
  return !self->muted;
}

void
ws_tls_news_mute (WsTlsNews *self)
{
  self->muted = TRUE;
}

void
ws_tls_news_clear (WsTlsNews *self)
{
  g_clear_pointer (&self->waiting, g_array_unref);
}
