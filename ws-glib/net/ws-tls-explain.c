/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds out why GnuTLS does not trust a certificate chain. */
#include "net/ws-tls-explain.h"

#include "net/ws-tls-certificate.h"
#include "net/ws-translate.h"

/* What GnuTLS is told when one thing only is to be judged. */
#define IGNORE_TIME                  \
  (GNUTLS_VERIFY_DISABLE_TIME_CHECKS \
   | GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS)
#define IGNORE_WEAKNESS \
  (GNUTLS_VERIFY_ALLOW_BROKEN | GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1)

struct _WsTlsExplain
{
  GPtrArray *path; /* (owned) of gnutls_x509_crt_t (unowned): the peer's part,
                        its own first, each issued by the next */
  GPtrArray *issuers; /* (owned) of gnutls_x509_crt_t (unowned): of each in
                         @path; NULL if the last has an unknown one */
  gnutls_x509_crt_t anchor; /* (owned) (nullable): the trusted certificate that
                               the path leads to */
  gnutls_x509_trust_list_t trust;    /* (unowned) */
  GPtrArray               *problems; /* (unowned) of WsTlsProblem */
};

static gnutls_x509_crt_t
path_at (WsTlsExplain *self, guint depth)
{
  return g_ptr_array_index (self->path, depth);
}

static gnutls_x509_crt_t
top_of (WsTlsExplain *self)
{
  return path_at (self, self->path->len - 1);
}

/* (transfer full) (nullable): @crt itself if it is trusted, else the trusted
 * certificate that issued it */
static gnutls_x509_crt_t
find_anchor (WsTlsExplain *self, gnutls_x509_crt_t crt)
{
  gnutls_x509_crt_t anchor = NULL;
  gnutls_datum_t    dn;

  if (gnutls_x509_crt_get_raw_dn (crt, &dn) == 0)
    {
      int result
          = gnutls_x509_trust_list_get_issuer_by_dn (self->trust, &dn, &anchor,
                                                     GNUTLS_TL_GET_COPY);

      gnutls_free (dn.data);
      if (result == 0 && gnutls_x509_crt_equals (crt, anchor))
        return anchor;
      if (result == 0)
        gnutls_x509_crt_deinit (anchor);
    }

  if (gnutls_x509_trust_list_get_issuer (self->trust, crt, &anchor,
                                         GNUTLS_TL_GET_COPY)
      == 0)
    return anchor;
  return NULL;
}

/* (transfer none) (nullable): whoever issued @crt of those that the peer sent
 * and that are not in the path yet */
static gnutls_x509_crt_t
find_sent_issuer (WsTlsExplain *self, GPtrArray *sent, gnutls_x509_crt_t crt)
{
  for (guint i = 0; i < sent->len; i++)
    {
      gnutls_x509_crt_t candidate = g_ptr_array_index (sent, i);

      if (gnutls_x509_crt_check_issuer (crt, candidate)
          && !g_ptr_array_find (self->path, candidate, NULL))
        return candidate;
    }
  return NULL;
}

/* A trusted certificate that was sent as well is not in the path. */
static void
build_path (WsTlsExplain *self, GPtrArray *sent)
{
  gnutls_x509_crt_t crt = g_ptr_array_index (sent, 0);

  while (crt != NULL)
    {
      g_ptr_array_add (self->path, crt);
      self->anchor = find_anchor (self, crt);
      if (self->anchor != NULL)
        break;
      crt = gnutls_x509_crt_check_issuer (crt, crt)
                ? NULL
                : find_sent_issuer (self, sent, crt);
      if (crt != NULL)
        g_ptr_array_add (self->issuers, crt);
    }

  if (self->anchor != NULL
      && gnutls_x509_crt_equals (top_of (self), self->anchor)
      && self->path->len > 1)
    {
      g_ptr_array_set_size (self->path, (int) self->path->len - 1);
      g_ptr_array_set_size (self->issuers, (int) self->issuers->len - 1);
    }
  g_ptr_array_add (self->issuers, self->anchor);
}

