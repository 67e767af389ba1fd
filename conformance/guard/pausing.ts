/**
 * Pauses until it is killed, and tells of each pause when it is acknowledged: `node pausing.ts FILE`. From time to time a person
 * arms: that is told before it is asked for, as it may happen without an answer.
 */
import { Guard, parseScope } from "@haltwatch/guard";
import { Store } from "@haltwatch/store";

/** Of each scope there is one pause at most at a time. */
export const SCOPES = ["all", "bot:a", "bot:b", "venue:cex", "bot:a,venue:cex", "strategy:mm"];

function pausing(path: string): void {
  const store = new Store({ path, commitIntervalMs: 0 });
  const guard = new Guard(store.tables, {
    onListenerError: (error) => {
      throw error;
    },
  });
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  guard.journal.append({ timeMs: Date.now(), kind: "start", who: "test", what: "start", why: "" });
  tell("ready");
  setInterval(() => {
    const text = SCOPES[Math.floor(Math.random() * SCOPES.length)] ?? "all";
    const scope = parseScope(text);
    if (Math.random() < 0.4) {
      tell(`arming ${text}`);
      const outcome = guard.arm({ scope, reason: "checked", by: "ada", timeMs: Date.now(), firing: () => false });
      tell(`${outcome.kind} ${text}`);
    } else {
      tell(`pausing ${text}`);
      guard.pause({ scope, state: "HALTED", reason: "why", by: "rules", rule: "R", timeMs: Date.now() });
      tell(`paused ${text}`);
    }
  }, 1);
}

const [, script = "", path] = process.argv;
if (script.endsWith("pausing.ts") && path !== undefined) pausing(path);
