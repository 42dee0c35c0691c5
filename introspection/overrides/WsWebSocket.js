// SPDX-License-Identifier: LGPL-2.1-or-later
// The browser's WebSocket (https://websockets.spec.whatwg.org/), for code that was
// written for a page.

/* exported make */

const encoder = new TextEncoder();

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;
const STATES = {CONNECTING, OPEN, CLOSING, CLOSED};

// What an exception of the standard's looks like where there is no DOMException.
function exception(name, message) {
    if (typeof globalThis.DOMException === 'function')
        return new globalThis.DOMException(message, name);
    const error = new Error(message);
    error.name = name;
    return error;
}

// --- Events ---

class Event {
    constructor(type, properties = {}) {
        Object.assign(this, {
            type,
            target: null,
            currentTarget: null,
            bubbles: false,
            cancelable: false,
            defaultPrevented: false,
            timeStamp: Date.now(),
        }, properties);
    }

    preventDefault() {
        this.defaultPrevented = this.cancelable;
    }

    stopPropagation() {}

    stopImmediatePropagation() {
        this._isStopped = true;
    }
}

class EventTarget {
    constructor() {
        Object.defineProperty(this, '_listeners', {value: []});
    }

    addEventListener(type, callback, options = {}) {
        if (callback === null || this._listeners.some(
            l => l.type === type && l.callback === callback))
            return;
        this._listeners.push(
            {type, callback, once: options === null ? false : !!options.once});
    }

    removeEventListener(type, callback) {
        const i = this._listeners.findIndex(
            l => l.type === type && l.callback === callback);
        if (i >= 0)
            this._listeners.splice(i, 1);
    }

    // One that throws is told, and keeps no other from being called.
    dispatchEvent(event) {
        event.target = event.currentTarget = this;
        for (const listener of [...this._listeners]) {
            const {type, callback, once} = listener;

            if (type !== event.type || !this._listeners.includes(listener))
                continue;
            if (once)
                this.removeEventListener(type, callback);
            try {
                if (typeof callback === 'function')
                    callback.call(this, event);
                else
                    callback.handleEvent(event);
            } catch (error) {
                logError(error);
            }
            if (event._isStopped)
                break;
        }
        return !event.defaultPrevented;
    }
}

// onopen and the like: each is one listener, which keeps its place.
function addHandler(prototype, type) {
    const slot = Symbol(type);

    Object.defineProperty(prototype, `on${type}`, {
        enumerable: true,
        configurable: true,
        get() {
            return this[slot]?.handler ?? null;
        },
        set(handler) {
            const isFunction = typeof handler === 'function';

            if (this[slot]) {
                this[slot].handler = isFunction ? handler : null;
            } else if (isFunction) {
                const listener = {handler, handleEvent: event =>
                    listener.handler?.call(this, event)};
                Object.defineProperty(this, slot, {value: listener});
                this.addEventListener(type, listener);
            }
        },
    });
}

// --- URLs and names ---

function checkUrl(url) {
    url = String(url).replace(/^http(s?):/i, 'ws$1:');
    if (!/^(wss?|ws\+unix):/i.test(url))
        throw exception('SyntaxError', `${url} is no URL of a WebSocket`);
    if (url.includes('#'))
        throw exception('SyntaxError', `${url} has a fragment`);
    return url;
}

function checkProtocols(protocols) {
    const names = (Array.isArray(protocols) ? protocols : [protocols]).map(String);

    for (const name of names) {
        if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name))
            throw exception('SyntaxError', `"${name}" is no subprotocol`);
    }
    if (new Set(names).size !== names.length)
        throw exception('SyntaxError', 'A subprotocol is named twice');
    return names;
}

function checkClosing(code, reason) {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
        throw exception('InvalidAccessError',
            `The close code ${code} is neither 1000 nor in 3000 to 4999`);
    }
    if (reason !== undefined && encoder.encode(reason).length > 123) {
        throw exception('SyntaxError',
            'The reason of a close is longer than 123 bytes');
    }
}

// --- The class ---

