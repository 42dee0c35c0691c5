// SPDX-License-Identifier: LGPL-2.1-or-later
// Signals and slots as a GJS program uses them.

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Ws from 'gi://Ws?version=1.0';
import System from 'system';

const DEADLINE = 100; // seconds; nothing waits for it but a hanging test

const Bell = GObject.registerClass(
  {
    Signals: {
      said: { param_types: [GObject.TYPE_STRING] },
      rang: {},
      write: {
        flags: GObject.SignalFlags.RUN_LAST | GObject.SignalFlags.ACTION,
        param_types: [GObject.TYPE_STRING],
      },
    },
  },
  class Bell extends GObject.Object {
    _init() {
      super._init();
      this.heard = [];
    }

    on_write(text) {
      this.heard.push(text);
    }
  },
);

function assert(condition, what) {
  if (!condition) throw new Error(`assertion failed: ${what}`);
}

function assertEqual(actual, expected) {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  assert(a === b, `${a} is not ${b}`);
}

function wait(condition) {
  let expired = false;
  const source = GLib.timeout_add_seconds(
    GLib.PRIORITY_DEFAULT,
    DEADLINE,
    () => {
      expired = true;
      return GLib.SOURCE_CONTINUE;
    },
  );
  while (!condition()) {
    assert(!expired, `something within ${DEADLINE} s`);
    GLib.MainContext.default().iteration(true);
  }
  GLib.source_remove(source);
}

function expectError(code, words, call) {
  try {
    call();
  } catch (error) {
    assert(error.matches(Ws.SocketError, code), error);
    for (const word of words) assert(error.message.includes(word), word);
    return;
  }
  throw new Error('no error');
}

const onSaid = (bell, text) => bell.heard.push(`on ${text}`);

function testFunctions() {
  const [sender, receiver] = [new Bell(), new Bell()];
  const connection = Ws.connect(
    sender,
    'said',
    receiver,
    onSaid,
    Ws.ConnectFlags.AUTO,
  );
  assert(connection.connected, 'connected');
  assert(connection.sender === sender, 'sender');
  assert(connection.receiver === receiver, 'receiver');
  sender.emit('said', 'ding');
  assertEqual(receiver.heard, ['on ding']);
  assert(Ws.disconnect(connection), 'disconnected');
  assert(!Ws.disconnect(connection), 'disconnected once');
  sender.emit('said', 'dong');
  assertEqual(receiver.heard, ['on ding']);
}

function testQueued() {
  const [sender, receiver] = [new Bell(), new Bell()];
  Ws.connect(
    sender,
    'said',
    receiver,
    onSaid,
    Ws.ConnectFlags.QUEUED | Ws.ConnectFlags.SINGLE_SHOT,
  );
  sender.emit('said', 'ding');
  sender.emit('said', 'dong');
  assertEqual(receiver.heard, []);
  wait(() => receiver.heard.length > 0);
  assertEqual(receiver.heard, ['on ding']);
}

function testBound() {
  const [sender, receiver] = [new Bell(), new Bell()];
  const connection = Ws.connect(
    sender,
    'said',
    receiver,
    onSaid,
    Ws.ConnectFlags.QUEUED,
  );
  connection.maxQueuedBytes = 1;
  connection.overflowPolicy = Ws.OverflowPolicy.DROP_OLDEST;
  for (const word of ['ding', 'dong']) sender.emit('said', word);
  assert(connection.queuedBytes > 1, 'queued');
  assertEqual(connection.nDropped, 1);
  wait(() => receiver.heard.length > 0);
  assertEqual(receiver.heard, ['on dong']);
}

function testSlots() {
  const [sender, receiver] = [new Bell(), new Bell()];
  Ws.connect_slot(sender, 'said', receiver, 'write', Ws.ConnectFlags.UNIQUE);
  sender.emit('said', 'ding');
  assertEqual(receiver.heard, ['ding']);
  expectError(Ws.SocketError.OPERATION, ['said'], () =>
    Ws.connect_slot(sender, 'said', receiver, 'write', Ws.ConnectFlags.UNIQUE),
  );
  expectError(Ws.SocketError.INVALID_ARGUMENT, ['tolls', 'rang'], () =>
    Ws.connect(sender, 'tolls', receiver, onSaid, 0),
  );
  expectError(Ws.SocketError.INVALID_ARGUMENT, ['said', 'write'], () =>
    Ws.connect_slot(sender, 'rang', receiver, 'said', 0),
  );
}

function testObject() {
  const [sender, receiver] = [new Bell(), new Bell()];
  new Ws.Connection({ sender, signal: 'said', receiver, slot: 'write' });
  System.gc();
  sender.emit('said', 'ding');
  assertEqual(receiver.heard, ['ding']);
}

function testSockets() {
  const server = new Ws.Server({ server_name: 'signals' });
  assert(server.listen(null, 0), 'listening');
  const accepted = [];
  Ws.connect(
    server,
    'client-connected',
    server,
    (_server, socket) => accepted.push(socket),
    0,
  );
  const [bell, heard] = [new Bell(), new Bell()];
  const client = new Ws.Socket({ url: server.url });
  Ws.connect_slot(
    client,
    'text-message-received',
    client,
    'send-binary-message',
    0,
  );
  Ws.connect_slot(bell, 'rang', client, 'open', 0);
  bell.emit('rang');
  wait(() => client.is_valid() && accepted.length > 0);
  Ws.connect_slot(accepted[0], 'binary-message-received', heard, 'write', 0);
  Ws.connect_slot(bell, 'said', accepted[0], 'send-text-message', 0);
  bell.emit('said', 'grüße 🦊');
  wait(() => heard.heard.length > 0);
  assertEqual(heard.heard, ['grüße 🦊']);
  client.emit('close', 0, null);
  wait(() => client.state === Ws.State.UNCONNECTED);
  assertEqual(client.close_code, 1000);
  const errors = [];
  client.connect('error', (socket, error) => errors.push(error.code));
  client.emit('send-text-message', 'too late');
  assertEqual(errors, [Ws.SocketError.NOT_CONNECTED]);
  assertEqual(client.status, Ws.Status.CLOSED);
  server.close();
}

testFunctions();
testQueued();
testBound();
testSlots();
testObject();
testSockets();
