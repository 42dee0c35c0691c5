// SPDX-License-Identifier: LGPL-2.1-or-later
// Handlers that throw where they have to decide: nobody gets in by accident, and
// no redirect is followed.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Ws from 'gi://Ws?version=1.0';

import {
    check, countUnlucky, finish, hideUnlucky, unlucky, wait,
} from './harness.js';

hideUnlucky();

// The first line of what is answered to a request of plain HTTP.
function ask(server, path) {
    const connection = new Gio.SocketClient().connect_to_host(
        '127.0.0.1', server.port, null);
    const request = `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`;
    let answer = null;
    connection.output_stream.write_all(request, null);
    connection.input_stream.read_bytes_async(
        4096, GLib.PRIORITY_DEFAULT, null, (stream, result) => {
            const bytes = stream.read_bytes_finish(result);
            answer = new TextDecoder().decode(bytes.toArray());
        });
    wait(() => answer !== null, `an answer for ${path}`);
    connection.close(null);
    return answer.split('\r\n')[0];
}

// Opens a client, and waits for the end of the attempt.
function attempt(client, url) {
    client.open(url);
    wait(() => client.state === Ws.State.UNCONNECTED, 'the end of an attempt');
    check(client.status === Ws.Status.ERROR, 'it did not fail');
    return client.error_string;
}

const server = new Ws.Server({listening: true});
wait(() => server.listening, 'the server');

let throws = true;
server.connect('http-request', (_server, _request, response) => {
    if (throws)
        unlucky();
    response.set_text('fine');
});
check(ask(server, '/').includes(' 500 '), 'a failing handler of http-request answered');
check(countUnlucky() === 1, `http-request: ${countUnlucky()} were told`);
throws = false;
check(ask(server, '/').includes(' 200 '), 'the server did not go on');

// One that has answered before it fails has not answered.
const id = server.connect('http-request', (_server, _request, response) => {
    response.set_text('half');
    unlucky();
});
check(ask(server, '/').includes(' 500 '), 'an answer that was not finished was sent');
server.disconnect(id);

let door = server.connect('handshake-requested', unlucky);
check(attempt(new Ws.Socket(), server.url).includes('500'),
    'a failing handler of handshake-requested let somebody in');
server.disconnect(door);

// A redirect that nobody could agree to is not followed.
let nArrived = 0;
const elsewhere = new Ws.Server({listening: true});
wait(() => elsewhere.listening, 'the other server');
elsewhere.connect('handshake-requested', () => nArrived++);
door = server.connect('handshake-requested', (_server, _request, response) => {
    response.refuse(302, null);
    response.get_headers().append('Location', elsewhere.url);
});
const client = new Ws.Socket({max_redirects: 3});
const redirected = client.connect('redirected', unlucky);
check(attempt(client, server.url).includes('was refused'),
    `the redirect was not refused: ${client.error_string}`);
check(nArrived === 0, 'a failing handler of redirected was ignored');
client.disconnect(redirected);
client.open(server.url);
wait(() => nArrived === 1, 'the redirect to be followed');
client.abort();

finish();