WsTlsExplain *
ws_tls_explain_new (GPtrArray               *sent,
                    gnutls_x509_trust_list_t trust,
                    GPtrArray               *problems)
{
  WsTlsExplain *self = g_new0 (WsTlsExplain, 1);

  self->trust = trust;
  self->problems = problems;
  self->path = g_ptr_array_new ();
  self->issuers = g_ptr_array_new ();
  build_path (self, sent);
  return self;
}

void
ws_tls_explain_free (WsTlsExplain *self)
{
  g_ptr_array_unref (self->path);
  g_ptr_array_unref (self->issuers);
  if (self->anchor != NULL)
    gnutls_x509_crt_deinit (self->anchor);
  g_free (self);
}

guint
ws_tls_explain_get_length (WsTlsExplain *self)
{
  return self->path->len;
}

/* (nullable): the anchor stands behind the path's end. */
static gnutls_x509_crt_t
crt_at (WsTlsExplain *self, guint depth)
{
  if (depth < self->path->len)
    return path_at (self, depth);
  return depth == self->path->len ? self->anchor : NULL;
}

static char *
name_at (WsTlsExplain *self, guint depth)
{
  gnutls_x509_crt_t crt = crt_at (self, depth);
  g_autofree char  *subject
      = crt != NULL ? ws_tls_certificate_read_subject (crt) : NULL;

  if (subject == NULL || *subject == '\0')
    return g_strdup (_ ("a certificate without a name"));
  return g_steal_pointer (&subject);
}

void
ws_tls_explain_add (WsTlsExplain    *self,
                    WsTlsProblemCode code,
                    int              depth,
                    char            *text)
{
  WsTlsProblem     *problem = g_new0 (WsTlsProblem, 1);
  gnutls_x509_crt_t crt = depth >= 0 ? crt_at (self, (guint) depth) : NULL;

  problem->code = code;
  problem->depth = depth;
  problem->certificate = crt != NULL ? ws_tls_certificate_export (crt) : NULL;
  problem->text = text;
  g_ptr_array_add (self->problems, problem);
}

/* The text: @sentence, with the subject in place of its %s. */
static void
add_about (WsTlsExplain    *self,
           WsTlsProblemCode code,
           guint            depth,
           const char      *sentence)
{
  g_autofree char *name = name_at (self, depth);
  g_auto (GStrv) parts = g_strsplit (sentence, "%s", 2);

  ws_tls_explain_add (self, code, (int) depth, g_strjoinv (name, parts));
}

guint
ws_tls_explain_issuers (WsTlsExplain *self)
{
  guint             depth = self->path->len - 1;
  gnutls_x509_crt_t top = top_of (self);

  if (self->anchor != NULL)
    return 0;

  if (!gnutls_x509_crt_check_issuer (top, top))
    add_about (self, WS_TLS_PROBLEM_UNABLE_TO_GET_LOCAL_ISSUER_CERTIFICATE,
               depth, _ ("Whoever issued the certificate of %s is not known"));
  else if (depth == 0)
    add_about (
        self, WS_TLS_PROBLEM_SELF_SIGNED_CERTIFICATE, depth,
        _ ("The certificate of %s is signed by itself, and not trusted"));
  else
    add_about (self, WS_TLS_PROBLEM_SELF_SIGNED_CERTIFICATE_IN_CHAIN, depth,
               _ ("The chain ends with %s, which is not trusted"));
  return GNUTLS_CERT_SIGNER_NOT_FOUND;
}

/* The bits that GnuTLS finds at the signature of the certificate at @depth. */
static guint
judge_signature (WsTlsExplain *self, guint depth, guint flags)
{
  gnutls_x509_crt_t issuer = g_ptr_array_index (self->issuers, depth);
  guint             status = 0;

  if (issuer == NULL || gnutls_x509_crt_equals (issuer, path_at (self, depth))
      || gnutls_x509_crt_verify (path_at (self, depth), &issuer, 1,
                                 flags | IGNORE_TIME, &status)
             < 0)
    return 0;
  return status;
}

