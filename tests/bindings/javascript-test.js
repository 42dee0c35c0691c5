// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tests of the override share.

import GLib from 'gi://GLib?version=2.0';
import System from 'system';

const DEADLINE = 120; // seconds; nothing waits for it but a hanging test

export function check(condition, what) {
    if (!condition)
        throw new Error(`failed: ${what}`);
}

export function checkEqual(actual, expected, what) {
    const [a, b] = [actual, expected].map(value => value instanceof Uint8Array
        ? `bytes ${[...value]}` : JSON.stringify(value));

    check(a === b, `${what}: ${a} is not ${b}`);
}

export function checkThrows(call, name, what) {
    let error = null;

    try {
        call();
    } catch (e) {
        error = e;
    }
    check(error !== null, `${what} throws nothing`);
    check(error.name === name || String(error).startsWith(name),
        `${what} throws ${error}`);
}

export async function until(condition) {
    while (!condition())
        await new Promise(resolve => setTimeout(resolve, 1));
}

// Runs one after the other.
export async function run(tests) {
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
}
