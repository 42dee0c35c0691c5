/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a property's row to its GParamSpec, and to its accessors. A class keeps
 * no list of its rows: each GParamSpec knows the one that it was made from. */
#include "base/ws-property.h"

static GQuark
row_quark (void)
{
  return g_quark_from_static_string ("ws-property-row");
}

/* --- The accessors of a row --- */

/* Calls a getter that returns @Type. */
#define GET(Type) (((Type (*) (gpointer)) row->get) (object))
/* Calls a setter that takes @Type. */
#define SET(Type, value) \
  (((void (*) (gpointer, Type)) row->set) (object, value))

static void
get_pointer (const WsProperty *row, gpointer object, GValue *value)
{
  gpointer got = GET (gpointer);

  if (row->kind == WS_PROPERTY_KIND_OBJECT && row->is_taken)
    g_value_take_object (value, got);
  else if (row->kind == WS_PROPERTY_KIND_OBJECT)
    g_value_set_object (value, got);
  else if (row->is_taken)
    g_value_take_boxed (value, got);
  else
    g_value_set_boxed (value, got);
}

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  const WsProperty *row = g_param_spec_get_qdata (pspec, row_quark ());

  switch (row->kind)
    {
    case WS_PROPERTY_KIND_BOOLEAN:
      g_value_set_boolean (value, GET (gboolean));
      break;
    case WS_PROPERTY_KIND_INT:
      g_value_set_int (value, GET (int));
      break;
    case WS_PROPERTY_KIND_UINT:
      g_value_set_uint (value, GET (guint));
      break;
    case WS_PROPERTY_KIND_INT64:
      g_value_set_int64 (value, GET (gint64));
      break;
    case WS_PROPERTY_KIND_UINT64:
      g_value_set_uint64 (value, GET (guint64));
      break;
    case WS_PROPERTY_KIND_DOUBLE:
      g_value_set_double (value, GET (double));
      break;
    case WS_PROPERTY_KIND_STRING:
      if (row->is_taken)
        g_value_take_string (value, GET (char *));
      else
        g_value_set_string (value, GET (const char *));
      break;
    case WS_PROPERTY_KIND_ENUM:
      g_value_set_enum (value, GET (int));
      break;
    case WS_PROPERTY_KIND_FLAGS:
      g_value_set_flags (value, GET (guint));
      break;
    case WS_PROPERTY_KIND_VARIANT:
      g_value_set_variant (value, GET (GVariant *));
      break;
    case WS_PROPERTY_KIND_BOXED:
    case WS_PROPERTY_KIND_OBJECT:
      get_pointer (row, object, value);
      break;
    }
}

static void
set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  const WsProperty *row = g_param_spec_get_qdata (pspec, row_quark ());

  switch (row->kind)
    {
    case WS_PROPERTY_KIND_BOOLEAN:
      SET (gboolean, g_value_get_boolean (value));
      break;
    case WS_PROPERTY_KIND_INT:
      SET (int, g_value_get_int (value));
      break;
    case WS_PROPERTY_KIND_UINT:
      SET (guint, g_value_get_uint (value));
      break;
    case WS_PROPERTY_KIND_INT64:
      SET (gint64, g_value_get_int64 (value));
      break;
    case WS_PROPERTY_KIND_UINT64:
      SET (guint64, g_value_get_uint64 (value));
      break;
    case WS_PROPERTY_KIND_DOUBLE:
      SET (double, g_value_get_double (value));
      break;
    case WS_PROPERTY_KIND_STRING:
      SET (const char *, g_value_get_string (value));
      break;
    case WS_PROPERTY_KIND_ENUM:
      SET (int, g_value_get_enum (value));
      break;
    case WS_PROPERTY_KIND_FLAGS:
      SET (guint, g_value_get_flags (value));
      break;
    case WS_PROPERTY_KIND_VARIANT:
      SET (GVariant *, g_value_get_variant (value));
      break;
    case WS_PROPERTY_KIND_BOXED:
      SET (gpointer, g_value_get_boxed (value));
      break;
    case WS_PROPERTY_KIND_OBJECT:
      SET (gpointer, g_value_get_object (value));
      break;
    }
}

/* --- The GParamSpec of a row --- */

