/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MessageInput MessageInput;

typedef enum
{
  MESSAGE_INPUT_LINES,
  MESSAGE_INPUT_PIECES /* as they are read */
} MessageInputMode;

/* A line without its end, or a piece; NULL once, after the last one. */
typedef void (*MessageInputFunc) (GBytes *bytes, gpointer user_data);

MessageInput *message_input_new (GInputStream    *stream,
                                 MessageInputMode mode,
                                 MessageInputFunc callback,
                                 gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void          message_input_free (MessageInput *self);
void          message_input_pause (MessageInput *self);
void          message_input_resume (MessageInput *self);

G_END_DECLS
