// SPDX-License-Identifier: LGPL-2.1-or-later
// The messages of a socket for those who await them, one by one or with for await.

const {GLib} = imports.gi;

// So many messages a receiver takes before the main loop goes on.
const AT_ONCE = 64;

const decoder = new TextDecoder();

/* exported make */
function make(Ws, content) {
    const TEXT = Ws.MessageType.TEXT;

    // The next message that waits, a string or a Uint8Array; undefined if there is none.
    function take(socket) {
        const [isThere, type, data] = socket.try_receive_data();

        if (!isThere)
            return undefined;
        return type === TEXT ? decoder.decode(data) : data;
    }

    // Whether no more will come, from a reconnect policy at work either.
    function isOver(socket) {
        return socket.get_state() === Ws.State.UNCONNECTED && !socket.get_active();
    }

    // Those who wait for messages of a socket, in their order.
    class Inbox {
        waiting = [];
        nAtOnce = 0;

        constructor(socket) {
            const wake = () => this.wake();

            for (const name of ['ready-read', 'state-changed', 'notify::active'])
                socket.connect(name, wake);
        }

        // The first of them looks whether there is something now.
        wake() {
            this.waiting[0]?.();
        }

        // The next message, if one waits and its receiver need not.
        takeAtOnce(socket) {
            if (this.waiting.length > 0 || this.nAtOnce === AT_ONCE)
                return undefined;
            this.nAtOnce++;
            return take(socket);
        }

        // Resolves with the next message; with undefined when all is over.
        take(socket) {
            return new Promise(resolve => {
                const look = () => {
                    const message = take(socket);

                    if (message === undefined && !isOver(socket))
                        return;
                    this.waiting.shift();
                    resolve(message);
                    this.wake();
                };

                this.waiting.push(look);
                if (this.nAtOnce === AT_ONCE)
                    GLib.idle_add(GLib.PRIORITY_DEFAULT, () => this.wake());
                else if (this.waiting.length === 1)
                    look();
                this.nAtOnce = 0;
            });
        }
    }

    // Who waits for messages; null if they are signalled.
    function inboxOf(socket) {
        if (!socket._inbox && socket.get_pull())
            socket._inbox = new Inbox(socket);
        return socket._inbox ?? null;
    }

    // Asks for a message where none is to come: that tells why. Null after an end in
    // order.
    async function receiveEnd(socket) {
        const message = await socket.receive_message_async();

        return message === null ? null : content(message);
    }

    // The next message; null at the end of the connection, if that was in order.
    async function receive(socket) {
        const inbox = inboxOf(socket);
        const message = inbox?.takeAtOnce(socket) ?? await inbox?.take(socket);

        return message ?? receiveEnd(socket);
    }

    // All messages, for `for await`.
    class Messages {
        constructor(socket) {
            this.socket = socket;
            this.isOver = false;
        }

        next() {
            const value = this.isOver
                ? undefined : inboxOf(this.socket)?.takeAtOnce(this.socket);

            return value !== undefined
                ? Promise.resolve({value, done: false}) : this.wait();
        }

        async wait() {
            let value = null;

            try {
                if (!this.isOver)
                    value = await receive(this.socket);
            } finally {
                this.isOver ||= value === null;
            }
            return this.isOver ? {value: undefined, done: true} : {value, done: false};
        }

        async return(value) {
            this.isOver = true;
            return {value, done: true};
        }

        [Symbol.asyncIterator]() {
            return this;
        }
    }

    return {receive, Messages};
}
