// SPDX-License-Identifier: LGPL-2.1-or-later
// A GJS program whose socket comes back by itself.

import Gio from 'gi://Gio?version=2.0';
import GLib from 'gi://GLib?version=2.0';
import GObject from 'gi://GObject?version=2.0';
import Ws from 'gi://Ws?version=1.0';

import {checkEqual, finish, run} from './harness.js';

const Patient = GObject.registerClass(
class Patient extends Ws.ReconnectPolicy {
    vfunc_should_reconnect(socket) {
        this.asked ??= [];
        this.asked.push(socket.close_code);
        return true;
    }

    vfunc_get_delay(attempt) {
        return attempt <= 2 ? attempt : -1;
    }
});

const loop = new GLib.MainLoop(null, false);
const server = Ws.Server.new('smoke', Ws.SslMode.NON_SECURE);
server.connect('client-connected', (_server, client) => client.close(1000, null));
server.listen(Gio.InetAddress.new_loopback(Gio.SocketFamily.IPV4), 0);

const policy = new Patient({reset_after: 1_000_000});
const socket = new Ws.Socket({url: server.url, reconnect: policy});
const seen = [];
socket.connect('reconnecting', (_socket, attempt, delay) =>
    seen.push(`${attempt} in ${delay}`));
socket.connect('connected', () => seen.push('open'));
socket.connect('notify::active', () => {
    if (!socket.active)
        loop.quit();
});
socket.active = true;

run(loop);

checkEqual(seen, 'open,1 in 1,open,2 in 2,open', 'what was signalled');
checkEqual(policy.asked, '1000,1000,1000', 'what the policy was asked');

const plain = new Ws.ReconnectPolicy({jitter: 0, max_attempts: 2});
checkEqual([1, 2, 3].map(attempt => plain.get_delay(attempt)), '1000,2000,-1',
    'delays');
checkEqual(plain.get_fatal_close_codes(), '1002,1003,1007,1008,1009,1010',
    'fatal close codes');
plain.set_fatal_close_codes([4001]);
checkEqual(plain.get_fatal_close_codes(), '4001', 'fatal close codes');
plain.fatal_close_codes = new GLib.Variant('au', [7]);
checkEqual(plain.get_fatal_close_codes(), '7', 'fatal close codes');
checkEqual(plain.fatal_close_codes.deepUnpack(), '7', 'fatal close codes');

server.close();
finish();
