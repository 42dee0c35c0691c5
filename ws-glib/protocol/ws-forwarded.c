/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads what trusted proxies say about the client of a request. */
#include "protocol/ws-forwarded.h"

#include <string.h>

#include "protocol/ws-url.h"

/* What one proxy says of whom it was asked by. */
typedef struct
{
  char *node;  /* (owned) (nullable): an address, or what stands for one */
  char *proto; /* (owned) (nullable) */
  char *host;  /* (owned) (nullable) */
} Step;

/* Of one kind; the last element comes from the proxy that is nearest. */
typedef struct
{
  char **nodes;  /* (owned): X-Forwarded-For, or all of Forwarded */
  char **protos; /* (owned): X-Forwarded-Proto */
  char **hosts;  /* (owned): X-Forwarded-Host */
  guint  n_nodes;
  guint  n_steps;
} Trail;

static void
step_clear (Step *self)
{
  g_free (self->node);
  g_free (self->proto);
  g_free (self->host);
  *self = (Step){ 0 };
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Step, step_clear)

static void
trail_clear (Trail *self)
{
  g_strfreev (self->nodes);
  g_strfreev (self->protos);
  g_strfreev (self->hosts);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trail, trail_clear)

/* (transfer full): the elements of all fields of that name. */
static char **
list_field (const WsHttpHeaders *headers, const char *name)
{
  g_autofree char *joined = ws_http_headers_join (headers, name);

  return joined != NULL ? ws_http_list_split (joined) : g_new0 (char *, 1);
}

static void
trail_init (Trail *self, const WsHttpHeaders *headers, WsForwardedKinds kind)
{
  *self = (Trail){ 0 };
  if (kind == WS_FORWARDED_STANDARD)
    {
      self->nodes = list_field (headers, "Forwarded");
      self->n_nodes = self->n_steps = g_strv_length (self->nodes);
      return;
    }
  self->nodes = list_field (headers, "X-Forwarded-For");
  self->protos = list_field (headers, "X-Forwarded-Proto");
  self->hosts = list_field (headers, "X-Forwarded-Host");
  self->n_nodes = self->n_steps = g_strv_length (self->nodes);
  /* Some proxies tell the scheme or the host alone. */
  if (self->n_nodes == 0 && (*self->protos != NULL || *self->hosts != NULL))
    self->n_steps = 1;
}

/* 7239, 4: forwarded-pair, of which each comes at most once. */
static gboolean
take_pair (Step *self, const char *text)
{
  const struct
  {
    const char *name;
    char      **value;
  } known[] = {
    { "for", &self->node },
    { "proto", &self->proto },
    { "host", &self->host },
  };
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  if (!ws_http_parameter_parse (text, &name, &value) || value == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      if (g_ascii_strcasecmp (name, known[i].name) != 0)
        continue;
      if (*known[i].value != NULL)
        return FALSE;
      *known[i].value = g_steal_pointer (&value);
      return TRUE;
    }
  return TRUE;
}

/* 7239, 4: forwarded-element */
static gboolean
parse_element (Step *self, const char *text)
{
  g_auto (GStrv) pairs = ws_http_split (text, ';');

  for (char **pair = pairs; *pair != NULL; pair++)
    if (!take_pair (self, *pair))
      return FALSE;
  return TRUE;
}

/* The value that belongs to a proxy, counted from the nearest one. A single
 * value is for all proxies: not each of them adds its own. */
static char *
pick (char **values, guint distance)
{
  const guint n = g_strv_length (values);

  if (n == 1)
    return g_strdup (values[0]);
  return distance < n ? g_strdup (values[n - 1 - distance]) : NULL;
}

/* FALSE: the step is malformed. */
static gboolean
trail_read (const Trail *self, guint i, Step *step)
{
  const guint distance = self->n_steps - 1 - i;

  *step = (Step){ 0 };
  if (self->protos == NULL)
    return parse_element (step, self->nodes[i]);
  step->node = i < self->n_nodes ? g_strdup (self->nodes[i]) : NULL;
  step->proto = pick (self->protos, distance);
  step->host = pick (self->hosts, distance);
  return TRUE;
}

static gboolean
is_scheme (const char *proto, const char *http, const char *ws)
{
  return proto != NULL
         && (g_ascii_strcasecmp (proto, http) == 0
             || g_ascii_strcasecmp (proto, ws) == 0);
}

static gboolean
is_host (const char *text)
{
  g_autofree char *host = NULL;
  guint            port;

  return text != NULL && ws_url_parse_authority (text, &host, &port);
}

/* Takes what a trusted proxy says. FALSE: the address that the proxy names is
 * not known, or is no proxy's, so that no earlier step is believed. */
