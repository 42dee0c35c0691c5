/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The functions that connect signals to receivers in any thread. */
#include "ws-signal.h"

#include "signal/ws-connection-private.h"
#include "ws-socket-error.h"

/**
 * ws_connect:
 * @sender: the object whose signal it is
 * @signal: the name of a signal, with a detail if you like: `notify::state`
 * @receiver: the object that the slot belongs to
 * @slot: (scope forever): a function
 * @flags: how it is called
 * @error: return location for an error
 *
 * Connects a signal of an object to a function of another object.
 *
 * The slot is called with @receiver first and the arguments of the signal
 * behind it; it may take fewer of them. The sender is not among them. It
 * returns what a handler of the signal returns:
 *
 *     static void
 *     on_text (Window *window, const char *text);
 *
 * Both objects may be of any class and live in any thread. The connection ends
 * when either of them is disposed, keeps neither of them alive, and may be
 * ended with [func@disconnect]. What is under way to a receiver that
 * goes is dropped.
 *
 * Without other @flags the slot is called at once, if the signal is emitted in
 * the thread that runs the receiver's main context, and else from there. This
 * context is that of a [class@Socket] or a [class@Server] which has one; of any
 * other object it is the one that is thread-default where ws_connect() is
 * called. "Runs" means: the thread is inside an iteration of it; or it is the
 * one that connected, the context is its thread-default one, and nobody else
 * is inside.
 *
 * Fails with %WS_SOCKET_ERROR_INVALID_ARGUMENT if there is no such signal, if
 * @flags contradict each other, or if what is asked for cannot work: a signal
 * that is to be answered in the handler, returns something, or carries a bare
 * pointer cannot be queued. See [flags@ConnectFlags] for the others.
 *
 * Returns: (transfer none) (nullable): the connection, which lives at least
 *   until it ends; take a reference to keep it longer. Nothing has to be done
 *   with it.
 *
 * Since: 1.0
 */
