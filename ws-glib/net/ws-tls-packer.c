/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packs small writes into full TLS records. */
#include "net/ws-tls-packer.h"

#include <string.h>

#include "net/ws-transport.h"

/* Plaintext in a full record (RFC 8446, 5.1). */
#define RECORD_PLAINTEXT 16384
/* Plaintext that one call takes, so that what the kernel does not take stays
 * with the caller, who counts it. */
#define MAX_TAKEN (64 * 1024)
/* Plaintext on its way into records. Small vectors share one. */
typedef struct
{
  WsTlsSession *session;
  guint8       *record; /* RECORD_PLAINTEXT bytes: what is copied together */
  gsize         n_copied;
} Packer;

static gboolean
pack_record (Packer *self, GError **error)
{
  gsize n = self->n_copied;

  self->n_copied = 0;
  return n == 0
         || ws_tls_session_write (self->session, self->record, n, error) >= 0;
}

/* What fills records is not copied, nor what is the last. */
static gboolean
pack (Packer       *self,
      const guint8 *data,
      gsize         len,
      gboolean      is_last,
      GError      **error)
{
  while (len > 0)
    {
      gsize n = is_last ? len : len - len % RECORD_PLAINTEXT;

      if (self->n_copied == 0 && n > 0)
        {
          if (ws_tls_session_write (self->session, data, n, error) < 0)
            return FALSE;
        }
      else
        {
          n = MIN (len, RECORD_PLAINTEXT - self->n_copied);
          memcpy (self->record + self->n_copied, data, n);
          self->n_copied += n;
        }
      data += n;
      len -= n;

      if (self->n_copied == RECORD_PLAINTEXT && !pack_record (self, error))
        return FALSE;
    }
  return TRUE;
}

gssize
ws_tls_pack (WsTlsSession        *session,
             const GOutputVector *vectors,
             guint                n_vectors,
             GError             **error)
{
  guint8 record[RECORD_PLAINTEXT];
  Packer packer = { .session = session, .record = record };
  gsize  taken = 0;

  for (guint i = 0; i < n_vectors && taken < MAX_TAKEN; i++)
    {
      gsize len = MIN (vectors[i].size, MAX_TAKEN - taken);

      taken += len;
      if (!pack (&packer, vectors[i].buffer, len,
                 i + 1 == n_vectors || taken == MAX_TAKEN, error))
        return WS_IO_ERROR;
    }
  return pack_record (&packer, error) ? (gssize) taken : WS_IO_ERROR;
}
