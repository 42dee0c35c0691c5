// SPDX-License-Identifier: LGPL-2.1-or-later
// The examples in JavaScript: each does its task, in as few lines as it should.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import Ws from 'gi://Ws?version=1.0';

const DEADLINE = 200; // seconds; nothing waits for it but a hanging test
const FOLDER = Gio.File.new_for_uri(import.meta.url).get_parent()
    .resolve_relative_path('../../examples/javascript');
const CERTIFICATES = GLib.getenv('WS_TEST_CERTIFICATES');
const MOST_LINES = {
    'echo.js': 8,
    'broadcast.js': 15,
    'pinned.js': 10,
    'reconnect.js': 12,
    'upload.js': 15,
};

Gio._promisify(Gio.Subprocess.prototype, 'communicate_utf8_async',
    'communicate_utf8_finish');
Gio._promisify(Gio.Subprocess.prototype, 'wait_async', 'wait_finish');
Gio._promisify(Gio.DataInputStream.prototype, 'read_line_async',
    'read_line_finish_utf8');

function checkEqual(actual, expected, what) {
    if (actual !== expected)
        throw new Error(`${what}: ${actual} is not ${expected}`);
}

function start(name, ...args) {
    return Gio.Subprocess.new(['gjs', '-m', FOLDER.get_child(name).get_path(),
        ...args], Gio.SubprocessFlags.STDOUT_PIPE);
}

async function outputOf(name, ...args) {
    const process = start(name, ...args);
    const [output] = await process.communicate_utf8_async(null, null);

    checkEqual(process.get_exit_status(), 0, name);
    return output;
}

function linesOf(process) {
    const stream = Gio.DataInputStream.new(process.get_stdout_pipe());

    return async () => (await stream.read_line_async(0, null))[0];
}

async function end(process) {
    process.send_signal(15);
    await process.wait_async(null);
}

async function echo(socket) {
    for await (const message of socket)
        await socket.send(message);
}

const tests = {
    lines() {
        for (const [name, most] of Object.entries(MOST_LINES)) {
            const [, bytes] = FOLDER.get_child(name).load_contents(null);
            const n = new TextDecoder().decode(bytes).split('\n')
                .filter(line => line.trim() && !line.startsWith('//')).length;

            if (n > most)
                throw new Error(`${name} has ${n} lines`);
        }
    },

    async echo() {
        const server = await Ws.serve(echo);

        checkEqual(await outputOf('echo.js', server.url), 'Hello, world!\n', 'echo');
        await server.close_async();
    },

    async broadcast() {
        const process = start('broadcast.js', '0');
        const url = await linesOf(process)();
        const sockets = [await Ws.connect(url), await Ws.connect(url)];

        for (const text of ['a', 'b']) {
            await sockets[0].send(text);
            for (const socket of sockets)
                checkEqual(await socket.recv(), text, 'broadcast');
        }
        await end(process);
    },

    async pinned() {
        const ssl = new Ws.SslConfiguration({
            local_certificate_file: `${CERTIFICATES}/self-signed.pem`,
            private_key_file: `${CERTIFICATES}/leaf.key`,
        });
        const server = await Ws.serve(echo, 'localhost', 0, {ssl});
        const url = `wss://localhost:${server.port}`;

        checkEqual(await outputOf('pinned.js', url,
            `${CERTIFICATES}/self-signed.pem`), 'Hello, world!\n', 'pinned');
        const other = new Ws.SslConfiguration({system_trust: false,
            ca_certificates_file: `${CERTIFICATES}/root.pem`});
        const error = await Ws.connect(url, {ssl: other}).catch(e => e);
        checkEqual(error.matches(Ws.SocketError,
            Ws.SocketError.SSL_HANDSHAKE_FAILED), true, 'another one');
        await server.close_async();
    },

    async reconnect() {
        let n = 0;
        const server = await Ws.serve(async socket => {
            await socket.send(`client ${++n}`);
            socket.close(1012);
        });
        const process = start('reconnect.js', server.url);
        const readLine = linesOf(process);
        const seen = [];

        while (!seen.includes('client 2'))
            seen.push(await readLine());
        await end(process);
        checkEqual(seen.some(line => line.startsWith('attempt 1 in ')), true,
            'an attempt');
        await server.close_async();
    },

    async rooms() {
        const process = start('rooms.js', '0');
        const url = await linesOf(process)();
        const refused = await Ws.connect(`${url}/kitchen`).catch(e => e);
        checkEqual(refused.matches(Ws.SocketError,
            Ws.SocketError.HANDSHAKE_REJECTED), true, 'without a name');
        const sockets = [];
        for (const target of ['kitchen?name=anna', 'kitchen?name=ben', 'hall?name=mia'])
            sockets.push(await Ws.connect(`${url}/${target}`));
        const [anna, ben, mia] = sockets;

        await mia.send('nobody hears that');
        await anna.send('hi');
        checkEqual(await ben.recv(), 'anna: hi', 'ben');
        await ben.send('hello');
        checkEqual(await anna.recv(), 'ben: hello', 'anna');
        process.send_signal(15);
        for (const socket of sockets) {
            await socket.recv().catch(() => null);
            checkEqual(socket.get_close_code(), 1012, 'the close code');
        }
        await process.wait_async(null);
        checkEqual(process.get_exit_status(), 0, 'the exit status');
    },

    async upload() {
        const size = 100 * 1024 * 1024;
        const [file, stream] = Gio.File.new_tmp('ws-XXXXXX');
        let n = 0;

        stream.output_stream.truncate(size, null);
        const server = await Ws.serve(async socket => {
            n = (await socket.recv()).length;
            await socket.send('thank you');
        }, 'localhost', 0, {max_incoming_message_size: size, compression: null});
        const output = await outputOf('upload.js', server.url, file.get_path());
        file.delete(null);
        checkEqual(n, size, 'the size');
        checkEqual(output.endsWith('\n100 %\nthank you\n'), true, output);
        checkEqual(output.includes('\n50 %\n'), true, output);
        await server.close_async();
    },
};

GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, DEADLINE, () => {
    printerr(`nothing happened for ${DEADLINE} s`);
    System.exit(1);
});
for (const [name, test] of Object.entries(tests)) {
    try {
        await test();
    } catch (error) {
        printerr(`${name}: ${error}\n${error.stack}`);
        System.exit(1);
    }
}
System.exit(0);
