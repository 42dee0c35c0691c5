// SPDX-License-Identifier: LGPL-2.1-or-later
// A message handler in JavaScript: what it gets, what it returns, how it fails.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import Ws from 'gi://Ws?version=1.0';

const DEADLINE = 20; // seconds; nothing waits for it but a hanging test
const {TEXT, BINARY} = Ws.MessageType;

let failures = 0;

function checkEqual(actual, expected, what) {
    if (String(actual) === String(expected))
        return;
    failures++;
    printerr(`failed: ${what}: ${actual} is not ${expected}`);
}

function wait(condition, what) {
    let expired = false;
    const source = GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, DEADLINE, () => {
        expired = true;
        return GLib.SOURCE_CONTINUE;
    });
    while (!condition() && !expired)
        GLib.MainContext.default().iteration(true);
    GLib.source_remove(source);
    if (expired) {
        printerr(`failed: waited for ${what}`);
        System.exit(1);
    }
}

let nThrown = 0;
GLib.log_set_writer_func((_level, fields) => {
    const message = new TextDecoder().decode(fields.MESSAGE ?? new Uint8Array());
    if (message.includes('unlucky'))
        nThrown++;
    else
        printerr(message);
    return GLib.LogWriterOutput.HANDLED;
});

const server = Ws.Server.new('handler', Ws.SslMode.NON_SECURE);
let accepted = null;
server.connect('client-connected', (_server, client) => {
    accepted = client;
});
server.listen(Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4), 0);
const client = new Ws.Socket();
client.open(server.get_url());
wait(() => accepted && client.is_valid(), 'the connection');

// An echo of everything: the bytes as they are.
const heard = [];
accepted.set_message_handler((socket, type, data) => {
    checkEqual(data instanceof Uint8Array, true, 'an array of bytes');
    socket.send_data(type, data);
    return true;
});
client.set_message_handler((_socket, type, data) => {
    heard.push(`${type}:${Array.from(data)}`);
    return true;
});
client.send_data(TEXT, new TextEncoder().encode('a\0ä'));
client.send_data(TEXT, new Uint8Array());
client.send_data(BINARY, new Uint8Array([0, 255]));
wait(() => heard.length === 3, 'three echoes');
checkEqual(heard.join(' '), `${TEXT}:97,0,195,164 ${TEXT}: ${BINARY}:0,255`, 'echoes');

// What the handler leaves, or fails at, is signalled.
const texts = [];
accepted.connect('text-message-received', (_socket, text) => texts.push(text));
accepted.set_message_handler((_socket, _type, data) => {
    if (data.length === 3)
        throw new Error('unlucky');
    return data.length === 1;
});
for (const text of ['1', '22', '333'])
    client.send_text_message(text);
wait(() => texts.length === 2, 'two signals');
checkEqual(texts, '22,333', 'signals');
checkEqual(nThrown, 1, 'exceptions');

accepted.set_message_handler(null);
client.send_text_message('1');
wait(() => texts.length === 3, 'a signal without a handler');

client.abort();
server.close();
System.exit(failures ? 1 : 0);
