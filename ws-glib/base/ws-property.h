/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* The properties of a class, as tables of rows.
 *
 * A row tells all that GObject wants to know of a property: what
 * g_param_spec_*() is to make, and which accessors do the work. A row stands
 * beside its accessors and its documentation; a class only gathers its tables,
 * and installs them. A row whose accessor has another type than the property
 * does not compile. */

typedef enum
{
  WS_PROPERTY_KIND_BOOLEAN,
  WS_PROPERTY_KIND_INT,
  WS_PROPERTY_KIND_UINT,
  WS_PROPERTY_KIND_INT64,
  WS_PROPERTY_KIND_UINT64,
  WS_PROPERTY_KIND_DOUBLE,
  WS_PROPERTY_KIND_STRING,
  WS_PROPERTY_KIND_ENUM,
  WS_PROPERTY_KIND_FLAGS,
  WS_PROPERTY_KIND_VARIANT,
  WS_PROPERTY_KIND_BOXED,
  WS_PROPERTY_KIND_OBJECT
} WsPropertyKind;

/* A number or a text, as the kind says; of a variant the text is its type. */
typedef union
{
  gint64      integer;
  guint64     natural;
  double      real;
  const char *text;
} WsPropertyValue;

typedef struct
{
  guint           id; /* 0 ends a table */
  const char     *name;
  WsPropertyKind  kind;
  GParamFlags     flags; /* beyond those that the accessors imply */
  WsPropertyValue minimum, maximum, initial;
  GType (*type) (void); /* of an enum, flags, a boxed or an object */
  GCallback get;
  GCallback set;      /* (nullable): NULL if the property can only be read */
  gboolean  is_taken; /* what the getter returns is transfer full */
} WsProperty;

/* --- What a row holds: { WS_PROPERTY_… (…) }, perhaps with
 * .flags behind --- */

#define WS_PROPERTY_ACCESSORS(Class, Got, Set, getter, setter) \
  .get = _Generic ((getter), Got (*) (Class *) : (GCallback) (getter)),        \
  .set = _Generic ((setter),                                                   \
      void (*) (Class *, Set) : (GCallback) (setter),                          \
      void * : NULL)

#define WS_PROPERTY_BOOLEAN(Class, number, text, first, getter, setter) \
  .id = (number), .name = (text), .kind = WS_PROPERTY_KIND_BOOLEAN,     \
  .initial.integer = (first),                                           \
  WS_PROPERTY_ACCESSORS (Class, gboolean, gboolean, getter, setter)

#define WS_PROPERTY_INT(Class, number, text, least, most, first, getter, \
                        setter)                                          \
  .id = (number), .name = (text), .kind = WS_PROPERTY_KIND_INT,          \
  .minimum.integer = (least), .maximum.integer = (most),                 \
  .initial.integer = (first),                                            \
  WS_PROPERTY_ACCESSORS (Class, int, int, getter, setter)

#define WS_PROPERTY_UINT(Class, number, text, least, most, first, getter, \
                         setter)                                          \
  .id = (number), .name = (text), .kind = WS_PROPERTY_KIND_UINT,          \
  .minimum.natural = (least), .maximum.natural = (most),                  \
  .initial.natural = (first),                                             \
  WS_PROPERTY_ACCESSORS (Class, guint, guint, getter, setter)

#define WS_PROPERTY_INT64(Class, number, text, least, most, first, getter, \
                          setter)                                          \
  .id = (number), .name = (text), .kind = WS_PROPERTY_KIND_INT64,          \
  .minimum.integer = (least), .maximum.integer = (most),                   \
  .initial.integer = (first),                                              \
  WS_PROPERTY_ACCESSORS (Class, gint64, gint64, getter, setter)

/* From 0 to G_MAXUINT64. */
#define WS_PROPERTY_UINT64(Class, number, text, first, getter, setter) \
  .id = (number), .name = (text), .kind = WS_PROPERTY_KIND_UINT64,     \
  .maximum.natural = G_MAXUINT64, .initial.natural = (first),          \
  WS_PROPERTY_ACCESSORS (Class, guint64, guint64, getter, setter)

#define WS_PROPERTY_DOUBLE(Class, number, text, least, most, first, getter, \
                           setter)                                          \
  .id = (number), .name = (text), .kind = WS_PROPERTY_KIND_DOUBLE,          \
  .minimum.real = (least), .maximum.real = (most), .initial.real = (first), \
  WS_PROPERTY_ACCESSORS (Class, double, double, getter, setter)

#define WS_PROPERTY_STRING(Class, number, text_, first, getter, setter) \
  .id = (number), .name = (text_), .kind = WS_PROPERTY_KIND_STRING,     \
  .initial.text = (first),                                              \
  WS_PROPERTY_ACCESSORS (Class, const char *, const char *, getter, setter)

/* One that can only be read, and is made anew each time. */
#define WS_PROPERTY_TAKEN_STRING(Class, number, text_, getter)      \
  .id = (number), .name = (text_), .kind = WS_PROPERTY_KIND_STRING, \
  .is_taken = TRUE,                                                 \
  .get = _Generic((getter), char *(*) (Class *)                     \
                  : (GCallback) (getter))

#define WS_PROPERTY_ENUM(Class, number, text, Type, type_, first, getter, \
                         setter)                                          \
  .id = (number), .name = (text), .kind = WS_PROPERTY_KIND_ENUM,          \
  .type = (type_), .initial.integer = (first),                            \
  WS_PROPERTY_ACCESSORS (Class, Type, Type, getter, setter)

#define WS_PROPERTY_FLAGS(Class, number, text, Type, type_, first, getter, \
                          setter)                                          \
  .id = (number), .name = (text), .kind = WS_PROPERTY_KIND_FLAGS,          \
  .type = (type_), .initial.natural = (first),                             \
  WS_PROPERTY_ACCESSORS (Class, Type, Type, getter, setter)

/* The getter returns a new variant, which may be floating. */
#define WS_PROPERTY_VARIANT(Class, number, text_, Type, getter, setter) \
  .id = (number), .name = (text_), .kind = WS_PROPERTY_KIND_VARIANT,    \
  .initial.text = (Type),                                               \
  WS_PROPERTY_ACCESSORS (Class, GVariant *, GVariant *, getter, setter)

/* Got, Set: what the getter returns, and what the setter takes. */
#define WS_PROPERTY_BOXED(Class, number, text, Got, Set, type_, getter, \
                          setter)                                       \
  .id = (number), .name = (text), .kind = WS_PROPERTY_KIND_BOXED,       \
  .type = (type_), WS_PROPERTY_ACCESSORS (Class, Got, Set, getter, setter)

#define WS_PROPERTY_OBJECT(Class, number, text, Type, type_, getter, setter) \
  .id = (number), .name = (text), .kind = WS_PROPERTY_KIND_OBJECT,           \
  .type = (type_),                                                           \
  WS_PROPERTY_ACCESSORS (Class, Type *, Type *, getter, setter)

/* --- What a class does with its tables --- */

/* Installs the properties 1 to @n_props - 1, and fills @props in by id. Each
 * has to stand in exactly one of @tables, which NULL ends. */
void ws_property_install (GObjectClass            *object_class,
                          const WsProperty *const *tables,
                          GParamSpec             **props,
                          guint                    n_props);

/* --- What is told of them --- */

/* As g_object_freeze_notify() and its counterpart, for no longer than a
 * function that runs no handler; but nothing is done where nobody would be
 * told, for that takes as long as all else of a change. FALSE: so it is. */
gboolean ws_property_freeze (gpointer object);
void     ws_property_thaw (gpointer object, gboolean is_frozen);

G_END_DECLS
