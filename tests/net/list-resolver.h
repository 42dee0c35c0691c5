/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A resolver that knows several proxies, as those of PAC files do. */
typedef struct
{
  GObject parent_instance;
  char  **uris; /* (owned) */
  char   *url;  /* (owned) (nullable): what was asked for */
} ListResolver;

typedef GObjectClass ListResolverClass;

GType list_resolver_get_type (void);

/* (transfer full): @uris (transfer full) (nullable): it fails. */
ListResolver *list_resolver_new (char **uris);

G_END_DECLS
