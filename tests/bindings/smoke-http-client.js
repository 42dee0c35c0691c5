// SPDX-License-Identifier: LGPL-2.1-or-later
// A GJS client's headers, logins, redirects and refusals.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Ws from 'gi://Ws?version=1.0';

import {checkEqual, finish, run} from './harness.js';

const LOGIN = `Basic ${GLib.base64_encode('anna:geheim')}`;

function checkThrows(callback, code, what) {
    try {
        callback();
    } catch (error) {
        checkEqual(error.matches(Ws.SocketError, code), true, `${what}: code`);
        return;
    }
    checkEqual('nothing', 'an exception', what);
}

const requests = [];

function onHandshake(_server, request, response) {
    const path = request.resource_name;
    requests.push(request);
    if (path === '/login' && request.headers.get_one('Authorization') !== LOGIN) {
        response.refuse(401, null);
        response.headers.append('WWW-Authenticate', 'Basic realm="Zimmer"');
    } else if (path === '/moved') {
        response.refuse(302, null);
        response.headers.append('Location', '/room');
    } else if (path === '/forbidden') {
        response.refuse(403, 'grüße 🦊');
        response.headers.append('X-Why', 'because');
    }
}

function attempt(path, setUp, open) {
    const loop = new GLib.MainLoop(null, false);
    const socket = new Ws.Socket();
    const seen = [];
    requests.length = 0;
    socket.connect('error', (_socket, error) => seen.push(error.code));
    socket.connect('connected', () => {
        seen.push('connected');
        socket.close(Ws.CloseCode.NORMAL, null);
    });
    socket.connect('disconnected', () => loop.quit());
    setUp(socket);
    open(socket, makeUrl(path));
    run(loop);
    return [socket, seen.join()];
}

function open(socket, url) {
    socket.open(url);
}

const server = Ws.Server.new('smoke', Ws.SslMode.NON_SECURE);
server.connect('handshake-requested', onHandshake);
// Else the clients wait to be taken, and their close frames with them.
server.connect('client-connected', () => {});
server.listen(Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4), 0);

function makeUrl(path) {
    return `ws://127.0.0.1:${server.port}${path}`;
}

function testHeaders() {
    const [socket, seen] = attempt('/', peer => {
        peer.request_headers.append('Cookie', 'a=b');
    }, open);
    checkEqual(seen, 'connected', 'headers');
    checkEqual(requests[0].headers.get_one('cookie'), 'a=b', 'cookie');
    checkEqual(socket.response.status, 101, 'upgrade');
    checkThrows(() => socket.request_headers.append('X-Evil', 'a\r\nb: c'),
        Ws.SocketError.INVALID_ARGUMENT, 'line break');
}

function testRequest() {
    const [socket, seen] = attempt('/room?a=b', () => {}, (peer, url) => {
        const request = Ws.Request.new(url);
        request.headers.append('Cookie', 'once=yes');
        request.subprotocols = ['news', 'chat'];
        request.origin = 'https://a.example';
        peer.open_request(request);
    });
    checkEqual(seen, 'connected', 'request');
    checkEqual(socket.url, makeUrl('/room?a=b'), 'URL');
    checkEqual(requests[0].headers.get_one('Cookie'), 'once=yes', 'own cookie');
    checkEqual(requests[0].subprotocols, 'news,chat', 'offers');
    checkEqual(requests[0].origin, 'https://a.example', 'origin');
}

function answer(authenticator) {
    authenticator.user = 'anna';
    authenticator.password = 'geheim';
}

function testLogin() {
    const asked = [];
    const [, atOnce] = attempt('/login', socket => {
        socket.connect('authentication-required', (_socket, authenticator) => {
            asked.push(authenticator.realm, authenticator.scheme,
                authenticator.retries, socket.response.status);
            answer(authenticator);
        });
    }, open);
    checkEqual(atOnce, 'connected', 'login at once');
    checkEqual(asked, 'Zimmer,Basic,0,401', 'question');

    const [, later] = attempt('/login', socket => {
        socket.connect('authentication-required', (_socket, authenticator) => {
            authenticator.defer();
            GLib.timeout_add(GLib.PRIORITY_DEFAULT, 20, () => {
                answer(authenticator);
                authenticator.done();
                return GLib.SOURCE_REMOVE;
            });
        });
    }, open);
    checkEqual(later, 'connected', 'login later');

    const [, never] = attempt('/login', socket => {
        socket.connect('authentication-required', () => {});
    }, open);
    checkEqual(never, Ws.SocketError.AUTHENTICATION_REQUIRED, 'no login');
}

function testRefusal() {
    const [socket, seen] = attempt('/forbidden', () => {}, open);
    checkEqual(seen, Ws.SocketError.HANDSHAKE_REJECTED, 'refusal');
    const {status, reason, headers, body} = socket.response;
    checkEqual(`${status} ${reason}`, '403 Forbidden', 'status');
    checkEqual(headers.get_one('X-Why'), 'because', 'field');
    checkEqual(new TextDecoder().decode(body.toArray()), 'grüße 🦊', 'body');
}

function testRedirects() {
    const [, followed] = attempt('/moved', socket => {
        socket.max_redirects = 1;
        socket.connect('redirected', (_socket, request) =>
            checkEqual(request.url, makeUrl('/room'), 'place'));
    }, open);
    checkEqual(followed, 'connected', 'redirect');
    checkEqual(requests.map(request => request.resource_name), '/moved,/room',
        'way');

    const [socket, refused] = attempt('/moved', peer => {
        peer.max_redirects = 1;
        peer.connect('redirected', () => peer.refuse_redirect());
    }, open);
    checkEqual(refused, Ws.SocketError.HANDSHAKE_REJECTED, 'refused redirect');
    checkEqual(requests.length, 1, 'requests');
    checkEqual(socket.response.headers.get_one('Location'), '/room', 'Location');
}

function testProxy() {
    const socket = new Ws.Socket();
    for (const uri of ['proxy', 'gopher://127.0.0.1:1', 'http://127.0.0.1']) {
        checkThrows(() => socket.set_proxy(uri),
            Ws.SocketError.INVALID_ARGUMENT, uri);
    }
    checkEqual(socket.get_proxy(), null, 'no proxy');
    socket.set_proxy('http://127.0.0.1:3128');
    checkEqual(socket.get_proxy(), 'http://127.0.0.1:3128', 'proxy');
    socket.proxy_resolver = null;
    checkEqual(socket.get_proxy(), null, 'the system\'s');
}

testHeaders();
testRequest();
testLogin();
testRefusal();
testRedirects();
testProxy();
server.close();
finish();
