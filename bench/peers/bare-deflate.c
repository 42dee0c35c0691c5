/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

/* Only what zlib itself takes: inflates and deflates the messages of a file, 64
 * of 4 KiB, each without a context, and prints the CPU time of one and what it
 * becomes on the wire. */

#define N_MESSAGES 64
#define SIZE       4096
#define ROOM       (2 * SIZE)
#define TURNS      300
#define TAIL       4 /* RFC 7692, 7.2.1: not sent */

static unsigned char plain[N_MESSAGES][SIZE];
static unsigned char packed[N_MESSAGES][ROOM];
static size_t        packed_size[N_MESSAGES];

static size_t
pack (z_stream *stream, unsigned char *data, unsigned char *out)
{
  deflateReset (stream);
  stream->next_in = data;
  stream->avail_in = SIZE;
  stream->next_out = out;
  stream->avail_out = ROOM;
  deflate (stream, Z_SYNC_FLUSH);
  return ROOM - stream->avail_out;
}

static int
unpack (z_stream *stream, int i, unsigned char *out)
{
  inflateReset (stream);
  stream->next_in = packed[i];
  stream->avail_in = (uInt) packed_size[i];
  stream->next_out = out;
  stream->avail_out = ROOM;
  inflate (stream, Z_SYNC_FLUSH);
  return memcmp (out, plain[i], SIZE) == 0;
}

int
main (int argc, char **argv)
{
  z_stream      deflater = { 0 }, inflater = { 0 };
  unsigned char text[ROOM], out[ROOM];
  size_t        total = 0;
  clock_t       start;
  FILE         *file = argc == 2 ? fopen (argv[1], "rb") : NULL;

  if (file == NULL || fread (plain, SIZE, N_MESSAGES, file) != N_MESSAGES)
    return 1;
  deflateInit2 (&deflater, -1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  inflateInit2 (&inflater, -15);
  for (int i = 0; i < N_MESSAGES; i++)
    packed_size[i] = pack (&deflater, plain[i], packed[i]);
  start = clock ();
  for (int i = 0; i < TURNS * N_MESSAGES; i++)
    {
      if (!unpack (&inflater, i % N_MESSAGES, text))
        return 1;
      total += pack (&deflater, text, out) - TAIL;
    }
  printf ("%.2f %.0f\n",
          (double) (clock () - start) * 1e6 / CLOCKS_PER_SEC
              / (TURNS * N_MESSAGES),
          (double) total / (TURNS * N_MESSAGES));
  return 0;
}
