/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "channel-tls.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>

/* A server only. */

static gnutls_certificate_credentials_t credentials;
static gnutls_priority_t                priority;
static gnutls_datum_t                   ticket_key;

static void
check (int code)
{
  if (code >= 0)
    return;
  fprintf (stderr, "GnuTLS: %s\n", gnutls_strerror (code));
  exit (1);
}

static ssize_t
on_pull (gnutls_transport_ptr_t session, void *data, size_t length)
{
  size_t n = channel_pull (data, length);

  if (n > 0)
    return (ssize_t) n;
  gnutls_transport_set_errno (session, EAGAIN);
  return -1;
}

static int
on_pull_timeout (gnutls_transport_ptr_t session, unsigned milliseconds)
{
  (void) session;
  (void) milliseconds;
  return 1;
}

static ssize_t
on_push (gnutls_transport_ptr_t session, const giovec_t *vectors, int count)
{
  ssize_t total = 0;

  (void) session;
  for (int i = 0; i < count; i++)
    {
      channel_push (vectors[i].iov_base, vectors[i].iov_len);
      total += (ssize_t) vectors[i].iov_len;
    }
  return total;
}

void
tls_set_up (const char *certificate, const char *key)
{
  check (gnutls_certificate_allocate_credentials (&credentials));
  check (gnutls_certificate_set_x509_key_file (credentials, certificate, key,
                                               GNUTLS_X509_FMT_PEM));
  check (gnutls_priority_init (&priority, NULL, NULL));
  check (gnutls_session_ticket_key_generate (&ticket_key));
}

void *
tls_new (bool is_server)
{
  gnutls_session_t session;

  (void) is_server;
  check (gnutls_init (&session,
                      GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL));
  check (gnutls_priority_set (session, priority));
  check (gnutls_credentials_set (session, GNUTLS_CRD_CERTIFICATE, credentials));
  check (gnutls_session_ticket_enable_server (session, &ticket_key));
  gnutls_transport_set_ptr (session, session);
  gnutls_transport_set_pull_function (session, on_pull);
  gnutls_transport_set_pull_timeout_function (session, on_pull_timeout);
  gnutls_transport_set_vec_push_function (session, on_push);
  return session;
}

void
tls_free (void *session)
{
  gnutls_deinit (session);
}

int
tls_handshake (void *session)
{
  int code = gnutls_handshake (session);

  if (code == GNUTLS_E_SUCCESS)
    return 1;
  return gnutls_error_is_fatal (code) ? TLS_FAILED : TLS_AGAIN;
}

ssize_t
tls_read (void *session, uint8_t *data, size_t length)
{
  ssize_t n = gnutls_record_recv (session, data, length);

  if (n >= 0)
    return n;
  return gnutls_error_is_fatal ((int) n) ? TLS_FAILED : TLS_AGAIN;
}

bool
tls_write (void *session, const uint8_t *data, size_t length)
{
  while (length > 0)
    {
      ssize_t n = gnutls_record_send (session, data, length);

      if (n < 0)
        return false;
      data += n;
      length -= (size_t) n;
    }
  return true;
}

void
tls_bye (void *session)
{
  gnutls_bye (session, GNUTLS_SHUT_WR);
}
