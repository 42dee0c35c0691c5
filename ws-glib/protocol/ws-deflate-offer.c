/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Negotiates the parameters of permessage-deflate. */
#include "protocol/ws-deflate-offer.h"

#include <stdarg.h>
#include <string.h>

#define NAME     "permessage-deflate"
#define MIN_BITS 8
#define MAX_BITS 15

/* The parameters of one extension, as the header field has them. */
typedef struct
{
  gboolean client_no_context_takeover;
  gboolean server_no_context_takeover;
  gboolean has_client_bits;
  guint    client_bits; /* 0: none, or without a value */
  guint    server_bits; /* 0: none */
} Terms;

static gboolean
refuse (WsHttpFault *fault, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (WsHttpFault *fault, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list          args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  ws_http_fault_set (fault, 101, "The server answered 101 %s, but " NAME ": %s",
                     ws_http_status_phrase (101), what);
  return FALSE;
}

/* 7.1.1: parameters that are there or not. */
static gboolean
read_flag (gboolean    *flag,
           const char  *name,
           const char  *value,
           WsHttpFault *fault)
{
  if (*flag)
    return refuse (fault, "%s comes twice", name);
  if (value != NULL)
    return refuse (fault, "%s takes no value", name);
  *flag = TRUE;
  return TRUE;
}

/* 7.1.2: 8 to 15, without leading zeros. */
static gboolean
read_bits (guint       *bits,
           gboolean     comes_twice,
           const char  *name,
           const char  *value,
           WsHttpFault *fault)
{
  guint64 number;

  if (comes_twice)
    return refuse (fault, "%s comes twice", name);
  if (value == NULL)
    return refuse (fault, "%s has no value", name);
  if (*value == '0'
      || !g_ascii_string_to_unsigned (value, 10, MIN_BITS, MAX_BITS, &number,
                                      NULL))
    {
      g_autofree char *quoted = ws_http_quote (value);

      return refuse (fault, "%s is %s, not 8 to 15", name, quoted);
    }
  *bits = (guint) number;
  return TRUE;
}

static gboolean
read_parameter (Terms       *self,
                gboolean     is_offer,
                const char  *name,
                const char  *value,
                WsHttpFault *fault)
{
  g_autofree char *quoted = NULL;
  gboolean         comes_twice = self->has_client_bits;

  if (strcmp (name, "server_no_context_takeover") == 0)
    return read_flag (&self->server_no_context_takeover, name, value, fault);
  if (strcmp (name, "client_no_context_takeover") == 0)
    return read_flag (&self->client_no_context_takeover, name, value, fault);
  if (strcmp (name, "server_max_window_bits") == 0)
    return read_bits (&self->server_bits, self->server_bits != 0, name, value,
                      fault);
  if (strcmp (name, "client_max_window_bits") == 0)
    {
      self->has_client_bits = TRUE;
      /* 7.1.2.2: an offer may leave the choice to the server. */
      if (is_offer && value == NULL && !comes_twice)
        return TRUE;
      return read_bits (&self->client_bits, comes_twice, name, value, fault);
    }
  quoted = ws_http_quote (name);
  return refuse (fault, "the parameter %s is unknown", quoted);
}

/* Reads one element of a list of extensions. */
static gboolean
read_terms (Terms       *self,
            gboolean     is_offer,
            const char  *extension,
            WsHttpFault *fault)
{
  g_auto (GStrv) parts = ws_http_split (extension, ';');

  *self = (Terms){ 0 };
  if (parts[0] == NULL || strcmp (parts[0], NAME) != 0)
    {
      g_autofree char *quoted = ws_http_quote (extension);

      return refuse (fault, "%s is another extension", quoted);
    }
  for (gsize i = 1; parts[i] != NULL; i++)
    {
      g_autofree char *name = NULL;
      g_autofree char *value = NULL;

      if (!ws_http_parameter_parse (parts[i], &name, &value))
        {
          g_autofree char *quoted = ws_http_quote (parts[i]);

          return refuse (fault, "the parameter %s is malformed", quoted);
        }
      if (!read_parameter (self, is_offer, name, value, fault))
        return FALSE;
    }
  return TRUE;
}

static void
append_flag (GString *out, const char *name, gboolean is_set)
{
  if (is_set)
    g_string_append_printf (out, "; %s", name);
}

/* @bits: 0: without a value */
static void
append_bits (GString *out, const char *name, guint bits)
{
  g_string_append_printf (out, "; %s", name);
  if (bits != 0)
    g_string_append_printf (out, "=%u", bits);
}

char *
ws_deflate_offer_build (const WsDeflateSettings *settings)
{
  guint    server_bits = settings->server_max_window_bits;
  guint    client_bits = settings->client_max_window_bits;
  GString *out = g_string_new (NAME);

  append_flag (out, "server_no_context_takeover",
               settings->server_no_context_takeover);
  append_flag (out, "client_no_context_takeover",
               settings->client_no_context_takeover);
  if (server_bits < MAX_BITS)
    append_bits (out, "server_max_window_bits", server_bits);
  /* Always, for without it a server could not bound its memory. */
  append_bits (out, "client_max_window_bits",
               client_bits < MAX_BITS ? client_bits : 0);
  return g_string_free (out, FALSE);
}

/* Whether an offer can be met, and how. */
static gboolean
meet (const Terms             *offer,
      const WsDeflateSettings *settings,
      WsDeflateParams         *params)
{
  guint server_bits = offer->server_bits != 0 ? offer->server_bits : MAX_BITS;
  guint client_bits = offer->client_bits != 0 ? offer->client_bits : MAX_BITS;

  /* 7.1.2.2: a client that does not say that it can bound its window cannot be
   * told to. */
  if (!offer->has_client_bits && settings->client_max_window_bits < MAX_BITS)
    return FALSE;
  *params = (WsDeflateParams){
    .client_window_bits
    = (guint8) MIN (client_bits, settings->client_max_window_bits),
    .server_window_bits
    = (guint8) MIN (server_bits, settings->server_max_window_bits),
    .client_no_context_takeover
    = offer->client_no_context_takeover || settings->client_no_context_takeover,
    .server_no_context_takeover
    = offer->server_no_context_takeover || settings->server_no_context_takeover,
  };
  return TRUE;
}

/* (transfer full) */
static char *
build_answer (const Terms *offer, const WsDeflateParams *params)
{
  GString *out = g_string_new (NAME);

  append_flag (out, "server_no_context_takeover",
               params->server_no_context_takeover);
  append_flag (out, "client_no_context_takeover",
               params->client_no_context_takeover);
  /* 7.1.2.1: what was offered is accepted by naming it. */
  if (offer->server_bits != 0 || params->server_window_bits < MAX_BITS)
    append_bits (out, "server_max_window_bits", params->server_window_bits);
  if (params->client_window_bits < MAX_BITS)
    append_bits (out, "client_max_window_bits", params->client_window_bits);
  return g_string_free (out, FALSE);
}

char *
ws_deflate_offer_accept (const char              *offers,
                         const WsDeflateSettings *settings,
                         WsDeflateParams         *params)
{
  g_auto (GStrv) list = ws_http_list_split (offers);

  for (gsize i = 0; list != NULL && list[i] != NULL; i++)
    {
      WsHttpFault ignored;
      Terms       offer;

      if (read_terms (&offer, TRUE, list[i], &ignored)
          && meet (&offer, settings, params))
        return build_answer (&offer, params);
    }
  return NULL;
}

/* 7.1.1.1 and 7.1.2: a server meets what it was offered, or accepts nothing. */
static gboolean
judge_terms (const Terms             *answer,
             const WsDeflateSettings *settings,
             WsHttpFault             *fault)
{
  guint client_bits = settings->client_max_window_bits;
  guint server_bits = settings->server_max_window_bits;

  if (settings->server_no_context_takeover
      && !answer->server_no_context_takeover)
    return refuse (fault, "server_no_context_takeover is missing");
  if (server_bits < MAX_BITS && answer->server_bits == 0)
    return refuse (fault, "server_max_window_bits is missing");
  if (answer->server_bits > server_bits)
    return refuse (fault, "server_max_window_bits is %u, over the offered %u",
                   answer->server_bits, server_bits);
  if (answer->client_bits > client_bits)
    return refuse (fault, "client_max_window_bits is %u, over the offered %u",
                   answer->client_bits, client_bits);
  return TRUE;
}

gboolean
ws_deflate_offer_judge (const char              *answer,
                        const WsDeflateSettings *settings,
                        WsDeflateParams         *params,
                        WsHttpFault             *fault)
{
  g_auto (GStrv) list = ws_http_list_split (answer);
  Terms terms;

  if (g_strv_length (list) != 1)
    return refuse (fault, "there must be exactly one extension");
  if (!read_terms (&terms, FALSE, list[0], fault)
      || !judge_terms (&terms, settings, fault))
    return FALSE;
  *params = (WsDeflateParams){
    .client_window_bits
    = (guint8) (terms.client_bits != 0 ? terms.client_bits
                                       : settings->client_max_window_bits),
    .server_window_bits
    = (guint8) (terms.server_bits != 0 ? terms.server_bits : MAX_BITS),
    .client_no_context_takeover
    = terms.client_no_context_takeover || settings->client_no_context_takeover,
    .server_no_context_takeover = terms.server_no_context_takeover,
  };
  return TRUE;
}
