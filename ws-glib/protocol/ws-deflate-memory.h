/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <zlib.h>

G_BEGIN_DECLS

/* The memory of one zlib stream: a mapping of its own, which goes back to the
 * system with the stream. From a heap that has had thousands of them in use,
 * and small blocks between, hardly anything would. */

/* The stream may have @size bytes of the mapping, and gets what it needs beyond
 * from the heap. */
void ws_deflate_memory_attach (z_stream *stream, gsize size);
/* After deflateEnd() or inflateEnd(). */
void ws_deflate_memory_detach (z_stream *stream);

G_END_DECLS
