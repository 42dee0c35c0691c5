/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the identities for the name that a client asks for. */
#include "net/ws-tls-names.h"

#include <string.h>

/* RFC 1035, 2.3.4, and a NUL. */
#define NAME_SIZE 256

typedef struct
{
  guint64                          set;
  gnutls_certificate_credentials_t credentials; /* (owned) */
} Group;

struct _WsTlsNames
{
  gnutls_x509_crt_t leaves[WS_TLS_NAMES_MAX]; /* (owned) */
  guint             n_leaves;
  GArray           *groups; /* (owned): of Group */
};

static guint64
find_set (WsTlsNames *self, const char *name)
{
  guint64 set = 0;

  for (guint i = 0; i < self->n_leaves; i++)
    if (gnutls_x509_crt_check_hostname (self->leaves[i], name))
      set |= G_GUINT64_CONSTANT (1) << i;
  return set;
}

/* (nullable) */
static Group *
find_group (WsTlsNames *self, guint64 set)
{
  for (guint i = 0; i < self->groups->len; i++)
    {
      Group *group = &g_array_index (self->groups, Group, i);

      if (group->set == set)
        return group;
    }
  return NULL;
}

/* Some name stands for all of a wildcard. */
static void
replace_wildcard (char name[NAME_SIZE])
{
  if (name[0] == '*')
    name[0] = 'x';
}

static gboolean
add_group (WsTlsNames    *self,
           const char    *name,
           WsTlsNamesMake make,
           gpointer       user_data,
           GError       **error)
{
  Group group = { .set = find_set (self, name) };

  if (group.set == 0 || find_group (self, group.set) != NULL)
    return TRUE;

  group.credentials = make (user_data, group.set, error);
  if (group.credentials == NULL)
    return FALSE;
  g_array_append_val (self->groups, group);
  return TRUE;
}

static gboolean
add_groups_of (WsTlsNames       *self,
               gnutls_x509_crt_t leaf,
               WsTlsNamesMake    make,
               gpointer          user_data,
               GError          **error)
{
  for (guint i = 0;; i++)
    {
      char   name[NAME_SIZE];
      size_t len = sizeof name - 1;
      int    type
          = gnutls_x509_crt_get_subject_alt_name (leaf, i, name, &len, NULL);

      if (type < 0 && type != GNUTLS_E_SHORT_MEMORY_BUFFER)
        return TRUE; /* that was the last */
      if (type != GNUTLS_SAN_DNSNAME)
        continue;

      name[len] = '\0';
      replace_wildcard (name);
      if (!add_group (self, name, make, user_data, error))
        return FALSE;
    }
}

static void
take_leaves (WsTlsNames *self, gnutls_certificate_credentials_t all, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      gnutls_x509_crt_t *chain;
      guint              n_chain = 0;

      if (gnutls_certificate_get_x509_crt (all, i, &chain, &n_chain) < 0)
        return;
      self->leaves[self->n_leaves++] = chain[0];
      for (guint j = 1; j < n_chain; j++)
        gnutls_x509_crt_deinit (chain[j]);
      gnutls_free (chain);
    }
}

WsTlsNames *
ws_tls_names_new (gnutls_certificate_credentials_t all,
                  guint                            n_identities,
                  WsTlsNamesMake                   make,
                  gpointer                         user_data,
                  GError                         **error)
{
  g_autoptr (WsTlsNames) self = g_new0 (WsTlsNames, 1);

  g_return_val_if_fail (n_identities <= WS_TLS_NAMES_MAX, NULL);

  self->groups = g_array_new (FALSE, FALSE, sizeof (Group));
  take_leaves (self, all, n_identities);
  for (guint i = 0; i < self->n_leaves; i++)
    if (!add_groups_of (self, self->leaves[i], make, user_data, error))
      return NULL;
  return g_steal_pointer (&self);
}

void
ws_tls_names_free (WsTlsNames *self)
{
  for (guint i = 0; i < self->groups->len; i++)
    gnutls_certificate_free_credentials (
        g_array_index (self->groups, Group, i).credentials);
  g_array_unref (self->groups);
  for (guint i = 0; i < self->n_leaves; i++)
    gnutls_x509_crt_deinit (self->leaves[i]);
  g_free (self);
}

gnutls_certificate_credentials_t
ws_tls_names_find (WsTlsNames *self, const char *name)
{
  Group *group = find_group (self, find_set (self, name));

  return group != NULL ? group->credentials : NULL;
}
