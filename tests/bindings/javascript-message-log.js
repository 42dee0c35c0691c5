// SPDX-License-Identifier: LGPL-2.1-or-later
// A log of messages, and a server, are iterated over.

import GLib from 'gi://GLib?version=2.0';
import System from 'system';
import Ws from 'gi://Ws?version=1.0';

const loop = new GLib.MainLoop(null, false);
let failed = true;

async function main() {
    const server = new Ws.Server();
    server.connect('client-connected', () => {});
    server.listen();
    const socket = await Ws.connect(server.url);
    const log = new Ws.MessageLog({socket, max_entries: 2});
    await socket.send('one');
    await socket.send(new Uint8Array([1, 2, 3]));
    await socket.send('three');
    while ([...log].length < 2)
        GLib.MainContext.default().iteration(true);
    const told = [...log].map(entry => `${entry.summary} ${entry.size} ${entry.is_sent}`);
    if (told.join() !== 'Binary message, 3 bytes 3 true,three 5 true')
        throw new Error(told.join());
    if ([...server].length !== 1 || !([...server][0] instanceof Ws.Socket))
        throw new Error('the server has one client');
    failed = false;
}

main().catch(error => printerr(error)).finally(() => loop.quit());
loop.run();
System.exit(failed ? 1 : 0);