WsConnection *
ws_connect (GObject       *sender,
            const char    *signal,
            GObject       *receiver,
            GCallback      slot,
            WsConnectFlags flags,
            GError       **error)
{
  WsSignalSlot made = { .function = slot };

  g_return_val_if_fail (G_IS_OBJECT (sender), NULL);
  g_return_val_if_fail (signal != NULL, NULL);
  g_return_val_if_fail (G_IS_OBJECT (receiver), NULL);
  g_return_val_if_fail (slot != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  made.closure = g_cclosure_new (slot, NULL, NULL);
  g_closure_set_marshal (made.closure, g_cclosure_marshal_generic);
  g_closure_ref (made.closure);
  g_closure_sink (made.closure);
  return ws_connection_establish (sender, signal, receiver, &made, NULL, flags,
                                  error);
}

/**
 * ws_connect_closure: (rename-to ws_connect)
 * @sender: the object whose signal it is
 * @signal: the name of a signal, with a detail if you like: `notify::state`
 * @receiver: the object that the slot belongs to
 * @slot: a function
 * @flags: how it is called
 * @error: return location for an error
 *
 * Connects a signal of an object to a function on behalf of another object.
 *
 * The slot is called with @receiver first and the arguments of the signal
 * behind it; the sender is not among them. So a function that uses only what
 * it is given keeps nobody alive.
 *
 * Both objects may be of any class and live in any thread. The connection ends
 * when either of them is disposed, and may be ended with [func@disconnect].
 * What is under way to a receiver that goes is dropped.
 *
 * Without other @flags the slot is called at once, if the signal is emitted in
 * the thread that runs the receiver's main context, and else from there. This
 * context is that of a [class@Socket] or a [class@Server] which has one; of any
 * other object it is the one that is thread-default where the connection is
 * made. "Runs" means: the thread is inside an iteration of it; or it is the one
 * that connected, the context is its thread-default one, and nobody else is
 * inside.
 *
 * Fails with %WS_SOCKET_ERROR_INVALID_ARGUMENT if there is no such signal, if
 * @flags contradict each other, or if what is asked for cannot work: a signal
 * that is to be answered in the handler, returns something, or carries a bare
 * pointer cannot be queued. %WS_CONNECT_FLAGS_UNIQUE is refused too, since
 * bindings make a new closure for each call: name a slot instead, with
 * [func@connect_slot].
 *
 * Returns: (transfer none) (nullable): the connection, which lives at least
 *   until it ends
 *
 * Since: 1.0
 */
WsConnection *
ws_connect_closure (GObject       *sender,
                    const char    *signal,
                    GObject       *receiver,
                    GClosure      *slot,
                    WsConnectFlags flags,
                    GError       **error)
{
  WsSignalSlot made = { .closure = slot };

  g_return_val_if_fail (G_IS_OBJECT (sender), NULL);
  g_return_val_if_fail (signal != NULL, NULL);
  g_return_val_if_fail (G_IS_OBJECT (receiver), NULL);
  g_return_val_if_fail (slot != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  g_closure_ref (slot);
  g_closure_sink (slot);
  if (G_CLOSURE_NEEDS_MARSHAL (slot))
    g_closure_set_marshal (slot, g_cclosure_marshal_generic);
  if ((flags & WS_CONNECT_FLAGS_UNIQUE) != 0)
    {
      g_closure_unref (slot);
      g_set_error_literal (
          error, WS_SOCKET_ERROR, WS_SOCKET_ERROR_INVALID_ARGUMENT,
          "Closures cannot be told apart, so that a connection "
          "to one cannot be unique; name a slot instead");
      return NULL;
    }
  return ws_connection_establish (sender, signal, receiver, &made, NULL, flags,
                                  error);
}

/**
 * ws_connect_slot:
 * @sender: the object whose signal it is
 * @signal: the name of a signal, with a detail if you like: `notify::state`
 * @receiver: the object that the slot belongs to
 * @slot: the name of a slot
 * @flags: how it is called
 * @error: return location for an error
 *
 * Connects a signal of an object to a slot of another object by name.
 *
 * A slot is an action signal (%G_SIGNAL_ACTION) of the receiver. [class@Socket]
 * has `open`, `close`, `abort`, `ping`, `resume`, `ignore-ssl-errors`,
 * `send-text-message` and `send-binary-message`, [class@Server] has `close`,
 * `pause-accepting` and `resume-accepting`; many widgets have some, and your
 * own classes may.
 *
 * Arguments of the signal that the slot has no use for are dropped, and those
 * it lacks are 0 or %NULL. The others are transformed: numbers into each other,
 * enumerations and numbers into text, [struct@GLib.Bytes] and
 * [struct@Message] into text and text into bytes; the parameter of an action
 * ([iface@Gio.Action]) becomes what it holds. Bytes that are no text without
 * U+0000 are not delivered; [property@Connection:n-dropped] counts them.
 *
 * Everything else is as with [func@connect]. Fails with
 * %WS_SOCKET_ERROR_INVALID_ARGUMENT, too, if there is no such slot, or if the
 * argument of the signal can never become what the slot wants.
 *
 * Returns: (transfer none) (nullable): the connection, which lives at least
 *   until it ends
 *
 * Since: 1.0
 */
WsConnection *
ws_connect_slot (GObject       *sender,
                 const char    *signal,
                 GObject       *receiver,
                 const char    *slot,
                 WsConnectFlags flags,
                 GError       **error)
{
  WsSignalSlot made = { NULL };

  g_return_val_if_fail (G_IS_OBJECT (sender), NULL);
  g_return_val_if_fail (signal != NULL, NULL);
  g_return_val_if_fail (G_IS_OBJECT (receiver), NULL);
  g_return_val_if_fail (slot != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return ws_connection_establish (sender, signal, receiver, &made, slot, flags,
                                  error);
}

/**
 * ws_disconnect:
 * @connection: a connection
 *
 * Ends a connection; in any thread.
 *
 * No slot begins to run any more, also none whose signal has been emitted
 * already and waits to be delivered. One that runs is not waited for.
 *
 * Returns: whether it was connected
 *
 * Since: 1.0
 */
gboolean
ws_disconnect (WsConnection *connection)
{
  g_return_val_if_fail (WS_IS_CONNECTION (connection), FALSE);

  return ws_connection_end (connection);
}
