// SPDX-License-Identifier: LGPL-2.1-or-later
// What the tests in JavaScript share that run a main loop themselves.

import GLib from 'gi://GLib?version=2.0';
import System from 'system';

const DEADLINE = 100; // seconds; nothing waits for it but a hanging test

// An exception inside a handler is only logged, so failures are counted.
let failures = 0;

export function check(condition, what) {
    if (condition)
        return;
    failures++;
    printerr(`failed: ${what}`);
}

export function checkEqual(actual, expected, what) {
    check(String(actual) === String(expected),
        `${what}: ${actual} is not ${expected}`);
}

// Ends the program where nothing else does; a source to be removed.
export function watch(what = 'something to happen') {
    return GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, DEADLINE, () => {
        printerr(`failed: waited for ${what}`);
        System.exit(1);
    });
}

export function wait(condition, what) {
    const watchdog = watch(what);
    while (!condition())
        GLib.MainContext.default().iteration(true);
    GLib.source_remove(watchdog);
}

export function run(loop) {
    const watchdog = watch();
    loop.run();
    GLib.source_remove(watchdog);
}

export function finish() {
    System.exit(failures > 0 ? 1 : 0);
}

let nThrown = 0;

export function unlucky() {
    throw new Error('unlucky');
}

// How often unlucky() has thrown: what would be printed for each is taken.
export function countUnlucky() {
    return nThrown;
}

export function hideUnlucky() {
    GLib.log_set_writer_func((level, fields) => {
        const decoder = new TextDecoder();
        const message = fields.MESSAGE ? decoder.decode(fields.MESSAGE) : '';
        if (message.includes('unlucky'))
            nThrown++;
        else if (level < GLib.LogLevelFlags.LEVEL_MESSAGE)
            printerr(message);
        return GLib.LogWriterOutput.HANDLED;
    });
}
