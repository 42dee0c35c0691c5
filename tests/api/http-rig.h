/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An HTTP server that says exactly what a test wants, plain or with TLS, on the
 * default context; it has no code of the library. */

typedef struct _HttpRig HttpRig;

/* One connection to it. */
typedef struct
{
  HttpRig   *rig;
  GIOStream *stream;
  GString   *input;  /* that no head was made of yet */
  guint      number; /* from 1 */
  guint      n_requests;
  char       data[4096];
} HttpVisit;

/* A whole head has come, which is kept in the rig's list too. */
typedef void (*HttpAnswer) (HttpVisit  *visit,
                            const char *head,
                            gpointer    user_data);

struct _HttpRig
{
  GSocketService  *service;
  GTlsCertificate *certificate; /* (nullable): plain */
  HttpAnswer       answer;
  gpointer         user_data;
  guint16          port;
  guint            n_visits;
  GPtrArray       *heads;  /* of char * */
  GPtrArray       *visits; /* (unowned) of HttpVisit */
};

/* (transfer full): with TLS needs the folder of the certificates. */
HttpRig      *
http_rig_new (gboolean with_tls, HttpAnswer answer, gpointer user_data);
void http_rig_free (HttpRig *self);
/* (transfer full): @userinfo (nullable) is "user:password". */
char *http_rig_make_url (HttpRig *self, const char *userinfo, const char *path);

void http_visit_say (HttpVisit *visit, const char *text);
void http_visit_close (HttpVisit *visit);
/* Answers 101. */
void http_visit_accept (HttpVisit *visit, const char *head);

/* (transfer full) (nullable): the value of a field, whose name is spelled as in
 * @head. */
char *http_head_get (const char *head, const char *name);
/* Whether it carries these credentials. */
gboolean http_head_has_basic (const char *head, const char *login);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpRig, http_rig_free)

G_END_DECLS
