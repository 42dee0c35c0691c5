// SPDX-License-Identifier: LGPL-2.1-or-later
// A GJS server that awaits its clients, at a Unix socket too.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import Ws from 'gi://Ws?version=1.0';

import {check, checkEqual, finish, run} from './harness.js';

Gio._promisify(Ws.Server.prototype, 'accept_async', 'accept_finish');
Gio._promisify(Ws.Server.prototype, 'close_async', 'close_finish');

const loop = new GLib.MainLoop(null, false);
const folder = GLib.dir_make_tmp('ws-XXXXXX');
const path = GLib.build_filenamev([folder, 'socket']);
const server = Ws.Server.new('smoke', Ws.SslMode.NON_SECURE);
const heard = [];

// What a client says at once is not lost while its promise is on its way.
async function serve(nClients) {
    const all = [];
    for (let i = 0; i < nClients; i++) {
        const client = await server.accept_async(null);
        all.push(new Promise(resolve => {
            client.connect('text-message-received', (_client, text) => {
                heard.push(text);
                resolve();
            });
        }));
    }
    await Promise.all(all);
    await server.close_async(4000, 'enough', null);
    checkEqual(server.get_n_items(), 0, 'clients that are left');
    try {
        await server.accept_async(null);
        check(false, 'a closed server accepts');
    } catch (error) {
        check(error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CLOSED),
            error.message);
    }
}

function open(url, name) {
    const client = new Ws.Socket({url});
    client.connect('connected', () => client.send_text_message(name));
    client.connect('error', (_client, error) => check(false, error.message));
    client.open(null);
    return client;
}

check(server.listen_unix(path), 'it listens');
check(server.listen_address(
    Gio.InetSocketAddress.new_from_string('127.0.0.1', 0)), 'at TCP too');
const [first, second] = server.get_server_addresses();
checkEqual(first.get_path(), path, 'the first address');
check(second.get_port() > 0, 'the second one');
checkEqual(server.url, `ws+unix:${path}:/`, 'the URL');

const clients = [
    open(server.url, 'one'),
    open(`ws://127.0.0.1:${second.get_port()}/`, 'two'),
];
serve(2).catch(error => check(false, error)).finally(() => loop.quit());

run(loop);

checkEqual(heard.sort(), 'one,two', 'what was heard');
for (const client of clients) {
    checkEqual(client.close_code, 4000, 'the close code');
    checkEqual(client.close_reason, 'enough', 'the reason');
}
check(!GLib.file_test(path, GLib.FileTest.EXISTS), 'the file is gone');
GLib.rmdir(folder);
finish();
