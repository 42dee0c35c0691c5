/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts the parts of certificates, and of the responses about them. */
#include "net/ws-tls-breadth.h"

/* Of a whole message: sixteen certificates have 2500, and one for a thousand
 * hosts has a thousand more. */
#define MAX_PARTS 4096
/* In one sequence or set, host names aside, for which GnuTLS takes no longer
 * than there are names. Names of people, lists of purposes and of policies have
 * a dozen. */
#define MAX_SIBLINGS 128
/* There are a dozen levels. */
#define MAX_DEPTH 32

/* X.690, 8.1.2: tags */
#define TAG_OCTET_STRING 0x04
#define TAG_CONSTRUCTED  0x20
#define TAG_CONTEXT      0x80
#define TAG_CLASS        0xc0
#define TAG_LONG         0x1f

#define EXTENSION_STATUS_REQUEST 5

typedef struct
{
  const guint8 *data;
  gsize         len;
} Bytes;

/* FALSE: there are fewer. */
static gboolean
take (Bytes *from, gsize len, Bytes *taken)
{
  if (from->len < len)
    return FALSE;

  *taken = (Bytes){ from->data, len };
  from->data += len;
  from->len -= len;
  return TRUE;
}

static gboolean
take_number (Bytes *from, guint size, gsize *number)
{
  Bytes bytes;

  if (!take (from, size, &bytes))
    return FALSE;
  *number = 0;
  for (guint i = 0; i < size; i++)
    *number = *number << 8 | bytes.data[i];
  return TRUE;
}

/* A length of @size bytes, and what has it. */
static gboolean
take_vector (Bytes *from, guint size, Bytes *vector)
{
  gsize len;

  return take_number (from, size, &len) && take (from, len, vector);
}

/* --- DER --- */

static gboolean
skip_long_tag (Bytes *from)
{
  gsize byte;

  do
    if (!take_number (from, 1, &byte))
      return FALSE;
  while (byte & 0x80);
  return TRUE;
}

/* X.690, 8.1.3. No length at all (0x80) is not DER: all that follows is counted
 * as content. */
static gboolean
take_content (Bytes *from, Bytes *content)
{
  gsize len;

  if (!take_number (from, 1, &len))
    return FALSE;
  if (len < 0x80)
    return take (from, len, content);
  if (len == 0x80)
    return take (from, from->len, content);
  return (len & 0x7f) <= 4 && take_vector (from, len & 0x7f, content);
}

static gboolean
take_element (Bytes *from, guint8 *tag, Bytes *content)
{
  gsize byte;

  if (!take_number (from, 1, &byte))
    return FALSE;
  *tag = (guint8) byte;
  return ((byte & TAG_LONG) != TAG_LONG || skip_long_tag (from))
         && take_content (from, content);
}

/* The value of an extension is DER in a string. */
static gboolean
is_one_element (Bytes bytes)
{
  Bytes  content;
  guint8 tag;

  return take_element (&bytes, &tag, &content) && bytes.len == 0;
}

static gboolean
has_parts (guint8 tag, Bytes content)
{
  return (tag & TAG_CONSTRUCTED) != 0
         || (tag == TAG_OCTET_STRING && is_one_element (content));
}

/* So are names of hosts in certificates. */
static gboolean
is_name (guint8 tag)
{
  return (tag & TAG_CLASS) == TAG_CONTEXT && (tag & TAG_CONSTRUCTED) == 0;
}

/* FALSE: there are too many. */
static gboolean
count (Bytes bytes, guint depth, guint *n_parts)
{
  guint  n_siblings = 0;
  guint8 tag;
  Bytes  content;

  while (take_element (&bytes, &tag, &content))
    {
      if (++*n_parts > MAX_PARTS)
        return FALSE;
      if (!is_name (tag) && ++n_siblings > MAX_SIBLINGS)
        return FALSE;
      if (depth < MAX_DEPTH && has_parts (tag, content)
          && !count (content, depth + 1, n_parts))
        return FALSE;
    }
  return TRUE;
}

/* --- Messages --- */

/* RFC 6066, 8: a type, and the response. */
static gboolean
count_status (Bytes status, guint *n_parts)
{
  gsize type;
  Bytes response;

  return !take_number (&status, 1, &type)
         || !take_vector (&status, 3, &response)
         || count (response, 0, n_parts);
}

/* RFC 8446, 4.4.2 */
static gboolean
count_extensions (Bytes extensions, guint *n_parts)
{
  gsize type;
  Bytes value;

  while (take_number (&extensions, 2, &type)
         && take_vector (&extensions, 2, &value))
    if (type == EXTENSION_STATUS_REQUEST && !count_status (value, n_parts))
      return FALSE;
  return TRUE;
}

static gboolean
count_certificates (Bytes list, gboolean is_tls13, guint *n_parts)
{
  Bytes certificate, extensions;

  while (take_vector (&list, 3, &certificate))
    {
      if (!count (certificate, 0, n_parts))
        return FALSE;
      if (is_tls13 && take_vector (&list, 2, &extensions)
          && !count_extensions (extensions, n_parts))
        return FALSE;
    }
  return TRUE;
}

static char *
tell (gboolean is_within)
{
  return is_within ? NULL
                   : g_strdup_printf ("it has more than %d parts, or %d in one",
                                      MAX_PARTS, MAX_SIBLINGS);
}

char *
ws_tls_breadth_find_excess (const guint8 *message, gsize len, gboolean is_tls13)
{
  Bytes bytes = { message, len };
  Bytes context, list;
  guint n_parts = 0;

  if (is_tls13 && !take_vector (&bytes, 1, &context))
    return NULL;
  return tell (!take_vector (&bytes, 3, &list)
               || count_certificates (list, is_tls13, &n_parts));
}

char *
ws_tls_breadth_find_excess_of_status (const guint8 *message, gsize len)
{
  guint n_parts = 0;

  return tell (count_status ((Bytes){ message, len }, &n_parts));
}
