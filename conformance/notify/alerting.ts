/**
 * Has alerts come and go, and tells a webhook of them, until it is killed: `node alerting.ts FILE URL SEED`. What is in the file it
 * tells on a line of its own; with `drain` for SEED nothing new comes, and it ends when all is told.
 */
import { Labels, Store } from "@haltwatch/store";
import type { Alert, Notification } from "../../packages/notify/src/alert.ts";
import { channelOf } from "../../packages/notify/src/channels/channels.ts";
import { webhookConfig } from "../../packages/notify/src/channels/webhook/config.ts";
import { Outbox } from "../../packages/notify/src/outbox/outbox.ts";

const GROUPS = 5;

/** Between two states, milliseconds. */
const INTERVAL_MS = 10;

/** Far longer than the server takes even on a busy machine, milliseconds: only an answer that never comes is given up. */
const TIMEOUT_MS = 1_000;

/** Backoff is a fiftieth of what it is otherwise, for it lives only a moment. */
const NO_SPREAD = -0.98;

const RECEIVER = { receiver: "ops", channel: "webhook[0]" };

function alerting(path: string, url: string, seed: string): void {
  const store = new Store({ path, commitIntervalMs: 0 });
  const outbox = new Outbox({
    tables: store.tables,
    secret: () => "",
    log: { error: () => {}, info: () => {} },
    timeoutMs: TIMEOUT_MS,
    random: () => NO_SPREAD,
    onError: (error) => {
      throw error;
    },
  });
  const channel = channelOf({ kind: "webhook", settings: webhookConfig.parse({ url }) });
  outbox.use([{ ...RECEIVER, sender: channel }]);
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  tell("ready");
  if (seed === "drain") {
    const ended = setInterval(() => {
      if (outbox.health().some(({ waiting }) => waiting > 0)) return;
      clearInterval(ended);
      outbox[Symbol.asyncDispose]().then(
        () => tell("drained"),
        (error: unknown) => tell(String(error)),
      );
    }, 20);
    return;
  }
  let sequence = Number(seed);
  setInterval(() => {
    sequence++;
    const news = state(sequence);
    tell(`adding ${news.groupKey} ${sequence}`);
    store.tables.transaction(() => outbox.add([news]));
    tell(`added ${news.groupKey} ${sequence}`);
  }, INTERVAL_MS);
}

/** Firing and resolved in turn. */
function state(sequence: number): Notification {
  const groupKey = `group-${sequence % GROUPS}`;
  const isFiring = Math.floor(sequence / GROUPS) % 2 === 0;
  const labels = Labels.from({ alertname: "Test", group: groupKey, sequence: String(sequence) });
  const alert: Alert = {
    labels,
    annotations: new Map(),
    startsAtMs: Date.now(),
    endsAtMs: isFiring ? undefined : Date.now(),
    generatorUrl: "",
    value: sequence,
    threshold: undefined,
    done: [],
  };
  return {
    ...RECEIVER,
    groupKey,
    status: isFiring ? "firing" : "resolved",
    groupLabels: new Map([["group", groupKey]]),
    commonLabels: new Map(labels),
    commonAnnotations: new Map(),
    alerts: [alert],
    truncatedAlerts: 0,
    idempotencyKey: `${groupKey} ${sequence}`,
    timeMs: Date.now(),
  };
}

const [, script = "", path, url = "", seed = "0"] = process.argv;
if (script.endsWith("alerting.ts") && path !== undefined) alerting(path, url, seed);
