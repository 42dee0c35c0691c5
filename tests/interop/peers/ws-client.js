// SPDX-License-Identifier: LGPL-2.1-or-later
"use strict";

// npm's ws examines our servers: ws-client.js ECHO-URL INTEROP-URL. Prints TAP.
const assert = require("node:assert");
const WebSocket = require("ws");

const [echoUrl, interopUrl] = process.argv.slice(2);
const DEADLINE_MS = 20000;

// A promise that fails when the deadline is over.
function within(promise, what) {
  let timer;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what}`)), DEADLINE_MS);
  });
  return Promise.race([promise, deadline]).finally(() => clearTimeout(timer));
}

class Client {
  constructor(url, protocols, options) {
    this.messages = [];
    this.takers = [];
    this.socket = new WebSocket(url, protocols, options);
    this.socket.on("message", (data, isBinary) => {
      const message = isBinary ? data : data.toString();
      if (this.takers.length > 0) this.takers.shift()(message);
      else this.messages.push(message);
    });
    this.closed = new Promise((resolve) =>
      this.socket.on("close", (code, reason) =>
        resolve({ code, reason: reason.toString() }),
      ),
    );
    this.opened = new Promise((resolve, reject) => {
      this.socket.on("open", resolve);
      this.socket.on("error", reject);
    });
  }

  static async open(url, protocols = [], options = {}) {
    const client = new Client(url, protocols, options);
    await within(client.opened, "opening");
    return client;
  }

  message() {
    if (this.messages.length > 0) return this.messages.shift();
    return within(
      new Promise((resolve) => this.takers.push(resolve)),
      "message",
    );
  }

  end() {
    return within(this.closed, "close");
  }

  async close(code, reason) {
    this.socket.close(code, reason);
    return this.end();
  }
}

async function expectEnd(client, code, reason) {
  const end = await client.end();
  assert.strictEqual(end.code, code);
  if (reason !== undefined) assert.strictEqual(end.reason, reason);
}

async function expectRemembered(code, reason) {
  const how = await Client.open(interopUrl + "/how");
  const seen = await how.message();
  if (reason === undefined) assert.ok(seen.startsWith(`${code} `), seen);
  else assert.strictEqual(seen, `${code} ${reason}`);
  await how.close(1000);
}

const SIZES = [0, 1, 125, 126, 127, 65535, 65536, 1024 * 1024];
const CLOSES = [
  [1000, ""],
  [1000, "done"],
  [1001, "tschüß"],
  [3000, "grüße"],
  [4999, "ende €"],
  [4000, ""],
];

const tests = {
  async echo() {
    const client = await Client.open(echoUrl);
    for (const size of SIZES) {
      const text = "ü".repeat(size >> 1) + "x".repeat(size & 1);
      client.socket.send(text);
      assert.strictEqual(await client.message(), text);
      const bytes = Buffer.alloc(size, "\xff\0A", "latin1");
      client.socket.send(bytes);
      assert.ok(bytes.equals(await client.message()), `${size} bytes`);
    }
    assert.strictEqual((await client.close(1000)).code, 1000);
  },

  async nul() {
    const client = await Client.open(echoUrl);
    client.socket.send("\0x\0");
    assert.strictEqual(await client.message(), "\0x\0");
    await client.close(1000);
    const sent = await Client.open(interopUrl + "/nul");
    assert.strictEqual(await sent.message(), "a\0b");
    await sent.close(1000);
  },

  async broadcast() {
    const clients = [];
    for (let i = 0; i < 3; i++) clients.push(await Client.open(echoUrl));
    clients[0].socket.send(Buffer.from("B for all"));
    for (const client of clients) {
      assert.strictEqual(String(await client.message()), "B for all");
      await client.close(1000);
    }
  },

  async "fragments sent"() {
    const client = await Client.open(echoUrl);
    client.socket.send("grü", { fin: false });
    client.socket.send("", { fin: false });
    client.socket.ping("between");
    client.socket.send("ße", { fin: true });
    assert.strictEqual(await client.message(), "grüße");
    client.socket.send(Buffer.alloc(70000, 1), { fin: false });
    client.socket.send(Buffer.alloc(200, 2), { fin: true });
    const whole = await client.message();
    assert.strictEqual(whole.length, 70200);
    assert.strictEqual(whole[69999] + whole[70000], 3);
    await client.close(1000);
  },

  async "fragments received"() {
    const client = await Client.open(interopUrl + "/fragments");
    assert.strictEqual(await client.message(), "one two three");
    const bytes = Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert.ok(bytes.equals(await client.message()));
    await client.close(1000);
  },

  async ping() {
    const client = await Client.open(echoUrl);
    for (const payload of ["", "p", "grüße", "x".repeat(125)]) {
      const pong = new Promise((resolve) =>
        client.socket.once("pong", (data) => resolve(data.toString())),
      );
      client.socket.ping(payload);
      assert.strictEqual(await within(pong, "pong"), payload);
    }
    await client.close(1000);
  },

  async pinged() {
    const client = await Client.open(interopUrl + "/ping");
    assert.strictEqual(await client.message(), "are you there");
    await client.close(1000);
  },

  async close() {
    for (const [code, reason] of CLOSES) {
      const client = await Client.open(interopUrl + "/closed");
      const end = await client.close(code, reason);
      assert.strictEqual(end.code, code);
      await expectRemembered(code, reason);
    }
  },

  async "close, empty"() {
    const client = await Client.open(interopUrl + "/closed");
    assert.strictEqual((await client.close()).code, 1005);
    await expectRemembered(1005, "");
  },

  async closed() {
    for (const [code, reason] of CLOSES) {
      const client = await Client.open(interopUrl + "/close");
      client.socket.send(`${code} ${reason}`);
      await expectEnd(client, code, reason);
    }
  },

  async subprotocol() {
    for (const [offered, expected] of [
      [["two"], "two"],
      [["zero", "one"], "one"],
      [[], ""],
    ]) {
      const client = await Client.open(interopUrl + "/echo", offered);
      assert.strictEqual(client.socket.protocol, expected);
      await client.close(1000);
    }
  },

  async headers() {
    const headers = { "X-Interop": 'a value; b="c"' };
    const client = await Client.open(interopUrl + "/headers", [], { headers });
    assert.strictEqual(await client.message(), 'a value; b="c"');
    await client.close(1000);
  },

  async "bad UTF-8"() {
    const client = await Client.open(echoUrl);
    // Masked with 0, so that the bytes are what they look like.
    client.socket._socket.write(
      Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]),
    );
    await expectEnd(client, 1007);
  },

  async limit() {
    const client = await Client.open(interopUrl + "/limit");
    client.socket.send("x".repeat(1024));
    assert.strictEqual((await client.message()).length, 1024);
    client.socket.send("x".repeat(1025));
    await expectEnd(client, 1009);
  },

  async "its limit"() {
    const options = { maxPayload: 1024 };
    const client = await Client.open(interopUrl + "/too-big", [], options);
    client.socket.on("error", () => {});
    await client.end();
    await expectRemembered(1009, "");
  },
};

async function main() {
  const names = Object.keys(tests);
  let number = 0;
  console.log(`1..${names.length}`);
  for (const name of names) {
    number++;
    try {
      await tests[name]();
      console.log(`ok ${number} ${name}`);
    } catch (error) {
      console.log(`not ok ${number} ${name}`);
      console.log(String(error.stack).replace(/^/gm, "# "));
      process.exitCode = 1;
    }
  }
  process.exit();
}

main();
