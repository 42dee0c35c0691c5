/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>
#include <ws-glib/ws-glib.h>

G_BEGIN_DECLS

#define CERTIFICATE_TYPE_DIALOG (certificate_dialog_get_type ())
G_DECLARE_FINAL_TYPE (
    CertificateDialog, certificate_dialog, CERTIFICATE, DIALOG, GtkWindow)

CertificateDialog *
certificate_dialog_new (GtkWindow *parent, WsSocket *socket, GPtrArray *errors);

G_END_DECLS