static void
add_weakness (WsTlsExplain *self, guint depth)
{
  add_about (
      self, WS_TLS_PROBLEM_INSECURE_ALGORITHM, depth,
      _ ("The certificate of %s has a key or a signature that is not secure"));
}

/* Which profile the session's priority asks for, GnuTLS does not tell: the most
 * lenient one that objects to any certificate explains the verdict. */
static guint
explain_weakness (WsTlsExplain *self)
{
  static const guint profiles[]
      = { GNUTLS_PROFILE_LOW,  GNUTLS_PROFILE_LEGACY, GNUTLS_PROFILE_MEDIUM,
          GNUTLS_PROFILE_HIGH, GNUTLS_PROFILE_ULTRA,  GNUTLS_PROFILE_FUTURE };
  guint explained = 0;

  for (guint p = 0; p < G_N_ELEMENTS (profiles) && explained == 0; p++)
    for (guint i = 0; i < self->path->len; i++)
      if (judge_signature (self, i, GNUTLS_PROFILE_TO_VFLAGS (profiles[p]))
          & GNUTLS_CERT_INSECURE_ALGORITHM)
        {
          explained = GNUTLS_CERT_INSECURE_ALGORITHM;
          add_weakness (self, i);
        }
  return explained;
}

/* RFC 5280, 6.1.4: certificates that name themselves as issuer do not count. */
static guint
explain_path_length (WsTlsExplain *self)
{
  guint below = 0, explained = 0;

  for (guint i = 1; i <= self->path->len && crt_at (self, i) != NULL; i++)
    {
      int   path_length;
      guint is_authority;

      if (gnutls_x509_crt_get_basic_constraints (crt_at (self, i), NULL,
                                                 &is_authority, &path_length)
              >= 0
          && path_length >= 0 && (guint) path_length < below)
        {
          explained = GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE
                      | GNUTLS_CERT_SIGNER_NOT_CA;
          add_about (self, WS_TLS_PROBLEM_PATH_LENGTH_EXCEEDED, i,
                     _ ("%s may not issue for so many authorities below it"));
        }
      if (!gnutls_x509_crt_check_issuer (crt_at (self, i), crt_at (self, i)))
        below++;
    }
  return explained;
}

/* Weak certificates are judged again with weakness allowed, for weakness hides
 * what else is wrong. */
static guint
explain_signature (WsTlsExplain *self, guint depth)
{
  guint found = judge_signature (self, depth, 0);

  if (found & GNUTLS_CERT_INSECURE_ALGORITHM)
    {
      add_weakness (self, depth);
      found = GNUTLS_CERT_INSECURE_ALGORITHM
              | judge_signature (self, depth, IGNORE_WEAKNESS);
    }

  if (found & GNUTLS_CERT_SIGNATURE_FAILURE)
    add_about (self, WS_TLS_PROBLEM_CERTIFICATE_SIGNATURE_FAILED, depth,
               _ ("The signature of the certificate of %s is wrong"));
  if (found & GNUTLS_CERT_SIGNER_NOT_CA)
    add_about (self, WS_TLS_PROBLEM_INVALID_CA_CERTIFICATE, depth + 1,
               _ ("%s may not issue certificates"));
  /* To GnuTLS, a certificate that is no authority may have no path below. */
  if (found & GNUTLS_CERT_SIGNER_NOT_CA)
    found |= GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE;
  else if (found & GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE)
    add_about (
        self, WS_TLS_PROBLEM_UNSPECIFIED, depth,
        _ ("The certificate of %s breaks the constraints of its issuer"));
  return found
         & (GNUTLS_CERT_INSECURE_ALGORITHM | GNUTLS_CERT_SIGNATURE_FAILURE
            | GNUTLS_CERT_SIGNER_NOT_CA
            | GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE);
}