function make(Ws) {
    class WebSocket extends EventTarget {
        constructor(url, protocols = []) {
            super();
            url = checkUrl(url);
            const subprotocols = checkProtocols(protocols);
            const socket = new Ws.Socket();

            if (subprotocols.length > 0)
                socket.set_subprotocols(subprotocols);
            Object.defineProperties(this, {
                _socket: {value: socket},
                _state: {value: CONNECTING, writable: true},
                _discarded: {value: 0, writable: true},
                _binaryType: {value: 'arraybuffer', writable: true},
                _url: {value: url},
            });
            this._listen(socket);
            try {
                socket.open(url);
            } catch (error) {
                throw exception('SyntaxError', error.message);
            }
        }

        _listen(socket) {
            socket.connect('connected', () => {
                if (this._state !== CONNECTING)
                    return;
                this._state = OPEN;
                this.dispatchEvent(new Event('open'));
            });
            socket.connect('message-received',
                (_socket, message) => this._onMessage(message));
            socket.connect('state-changed', (_socket, state) => {
                if (state === Ws.State.CLOSING)
                    this._state = CLOSING;
            });
            socket.connect('error', (_socket, error) => {
                this._error = error;
            });
            socket.connect('disconnected', () => this._onEnd());
        }

        _onMessage(message) {
            if (this._state !== OPEN && this._state !== CLOSING)
                return;
            const data = message.data;
            this.dispatchEvent(new Event('message', {
                data: typeof data === 'string' ? data : this._wrap(data),
                origin: this._url.replace(/^(\w+:\/\/[^/?]*).*$/, '$1'),
                lastEventId: '',
                source: null,
                ports: [],
            }));
        }

        _wrap(bytes) {
            const buffer = bytes.buffer.slice(bytes.byteOffset,
                bytes.byteOffset + bytes.byteLength);

            return this._binaryType === 'blob'
                ? new globalThis.Blob([buffer]) : buffer;
        }

        _onEnd() {
            const socket = this._socket;
            const wasClean = socket.was_clean;

            if (this._state === CLOSED)
                return;
            this._state = CLOSED;
            if (!wasClean) {
                this.dispatchEvent(new Event('error', {
                    error: this._error ?? null,
                    message: this._error?.message ?? '',
                }));
            }
            this.dispatchEvent(new Event('close', {
                wasClean,
                code: wasClean ? socket.close_code_received : 1006,
                reason: wasClean ? socket.close_reason : '',
            }));
        }

        get url() {
            return this._url;
        }

        get readyState() {
            return this._state;
        }

        get protocol() {
            return this._socket.subprotocol ?? '';
        }

        get extensions() {
            return this._socket.extensions ?? '';
        }

        get bufferedAmount() {
            return this._socket.bytes_to_write + this._discarded;
        }

        get binaryType() {
            return this._binaryType;
        }

        // There are no Blobs unless the program brings them.
        set binaryType(type) {
            const hasBlobs = typeof globalThis.Blob === 'function';

            if (type === 'arraybuffer' || (type === 'blob' && hasBlobs))
                this._binaryType = type;
        }

        send(data) {
            if (this._state === CONNECTING)
                throw exception('InvalidStateError', 'It is still connecting');
            if (!(data instanceof ArrayBuffer || ArrayBuffer.isView(data)))
                data = String(data);
            if (this._state === OPEN) {
                this._socket.send_message(data);
                return;
            }
            this._discarded += typeof data === 'string'
                ? encoder.encode(data).length : data.byteLength;
        }

        close(code, reason) {
            reason = reason === undefined ? undefined : String(reason);
            checkClosing(code, reason);
            if (this._state === CLOSING || this._state === CLOSED)
                return;
            const wasOpen = this._state === OPEN;
            this._state = CLOSING;
            // What fails is told later, as in browsers.
            if (wasOpen)
                this._socket.close(code ?? 1000, reason ?? null);
            else
                setTimeout(() => this._socket.abort(), 0);
        }
    }

    for (const [name, value] of Object.entries(STATES)) {
        for (const target of [WebSocket, WebSocket.prototype])
            Object.defineProperty(target, name, {value, enumerable: true});
    }
    for (const type of ['open', 'message', 'error', 'close'])
        addHandler(WebSocket.prototype, type);
    return {WebSocket, Event, EventTarget};
}
