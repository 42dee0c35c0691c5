/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "chat-nickname.h"

#include "../terminal-text.h"

#define MAX_CHARACTERS 24

/*
 * Returns the name as it may be used (owned by the caller), without space
 * around it; or NULL, and a sentence in @complaint.
 */
char *
chat_nickname_check (const char *wish, const char **complaint)
{
  g_autofree char *name = NULL;

  if (!g_utf8_validate (wish, -1, NULL))
    {
      *complaint = "A nickname must be UTF-8";
      return NULL;
    }
  name = g_strstrip (g_strdup (wish));
  if (*name == '\0')
    *complaint = "A nickname must not be empty";
  else if (g_utf8_strlen (name, -1) > MAX_CHARACTERS)
    *complaint = "A nickname has at most 24 characters";
  else if (*name == '/')
    *complaint = "A nickname must not begin with a slash";
  else
    *complaint = NULL;

  for (const char *at = name; *at != '\0'; at = g_utf8_next_char (at))
    if (!terminal_text_is_safe (g_utf8_get_char (at)))
      *complaint = "A nickname must not contain control characters";
  return *complaint == NULL ? g_steal_pointer (&name) : NULL;
}

/* Two nicknames with the same key (owned by the caller) look the same. */
char *
chat_nickname_key (const char *nickname)
{
  g_autofree char *folded = g_utf8_casefold (nickname, -1);

  return g_utf8_normalize (folded, -1, G_NORMALIZE_ALL);
}
