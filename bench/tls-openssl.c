/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "channel-tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

static SSL_CTX    *context;
static BIO_METHOD *method;

static void __attribute__ ((noreturn)) fail (void)
{
  ERR_print_errors_fp (stderr);
  exit (1);
}

static int
on_read (BIO *bio, char *data, int length)
{
  size_t n = channel_pull ((uint8_t *) data, (size_t) length);

  BIO_clear_retry_flags (bio);
  if (n > 0)
    return (int) n;
  BIO_set_retry_read (bio);
  return -1;
}

static int
on_write (BIO *bio, const char *data, int length)
{
  (void) bio;
  channel_push (data, (size_t) length);
  return length;
}

static long
on_control (BIO *bio, int command, long number, void *pointer)
{
  (void) bio;
  (void) number;
  (void) pointer;
  return command == BIO_CTRL_FLUSH;
}

static int
on_create (BIO *bio)
{
  BIO_set_init (bio, 1);
  return 1;
}

/* A client wants one cipher and one group, so that all servers do the same:
 * those that browsers prefer. It verifies no certificate. */
void
tls_set_up (const char *certificate, const char *key)
{
  context = SSL_CTX_new (TLS_method ());
  method = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "memory");
  BIO_meth_set_read (method, on_read);
  BIO_meth_set_write (method, on_write);
  BIO_meth_set_ctrl (method, on_control);
  BIO_meth_set_create (method, on_create);
  SSL_CTX_set_mode (context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_min_proto_version (context, TLS1_3_VERSION);
  if (certificate == NULL)
    {
      if (!SSL_CTX_set_ciphersuites (context, "TLS_AES_128_GCM_SHA256")
          || !SSL_CTX_set1_groups_list (context, "X25519"))
        fail ();
      return;
    }
  if (!SSL_CTX_use_certificate_chain_file (context, certificate)
      || !SSL_CTX_use_PrivateKey_file (context, key, SSL_FILETYPE_PEM))
    fail ();
}

void *
tls_new (bool is_server)
{
  SSL *ssl = SSL_new (context);
  BIO *bio = BIO_new (method);

  if (ssl == NULL || bio == NULL)
    fail ();
  SSL_set_bio (ssl, bio, bio);
  if (is_server)
    SSL_set_accept_state (ssl);
  else
    SSL_set_connect_state (ssl);
  return ssl;
}

void
tls_free (void *session)
{
  SSL_free (session);
}

static int
translate (SSL *ssl, int code)
{
  switch (SSL_get_error (ssl, code))
    {
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return TLS_AGAIN;
    default:
      ERR_clear_error ();
      return TLS_FAILED;
    }
}

int
tls_handshake (void *session)
{
  int code = SSL_do_handshake (session);

  return code == 1 ? 1 : translate (session, code);
}

ssize_t
tls_read (void *session, uint8_t *data, size_t length)
{
  int n = SSL_read (session, data, (int) length);

  return n > 0 ? n : translate (session, n);
}

bool
tls_write (void *session, const uint8_t *data, size_t length)
{
  return length == 0 || SSL_write (session, data, (int) length) > 0;
}

void
tls_bye (void *session)
{
  SSL_shutdown (session);
}
