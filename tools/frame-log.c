/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line for each frame of one direction, and what is wrong with it. */
#include "frame-log.h"

#include <string.h>

#include "examples/terminal-text.h"
#include "frame-parser.h"
#include "socket-report.h"

#define RSV1             4
#define OPCODE_TEXT      1
#define OPCODE_CLOSE     8
#define MAX_CONTROL_SIZE 125
/* What a message may inflate to before we stop looking. */
#define MAX_INFLATED (64 * 1024 * 1024)

struct _FrameLog
{
  FrameParser  parser;
  char        *mark; /* (owned): what each line begins with */
  gboolean     is_from_client;
  guint        max_shown; /* bytes of a payload */
  FrameLogFunc print;
  gpointer     user_data; /* (unowned) */

  GByteArray *shown;          /* (owned): the beginning of the payload */
  guint       message_opcode; /* of the message under way; 0: none */
  gboolean    is_deflated;    /* that message is */
  GConverter *inflater; /* (owned) (nullable): broken, or not needed yet */
  gboolean    is_lost;  /* nothing can be inflated any more */
  guint64     inflated; /* bytes of the message */
};

static void G_GNUC_PRINTF (2, 3) print (FrameLog *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);

  g_autofree char *text = g_strdup_vprintf (format, arguments);
  g_autofree char *shown = terminal_text_escape (text, -1);
  g_autofree char *line = g_strconcat (self->mark, " ", shown, NULL);

  va_end (arguments);
  self->print (line, self->user_data);
}

/* --- Payloads --- */

static void
keep (FrameLog *self, const guint8 *data, gsize size)
{
  guint room
      = self->max_shown + 1 - MIN (self->shown->len, self->max_shown + 1);

  g_byte_array_append (self->shown, data, (guint) MIN (size, room));
}

/* RFC 7692: the window lasts from message to message, so all of it has to go
 * through, whatever is shown. */
static void
inflate (FrameLog *self, const guint8 *data, gsize size)
{
  guint8 out[16384];

  if (self->inflater == NULL)
    self->inflater
        = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW));
  while (!self->is_lost)
    {
      gsize n_read, n_written;
      g_autoptr (GError) error = NULL;
      GConverterResult result
          = g_converter_convert (self->inflater, data, size, out, sizeof out,
                                 G_CONVERTER_NO_FLAGS, &n_read, &n_written,
                                 &error);

      if (result == G_CONVERTER_ERROR)
        {
          /* There is no more in it. */
          self->is_lost
              = !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
          return;
        }
      keep (self, out, n_written);
      self->inflated += n_written;
      self->is_lost = self->inflated > MAX_INFLATED;
      data += n_read;
      size -= n_read;
      if (result == G_CONVERTER_FINISHED)
        g_converter_reset (self->inflater);
      if (size == 0 && n_written < sizeof out)
        return;
    }
}

static gboolean
is_control (const Frame *frame)
{
  return frame->opcode >= 8;
}

static gboolean
begins_message (const Frame *frame)
{
  return frame->opcode != 0 && !is_control (frame);
}

static void
on_payload (const Frame  *frame,
            const guint8 *data,
            gsize         size,
            gpointer      user_data)
{
  FrameLog *self = user_data;

  if (begins_message (frame))
    self->is_deflated = (frame->reserved & RSV1) != 0;
  if (self->is_deflated && !is_control (frame))
    inflate (self, data, size);
  else
    keep (self, data, size);
}

static void
append_bytes (GString *text, const guint8 *data, guint size)
{
  for (guint i = 0; i < size; i++)
    g_string_append_printf (text, " %02x", data[i]);
}

/* Text that is cut in the middle of a character is still text. */
static void
append_payload (FrameLog *self, GString *text, gboolean is_text)
{
  const guint8 *data = self->shown->data;
  guint         size = MIN (self->shown->len, self->max_shown);
  gboolean      is_cut = self->shown->len > self->max_shown;

  if (size == 0)
    return;
  if (is_text)
    {
      g_autofree char *beginning
          = terminal_text_escape ((const char *) data, (gssize) size);

      g_string_append_printf (text, " \"%s\"", beginning);
    }
  else
    append_bytes (text, data, size);
  if (is_cut)
    g_string_append (text, " ...");
}

static void
append_close (FrameLog *self, GString *text)
{
  const guint8 *data = self->shown->data;
  guint         size = self->shown->len;

  if (size < 2)
    return;

  guint            code = (guint) data[0] << 8 | data[1];
  g_autofree char *name = socket_report_close_code (code);
  g_autofree char *reason
      = terminal_text_escape ((const char *) data + 2, (gssize) size - 2);

  g_string_append_printf (text, " %u (%s)", code, name);
  if (size > 2)
    g_string_append_printf (text, " \"%s\"", reason);
}

