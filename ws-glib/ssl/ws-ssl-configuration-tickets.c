/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sessions that a client may resume. */
#include "ssl/ws-ssl-configuration-tickets.h"

/* More peers than these are forgotten again. */
#define MAX_TICKETS 256

/**
 * ws_ssl_configuration_get_session_ticket:
 * @self: a TLS configuration
 *
 * Gets a session that a client resumes, and the last that a server has offered.
 *
 * It is a secret, and may be kept for the next run of a program.
 *
 * Returns: (transfer full) (nullable): the ticket
 *
 * Since: 1.0
 */
GBytes *
ws_ssl_configuration_get_session_ticket (WsSslConfiguration *self)
{
  GBytes *ticket = NULL;

  g_return_val_if_fail (WS_IS_SSL_CONFIGURATION (self), NULL);

  g_mutex_lock (&self->lock);
  if (self->session_ticket != NULL)
    ticket = g_bytes_ref (self->session_ticket);
  g_mutex_unlock (&self->lock);
  return ticket;
}

static void
take_ticket (WsSslConfiguration *self, GBytes *ticket, gboolean is_given)
{
  g_autoptr (GBytes) old = NULL;

  g_mutex_lock (&self->lock);
  old = self->session_ticket;
  self->session_ticket = ticket != NULL ? g_bytes_ref (ticket) : NULL;
  self->ticket_is_given = is_given;
  g_mutex_unlock (&self->lock);

  if (old != ticket)
    ws_ssl_configuration_notify (self,
                                 WS_SSL_CONFIGURATION_PROP_SESSION_TICKET);
}

/**
 * ws_ssl_configuration_set_session_ticket:
 * @self: a TLS configuration
 * @session_ticket: (nullable): a ticket that this property has had before
 *
 * Sets [property@SslConfiguration:session-ticket].
 *
 * It is offered to any server, and stands for a verification that was done when
 * it was made.
 *
 * Since: 1.0
 */
void
ws_ssl_configuration_set_session_ticket (WsSslConfiguration *self,
                                         GBytes             *session_ticket)
{
  g_return_if_fail (WS_IS_SSL_CONFIGURATION (self));

  take_ticket (self, session_ticket, TRUE);
}

GBytes *
ws_ssl_configuration_find_ticket (WsSslConfiguration *self, const char *peer)
{
  GBytes *ticket = NULL;

  g_mutex_lock (&self->lock);
  if (self->session_resumption)
    {
      ticket = g_hash_table_lookup (self->tickets, peer);
      /* Resumption skips verification: a ticket of one peer
       * is for that peer. */
      if (ticket == NULL && self->ticket_is_given)
        ticket = self->session_ticket;
      if (ticket != NULL)
        g_bytes_ref (ticket);
    }
  g_mutex_unlock (&self->lock);
  return ticket;
}

/* Which one goes does not matter: a full handshake is all that it costs. */
static void
forget_one_ticket (WsSslConfiguration *self)
{
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, self->tickets);
  if (g_hash_table_iter_next (&iter, NULL, NULL))
    g_hash_table_iter_remove (&iter);
}

void
ws_ssl_configuration_store_ticket (WsSslConfiguration *self,
                                   WsTlsCredentials   *credentials,
                                   const char         *peer,
                                   GBytes             *ticket)
{
  gboolean stored = FALSE;

  g_mutex_lock (&self->lock);
  if (self->session_resumption && self->credentials[FALSE] == credentials)
    {
      if (g_hash_table_size (self->tickets) >= MAX_TICKETS
          && !g_hash_table_contains (self->tickets, peer))
        forget_one_ticket (self);
      g_hash_table_insert (self->tickets, g_strdup (peer),
                           g_bytes_ref (ticket));
      stored = TRUE;
    }
  g_mutex_unlock (&self->lock);

  if (stored)
    take_ticket (self, ticket, FALSE);
}

/* --- The properties --- */

/* clang-format off */
const WsProperty ws_ssl_configuration_tickets_properties[] = {
  /**
   * WsSslConfiguration:session-ticket:
   *
   * A session that a client resumes, and the last that a server has offered.
   *
   * It is a secret, and may be kept for the next run of a program. It is
   * notified in the thread of the connection.
   *
   * Since: 1.0
   */
  { WS_PROPERTY_BOXED (WsSslConfiguration,
                       WS_SSL_CONFIGURATION_PROP_SESSION_TICKET,
                       "session-ticket", GBytes *, GBytes *, g_bytes_get_type,
                       ws_ssl_configuration_get_session_ticket,
                       ws_ssl_configuration_set_session_ticket),
    .is_taken = TRUE },

  { 0 }
};
/* clang-format on */
