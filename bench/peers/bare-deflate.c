/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

/* Only what zlib itself takes: inflates and deflates the messages of a file, 64
 * of 4 KiB, and prints the CPU time of one and what it becomes on the wire.
 * Each is without a context, unless a second argument is given. */

#define N_MESSAGES 64
#define SIZE       4096
#define ROOM       (2 * SIZE)
#define TURNS      300
#define TAIL       4 /* RFC 7692, 7.2.1: not sent */

static unsigned char plain[N_MESSAGES][SIZE];
static unsigned char packed[N_MESSAGES][ROOM];
static size_t        packed_size[N_MESSAGES];
static int           keeps_context;

static size_t
pack (z_stream *stream, unsigned char *data, unsigned char *out)
{
  if (!keeps_context)
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
  if (!keeps_context)
    inflateReset (stream);
  stream->next_in = packed[i];
  stream->avail_in = (uInt) packed_size[i];
  stream->next_out = out;
  stream->avail_out = ROOM;
  inflate (stream, Z_SYNC_FLUSH);
  return memcmp (out, plain[i], SIZE) == 0;
}

/* The first round is for the context only: the second refers to it, and so can
 * come again and again. */
static int
prepare (z_stream *packer, z_stream *inflater, unsigned char *text)
{
  for (int i = 0; i < 2 * N_MESSAGES; i++)
    {
      int slot = i % N_MESSAGES;

      packed_size[slot] = pack (packer, plain[slot], packed[slot]);
      if (i < N_MESSAGES && !unpack (inflater, slot, text))
        return 0;
    }
  return 1;
}

int
main (int argc, char **argv)
{
  z_stream      packer = { 0 }, deflater = { 0 }, inflater = { 0 };
  unsigned char text[ROOM], out[ROOM];
  size_t        total = 0;
  clock_t       start;
  FILE         *file = argc >= 2 ? fopen (argv[1], "rb") : NULL;

  if (file == NULL || fread (plain, SIZE, N_MESSAGES, file) != N_MESSAGES)
    return 1;
  keeps_context = argc > 2;
  deflateInit2 (&packer, -1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  deflateInit2 (&deflater, -1, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  inflateInit2 (&inflater, -15);
  if (!prepare (&packer, &inflater, text))
    return 1;
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
