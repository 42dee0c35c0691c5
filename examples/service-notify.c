/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells systemd how its service is, as sd_notify() does. */
#include "service-notify.h"

#include <string.h>

#include <gio/gunixsocketaddress.h>

/* "READY=1", "STOPPING=1". Does nothing where nobody wants to know. */
void
service_notify (const char *state)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  g_autoptr (GSocketAddress) manager = NULL;
  g_autoptr (GSocket) gsocket = NULL;

  if (path == NULL || *path == '\0')
    return;
  if (*path == '@') /* a name without a file */
    manager
        = g_unix_socket_address_new_with_type (path + 1, -1,
                                               G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  else
    manager = g_unix_socket_address_new (path);
  gsocket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM,
                          G_SOCKET_PROTOCOL_DEFAULT, NULL);
  if (gsocket == NULL
      || g_socket_send_to (gsocket, manager, state, strlen (state), NULL, NULL)
             < 0)
    g_printerr ("The service manager cannot be told: %s\n", state);
}
