/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the function or signal that is called, and calls it. */
#include "signal/ws-signal-slot.h"

#include "signal/ws-signal-transform.h"
#include "ws-socket-error.h"
#include "base/ws-answered.h"
#include "net/ws-log.h"

/* --- Names --- */

/* GObject's own "notify" is an action signal, but nothing that could be called:
 * it would tell its handlers of no property. */
static gboolean
is_slot (const GSignalQuery *query)
{
  return (query->signal_flags & G_SIGNAL_ACTION) != 0
         && query->itype != G_TYPE_OBJECT;
}

/* Adds the names of @type's own signals, or slots. */
static void
list_signals (GString *names, GType type, gboolean wants_slots)
{
  guint             n_ids;
  g_autofree guint *ids = g_signal_list_ids (type, &n_ids);

  for (guint i = 0; i < n_ids; i++)
    {
      GSignalQuery query;

      g_signal_query (ids[i], &query);
      if (!wants_slots || is_slot (&query))
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "",
                                query.signal_name);
    }
}

/* (transfer full): what @object could have been asked for. */
static char *
list_all_signals (GObject *object, gboolean wants_slots)
{
  GString          *names = g_string_new (NULL);
  guint             n_interfaces;
  g_autofree GType *interfaces
      = g_type_interfaces (G_OBJECT_TYPE (object), &n_interfaces);

  for (GType type = G_OBJECT_TYPE (object); type != 0;
       type = g_type_parent (type))
    list_signals (names, type, wants_slots);
  for (guint i = 0; i < n_interfaces; i++)
    list_signals (names, interfaces[i], wants_slots);
  if (names->len == 0)
    g_string_append (names, "none");
  return g_string_free (names, FALSE);
}

static void
set_not_found (GError    **error,
               GObject    *object,
               const char *name,
               gboolean    wants_slots)
{
  g_autofree char *names = list_all_signals (object, wants_slots);

  g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
               "%s has no %s \"%s\"; there are: %s",
               G_OBJECT_TYPE_NAME (object), wants_slots ? "slot" : "signal",
               name, names);
}

gboolean
ws_signal_find (GObject    *object,
                const char *name,
                guint      *signal,
                GQuark     *detail,
                GError    **error)
{
  if (g_signal_parse_name (name, G_OBJECT_TYPE (object), signal, detail, TRUE))
    return TRUE;
  set_not_found (error, object, name, FALSE);
  return FALSE;
}

/* --- Arguments --- */

static GType
param_type (const GSignalQuery *query, guint i)
{
  return query->param_types[i] & ~G_SIGNAL_TYPE_STATIC_SCOPE;
}

/* Whether each argument that the slot takes from the signal can become what the
 * slot wants. */
static gboolean
check_arguments (guint signal, guint action, GError **error)
{
  GSignalQuery from;
  GSignalQuery to;

  g_signal_query (signal, &from);
  g_signal_query (action, &to);
  for (guint i = 0; i < MIN (from.n_params, to.n_params); i++)
    if (!ws_signal_can_transform (param_type (&from, i), param_type (&to, i)))
      {
        g_set_error (error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
                     "The signal \"%s\" of %s brings %s as argument %u, which "
                     "cannot become the %s that the slot \"%s\" of %s takes",
                     from.signal_name, g_type_name (from.itype),
                     g_type_name (param_type (&from, i)), i + 1,
                     g_type_name (param_type (&to, i)), to.signal_name,
                     g_type_name (to.itype));
        return FALSE;
      }
  return TRUE;
}

gboolean
ws_signal_slot_find (WsSignalSlot *self,
                     GObject      *receiver,
                     const char   *name,
                     guint         signal,
                     GError      **error)
{
  GSignalQuery query;

  if (!g_signal_parse_name (name, G_OBJECT_TYPE (receiver), &self->action,
                            &self->detail, TRUE))
    self->action = 0;
  if (self->action != 0)
    {
      g_signal_query (self->action, &query);
      if (is_slot (&query))
        return check_arguments (signal, self->action, error);
      self->action = 0;
    }
  set_not_found (error, receiver, name, TRUE);
  return FALSE;
}

void
ws_signal_slot_clear (WsSignalSlot *self)
{
  g_clear_pointer (&self->closure, g_closure_unref);
  self->function = NULL;
  self->action = 0;
}

gboolean
ws_signal_slot_equal (const WsSignalSlot *self, const WsSignalSlot *other)
{
  if (self->action != 0 || other->action != 0)
    return self->action == other->action && self->detail == other->detail;
  if (self->function != NULL || other->function != NULL)
    return self->function == other->function;
  return self->closure == other->closure;
}

/* --- Calling --- */

static void
call_function (const WsSignalSlot *self,
               GObject            *receiver,
               guint               n_args,
               const GValue       *args,
               GValue             *result)
{
  GValue *values = g_newa0 (GValue, 1 + n_args);

  g_value_init (&values[0], G_TYPE_OBJECT);
  g_value_set_object (&values[0], receiver);
  /* Lent: the caller holds the values meanwhile. */
  for (guint i = 0; i < n_args; i++)
    values[1 + i] = args[i];
  g_closure_invoke (self->closure, result, 1 + n_args, values, NULL);
  g_value_unset (&values[0]);
}

/* The arguments that the slot takes, from those there are. */
static gboolean
fill_arguments (const GSignalQuery *query,
                guint               n_args,
                const GValue       *args,
                GValue             *values,
                GError            **error)
{
  for (guint i = 0; i < query->n_params; i++)
    {
      g_value_init (&values[i], param_type (query, i));
      if (i < n_args && !ws_signal_transform (&args[i], &values[i], error))
        return FALSE;
    }
  return TRUE;
}

/* FALSE: it is not called. What a peer sent may be the reason, so that nobody
 * is warned. */
static gboolean
call_action (const WsSignalSlot *self,
             GObject            *receiver,
             guint               n_args,
             const GValue       *args,
             GValue             *result)
{
  GSignalQuery query;
  GValue      *values;
  GValue       unused = G_VALUE_INIT;
  gboolean     fits;
  g_autoptr (GError) error = NULL;

  g_signal_query (self->action, &query);
  values = g_newa0 (GValue, 1 + query.n_params);
  g_value_init (&values[0], G_OBJECT_TYPE (receiver));
  g_value_set_object (&values[0], receiver);
  if (query.return_type != G_TYPE_NONE)
    g_value_init (&unused, query.return_type & ~G_SIGNAL_TYPE_STATIC_SCOPE);
  fits = fill_arguments (&query, n_args, args, &values[1], &error);
  if (fits)
    {
      g_signal_emitv (values, self->action, self->detail, &unused);
      if (result != NULL)
        ws_answered_set (result);
    }
  else
    ws_log (&(WsLogFacts){ 0 }, "The slot \"%s\" of %s is not called: %s",
            query.signal_name, G_OBJECT_TYPE_NAME (receiver),
            error != NULL ? error->message : "an argument does not fit");
  for (guint i = 0; i <= query.n_params; i++)
    if (G_IS_VALUE (&values[i]))
      g_value_unset (&values[i]);
  if (G_IS_VALUE (&unused))
    g_value_unset (&unused);
  return fits;
}

gboolean
ws_signal_slot_call (const WsSignalSlot *self,
                     GObject            *receiver,
                     guint               n_args,
                     const GValue       *args,
                     GValue             *result)
{
  if (self->action != 0)
    return call_action (self, receiver, n_args, args, result);
  call_function (self, receiver, n_args, args, result);
  return TRUE;
}
