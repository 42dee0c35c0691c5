/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/ws-frame.h"

G_BEGIN_DECLS

/* Finds the frames in a stream that is cut anywhere. A reader reads headers and
 * counts payload bytes, but never touches the payloads themselves. */
typedef struct
{
  guint8        role;        /* a WsRole */
  guint8        rsv_allowed; /* reserved bits that an extension claims */
  guint8        in_frame;    /* header is read, the payload not yet finished */
  guint8        n_stored;
  guint8        stored[WS_FRAME_HEADER_MAX]; /* a header that spans reads, or
                                         the bytes of an illegal one */
  WsFrameHeader header;                      /* of the present frame */
  guint64       left;     /* payload bytes of the frame still to come */
  guint64       offset;   /* where the frame begins in the stream */
  guint64       n_frames; /* that have begun */
} WsFrameReader;

/* Enough for the text of ws_frame_reader_describe(). */
#define WS_FRAME_READER_DESCRIPTION_MAX 64

void ws_frame_reader_init (WsFrameReader *self, WsRole role);

/* Reads the header of the next frame; the one before must be finished. @used:
 * bytes of @data that were read. WS_DONE: header and left are set; the header
 * lay in @data as a whole if @used is its size. WS_FAILED: the stream has no
 * frames any more; the reason does not depend on how it was cut. */
WsParse ws_frame_reader_read_header (WsFrameReader *self,
                                     const guint8  *data,
                                     gsize          len,
                                     gsize         *used,
                                     WsFault       *fault);

/* Where the next payload byte meets the mask. */
static inline gsize
ws_frame_reader_phase (const WsFrameReader *self)
{
  return (gsize) ((self->header.length - self->left) & 3);
}

/* All of the payload has been used. */
static inline void
ws_frame_reader_finish (WsFrameReader *self)
{
  self->in_frame = FALSE;
  self->left = 0;
  self->offset += self->header.size + self->header.length;
}

/* Counts a whole frame of @size bytes that was read elsewhere. */
static inline void
ws_frame_reader_pass (WsFrameReader *self, gsize size)
{
  self->n_frames++;
  self->offset += size;
}

/* The present frame's header in hex, without its mask key, and its place in
 * the stream: what a fault's reason ends with. Returns the length. */
gsize ws_frame_reader_describe (const WsFrameReader *self,
                                char out[WS_FRAME_READER_DESCRIPTION_MAX]);

G_END_DECLS
