// SPDX-License-Identifier: LGPL-2.1-or-later
// What a GJS program does with the library, on real connections.

import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import System from 'system';
import Ws from 'gi://Ws?version=1.0';

const DEADLINE = 20; // seconds; nothing waits for it but a hanging test

// An exception inside a handler is only logged, so failures are counted.
let failures = 0;

function check(condition, what) {
    if (condition)
        return;
    failures++;
    printerr(`failed: ${what}`);
}

function checkEqual(actual, expected, what) {
    check(actual === expected, `${what}: ${actual} is not ${expected}`);
}

function checkThrows(call, code, what) {
    try {
        call();
    } catch (error) {
        check(error.matches?.(Ws.SocketError, code), `${what}: ${error}`);
        return error.message;
    }
    check(false, `${what} did not throw`);
    return '';
}

function run(loop) {
    const watchdog = GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, DEADLINE,
        () => {
            check(false, `nothing happened for ${DEADLINE} s`);
            System.exit(1);
        });
    loop.run();
    GLib.source_remove(watchdog);
}

const CountingGenerator = GObject.registerClass(
class CountingGenerator extends Ws.MaskGenerator {
    _init() {
        super._init();
        this.count = 0;
    }

    vfunc_next_mask() {
        return ++this.count;
    }
});

function testValues() {
    checkEqual(Ws.State.CLOSING, 6, 'a state');
    checkEqual(Ws.ProtocolVersion.LATEST, 13, 'the latest version');
    check(Ws.CloseCode.is_sendable(3000), '3000 is sendable');
    check(!Ws.CloseCode.is_sendable(1005), '1005 is not sendable');

    const headers = new Ws.Headers();
    headers.append('X-Name', 'one');
    headers.append('x-name', 'two');
    checkEqual(headers.get_list('X-NAME'), 'one, two', 'a header list');
    const message = checkThrows(() => headers.append('X-Evil', 'a\nb'),
        Ws.SocketError.INVALID_ARGUMENT, 'a bad header');
    check(message.includes('X-Evil'), 'the header is named');

    checkEqual(Ws.Message.new_text('grüße 🦊').get_text(), 'grüße 🦊', 'a text');
    const binary = Ws.Message.new_binary(new GLib.Bytes([0, 255]));
    checkEqual(binary.get_bytes().get_size(), 2, 'a binary message');
    checkEqual(binary.get_text(), null, 'its text');

    const question = new Ws.CorsAuthenticator({origin: 'null'});
    let notified = 0;
    question.connect('notify::allowed', () => notified++);
    question.allowed = false;
    checkEqual(notified, 1, 'notifications');

    check(Ws.MaskGenerator.get_default().next_mask() !== 0, 'a mask');
}

const Client = GObject.registerClass(
class Client extends Ws.Socket {
    _init(params) {
        super._init(params);
        this.texts = [];
    }

    vfunc_text_message_received(text) {
        this.texts.push(text);
        this.send_binary_message(new GLib.Bytes([1, 2, 255]));
    }
});

function testEcho() {
    const loop = new GLib.MainLoop(null, false);
    const server = Ws.Server.new('smoke', Ws.SslMode.NON_SECURE);
    server.connect('client-connected', (_server, peer) => {
        peer.connect('text-message-received',
            (_peer, text) => peer.send_text_message(text));
        peer.connect('binary-message-received',
            (_peer, data) => peer.send_binary_message(data));
    });
    server.listen(null, 0);

    const generator = new CountingGenerator();
    const client = new Client({url: server.url, mask_generator: generator});
    let bytes = null;
    client.connect('connected', () => client.send_text_message('grüße 🦊'));
    client.connect('binary-message-received', (_client, data) => {
        bytes = data;
        client.close(Ws.CloseCode.NORMAL, 'bye');
    });
    client.connect('disconnected', () => loop.quit());
    client.open(null);
    run(loop);

    checkEqual(client.texts.join(), 'grüße 🦊', 'texts');
    checkEqual(bytes?.toArray().join(), '1,2,255', 'bytes');
    checkEqual(client.close_code, 1000, 'the close code');
    checkEqual(client.close_reason, 'bye', 'the close reason');
    check(client.was_clean, 'the end was clean');
    check(generator.count >= 3, 'two messages and the close frame are masked');
    server.close();
}

function testBadUrl() {
    const client = new Ws.Socket();
    let errors = 0;
    client.connect('error', () => errors++);
    const message = checkThrows(() => client.open('gopher://127.0.0.1/'),
        Ws.SocketError.UNSUPPORTED_SOCKET_OPERATION, 'a bad URL');
    check(message.includes('gopher'), 'the scheme is named');
    checkEqual(errors, 1, 'error signals');
    checkThrows(() => client.send_text_message('hello?'),
        Ws.SocketError.NOT_CONNECTED, 'sending unconnected');
}

function testBroadcast() {
    const loop = new GLib.MainLoop(null, false);
    const server = Ws.Server.new('smoke', Ws.SslMode.NON_SECURE);
    const texts = [];
    server.connect('client-connected', (_server, peer) => {
        peer.subscribe('news');
        checkEqual(peer.get_topics().join(), 'news', 'topics');
        checkEqual(server.publish('news', Ws.Message.new_text('news')), 1,
            'subscribers');
        checkEqual(server.broadcast(Ws.Message.new_text('all')), 1, 'clients');
        const {messages_sent, payload_bytes_sent} = peer.statistics;
        checkEqual(messages_sent, 2, 'messages');
        checkEqual(payload_bytes_sent, 7, 'bytes of payload');
        peer.post_message(Ws.Message.new_text('posted'));
        peer.post_close(4000, 'bye');
    });
    server.listen(null, 0);
    const client = new Ws.Socket();
    client.connect('text-message-received', (_client, text) => texts.push(text));
    client.connect('disconnected', () => loop.quit());
    client.open(server.url);
    run(loop);
    checkEqual(texts.join(), 'news,all,posted', 'texts');
    checkEqual(client.close_code, 4000, 'the posted close code');
    server.close();
}

testValues();
testBroadcast();
testEcho();
testBadUrl();
System.exit(failures ? 1 : 0);
