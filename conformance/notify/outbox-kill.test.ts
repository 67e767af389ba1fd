/** What was taken to be told is told, whenever the process dies and however badly the channel behaves. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { FakeServer, type Misbehaviour } from "../../packages/notify/src/testing/fake-server.ts";

const KILLS = Number(process.env["HALTWATCH_KILLS"] ?? 5);

/** So many messages it sends before it is killed, or fewer: by messages and not by time, so that a busy machine tests the same. */
const MAX_MESSAGES = 140;

/** And then some moments more, milliseconds. */
const MAX_MORE_MS = 20;

/** One in five requests goes wrong in some way. That no answer comes is the rarest: it takes up most of a life. */
const OFTEN: readonly Misbehaviour[] = ["error", "limited", "reset", "lost", "slow"];
const WAYS: readonly Misbehaviour[] = [...OFTEN, ...OFTEN, ...OFTEN, ...OFTEN, "hang"];
const WRONG = 0.2;

/** What the webhook is sent: Alertmanager's payload. */
interface Payload {
  readonly status: string;
  readonly groupLabels: { readonly group: string };
  readonly alerts: readonly { readonly annotations: { readonly sequence: string } }[];
}

/** A state of a group. */
interface State {
  readonly sequence: number;
  readonly status: string;
}

/** What the server has taken. */
interface Taken extends State {
  readonly group: string;
  readonly key: string;
  /** The sender may not have had the answer. */
  readonly isAnswerLost: boolean;
  /** In which of the processes' lives. */
  readonly life: number;
}

test(
  `killed at ${KILLS} random moments while the channel is flaky, it has told every group's last state, in order, and hardly anything twice`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "haltwatch-outbox-"));
    const taken: Taken[] = [];
    let current: Misbehaviour = "none";
    await using server = await new FakeServer(({ path, headers, body }) => {
      const { status, groupLabels, alerts } = JSON.parse(body.toString()) as Payload;
      const sequence = Number(alerts[0]?.annotations.sequence);
      const key = headers["idempotency-key"] ?? "";
      const isAnswerLost = current === "lost" || current === "hang" || current === "slow";
      taken.push({ group: groupLabels.group, status, key, sequence, isAnswerLost, life: Number(path.slice(1)) });
      return { status: 200 };
    }).start();
    server.retryAfterSeconds = 0.01;
    server.misbehave = () => {
      current = Math.random() < WRONG ? (WAYS[Math.floor(Math.random() * WAYS.length)] ?? "none") : "none";
      return current;
    };
    try {
      const path = join(folder, "test.db");
      const last = new Map<string, State>();
      const possible = new Map<string, State>();
      let sequence = 0;
      for (let life = 0; life < KILLS; life++) {
        const messages = server.requests.length + Math.random() * MAX_MESSAGES;
        const lines = await workUntilKilled(
          [path, `${server.url}/${life}`, String(sequence)],
          () => server.requests.length < messages,
        );
        for (const line of lines) {
          const [verb = "", group = "", number = "", status = ""] = line.split(" ");
          if (number === "") continue;
          sequence = Number(number);
          possible.set(group, { sequence, status });
          if (verb === "added") last.set(group, { sequence, status });
        }
      }
      server.misbehave = () => {
        current = "none";
        return "none";
      };
      await drained([path, `${server.url}/${KILLS}`, "drain"]);

      const told = new Map<string, Taken>();
      let duplicates = 0;
      for (const news of taken) {
        const before = told.get(news.group);
        told.set(news.group, news);
        if (before === undefined) continue;
        expect(news.sequence).toBeGreaterThanOrEqual(before.sequence);
        if (news.key !== before.key) continue;
        // Only where the answer was lost, or the process killed before it could note it.
        expect(before.isAnswerLost || news.life > before.life).toBe(true);
        if (!before.isAnswerLost) duplicates++;
      }
      for (const [group, { status }] of last) {
        const heard = told.get(group);
        const maybe = possible.get(group);
        expect([group, heard?.status]).toEqual([group, expect.toBeOneOf([status, maybe?.status])]);
        expect(heard?.sequence).toBeLessThanOrEqual(maybe?.sequence ?? 0);
      }
      expect(sequence).toBeGreaterThan(KILLS);
      // Of a few kills, one or two more may happen to hit the moment between the answer and its note.
      expect(duplicates).toBeLessThanOrEqual(Math.max(4, taken.length / 100));
      process.stdout.write(
        `${KILLS} kills, ${sequence} states of ${last.size} groups, ${taken.length} messages taken, ${duplicates} twice for a kill, none lost\n`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000 + KILLS * 6_000,
);

function start(parameters: readonly string[]): ChildProcessByStdio<null, Readable, null> {
  const script = fileURLToPath(new URL("alerting.ts", import.meta.url));
  return spawn(process.execPath, [script, ...parameters], { stdio: ["ignore", "pipe", "inherit"] });
}

/** @returns what it told */
async function workUntilKilled(parameters: readonly string[], isTooEarly: () => boolean): Promise<string[]> {
  const child = start(parameters);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  const closed = once(child, "close");
  await Promise.race([once(child.stdout, "data"), closed]);
  while (isTooEarly()) await delay(1);
  await delay(Math.random() * MAX_MORE_MS);
  child.kill("SIGKILL");
  await closed;
  expect(output).toMatch(/^ready\n/);
  return output.slice(0, output.lastIndexOf("\n")).split("\n");
}

async function drained(parameters: readonly string[]): Promise<void> {
  const child = start(parameters);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
  });
  await once(child, "close");
  expect(output).toBe("ready\ndrained\n");
}
