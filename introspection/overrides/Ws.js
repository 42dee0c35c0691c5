// SPDX-License-Identifier: LGPL-2.1-or-later
// What JavaScript expects of Ws beyond its introspection data: Uint8Array for
// GLib.Bytes, strings that are sent whole, objects for headers, defaults, promises,
// sockets to iterate over, Ws.connect(), Ws.serve() and Ws.WebSocket, which is the
// browser's.

const {Gio, GLib, GObject} = imports.gi;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// Set by _init(), which is called once.
let Ws = null;
let inboxes = null;
// Ws.MessageType, looked up for each message.
const TEXT = 1;
const BINARY = 2;
// Servers that listen are no garbage.
const listening = new Set();
const NICKS = ['unconnected', 'host-lookup', 'connecting', 'connected', 'bound',
    'listening', 'closing'];

// --- Values ---

// Bytes as JavaScript has them; what programs ask that were written for GLib.Bytes
// is answered, too.
class Bytes extends Uint8Array {
    static get [Symbol.species]() {
        return Uint8Array;
    }

    toArray() {
        return this;
    }

    get_data() {
        return this;
    }

    get_size() {
        return this.length;
    }
}

function unpack(value) {
    if (!(value instanceof GLib.Bytes))
        return value;
    const array = value.toArray();
    return new Bytes(array.buffer, array.byteOffset, array.length);
}