/* --- Frames --- */

static const char *
get_name (guint opcode)
{
  static const char *const names[16] = {
    [0] = "continuation", [1] = "text", [2] = "binary",
    [8] = "close",        [9] = "ping", [10] = "pong",
  };

  return names[opcode] != NULL ? names[opcode] : "unknown";
}

/* What RFC 6455 does not allow in this place. */
static void
append_faults (FrameLog *self, const Frame *frame, GString *text)
{
  const struct
  {
    gboolean    is_so;
    const char *fault;
  } rows[] = {
    { frame->is_masked != self->is_from_client,
      self->is_from_client ? "not masked" : "masked" },
    { g_str_equal (get_name (frame->opcode), "unknown"), "unknown opcode" },
    { (frame->reserved & ~(guint) RSV1) != 0
          || (frame->reserved != 0 && !begins_message (frame)),
      "reserved bits" },
    { is_control (frame) && !frame->is_final, "fragmented control frame" },
    { is_control (frame) && frame->length > MAX_CONTROL_SIZE,
      "long control frame" },
    { frame->is_longer, "length in more bytes than needed" },
    { frame->opcode == 0 && self->message_opcode == 0, "continues no message" },
    { begins_message (frame) && self->message_opcode != 0,
      "message within a message" },
    { frame->opcode == OPCODE_CLOSE && frame->length == 1, "half a code" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].is_so)
      g_string_append_printf (text, " [%s]", rows[i].fault);
}

static void
append_header (const Frame *frame, GString *text)
{
  g_string_append (text, get_name (frame->opcode));
  if (frame->is_final)
    g_string_append (text, " FIN");
  for (guint i = 0; i < 3; i++)
    if (frame->reserved & RSV1 >> i)
      g_string_append_printf (text, " RSV%u", i + 1);
  if (frame->is_masked)
    g_string_append_printf (text, " mask %02x%02x%02x%02x", frame->mask[0],
                            frame->mask[1], frame->mask[2], frame->mask[3]);
  g_string_append_printf (text, " length %" G_GUINT64_FORMAT, frame->length);
}

static void
finish_inflating (FrameLog *self, const Frame *frame)
{
  static const guint8 tail[] = { 0x00, 0x00, 0xFF, 0xFF };

  if (self->is_deflated && frame->is_final)
    inflate (self, tail, sizeof tail);
  self->inflated = 0;
}

static void
on_end (const Frame *frame, gpointer user_data)
{
  FrameLog *self = user_data;
  g_autoptr (GString) text = g_string_new (NULL);

  if (begins_message (frame))
    self->is_deflated = (frame->reserved & RSV1) != 0;
  if (!is_control (frame))
    finish_inflating (self, frame);
  append_header (frame, text);
  append_faults (self, frame, text);
  if (begins_message (frame))
    self->message_opcode = frame->opcode;
  if (frame->opcode == OPCODE_CLOSE)
    append_close (self, text);
  else if (self->is_deflated && self->is_lost && !is_control (frame))
    g_string_append (text, " (cannot be inflated)");
  else
    append_payload (self, text,
                    !is_control (frame) && self->message_opcode == OPCODE_TEXT);
  if (!is_control (frame) && frame->is_final)
    self->message_opcode = 0;
  g_byte_array_set_size (self->shown, 0);

  g_autofree char *line = g_strconcat (self->mark, " ", text->str, NULL);

  self->print (line, self->user_data);
}

static void
on_line (const char *line, gpointer user_data)
{
  if (*line != '\0')
    print (user_data, "%s", line);
}

/* --- Its life --- */

FrameLog *
frame_log_new (const char  *mark,
               gboolean     is_from_client,
               gboolean     has_head,
               guint        max_shown,
               FrameLogFunc print_line,
               gpointer     user_data)
{
  static const FrameParserFuncs funcs = { on_line, on_payload, on_end };
  FrameLog                     *self = g_new0 (FrameLog, 1);

  self->mark = g_strdup (mark);
  self->is_from_client = is_from_client;
  self->max_shown = max_shown;
  self->print = print_line;
  self->user_data = user_data;
  self->shown = g_byte_array_new ();
  frame_parser_init (&self->parser, has_head, &funcs, self);
  return self;
}

void
frame_log_free (FrameLog *self)
{
  frame_parser_clear (&self->parser);
  g_byte_array_unref (self->shown);
  g_clear_object (&self->inflater);
  g_free (self->mark);
  g_free (self);
}

void
frame_log_feed (FrameLog *self, const guint8 *data, gsize size)
{
  frame_parser_feed (&self->parser, data, size);
}

/* No more bytes will come. */
void
frame_log_end (FrameLog *self)
{
  print (self, frame_parser_is_between (&self->parser)
                   ? "end"
                   : "end, in the middle of a frame");
}
