/**
 * Has alerts come and go, and tells a webhook of them as Haltwatch does, until it is killed: `node alerting.ts FILE URL SEED`. What is
 * in the file it tells on a line of its own; with `drain` for SEED nothing new comes, and it ends when all is told.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { channelsOf, Dispatcher, Outbox, readAlertmanagerYml, Silences } from "@haltwatch/notify";
import { Labels, Store } from "@haltwatch/store";
import type { Alert } from "../../packages/notify/src/alert.ts";
import { SYSTEM_CLOCK } from "../../packages/notify/src/clock.ts";

const GROUPS = 5;

/** Between two states, milliseconds. */
const INTERVAL_MS = 10;

/** Shorter than between two states of a group, so that most are told, milliseconds. */
const GROUP_INTERVAL_MS = 20;

/** Far longer than the server takes even on a busy machine, milliseconds: only an answer that never comes is given up. */
const TIMEOUT_MS = 1_000;

/** Backoff is a fiftieth of what it is otherwise, for it lives only a moment. */
const NO_SPREAD = -0.98;

async function alerting(path: string, url: string, seed: string): Promise<void> {
  const store = new Store({ path, commitIntervalMs: 0 });
  const { tables } = store;
  const config = readAlertmanagerYml(configFor(url), "alertmanager.yml", { secrets: "refuse" });
  const onError = (error: unknown): never => {
    throw error;
  };
  const outbox = new Outbox({
    ...{ tables, onError, secret: () => "", timeoutMs: TIMEOUT_MS, random: () => NO_SPREAD },
    log: { error: () => {}, info: () => {} },
  });
  const silences = new Silences(tables, SYSTEM_CLOCK);
  const dispatcher = new Dispatcher({ config, tables, outbox, silences, onError });
  outbox.use(channelsOf(config));
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  tell("ready");
  if (seed === "drain") {
    // What was not told yet is due at once, all else with the next interval.
    await sleep(10 * GROUP_INTERVAL_MS);
    while (outbox.health().some(({ waiting }) => waiting > 0)) await sleep(20);
    dispatcher[Symbol.dispose]();
    await outbox[Symbol.asyncDispose]();
    tell("drained");
    return;
  }
  for (let sequence = Number(seed) + 1; ; sequence++) {
    const { group, alert, status } = state(sequence);
    tell(`adding ${group} ${sequence} ${status}`);
    await dispatcher.put([alert]);
    tell(`added ${group} ${sequence} ${status}`);
    await sleep(INTERVAL_MS);
  }
}

function configFor(url: string): string {
  return `route: { receiver: ops, group_by: [group], group_wait: 0s, group_interval: ${GROUP_INTERVAL_MS}ms }
receivers: [{ name: ops, webhook_configs: [{ url: "${url}" }] }]
`;
}

/** Firing and resolved in turn. */
function state(sequence: number): { readonly group: string; readonly alert: Alert; readonly status: string } {
  const group = `group-${sequence % GROUPS}`;
  const isFiring = Math.floor(sequence / GROUPS) % 2 === 0;
  const alert: Alert = {
    labels: Labels.from({ alertname: "Test", group }),
    annotations: new Map([["sequence", String(sequence)]]),
    startsAtMs: Date.now(),
    endsAtMs: isFiring ? undefined : Date.now(),
    generatorUrl: "",
    value: sequence,
    threshold: undefined,
    done: [],
  };
  return { group, alert, status: isFiring ? "firing" : "resolved" };
}

const [, script = "", path, url = "", seed = "0"] = process.argv;
if (script.endsWith("alerting.ts") && path !== undefined) await alerting(path, url, seed);
