/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The methods that are slots: action signals. */
#include "server/ws-server-slots.h"

static void
add_slot (const char *name, GCallback handler)
{
  g_signal_new_class_handler (name, WS_TYPE_SERVER,
                              G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, handler,
                              NULL, NULL, NULL, G_TYPE_NONE, 0);
}

void
ws_server_install_slots (void)
{
  /**
   * WsServer::close:
   * @self: the server
   *
   * Slot: as [method@Server.close].
   *
   * Since: 1.0
   */
  add_slot ("close", G_CALLBACK (ws_server_close));

  /**
   * WsServer::pause-accepting:
   * @self: the server
   *
   * Slot: as [method@Server.pause_accepting].
   *
   * Since: 1.0
   */
  add_slot ("pause-accepting", G_CALLBACK (ws_server_pause_accepting));

  /**
   * WsServer::resume-accepting:
   * @self: the server
   *
   * Slot: as [method@Server.resume_accepting].
   *
   * Since: 1.0
   */
  add_slot ("resume-accepting", G_CALLBACK (ws_server_resume_accepting));
}