static GParamSpec *
make_number (const WsProperty *row, GParamFlags flags)
{
  const char     *name = row->name;
  WsPropertyValue least = row->minimum, most = row->maximum;
  WsPropertyValue first = row->initial;

  switch ((int) row->kind)
    {
    case WS_PROPERTY_KIND_INT:
      return g_param_spec_int (name, NULL, NULL, (int) least.integer,
                               (int) most.integer, (int) first.integer, flags);
    case WS_PROPERTY_KIND_UINT:
      return g_param_spec_uint (name, NULL, NULL, (guint) least.natural,
                                (guint) most.natural, (guint) first.natural,
                                flags);
    case WS_PROPERTY_KIND_INT64:
      return g_param_spec_int64 (name, NULL, NULL, least.integer, most.integer,
                                 first.integer, flags);
    case WS_PROPERTY_KIND_UINT64:
      return g_param_spec_uint64 (name, NULL, NULL, least.natural, most.natural,
                                  first.natural, flags);
    default:
      return g_param_spec_double (name, NULL, NULL, least.real, most.real,
                                  first.real, flags);
    }
}

static GParamSpec *
make_spec (const WsProperty *row)
{
  const char *name = row->name;
  GParamFlags flags = row->flags | G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                      | G_PARAM_STATIC_STRINGS;

  if (row->set != NULL)
    flags |= G_PARAM_WRITABLE;
  switch (row->kind)
    {
    case WS_PROPERTY_KIND_BOOLEAN:
      return g_param_spec_boolean (name, NULL, NULL,
                                   (gboolean) row->initial.integer, flags);
    case WS_PROPERTY_KIND_STRING:
      return g_param_spec_string (name, NULL, NULL, row->initial.text, flags);
    case WS_PROPERTY_KIND_ENUM:
      return g_param_spec_enum (name, NULL, NULL, row->type (),
                                (int) row->initial.integer, flags);
    case WS_PROPERTY_KIND_FLAGS:
      return g_param_spec_flags (name, NULL, NULL, row->type (),
                                 (guint) row->initial.natural, flags);
    case WS_PROPERTY_KIND_VARIANT:
      return g_param_spec_variant (name, NULL, NULL,
                                   G_VARIANT_TYPE (row->initial.text), NULL,
                                   flags);
    case WS_PROPERTY_KIND_BOXED:
      return g_param_spec_boxed (name, NULL, NULL, row->type (), flags);
    case WS_PROPERTY_KIND_OBJECT:
      return g_param_spec_object (name, NULL, NULL, row->type (), flags);
    case WS_PROPERTY_KIND_INT:
    case WS_PROPERTY_KIND_UINT:
    case WS_PROPERTY_KIND_INT64:
    case WS_PROPERTY_KIND_UINT64:
    case WS_PROPERTY_KIND_DOUBLE:
      break;
    }
  return make_number (row, flags);
}

void
ws_property_install (GObjectClass            *object_class,
                     const WsProperty *const *tables,
                     GParamSpec             **props,
                     guint                    n_props)
{
  for (guint i = 0; tables[i] != NULL; i++)
    for (const WsProperty *row = tables[i]; row->id != 0; row++)
      {
        g_assert (row->id < n_props && props[row->id] == NULL);
        props[row->id] = make_spec (row);
        g_param_spec_set_qdata (props[row->id], row_quark (), (gpointer) row);
      }
  for (guint id = 1; id < n_props; id++)
    g_assert (props[id] != NULL);
  object_class->get_property = get_property;
  object_class->set_property = set_property;
  g_object_class_install_properties (object_class, n_props, props);
}

/* --- What is told of them --- */

static gboolean
has_handler (GObject *object)
{
  static gsize notify = 0;

  if (g_once_init_enter (&notify))
    g_once_init_leave (&notify, g_signal_lookup ("notify", G_TYPE_OBJECT));
  return g_signal_handler_find (object, G_SIGNAL_MATCH_ID, (guint) notify, 0,
                                NULL, NULL, NULL)
         != 0;
}

/* Whether a subclass hears of changes itself. Another thread may take the
 * dispatching over meanwhile (ws_stay_part()). */
static gboolean
has_override (GObjectClass *klass)
{
  GObjectClass *base = g_type_class_peek (G_TYPE_OBJECT);

  return klass->notify != NULL
         || g_atomic_pointer_get (&klass->dispatch_properties_changed)
                != base->dispatch_properties_changed;
}

gboolean
ws_property_freeze (gpointer object)
{
  if (!has_override (G_OBJECT_GET_CLASS (object)) && !has_handler (object))
    return FALSE;
  g_object_freeze_notify (object);
  return TRUE;
}

void
ws_property_thaw (gpointer object, gboolean is_frozen)
{
  if (is_frozen)
    g_object_thaw_notify (object);
}