function isBytes(value) {
    return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

function pack(value) {
    if (value instanceof ArrayBuffer)
        return new GLib.Bytes(new Uint8Array(value));
    if (ArrayBuffer.isView(value)) {
        return new GLib.Bytes(new Uint8Array(value.buffer, value.byteOffset,
            value.byteLength));
    }
    return value;
}

function asMessage(value) {
    if (value instanceof Ws.Message)
        return value;
    if (typeof value === 'string')
        return Ws.Message.new_text_bytes(new GLib.Bytes(encoder.encode(value)));
    if (isBytes(value) || value instanceof GLib.Bytes)
        return Ws.Message.new_binary(pack(value));
    throw new TypeError(`A message is a string or bytes, not ${value}`);
}

// What a message holds: a string or a Uint8Array.
function content(message) {
    const bytes = originals.getBytes.call(message).toArray();
    return message.get_message_type() === Ws.MessageType.TEXT
        ? decoder.decode(bytes) : bytes;
}

function asHeaders(value) {
    if (value === null || value instanceof Ws.Headers)
        return value;
    const headers = Ws.Headers.new();
    const pairs = typeof value[Symbol.iterator] === 'function'
        ? value : Object.entries(value);
    for (const [name, text] of pairs)
        headers.append(name, text);
    return headers;
}

// Sends a string, bytes or a Ws.Message; returns the length in bytes. Up to some
// length a copy costs less than an object that holds the bytes.
const COPIED = 16 * 1024;

function sendMessage(socket, message) {
    const isText = typeof message === 'string';
    const data = isText ? encoder.encode(message) : message;

    if (data instanceof Uint8Array && data.length <= COPIED)
        return socket.send_data(isText ? TEXT : BINARY, data);
    return originals.sendMessage.call(socket, asMessage(message));
}

function converted(properties = {}) {
    const result = {...properties};
    for (const name of ['request_headers', 'requestHeaders']) {
        if (name in result)
            result[name] = asHeaders(result[name]);
    }
    for (const name of ['fatal_close_codes', 'fatalCloseCodes']) {
        if (Array.isArray(result[name]))
            result[name] = new GLib.Variant('au', result[name]);
    }
    return result;
}

// The library's own functions, where a wrapper needs them.
const originals = {};

function replaceAll(prototype, methods) {
    for (const name of Reflect.ownKeys(methods))
        prototype[name] = methods[name];
}

// --- Promises ---

// A function of GIO's kind that returns a promise where it is given no callback;
// arguments that are left out have defaults.
function promisify(class_, name, ...defaults) {
    const begin = class_.prototype[name];
    const finish = class_.prototype[name.replace(/_async$/, '_finish')];

    replaceAll(class_.prototype, {
        [name](...args) {
            if (args.some(arg => typeof arg === 'function'))
                return begin.call(this, ...args);
            args = args.map(pack);
            args.push(...defaults.slice(args.length));
            return new Promise((resolve, reject) => {
                begin.call(this, ...args, (self, result) => {
                    try {
                        resolve(unpack(finish.call(self, result)));
                    } catch (error) {
                        reject(error);
                    }
                });
            });
        },
    });
}

function promisifyAll() {
    promisify(Ws.Socket, 'open_async', null, null);
    promisify(Ws.Socket, 'close_async', 1000, null, null);
    promisify(Ws.Socket, 'ping_async', null, null);
    promisify(Ws.Socket, 'send_message_async', null, null);
    promisify(Ws.Socket, 'receive_message_async', null);
    promisify(Ws.Socket, 'receive_stream_async', null);
    promisify(Ws.Socket, 'send_stream_async', Ws.MessageType.BINARY, null, null);
    promisify(Ws.Socket, 'subscribe_since_async', null, null, 0, null);
    promisify(Ws.Server, 'accept_async', null);
    promisify(Ws.Server, 'close_async', 1001, null, null);
    promisify(Ws.Server, 'publish_async', null, null, null, null);
    promisify(Ws.Server, 'drain_async', 2000, null);
    promisify(Ws.Broker, 'publish_async', null, null);
    promisify(Ws.Broker, 'read_history_async', null, null, 0, 0, null);
    promisify(Ws.Broker, 'read_presence_async', null, null);
    promisify(Ws.ServerPool, 'close_async', 1001, null, null);
    promisify(Ws.ServerPool, 'drain_async', 2000, null);
    promisify(Ws.ServerPool, 'dup_metrics_async', null);
    promisify(Ws.ServerPool, 'get_statistics_async', null);
}

// Resolves with the first of the signals, or at once if it is not wanted.
function once(object, names, isWanted) {
    return new Promise(resolve => {
        const ids = [];
        const done = () => {
            ids.splice(0).forEach(id => object.disconnect(id));
            resolve();
        };
        for (const name of names)
            ids.push(object.connect(name, done));
        if (!isWanted())
            done();
    });
}

// --- Signals ---

// Who fails at one of these lets nobody in. GJS does not tell the emitter of an
// exception.
const DOORS = {
    'handshake-requested': (_request, response) => response.refuse(500),
    'http-request': (_request, response) => response.refuse(500),
    'origin-authentication-required': authenticator =>
        authenticator.set_allowed(false),
    'redirected': function () {
        this.refuse_redirect();
    },
};

// A promise puts the answer off until it is settled.
function settle(source, door, args, promise) {
    const response = args[1];

    if (!response?.defer) {
        promise.catch(error => logError(error));
        return;
    }
    response.defer();
    promise.catch(error => {
        logError(error, 'A handler has failed');
        door.call(source, ...args);
    }).finally(() => response.done());
}

function guarded(door, handler) {
    return function (source, ...args) {
        let result;

        try {
            result = handler.call(this, source, ...args);
        } catch (error) {
            door.call(source, ...args);
            throw error;
        }
        if (result instanceof Promise)
            settle(source, door, args, result);
    };
}

function converting(handler) {
    return function (source, ...args) {
        return handler.call(this, source, ...args.map(unpack));
    };
}

const WITH_BYTES = ['binary-frame-received', 'binary-message-received',
    'ping-received', 'pong'];

function adapt(signal, handler) {
    const name = signal.replaceAll('_', '-');

    if (typeof handler !== 'function')
        return handler;
    if (name in DOORS)
        return guarded(DOORS[name], handler);
    return WITH_BYTES.includes(name) ? converting(handler) : handler;
}

const SIGNALS = {
    connect(signal, handler) {
        return GObject.Object.prototype.connect.call(this, signal,
            adapt(signal, handler));
    },

    connect_after(signal, handler) {
        return GObject.Object.prototype.connect_after.call(this, signal,
            adapt(signal, handler));
    },
};

// --- Headers and messages ---

const HEADERS = {
    // All fields of this name, joined with commas; null if there is none.
    get(name) {
        return this.get_one(name) === null ? null : this.get_list(name);
    },

    has(name) {
        return this.get_one(name) !== null;
    },

    set(name, value) {
        this.replace(name, value);
    },

    delete(name) {
        return this.remove(name);
    },

    * entries() {
        for (let i = 0; i < this.get_length(); i++)
            yield [this.get_name(i), this.get_value(i)];
    },

    toString() {
        return `[Ws.Headers ${JSON.stringify([...this.entries()])}]`;
    },
};

function installValues() {
    originals.getBytes = Ws.Message.prototype.get_bytes;
    Ws.Message.new_text = text => asMessage(String(text));
    replaceAll(Ws.Message.prototype, {
        get_bytes() {
            return unpack(originals.getBytes.call(this));
        },

        get_text() {
            return this.get_message_type() === Ws.MessageType.TEXT
                ? content(this) : null;
        },
    });
    Object.defineProperty(Ws.Message.prototype, 'data', {
        get() {
            return content(this);
        },
    });
    replaceAll(Ws.Headers.prototype, HEADERS);
    replaceAll(Ws.Headers.prototype,
        {[Symbol.iterator]: Ws.Headers.prototype.entries});
    for (const class_ of [Ws.Request, Ws.Response, Ws.HandshakeResponse]) {
        const getBody = class_.prototype.get_body;

        replaceAll(class_.prototype, {
            get_body() {
                return unpack(getBody.call(this));
            },
        });
    }
}

// --- Sockets ---

function isIterable(value) {
    return value !== null && typeof value === 'object'
        && (Symbol.iterator in value || Symbol.asyncIterator in value);
}

// The first part decides whether it is text.
// What an exception of the parts leaves incomplete ends the connection, and at
// once: not when the stream is collected.
async function sendParts(socket, parts) {
    const streams = [];

    try {
        await writeParts(socket, parts, streams);
    } catch (error) {
        for (const stream of streams)
            stream.run_dispose();
        throw error;
    }
}

async function writeParts(socket, parts, streams) {
    let stream = null;

    for await (const part of parts) {
        const isText = typeof part === 'string';

        if (stream === null) {
            stream = socket.begin_message(isText
                ? Ws.MessageType.TEXT : Ws.MessageType.BINARY);
            streams.push(stream);
        }
        let bytes = isText ? new GLib.Bytes(encoder.encode(part)) : pack(part);
        while (bytes.get_size() > 0) {
            const n = await new Promise((resolve, reject) => {
                stream.write_bytes_async(bytes, GLib.PRIORITY_DEFAULT, null,
                    finishing('write_bytes_finish', resolve, reject));
            });
            bytes = bytes.new_from_bytes(n, bytes.get_size() - n);
        }
    }
    if (stream === null)
        throw new TypeError('A message in parts needs one');
    await new Promise((resolve, reject) => {
        stream.close_async(GLib.PRIORITY_DEFAULT, null,
            finishing('close_finish', resolve, reject));
    });
}

function finishing(name, resolve, reject) {
    return (source, result) => {
        try {
            resolve(source[name](result));
        } catch (error) {
            reject(error);
        }
    };
}

// For what is over already. Each promise that is awaited costs GJS as much as
// several calls: those of every message are as few as can be.
const DONE = Promise.resolve();

function isFull(socket) {
    const nBytes = socket.get_bytes_to_write();

    return nBytes > 0 && nBytes > socket.get_write_high_water_mark()
        && socket.get_state() === Ws.State.CONNECTED;
}

// Fails with the reason if the connection is lost meanwhile, and what waits with
// it. A reconnect policy may have begun anew when the promise has its turn.
async function waitUntilDrained(socket) {
    let error = null;
    const handler = socket.connect('disconnected', () => {
        if (!socket.get_was_clean()) {
            error ??= socket.get_error() ?? new GLib.Error(Ws.SocketError,
                Ws.SocketError.REMOTE_HOST_CLOSED,
                `The connection was closed with ${socket.get_close_code()}`);
        }
    });

    try {
        while (error === null && isFull(socket))
            await once(socket, ['drained', 'disconnected'], () => isFull(socket));
    } finally {
        socket.disconnect(handler);
    }
    if (error !== null)
        throw error;
}

// Holds up who sends faster than the peer reads; who does not wait is told by the
// next message.
function drained(socket) {
    if (!isFull(socket))
        return DONE;
    const promise = waitUntilDrained(socket);
    promise.catch(() => {});
    return promise;
}

const SOCKET = {
    _init(properties = {}) {
        originals.initSocket.call(this,
            {stays_alive: true, ...converted(properties)});
    },

    open(url = null) {
        return originals.open.call(this, url);
    },

    // Begins the closing handshake; the promise is over with the connection.
    close(code = 1000, reason = null) {
        // A C string ends there, and nothing is to be cut off.
        reason = reason?.replaceAll('\0', '\uFFFD') ?? null;
        originals.close.call(this, code, reason);
        return this.close_async(code, reason);
    },

    ping(payload = null) {
        return originals.ping.call(this, pack(payload));
    },

    send_text_message(text) {
        return sendMessage(this, String(text));
    },

    send_binary_message(bytes) {
        return bytes instanceof Uint8Array
            ? sendMessage(this, bytes)
            : originals.sendBinary.call(this, pack(bytes));
    },

    send_message(message) {
        return sendMessage(this, message);
    },

    publish(topic, message) {
        return originals.publishFrom.call(this, topic, asMessage(message));
    },

    // Sends a string as text and bytes as binary, at once; or an iterable in
    // parts. The promise holds up who sends much.
    send(message) {
        if (typeof message !== 'string' && !isBytes(message)
            && !(message instanceof GLib.Bytes) && isIterable(message))
            return sendParts(this, message);
        this.send_message(message);
        return drained(this);
    },

    // The next message, a string or a Uint8Array; null at the end.
    recv() {
        return inboxes.receive(this);
    },

    // Resolves when the connection is over.
    wait_closed() {
        return once(this, ['disconnected'],
            () => this.get_state() !== Ws.State.UNCONNECTED);
    },

    set_request_headers(headers) {
        originals.setHeaders.call(this, asHeaders(headers));
    },

    [Symbol.asyncIterator]() {
        return new inboxes.Messages(this);
    },

    toString() {
        return `[Ws.Socket ${this.url ?? ''} ${NICKS[this.get_state()]}]`;
    },
};

function installSockets() {
    const prototype = Ws.Socket.prototype;

    Object.assign(originals, {
        initSocket: prototype._init,
        open: prototype.open,
        close: prototype.close,
        ping: prototype.ping,
        publishFrom: prototype.publish,
        sendMessage: prototype.send_message,
        sendBinary: prototype.send_binary_message,
        setHeaders: prototype.set_request_headers,
    });
    replaceAll(prototype, {...SOCKET, ...SIGNALS});
}

// --- Servers ---

function onListening(server) {
    if (server.get_listening())
        listening.add(server);
    else
        listening.delete(server);
}

// The items of a list model, which GJS does not iterate over by itself.
function* itemsOf() {
    for (let i = 0; i < this.get_n_items(); i++)
        yield this.get_item(i);
}

const SERVER = {
    _init(properties = {}) {
        originals.initServer.call(this, converted(properties));
        this.connect('notify::listening', onListening);
        onListening(this);
    },

    listen(address = null, port = 0) {
        if (typeof address === 'string')
            address = Gio.InetAddress.new_from_string(address);
        return originals.listen.call(this, address, port);
    },

    broadcast(message) {
        return originals.broadcast.call(this, asMessage(message));
    },

    publish(topic, message) {
        return originals.publish.call(this, topic, asMessage(message));
    },

    // Resolves when the server listens no more.
    wait_closed() {
        return once(this, ['closed'], () => this.get_listening());
    },

    [Symbol.iterator]: itemsOf,

    toString() {
        return `[Ws.Server ${this.url ?? ''} ${this.get_n_items()} clients]`;
    },
};

function installServers() {
    const server = Ws.Server.prototype;
    const response = Ws.Response.prototype;
    const {refuse, set_body: setBody} = response;

    Object.assign(originals, {
        initServer: server._init,
        listen: server.listen,
        broadcast: server.broadcast,
        publish: server.publish,
    });
    replaceAll(server, {...SERVER, ...SIGNALS});
    replaceAll(Ws.MessageLog.prototype, {[Symbol.iterator]: itemsOf});
    replaceAll(response, {
        refuse(status = 403, message = null) {
            refuse.call(this, status, message);
        },

        set_body(type, body) {
            setBody.call(this, type, pack(body));
        },

        set_text(text) {
            this.set_body('text/plain; charset=utf-8', encoder.encode(text));
        },
    });
}

// --- Clients and servers that are awaited ---

const SHORT = {headers: 'request_headers', ssl: 'ssl_configuration'};

function spelledOut(options) {
    const properties = {};

    for (const [name, value] of Object.entries(options))
        properties[SHORT[name] ?? name] = value;
    if (properties.reconnect === true)
        properties.reconnect = new Ws.ReconnectPolicy();
    else if (!properties.reconnect)
        delete properties.reconnect;
    return properties;
}

// Opens a connection; with an object, connects a signal as in C.
function connect(target, ...args) {
    if (target instanceof GObject.Object)
        return originals.connectSignal(target, ...args);
    const socket = new Ws.Socket({pull: true, ...spelledOut(args[0] ?? {})});
    return socket.open_async(String(target)).then(() => socket);
}

async function handle(handler, socket) {
    try {
        await handler(socket);
        socket.close();
    } catch (error) {
        if (socket.get_state() !== Ws.State.CONNECTED)
            return;
        logError(error, 'The handler of a client has failed');
        socket.close(1011);
    }
}

async function acceptAll(server, handler) {
    while (server.get_listening()) {
        try {
            const socket = await server.accept_async();

            socket.set_pull(true);
            handle(handler, socket);
        } catch {
            return;
        }
    }
}

// Serves clients: an asynchronous handler(socket) for each.
async function serve(handler, host = 'localhost', port = 0, options = {}) {
    const properties = spelledOut(options);
    if (properties.ssl_configuration)
        properties.ssl_mode ??= Ws.SslMode.SECURE;
    const server = new Ws.Server({host, port, ...properties});

    server.set_listening(true);
    await once(server, ['notify::listening', 'server-error'],
        () => !server.get_listening());
    if (!server.get_listening())
        throw new Error(server.get_error_string());
    acceptAll(server, handler);
    return server;
}

function _init() {
    Ws = this;
    promisifyAll();
    installValues();
    installSockets();
    installServers();
    const initPolicy = Ws.ReconnectPolicy.prototype._init;
    replaceAll(Ws.ReconnectPolicy.prototype, {
        _init(properties) {
            initPolicy.call(this, converted(properties));
        },
    });
    originals.connectSignal = Ws.connect;
    Ws.connect = connect;
    Ws.serve = serve;
    inboxes = imports.overrides.WsInbox.make(Ws, content);
    Object.assign(Ws, imports.overrides.WsWebSocket.make(Ws));
}
