// SPDX-License-Identifier: LGPL-2.1-or-later
// A GJS server of a page and of WebSocket on one port, whose answers are late.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Ws from 'gi://Ws?version=1.0';

import {checkEqual, finish, run} from './harness.js';

function later(callback) {
    GLib.timeout_add(GLib.PRIORITY_DEFAULT, 20, () => {
        callback();
        return GLib.SOURCE_REMOVE;
    });
}

function serve() {
    const server = Ws.Server.new('smoke', Ws.SslMode.NON_SECURE);
    server.connect('http-request', (_server, request, response) => {
        checkEqual(request.method, 'GET', 'method');
        checkEqual(request.url, `http://127.0.0.1:${server.port}/page?a=b`,
            'URL');
        response.defer();
        later(() => {
            response.set_text('grüße 🦊');
            response.headers.append('X-Late', 'yes');
            response.done();
        });
    });
    server.connect('handshake-requested', (_server, request, response) => {
        checkEqual(request.subprotocols.join(), 'chat,news', 'offers');
        checkEqual(request.origin, 'https://a.example', 'origin');
        if (request.resource_name === '/refused') {
            response.refuse(404, 'No such room');
            return;
        }
        response.defer();
        later(() => {
            response.subprotocol = 'news';
            response.done();
        });
    });
    server.connect('client-connected', (_server, peer) => {
        peer.connect('text-message-received',
            (_peer, text) => peer.send_text_message(text));
    });
    server.listen(Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4), 0);
    return server;
}

function converse(begin) {
    const loop = new GLib.MainLoop(null, false);
    begin(loop);
    run(loop);
}

function fetchPage(port) {
    let answer = '';
    converse(loop => {
        const file = new Gio.SocketClient();
        file.connect_to_host_async('127.0.0.1', port, null, (_file, result) => {
            const stream = file.connect_to_host_finish(result);
            stream.output_stream.write_all(
                'GET /page?a=b HTTP/1.1\r\n' +
                `Host: 127.0.0.1:${port}\r\n\r\n`, null);
            const read = () => stream.input_stream.read_bytes_async(4096,
                GLib.PRIORITY_DEFAULT, null, (input, done) => {
                    const bytes = input.read_bytes_finish(done);
                    answer += new TextDecoder().decode(bytes.toArray());
                    if (bytes.get_size() > 0)
                        read();
                    else
                        loop.quit();
                });
            read();
        });
    });
    return answer;
}

function connectClient(port, path) {
    const seen = [];
    converse(loop => {
        const client = new Ws.Socket({
            url: `ws://127.0.0.1:${port}${path}`,
            origin: 'https://a.example',
            subprotocols: ['chat', 'news'],
        });
        client.connect('error', (_client, error) => seen.push(error.message));
        client.connect('connected', () => {
            seen.push(client.subprotocol);
            client.send_text_message('hello');
        });
        client.connect('text-message-received', (_client, text) => {
            seen.push(text);
            client.close(Ws.CloseCode.NORMAL, null);
        });
        client.connect('disconnected', () => loop.quit());
        client.open(null);
    });
    return seen;
}

const server = serve();
const answer = fetchPage(server.port);
checkEqual(answer.startsWith('HTTP/1.1 200 OK\r\n'), true, 'status');
checkEqual(answer.includes('\r\nX-Late: yes\r\n'), true, 'field');
checkEqual(answer.split('\r\n\r\n')[1], 'grüße 🦊', 'page');
checkEqual(connectClient(server.port, '/').join(), 'news,hello', 'talk');
const refused = connectClient(server.port, '/refused');
checkEqual(refused.length, 1, 'refusal');
checkEqual(refused[0].includes('404'), true, 'reason');
server.close();
finish();
