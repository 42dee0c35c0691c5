/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-frame.h"

G_BEGIN_DECLS

/* Frames as a hand-made peer writes and reads them. */

void wire_append (GByteArray   *wire,
                  gboolean      fin,
                  WsOpcode      opcode,
                  gconstpointer payload,
                  gsize         len,
                  gboolean      masked);
void wire_append_text (GByteArray *wire, const char *text, gboolean masked);
void wire_append_close (GByteArray *wire,
                        guint       code,
                        const char *reason,
                        gboolean    masked);

/* (transfer full): the frames in words, such as "text(Hello) ping() close(1000
 * bye)"; a frame that is not its message's last ends in "+", and a long payload
 * shows its length and a hash. What is cut ends the text as "cut[bytes]". A
 * frame that is @masked the wrong way fails the test. */
char *wire_describe (const guint8 *data, gsize len, gboolean masked);

/* (transfer full): bytes that differ for each @seed. */
guint8 *wire_pattern (guint seed, gsize len);

G_END_DECLS
