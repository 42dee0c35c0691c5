/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The catalogues of translations are looked for where they were installed. */
#include "net/ws-translate.h"

#include "ws-config.h"

#include <libintl.h>

static void
bind_domain (void)
{
  static gsize is_bound = 0;

  if (!g_once_init_enter (&is_bound))
    return;
  bindtextdomain (GETTEXT_PACKAGE, WS_LOCALE_FOLDER);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_once_init_leave (&is_bound, 1);
}

const char *
ws_translate (const char *text)
{
  bind_domain ();
  return g_dgettext (GETTEXT_PACKAGE, text);
}

const char *
ws_translate_plural (const char *one, const char *many, guint n)
{
  bind_domain ();
  return g_dngettext (GETTEXT_PACKAGE, one, many, n);
}
