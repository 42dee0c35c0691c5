// SPDX-License-Identifier: LGPL-2.1-or-later

// Brokers from JavaScript: the one in memory, and one that is derived here.

import GObject from 'gi://GObject';
import System from 'system';
import Ws from 'gi://Ws?version=1.0';

import {wait} from './harness.js';

// Carries everything back to where it came from, as bytes.
const Loop = GObject.registerClass(class Loop extends Ws.Broker {
    vfunc_carry(publication, query) {
        const topic = publication.get_topic();

        query.succeed();
        this.deliver(
            Ws.Publication.new_from_bytes(topic, publication.to_bytes()));
    }

    vfunc_subscribe(topic) {
        this.wanted = [...this.wanted ?? [], topic];
    }
});

function listen(broker) {
    const server = Ws.Server.new(null, Ws.SslMode.NON_SECURE);

    server.set_broker(broker);
    server.connect('client-connected', (_, client) => {
        client.subscribe('room');
        client.connect('text-message-received', (_socket, text) => {
            client.publish('room', Ws.Message.new_text(text));
        });
        client.send_text_message('ready');
    });
    server.listen(null, 0);
    return server;
}

function join(server) {
    const socket = new Ws.Socket();
    const got = [];

    socket.connect('text-message-received', (_, text) => got.push(text));
    socket.open(`ws://127.0.0.1:${server.get_server_port()}`);
    wait(() => got.length === 1);
    return {socket, got};
}

function check(name, broker) {
    const servers = [listen(broker), listen(broker)];
    const one = join(servers[0]);
    const other = join(servers[1]);

    one.socket.send_text_message('hello');
    wait(() => other.got.length === 2);
    if (other.got[1] !== 'hello' || one.got.length !== 1)
        throw new Error(`${name}: ${one.got} / ${other.got}`);
    one.socket.abort();
    other.socket.abort();
    print(`ok ${name}`);
}

check('memory', Ws.MemoryBroker.new());

const loop = new Loop();

loop.set_state(Ws.BrokerState.CONNECTED, null);
check('derived', loop);
if (`${loop.wanted}` !== ',room')
    throw new Error(`it subscribed to ${loop.wanted}`);
System.exit(0);
