// SPDX-License-Identifier: LGPL-2.1-or-later
// Qt's QML tests in GJS: nothing but properties, set in any order.

import GLib from 'gi://GLib?version=2.0';
import Ws from 'gi://Ws?version=1.0';

import {check, checkEqual, finish, wait} from './harness.js';

const names = ['first', 'second'];
const server = new Ws.Server({listening: true, supported_subprotocols: names});
const client = new Ws.Socket({subprotocols: names});
const heard = [];
let accepted = null;

function listen(socket, who) {
    socket.connect('text-message-received', (_socket, text) =>
        heard.push(`${who}: ${text}`));
    socket.connect('binary-message-received', (_socket, bytes) =>
        heard.push(`${who}: ${[...bytes.toArray()]}`));
}

server.connect('client-connected', (_server, socket) => {
    accepted = socket;
    listen(socket, 'server');
});
listen(client, 'client');
wait(() => server.listening, 'the server');

function open() {
    accepted = null;
    client.active = true;
    client.url = server.url;
    wait(() => client.status === Ws.Status.OPEN && accepted, 'the connection');
}

function close() {
    client.active = false;
    wait(() => client.status === Ws.Status.CLOSED, 'the end');
    wait(() => accepted.status === Ws.Status.CLOSED, 'its other end');
}

function exchange(send, ask, answer) {
    for (let round = 0; round < 2; round++) {
        open();
        checkEqual(client.subprotocol, 'first', 'what the client agreed to');
        checkEqual(accepted.subprotocol, 'first', 'what the server agreed to');
        send(client, ask);
        wait(() => heard.length > 0, 'the question');
        checkEqual(heard.pop(), `server: ${ask}`, 'the question');
        send(accepted, answer);
        wait(() => heard.length > 0, 'the answer');
        checkEqual(heard.pop(), `client: ${answer}`, 'the answer');
        close();
        checkEqual(client.subprotocol, 'first', 'what was agreed on');
    }
}

function failClosed(send, what) {
    let thrown = null;
    try {
        send(client, what);
    } catch (error) {
        thrown = error;
    }
    check(thrown?.matches(Ws.SocketError, Ws.SocketError.NOT_CONNECTED),
        `sending while closed: ${thrown}`);
    checkEqual(client.status, Ws.Status.CLOSED, 'the status then');
    checkEqual(client.error_string, '', 'the text of an error of the call');
    open();
    close();
}

const sendText = (socket, text) => socket.send_text_message(text);
const sendBinary = (socket, data) =>
    socket.send_binary_message(new GLib.Bytes(Uint8Array.from(data)));

// Qt: WebSockets::test_send_receive_text
exchange(sendText, 'ping', 'pong');
// Qt: WebSockets::test_send_receive_binary
exchange(sendBinary, [0, 255], [1, 2, 3]);
// Qt: WebSockets::test_send_text_error_closed
failClosed(sendText, 'hello');
// Qt: WebSockets::test_send_binary_error_closed
failClosed(sendBinary, [1, 2, 3]);

server.close();
finish();
