/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "load-templates.h"

/* The bytes of one connection after the handshake, compared with the messages
 * they have to be.  Does no I/O; what is wrong ends the process. */
typedef struct
{
  const LoadTemplates *templates;
  unsigned             number;   /* of the connection, for messages */
  unsigned             start;    /* slot of the first message */
  uint64_t             messages; /* wholly received */
  uint64_t             pings;
  bool                 closed; /* a close frame has come */
  int                  close_code;
  /* The frame under way. */
  bool     in_payload;
  bool     final;
  int      opcode;
  uint64_t left; /* bytes of its payload still to come */
  uint8_t  head[14];
  unsigned head_length;
  uint8_t  control[125];
  unsigned control_length;
  /* The message under way, which may be of several frames. */
  bool     in_message;
  uint64_t offset;
} LoadReader;

void load_reader_init (LoadReader          *self,
                       const LoadTemplates *templates,
                       unsigned             number,
                       unsigned             start);

/* Takes what has been received, in any pieces. */
void load_reader_feed (LoadReader *self, const uint8_t *data, size_t length);
