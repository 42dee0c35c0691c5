/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether a handler came to its end.
 *
 * PyGObject sets the return value of a handler, to that of None for a start,
 * and leaves it alone when an exception ended the handler; so does whoever
 * drops a call. What is left alone tells, if a value begins as something that
 * nobody returns: that takes a type of its own. It is a boolean otherwise,
 * which everything can be made of, whatever a handler returns. */
#include "base/ws-answered.h"

/* What a value begins as. No boolean, and nothing that happens to lie where a
 * void function would have returned something. */
#define NOTHING 0x4e6f7457

static void
init_value (GValue *value)
{
  value->data[0].v_int = NOTHING;
}

GType
ws_answered_get_type (void)
{
  static GTypeValueTable table;
  static gsize           type;

  if (g_once_init_enter (&type))
    {
      GTypeInfo info = { .value_table = &table };

      table = *g_type_value_table_peek (G_TYPE_BOOLEAN);
      table.value_init = init_value;
      g_once_init_leave (&type,
                         g_type_register_static (G_TYPE_BOOLEAN, "WsAnswered",
                                                 &info, 0));
    }
  return type;
}

/* GJS leaves the value alone for a function that returns undefined, too: there
 * its override of this library has to tell, and nobody else is doubted. */
static gboolean
is_failure (const GValue *value)
{
  return value->data[0].v_int == NOTHING
         && g_type_from_name ("GjsContext") == 0;
}

/* A later handler does not make good for one that failed. */
gboolean
ws_answered_accumulate (GSignalInvocationHint *hint,
                        GValue                *all,
                        const GValue          *one,
                        gpointer               user_data)
{
  gboolean has_failed = is_failure (one);

  g_value_set_boolean (all, has_failed ? WS_ANSWERED_BY_FAILING : WS_ANSWERED);
  return !has_failed;
}

void
ws_answered_set (GValue *value)
{
  if (G_VALUE_HOLDS (value, WS_TYPE_ANSWERED))
    g_value_set_boolean (value, WS_ANSWERED);
}
