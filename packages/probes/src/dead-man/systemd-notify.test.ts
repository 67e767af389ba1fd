import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HandClock } from "../clock/testing/hand-clock.ts";
import { SystemdNotify } from "./systemd-notify.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-notify-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program in the place of systemd-notify that writes down what it was to say, and to whom. */
function speaker(): { readonly command: string; readonly said: () => string[] } {
  const [command, log] = [join(folder, "systemd-notify"), join(folder, "said")];
  writeFileSync(command, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> ${log}\n`);
  chmodSync(command, 0o700);
  return { command, said: () => (existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : []) };
}

const ENV = { NOTIFY_SOCKET: "/run/systemd/notify", WATCHDOG_USEC: "60000000", PATH: process.env["PATH"] };

test.skipIf(process.platform === "win32")(
  "D1 systemd hears that it is ready, alive each half of what it waits, and about to end",
  async () => {
    const { command, said } = speaker();
    const clock = new HandClock(0);
    const systemd = new SystemdNotify({ clock, command, env: ENV, onTrouble: () => {} });

    await systemd.ready("watching");
    await clock.turn(30_000);
    while (said().length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await systemd[Symbol.asyncDispose]();

    expect(said()).toEqual(
      ["READY=1 STATUS=watching", "WATCHDOG=1", "STOPPING=1"].map((words) => `/run/systemd/notify ${words}`),
    );
    expect(clock.waiting).toBe(0);
  },
);

test("D1 nobody is told where systemd has not started it, or waits for another process", async () => {
  const { command, said } = speaker();
  const clock = new HandClock(0);
  const alone = new SystemdNotify({ clock, command, env: {}, onTrouble: () => {} });
  const other = new SystemdNotify({ clock, command, env: { ...ENV, WATCHDOG_PID: "1" }, onTrouble: () => {} });

  await alone.ready("watching");
  await other.ready("watching");

  expect(alone.isWanted).toBe(false);
  expect(said()).toHaveLength(1);
  expect(clock.waiting).toBe(0);
  await Promise.all([alone, other].map((one) => one[Symbol.asyncDispose]()));
});

test("D1 without systemd-notify it is told once, and goes on", async () => {
  const troubles: string[] = [];
  const systemd = new SystemdNotify({
    ...{ clock: new HandClock(0), command: join(folder, "none"), env: ENV },
    onTrouble: (reason) => troubles.push(reason),
  });

  await systemd.ready("watching");
  await systemd[Symbol.asyncDispose]();

  expect(troubles).toEqual([expect.stringContaining("ENOENT")]);
});
