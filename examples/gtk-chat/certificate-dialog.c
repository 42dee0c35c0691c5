/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Asks whether to go on in spite of a server's certificate. The socket waits
 * for the answer, however long that takes; a server that does not is asked
 * again, and the answer holds for that attempt.
 */
#include "certificate-dialog.h"

#include <glib/gi18n.h>

#include "trusted-servers.h"

struct _CertificateDialog
{
  GtkWindow parent_instance;

  WsSocket         *socket;      /* (owned) */
  WsSslCertificate *certificate; /* (owned) (nullable): the server's own */
  gboolean          is_answered;

  GtkLabel  *heading;
  GtkLabel  *problems;
  GtkLabel  *fingerprint;
  GtkWidget *refuse;
};

G_DEFINE_FINAL_TYPE (CertificateDialog, certificate_dialog, GTK_TYPE_WINDOW)

/* Goes on with what was accepted, in another attempt if need be. */
static void
go_on (CertificateDialog *self)
{
  self->is_answered = TRUE;
  if (ws_socket_get_state (self->socket) == WS_STATE_CONNECTING)
    ws_socket_resume (self->socket);
  else
    ws_socket_open (self->socket, NULL, NULL);
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_once (GtkButton *button, CertificateDialog *self)
{
  ws_socket_ignore_ssl_errors (self->socket);
  go_on (self);
}

static void
on_always (GtkButton *button, CertificateDialog *self)
{
  g_autoptr (GError) error = NULL;

  if (self->certificate != NULL
      && !trusted_servers_add (ws_socket_get_ssl_configuration (self->socket),
                               self->certificate,
                               ws_socket_get_peer_name (self->socket), &error))
    g_message ("Accepted until the program ends: %s", error->message);
  go_on (self);
}

/* Closing is the answer of those who press Escape, too. */
static gboolean
certificate_dialog_close_request (GtkWindow *window)
{
  CertificateDialog *self = CERTIFICATE_DIALOG (window);

  if (!self->is_answered)
    ws_socket_abort (self->socket);
  return GTK_WINDOW_CLASS (certificate_dialog_parent_class)
      ->close_request (window);
}

static void
certificate_dialog_dispose (GObject *object)
{
  CertificateDialog *self = CERTIFICATE_DIALOG (object);

  g_clear_object (&self->socket);
  g_clear_object (&self->certificate);
  G_OBJECT_CLASS (certificate_dialog_parent_class)->dispose (object);
}

static void
certificate_dialog_class_init (CertificateDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = certificate_dialog_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = certificate_dialog_close_request;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/gtk-chat/certificate-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CertificateDialog,
                                        heading);
  gtk_widget_class_bind_template_child (widget_class, CertificateDialog,
                                        problems);
  gtk_widget_class_bind_template_child (widget_class, CertificateDialog,
                                        fingerprint);
  gtk_widget_class_bind_template_child (widget_class, CertificateDialog,
                                        refuse);
  gtk_widget_class_bind_template_callback (widget_class, on_once);
  gtk_widget_class_bind_template_callback (widget_class, on_always);
}

static void
certificate_dialog_init (CertificateDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_grab_focus (self->refuse);
}

static void
show_problems (CertificateDialog *self, GPtrArray *errors)
{
  g_autofree char *heading
      = g_strdup_printf (_ ("%s cannot be trusted"),
                         ws_socket_get_peer_name (self->socket));
  g_autoptr (GString) text = g_string_new (NULL);

  gtk_label_set_label (self->heading, heading);
  for (guint i = 0; i < errors->len; i++)
    {
      WsSslError *error = g_ptr_array_index (errors, i);

      g_string_append_printf (text, "%s• %s", i > 0 ? "\n" : "",
                              ws_ssl_error_get_text (error));
    }
  gtk_label_set_label (self->problems, text->str);
}

static void
show_fingerprint (CertificateDialog *self)
{
  g_autofree char *digest = NULL, *text = NULL;

  if (self->certificate == NULL)
    return;
  digest = ws_ssl_certificate_digest (self->certificate, G_CHECKSUM_SHA256);
  text = g_strdup_printf ("SHA-256 %s", digest);
  gtk_label_set_label (self->fingerprint, text);
}

/* The server's own certificate: what is wrong may be one further up, of whoever
 * has issued it. */
static void
take_certificate (CertificateDialog *self)
{
  WsSslSession *session = ws_socket_get_ssl_session (self->socket);

  if (session != NULL)
    g_set_object (&self->certificate,
                  ws_ssl_session_get_peer_certificate (session));
}

/* Asks about @socket, which is paused. */
CertificateDialog *
certificate_dialog_new (GtkWindow *parent, WsSocket *socket, GPtrArray *errors)
{
  CertificateDialog *self
      = g_object_new (CERTIFICATE_TYPE_DIALOG, "transient-for", parent, NULL);

  self->socket = g_object_ref (socket);
  take_certificate (self);
  show_problems (self, errors);
  show_fingerprint (self);
  return self;
}