guint
ws_tls_explain_signatures (WsTlsExplain *self, guint status)
{
  guint explained = 0;

  for (guint i = 0; i < self->path->len; i++)
    explained |= explain_signature (self, i);
  explained |= explain_path_length (self);

  if (status & ~explained & GNUTLS_CERT_INSECURE_ALGORITHM)
    explained |= explain_weakness (self);
  return explained;
}

static char *
format_time (time_t seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S UTC")
                      : g_strdup (_ ("an unknown time"));
}

guint
ws_tls_explain_validity (WsTlsExplain *self)
{
  time_t now = g_get_real_time () / G_USEC_PER_SEC;
  guint  explained = 0;

  for (guint i = 0; crt_at (self, i) != NULL; i++)
    {
      time_t begin = gnutls_x509_crt_get_activation_time (crt_at (self, i));
      time_t end = gnutls_x509_crt_get_expiration_time (crt_at (self, i));
      g_autofree char *name = name_at (self, i);
      g_autofree char *time = format_time (now < begin ? begin : end);

      if (now < begin)
        {
          explained |= GNUTLS_CERT_NOT_ACTIVATED;
          ws_tls_explain_add (
              self, WS_TLS_PROBLEM_CERTIFICATE_NOT_YET_VALID, (int) i,
              g_strdup_printf (
                  _ ("The certificate of %s is not valid before %s"), name,
                  time));
        }
      else if (end != (time_t) -1 && now > end)
        {
          explained |= GNUTLS_CERT_EXPIRED;
          ws_tls_explain_add (
              self, WS_TLS_PROBLEM_CERTIFICATE_EXPIRED, (int) i,
              g_strdup_printf (_ ("The certificate of %s has expired on %s"),
                               name, time));
        }
    }
  return explained;
}

guint
ws_tls_explain_purpose (WsTlsExplain *self, const char *purpose)
{
  guint explained = 0;

  for (guint i = 0; i < self->path->len; i++)
    if (!gnutls_x509_crt_check_key_purpose (path_at (self, i), purpose, 0))
      {
        explained = GNUTLS_CERT_PURPOSE_MISMATCH;
        add_about (self, WS_TLS_PROBLEM_INVALID_PURPOSE, i,
                   g_str_equal (purpose, GNUTLS_KP_TLS_WWW_SERVER)
                       ? _ ("The certificate of %s is not for a server")
                       : _ ("The certificate of %s is not for a client"));
      }
  return explained;
}

/* GnuTLS looks at revocation lists last, at those of a path that it trusts, and
 * stops at the first certificate that is in one: parts of the path are judged
 * from the top, so that the first part to fail tells which certificate that is.
 * What is below is void anyway. */
guint
ws_tls_explain_revocation (WsTlsExplain *self)
{
  if (self->anchor == NULL)
    return 0;
  for (guint i = self->path->len; i-- > 0;)
    {
      guint status = 0;

      if (gnutls_x509_trust_list_verify_crt2 (
              self->trust, (gnutls_x509_crt_t *) self->path->pdata + i,
              self->path->len - i, NULL, 0,
              IGNORE_TIME | IGNORE_WEAKNESS
                  | GNUTLS_VERIFY_DO_NOT_ALLOW_UNSORTED_CHAIN,
              &status, NULL)
              < 0
          || (status & GNUTLS_CERT_REVOKED) == 0)
        continue;

      add_about (self, WS_TLS_PROBLEM_CERTIFICATE_REVOKED, i,
                 _ ("The certificate of %s was revoked by its issuer"));
      return GNUTLS_CERT_REVOKED;
    }
  return 0;
}

void
ws_tls_explain_length (WsTlsExplain *self, guint max_length)
{
  if (max_length > 0 && self->path->len > max_length)
    ws_tls_explain_add (
        self, WS_TLS_PROBLEM_PATH_LENGTH_EXCEEDED, (int) max_length,
        g_strdup_printf (
            _ ("The chain has %u certificates, more than the %u that are "
               "allowed"),
            self->path->len, max_length));
}
