/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the last reference goes in another thread. */
#include "base/ws-stay.h"

#include "base/ws-tsan-private.h"

/* What has to happen before the last reference goes. */
#define DISPOSED (1 << 0)
#define THAWED   (1 << 1)

/* To the main context, and from there. */
typedef struct
{
  WsStay  *stay;   /* (unowned): of the object */
  GObject *object; /* (owned) */
} Parting;

void
ws_stay_clear (WsStay *self)
{
  for (WsInside *i = self->innermost; i != NULL; i = i->outer)
    i->stay = NULL;
}

static gboolean
on_last_unref (gpointer object)
{
  WS_TSAN_RELEASE (object);
  g_object_unref (object);
  return G_SOURCE_REMOVE;
}

/* Whether the other part was done before. */
static gboolean
note (WsStay *self, guint part)
{
  guint before = g_atomic_int_or ((guint *) &self->parted, part);

  return before == (DISPOSED | THAWED) - part;
}

static gboolean
on_parting (gpointer user_data)
{
  Parting *parting = user_data;

  WS_TSAN_ACQUIRE (parting);
  g_object_run_dispose (parting->object);
  if (note (parting->stay, DISPOSED))
    on_last_unref (parting->object);
  g_free (parting);
  return G_SOURCE_REMOVE;
}

/* --- GLib's last look --- */

typedef struct
{
  WsStay       *stay; /* (unowned): of the object that has this */
  const WsHome *home; /* (unowned): likewise */
} Abandoned;

static GQuark
abandoned_quark (void)
{
  return g_quark_from_static_string ("ws-stay-abandoned");
}

/* (transfer none): no class has this property, so that nobody else can notify
 * of it. */
static GParamSpec *
get_mark (void)
{
  static GParamSpec *mark;

  if (g_once_init_enter (&mark))
    {
      GParamSpec *pspec = g_param_spec_boolean ("ws-stay-thawed", NULL, NULL,
                                                FALSE, G_PARAM_READABLE);

      g_once_init_leave (&mark, g_param_spec_ref_sink (pspec));
    }
  return mark;
}

static void
note_thawed (GObject *object, const Abandoned *abandoned)
{
  WsHome there = ws_home_copy (abandoned->home);

  if (note (abandoned->stay, THAWED))
    ws_home_invoke (&there, on_last_unref, object, NULL);
  ws_home_clear (&there);
}

/* In whichever thread thaws last; nobody hears of an abandoned object. */
static void
dispatch (GObject *object, guint n_pspecs, GParamSpec **pspecs)
{
  Abandoned *abandoned = g_object_get_qdata (object, abandoned_quark ());

  if (abandoned == NULL)
    {
      GObjectClass *base = g_type_class_peek (G_TYPE_OBJECT);

      base->dispatch_properties_changed (object, n_pspecs, pspecs);
      return;
    }
  for (guint i = 0; i < n_pspecs; i++)
    if (pspecs[i] == get_mark ())
      {
        note_thawed (object, abandoned);
        return;
      }
}

/* Only now, for a class that dispatches for itself makes all notifications
 * dearer, those that nobody hears, too. A class that did so before passes on
 * what it gets. */
static void
take_over_dispatch (GObjectClass *klass)
{
  GObjectClass *base = g_type_class_peek (G_TYPE_OBJECT);

  for (; klass != base; klass = g_type_class_peek_parent (klass))
    if (g_atomic_pointer_get (&klass->dispatch_properties_changed)
        == base->dispatch_properties_changed)
      g_atomic_pointer_set (&klass->dispatch_properties_changed, dispatch);
}

/* --- The last reference --- */

void
ws_stay_part (WsStay *self, const WsHome *home, GObject *object)
{
  WsHome     there;
  Parting   *parting;
  Abandoned *abandoned;

  if (ws_stay_is_abandoned (self))
    return;
  take_over_dispatch (G_OBJECT_GET_CLASS (object));
  there = ws_home_copy (home);
  parting = g_new (Parting, 1);
  *parting = (Parting){ .stay = self, .object = g_object_ref (object) };
  abandoned = g_new (Abandoned, 1);
  *abandoned = (Abandoned){ .stay = self, .home = home };
  g_object_set_qdata_full (object, abandoned_quark (), abandoned, g_free);
  g_atomic_int_set (&self->is_abandoned, TRUE);
  g_object_notify_by_pspec (object, get_mark ());
  WS_TSAN_RELEASE (parting);
  ws_home_invoke (&there, on_parting, parting, NULL);
  ws_home_clear (&there);
}
