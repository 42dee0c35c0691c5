/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "../line-input.h"

G_BEGIN_DECLS

typedef struct _ChatTerminal ChatTerminal;

ChatTerminal *chat_terminal_new (LineInputFunc callback,
                                 gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void          chat_terminal_free (ChatTerminal *self);
void          chat_terminal_start (ChatTerminal *self);
void          chat_terminal_print (ChatTerminal *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChatTerminal, chat_terminal_free)

G_END_DECLS
