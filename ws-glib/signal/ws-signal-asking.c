/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which signals cannot be queued. */
#include "signal/ws-signal-asking.h"

#include "base/ws-home.h"

static gboolean
is_pointer (GType type)
{
  return G_TYPE_FUNDAMENTAL (type & ~G_SIGNAL_TYPE_STATIC_SCOPE)
         == G_TYPE_POINTER;
}

const char *
ws_signal_peek_unqueueable (guint signal, GObject *sender)
{
  GSignalQuery query;

  switch (ws_homed_get_asking (sender, signal))
    {
    case WS_ASKING:
      return "it is to be answered in the handler";
    case WS_ASKING_UNLESS_PAUSED:
      return "it is to be answered in the handler unless pause-mode says "
             "otherwise";
    case WS_ASKING_NOT:
    default:
      break;
    }
  g_signal_query (signal, &query);
  if (query.return_type != G_TYPE_NONE)
    return "it wants a value returned";
  for (guint i = 0; i < query.n_params; i++)
    if (is_pointer (query.param_types[i]))
      return "it carries a pointer, and nothing tells how to copy what that "
             "points to";
  return NULL;
}
