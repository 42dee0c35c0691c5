// SPDX-License-Identifier: LGPL-2.1-or-later
"use strict";

// npm's ws speaks permessage-deflate with all of its options:
// ws-deflate-client.js ECHO-URL. Prints TAP.
const assert = require("node:assert");
const WebSocket = require("ws");

const [url] = process.argv.slice(2);
const DEADLINE_MS = 20000;
const SIZES = [0, 1, 100, 255, 256, 1023, 1024, 5000, 70000, 700000];

// Of the client's options, and what the agreed ones are to have.
const TABLE = [
  { options: true, has: [] },
  { options: {}, has: [] },
  { options: { threshold: 0 }, has: [] },
  { options: { threshold: 100000 }, has: [] },
  { options: { serverNoContextTakeover: true },
    has: ["server_no_context_takeover"] },
  { options: { clientNoContextTakeover: true },
    has: ["client_no_context_takeover"] },
  { options: { serverMaxWindowBits: 8 }, has: ["server_max_window_bits"] },
  { options: { serverMaxWindowBits: 12 }, has: ["server_max_window_bits"] },
  { options: { clientMaxWindowBits: 9 }, has: [] },
  { options: { clientMaxWindowBits: true }, has: [] },
  { options: { concurrencyLimit: 1 }, has: [] },
  { options: { zlibDeflateOptions: { level: 0 } }, has: [] },
  { options: { zlibDeflateOptions: { level: 9, memLevel: 1 } }, has: [] },
  { options: { serverNoContextTakeover: true, clientNoContextTakeover: true,
      serverMaxWindowBits: 9, clientMaxWindowBits: 10, threshold: 0 },
    has: ["server_no_context_takeover", "client_no_context_takeover"] },
  { options: false, has: null },
];

function payload(size, seed) {
  const words = ["alpha", "beta", "gamma", "delta", "{\"id\":", "},", "[1,2]"];
  let text = "";
  for (let i = seed; text.length < size; i = (i * 1103515245 + 12345) % 65536)
    text += words[i % words.length] + i;
  return text.slice(0, size);
}

function exchange(row) {
  return new Promise((resolve, reject) => {
    const expected = [];
    const socket = new WebSocket(url, [], { perMessageDeflate: row.options });
    const timer = setTimeout(() => reject(new Error("late")), DEADLINE_MS);
    socket.on("error", reject);
    socket.on("open", () => {
      const agreed = socket._extensions["permessage-deflate"];
      assert.strictEqual(agreed !== undefined, row.has !== null);
      for (const name of row.has ?? []) assert.ok(name in agreed.params, name);
      SIZES.forEach((size, i) => {
        const text = payload(size, i + 1);
        expected.push(text, text);
        socket.send(text);
        socket.ping();
        const middle = size >> 1;
        socket.send(text.slice(0, middle), { fin: false });
        socket.send(text.slice(middle), { fin: true });
      });
    });
    socket.on("message", (data) => {
      try {
        assert.strictEqual(data.toString(), expected.shift());
      } catch (error) {
        reject(error);
      }
      if (expected.length === 0) socket.close(1000);
    });
    socket.on("close", (code) => {
      clearTimeout(timer);
      if (code === 1000) resolve();
      else reject(new Error(`closed with ${code}`));
    });
  });
}

async function main() {
  console.log(`1..${TABLE.length}`);
  for (const [i, row] of TABLE.entries()) {
    const name = `${i + 1} ${JSON.stringify(row.options)}`;
    try {
      await exchange(row);
      console.log(`ok ${name}`);
    } catch (error) {
      console.log(`not ok ${name}`);
      console.log(`# ${error.stack.replaceAll("\n", "\n# ")}`);
    }
  }
}

main();
