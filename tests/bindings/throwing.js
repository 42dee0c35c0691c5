// SPDX-License-Identifier: LGPL-2.1-or-later
// Handlers that throw, of every signal: the connection goes on.

import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Ws from 'gi://Ws?version=1.0';

import {
    check, countUnlucky, finish, hideUnlucky, unlucky, wait,
} from './harness.js';

hideUnlucky();

const heard = {};
const sockets = [];

function connectAll(object, kind) {
    const names = ['notify'];
    for (const id of GObject.signal_list_ids(object.constructor.$gtype)) {
        const query = GObject.signal_query(id);
        if (!(query.signal_flags & GObject.SignalFlags.ACTION))
            names.push(query.signal_name);
    }
    for (const name of names) {
        object.connect(name, (_object, ...args) => {
            const key = `${kind} ${name}`;
            heard[key] = (heard[key] ?? 0) + 1;
            if (name === 'client-connected') {
                sockets.push(args[0]);
                connectAll(args[0], 'socket');
            }
            unlucky();
        });
    }
}

const server = new Ws.Server({server_name: 'throwing', listening: true});
connectAll(server, 'server');
wait(() => server.listening, 'the server');
const client = new Ws.Socket();
connectAll(client, 'socket');
client.open(server.url);
wait(() => client.is_valid() && sockets.length > 0, 'the connection');
client.send_text_message('one');
sockets[0].send_binary_message(new GLib.Bytes(Uint8Array.of(1, 2)));
client.ping(null);
wait(() => heard['socket message-received'] === 2 && heard['socket pong'] === 1,
    'messages');
client.close(4000, 'enough');
wait(() => heard['socket disconnected'] === 2, 'the end');
check(client.was_clean, 'the end was not clean');
check(sockets[0].close_code === 4000, `it was closed with ${sockets[0].close_code}`);
server.close();
wait(() => heard['server closed'] === 1, "the server's end");

for (const name of ['about-to-close', 'binary-frame-received',
    'binary-message-received', 'bytes-written', 'connected', 'ping-received',
    'read-channel-finished', 'state-changed', 'text-frame-received',
    'text-message-received', 'notify'])
    check(heard[`socket ${name}`] > 0, `${name} was not heard`);
for (const name of ['client-connected', 'client-disconnected', 'notify',
    'handshake-requested', 'origin-authentication-required'])
    check(heard[`server ${name}`] > 0, `${name} was not heard of the server`);
const nHeard = Object.values(heard).reduce((sum, n) => sum + n, 0);
check(countUnlucky() === nHeard, `${countUnlucky()} of ${nHeard} were told`);

finish();
