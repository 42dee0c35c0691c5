// SPDX-License-Identifier: LGPL-2.1-or-later
// What a GJS program does with a certificate that is wrong.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import Ws from 'gi://Ws?version=1.0';

import {check, checkEqual, finish, run} from './harness.js';

const FOLDER = GLib.getenv('WS_TEST_CERTIFICATES');

// The server's certificate is all of this at once.
const WRONG = [
    Ws.SslErrorCode.SELF_SIGNED_CERTIFICATE,
    Ws.SslErrorCode.CERTIFICATE_EXPIRED,
    Ws.SslErrorCode.HOST_NAME_MISMATCH,
].sort().join();

function serveEcho() {
    const server = Ws.Server.new('smoke', Ws.SslMode.SECURE);
    server.ssl_configuration = new Ws.SslConfiguration({
        local_certificate_file: GLib.build_filenamev([FOLDER, 'three.pem']),
        private_key_file: GLib.build_filenamev([FOLDER, 'leaf.key']),
        system_trust: false,
    });
    server.connect('client-connected', (_server, peer) => {
        peer.connect('text-message-received',
            (_peer, text) => peer.send_text_message(text));
    });
    server.listen(Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4), 0);
    return server;
}

function describe(error) {
    return [error.get_code(), error.get_depth(), error.get_text(),
        error.get_certificate().get_subject()].join('|');
}

// Talks to a server and returns what outlives the connection.
function exchange(pauseMode, decide) {
    const loop = new GLib.MainLoop(null, false);
    const server = serveEcho();
    const client = new Ws.Socket({
        url: server.url,
        pause_mode: pauseMode,
        ssl_configuration: new Ws.SslConfiguration({system_trust: false}),
    });
    const kept = {errors: [], described: [], texts: [], session: null};
    client.connect('ssl-errors', (_client, errors) => {
        kept.errors = errors;
        kept.described = errors.map(describe);
        decide(client, errors);
    });
    client.connect('error', (_client, error) => check(false, error.message));
    client.connect('connected', () => {
        kept.session = client.ssl_session;
        client.send_text_message('grüße 🦊');
    });
    client.connect('text-message-received', (_client, text) => {
        kept.texts.push(text);
        client.close(Ws.CloseCode.NORMAL, 'bye');
    });
    client.connect('disconnected', () => loop.quit());
    client.open(null);
    run(loop);

    checkEqual(client.close_code, 1000, 'the close code');
    check(client.was_clean, 'the end was clean');
    server.close();
    return kept;
}

// Nothing but @kept holds the errors and the session by now.
function checkKept({errors, described, texts, session}) {
    System.gc();
    checkEqual(texts.join(), 'grüße 🦊', 'texts');
    checkEqual(errors.map(error => error.get_code()).sort().join(), WRONG,
        'the codes');
    checkEqual(errors.map(describe).join(), described.join(), 'kept errors');

    const expected = Ws.SslCertificate.new_from_file(
        GLib.build_filenamev([FOLDER, 'three.pem']));
    for (const error of errors) {
        checkEqual(error.get_depth(), 0, 'a depth');
        check(error.get_text().length > 0, 'an error has a text');
        check(error.get_certificate().equal(expected), 'its certificate');
    }
    checkEqual(session?.get_protocol(), 'TLS1.3', 'the protocol');
    check(session?.get_cipher().length > 0, 'there is a cipher');
    check(session?.get_peer_certificate().equal(expected), 'the peer');
    checkEqual(session?.get_peer_certificate_chain().get_n_items(), 1,
        'certificates in the chain');
}

function testIgnore() {
    checkKept(exchange(Ws.PauseModes.NEVER,
        (client, errors) => client.ignore_ssl_error_list(errors)));
}

function testPause() {
    checkKept(exchange(Ws.PauseModes.ON_SSL_ERRORS, (client, errors) => {
        // The answer comes from elsewhere, long after the handler.
        GLib.idle_add(GLib.PRIORITY_DEFAULT_IDLE, () => {
            System.gc();
            client.ignore_ssl_error_list(errors);
            client.resume();
            return GLib.SOURCE_REMOVE;
        });
    }));
}

testIgnore();
testPause();
finish();
