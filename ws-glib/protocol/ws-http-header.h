/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A list of header fields: order and spelling are kept, look-up ignores case
 * (RFC 9110, 5). */
typedef struct _WsHttpHeaders WsHttpHeaders;

WsHttpHeaders *ws_http_headers_new (void);
WsHttpHeaders *ws_http_headers_copy (const WsHttpHeaders *self);
void           ws_http_headers_free (WsHttpHeaders *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsHttpHeaders, ws_http_headers_free)

/* A name is a token; a value has no CR, LF, NUL or other control but TAB. */
gboolean ws_http_header_name_is_valid (const char *name);
gboolean ws_http_header_value_is_valid (const char *value);

/* Both must be valid. Values are trimmed. */
void ws_http_headers_append (WsHttpHeaders *self,
                             const char    *name,
                             const char    *value);
/* For who parses: fields may lie in @text (transfer full), which is taken once,
 * before they are appended. The end of their values is cut off there. */
void ws_http_headers_take_text (WsHttpHeaders *self, char *text);
void ws_http_headers_append_text (WsHttpHeaders *self,
                                  const char    *name,
                                  gsize          name_len,
                                  char          *value);
/* Removes all of that name; FALSE if there was none. */
gboolean ws_http_headers_remove (WsHttpHeaders *self, const char *name);

guint       ws_http_headers_length (const WsHttpHeaders *self);
const char *ws_http_headers_peek_name (const WsHttpHeaders *self, guint i);
const char *ws_http_headers_peek_value (const WsHttpHeaders *self, guint i);

/* The first of that name, or NULL. */
const char *ws_http_headers_peek (const WsHttpHeaders *self, const char *name);
guint       ws_http_headers_count (const WsHttpHeaders *self, const char *name);
/* All of that name joined with ", "; NULL if there is none. */
char *ws_http_headers_join (const WsHttpHeaders *self, const char *name);

/* The fields of that name hold comma-separated tokens: is @token one of them,
 * whatever its case (RFC 9110, 5.6.1)? */
gboolean ws_http_headers_has_token (const WsHttpHeaders *self,
                                    const char          *name,
                                    const char          *token);
/* Steps through a list, of which @cursor is what is left: the next element,
 * trimmed and not empty, of @len bytes. FALSE: there is none. A separator
 * inside a quoted string does not separate. */
gboolean ws_http_next_element (const char **cursor,
                               char         separator,
                               const char **element,
                               gsize       *len);
/* (transfer full): the elements of a comma-separated list, trimmed, empty ones
 * left out; NULL if @value is NULL. A comma inside a quoted string does not
 * separate. */
char **ws_http_list_split (const char *value);

/* (transfer full): the same for another @separator. */
char **ws_http_split (const char *value, char separator);

/* RFC 9110, 5.6.6 and 11.2: the whole of @text as token [ "=" ( token /
 * quoted-string ) ], with blanks allowed around "=". @value (transfer full)
 * (nullable): without quotes and escapes, NULL if there is no "=". FALSE: @text
 * is malformed, and nothing is to be freed. */
gboolean ws_http_parameter_parse (const char *text, char **name, char **value);

/* RFC 9110, 5.6.2 */
gboolean ws_http_is_token (const char *text);

/* Appends "Name: value\r\n" for each. */
void ws_http_headers_write (const WsHttpHeaders *self, GString *out);

G_END_DECLS