static gboolean
take_step (WsForwarded *self, const Step *step, const WsNetworks *trusted)
{
  WsAddress address;

  g_free (self->host);
  self->host = is_host (step->host) ? g_strdup (step->host) : NULL;
  self->is_secure = is_scheme (step->proto, "https", "wss");
  self->has_scheme = self->is_secure || is_scheme (step->proto, "http", "ws");
  if (step->node == NULL)
    return FALSE;
  if (ws_address_parse_node (&address, step->node))
    {
      self->client = address;
      return ws_networks_contain (trusted, &address);
    }
  self->name = g_strdup (step->node);
  return FALSE;
}

static gboolean
read_kind (WsForwarded         *self,
           const WsHttpHeaders *headers,
           const WsNetworks    *trusted,
           WsForwardedKinds     kind,
           WsHttpFault         *fault)
{
  g_auto (Trail) trail = { 0 };
  gboolean goes_on = TRUE;

  *self = (WsForwarded){ 0 };
  trail_init (&trail, headers, kind);
  for (guint i = trail.n_steps; i > 0 && goes_on; i--)
    {
      g_auto (Step) step = { 0 };

      goes_on = trail_read (&trail, i - 1, &step);
      if (goes_on)
        goes_on = take_step (self, &step, trusted);
      else if (i == trail.n_steps)
        {
          g_autofree char *quoted = ws_http_quote (trail.nodes[i - 1]);

          ws_http_fault_set (fault, 400, "Forwarded: %s is malformed", quoted);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
same_client (const WsForwarded *a, const WsForwarded *b)
{
  return a->client.family == b->client.family
         && memcmp (a->client.bytes, b->client.bytes, sizeof a->client.bytes)
                == 0;
}

/* Where both kinds of fields are there, they must agree: one may be the
 * client's own. */
static gboolean
merge (WsForwarded *self, WsForwarded *more, WsHttpFault *fault)
{
  const gboolean has_both = self->client.family != WS_ADDRESS_NONE
                            && more->client.family != WS_ADDRESS_NONE;

  if ((has_both && !same_client (self, more))
      || (self->has_scheme && more->has_scheme
          && self->is_secure != more->is_secure))
    {
      ws_http_fault_set (fault, 400,
                         "Forwarded and X-Forwarded-* contradict each other: "
                         "the proxy lets one through that it does not write");
      return FALSE;
    }
  if (self->client.family == WS_ADDRESS_NONE)
    self->client = more->client;
  if (self->name == NULL)
    self->name = g_steal_pointer (&more->name);
  if (!self->has_scheme)
    self->is_secure = more->is_secure;
  self->has_scheme |= more->has_scheme;
  if (self->host == NULL)
    self->host = g_steal_pointer (&more->host);
  return TRUE;
}

gboolean
ws_forwarded_read (WsForwarded         *self,
                   const WsHttpHeaders *headers,
                   const WsNetworks    *trusted,
                   WsForwardedKinds     kinds,
                   WsHttpFault         *fault)
{
  WsForwarded more = { 0 };
  gboolean    ok = TRUE;

  *self = (WsForwarded){ 0 };
  if ((kinds & WS_FORWARDED_STANDARD) != 0)
    ok = read_kind (self, headers, trusted, WS_FORWARDED_STANDARD, fault);
  if (ok && (kinds & WS_FORWARDED_X) != 0)
    ok = read_kind (&more, headers, trusted, WS_FORWARDED_X, fault)
         && merge (self, &more, fault);
  ws_forwarded_clear (&more);
  if (!ok)
    ws_forwarded_clear (self);
  return ok;
}

void
ws_forwarded_clear (WsForwarded *self)
{
  g_free (self->name);
  g_free (self->host);
  *self = (WsForwarded){ 0 };
}

/* Whether "forwarded" is there, whatever its case, with that letter in the
 * middle, which is rare. */
static gboolean
has_word (const char *head, gsize len, char letter)
{
  static const char word[] = "forwarded";
  const gsize       size = sizeof word - 1;
  const gsize       before = 3; /* "for" */
  const char       *end = head + len;
  const char       *at = head;

  while ((at = memchr (at, letter, (gsize) (end - at))) != NULL)
    {
      if ((gsize) (at - head) >= before && (gsize) (end - at) >= size - before
          && g_ascii_strncasecmp (at - before, word, size) == 0)
        return TRUE;
      at++;
    }
  return FALSE;
}

/* All of the names have that word. */
gboolean
ws_forwarded_is_mentioned (const char *head, gsize len)
{
  return has_word (head, len, 'w') || has_word (head, len, 'W');
}
