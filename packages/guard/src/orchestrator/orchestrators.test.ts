import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Store } from "@haltwatch/store";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Guard } from "../guard.ts";
import { parseScope } from "../scope.ts";
import type { PauseState } from "../state.ts";
import type { OrchestratorEvent } from "./orchestrator-event.ts";
import type { OrchestratorSettings } from "./orchestrator-settings.ts";
import { Orchestrators } from "./orchestrators.ts";
import {
  type Behaviour,
  FAKE_STATE,
  FakeOrchestrator,
  fakeRequest,
  fakeSettings,
  MAX_LATE_MS,
} from "./testing/fake-orchestrator.ts";
import { SimulatedClock } from "./testing/simulated-clock.ts";

/** Of each property test. */
const RUNS = Number(process.env["HALTWATCH_ORCHESTRATOR_RUNS"] ?? 40);

const WITH_STATE = fakeSettings({ state: FAKE_STATE });
const REDUCING = fakeSettings({ state: FAKE_STATE, reduce: fakeRequest("reduce") });

let folder: string;
let world: World;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haltwatch-orchestrators-"));
  world = new World(join(folder, "test.db"));
});

afterEach(() => {
  world.die();
  rmSync(folder, { recursive: true, force: true });
});

/** A guard, its file, and one orchestrator, which outlive what asks it. */
class World {
  readonly clock = new SimulatedClock();
  readonly fake = new FakeOrchestrator(this.clock);
  readonly events: OrchestratorEvent[] = [];
  store: Store;
  guard: Guard;
  orchestrators: Orchestrators;
  #settings: readonly OrchestratorSettings[] = [];
  /** The generation of processes: what a dead one still hears is not delivered. */
  #process = 0;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    [this.store, this.guard, this.orchestrators] = this.#started();
  }

  apply(...settings: readonly OrchestratorSettings[]): void {
    this.#settings = settings;
    this.orchestrators.apply(settings);
  }

  pause(scope: string, { rule, state = "HALTED" }: { rule?: string; state?: PauseState } = {}): void {
    const reason = `${scope} "why"`;
    this.guard.pause({ scope: parseScope(scope), state, reason, by: "rules", rule, timeMs: this.clock.now() });
  }

  arm(scope: string): void {
    const request = { scope: parseScope(scope), reason: "looked", by: "ada", timeMs: this.clock.now() };
    this.guard.arm({ ...request, firing: () => false });
  }

  /** kill -9: no farewell, and no more calls of its timers that matter. */
  die(): void {
    this.#process++;
    this.store.close();
  }

  restart(): void {
    this.die();
    [this.store, this.guard, this.orchestrators] = this.#started();
    this.orchestrators.apply(this.#settings);
  }

  kinds(): string[] {
    return this.events.map(({ kind }) => kind).filter((kind) => kind !== "attempt-failed");
  }

  confirmation(): string | undefined {
    return this.orchestrators.status()[0]?.progress?.confirmation;
  }

  #started(): [Store, Guard, Orchestrators] {
    const store = new Store({ path: this.#path, commitIntervalMs: 0, now: () => this.clock.now() });
    const guard = new Guard(store.tables, {
      onListenerError: (error) => {
        throw error;
      },
    });
    const process = this.#process;
    const isAlive = (): boolean => process === this.#process;
    const { clock, fake } = this;
    const orchestrators = new Orchestrators({
      guard,
      tables: store.tables,
      fetch: (request) => (isAlive() ? fake.fetch(request) : new Promise(() => undefined)),
      clock: {
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        after: (ms, call) => clock.after(ms, () => isAlive() && call()),
      },
      random: () => 0.5,
      onEvent: (event) => {
        if (isAlive()) this.#on(event);
      },
      onError: (error) => {
        throw error;
      },
    });
    return [store, guard, orchestrators];
  }

  #on(event: OrchestratorEvent): void {
    this.events.push(event);
    if (event.kind !== "lost-history") return;
    const { scope, epoch } = event;
    const pause = { scope, state: "HALTED", reason: "lost", by: "haltwatch", rule: "lost" } as const;
    this.guard.pause({ ...pause, timeMs: this.clock.now(), aboveEpoch: epoch });
  }
}

describe("pausing", () => {
  test("C8 the request leaves in the turn of the pause, before the disk is waited for", () => {
    world.apply(WITH_STATE);
    let wasDurable: boolean | undefined;
    world.fake.onRequest = () => {
      wasDurable = world.guard.isDurable;
    };
    world.pause("bot:betting-1", { rule: "OddsStale" });

    expect(world.fake.asked).toEqual(["pause"]);
    expect(wasDurable).toBe(false);
    const [{ body, headers } = {}] = world.fake.seen;
    const epoch = world.guard.epoch;
    expect(JSON.parse(body ?? "")).toEqual({
      reason: 'bot:betting-1 "why"',
      rule: "OddsStale",
      state: "HALTED",
      epoch,
    });
    expect(headers?.["Idempotency-Key"]).toMatch(new RegExp(`^${epoch}-`));
  });

  test("it is confirmed by what the orchestrator says of itself", async () => {
    world.apply(WITH_STATE);
    world.pause("bot:betting-1");
    await world.clock.pass(0);

    expect(world.events).toMatchObject([{ kind: "confirmed", how: "confirmed", tookMs: 0, wish: { action: "pause" } }]);
    expect(world.orchestrators.status()).toMatchObject([
      { name: "betting-1", state: "HALTED", progress: { confirmation: "confirmed", attempts: 1 } },
    ]);
  });

  test("without a way to ask, it is sent and not confirmed", async () => {
    world.apply(fakeSettings());
    world.pause("all");
    await world.clock.pass(60_000);

    expect(world.events).toMatchObject([{ kind: "confirmed", how: "sent" }]);
    expect(world.fake.asked).toEqual(["pause"]);
    expect(world.clock.waiting).toBe(0);
  });

  test("C8 it is asked again at 0.2, 0.7, 1.7, 3.7 … s until it answers; the alarm comes after 5 s", async () => {
    world.apply(fakeSettings());
    world.fake.behaviour = () => "refused";
    world.pause("bot:betting-1");
    await world.clock.pass(60_000);

    expect(world.fake.seen.map(({ atMs }) => atMs)).toEqual([
      ...[0, 200, 700, 1700, 3700, 8700],
      ...[18_700, 28_700, 38_700, 48_700, 58_700],
    ]);
    expect(world.kinds()).toEqual(["unconfirmed"]);
    expect(world.events.find(({ kind }) => kind === "unconfirmed")).toMatchObject({
      ...{ afterMs: 5000, failure: { message: "connection refused" } },
    });
    expect(world.confirmation()).toBe("unconfirmed");

    world.fake.behaviour = () => "good";
    await world.clock.pass(10_000);
    expect(world.kinds()).toEqual(["unconfirmed", "confirmed"]);
    expect(world.confirmation()).toBe("sent");
  });

  test("one that says 200 and goes on is found out, and asked again with another key", async () => {
    world.apply(WITH_STATE);
    world.fake.behaviour = (what) => (what === "pause" ? "lying" : "good");
    world.pause("bot:betting-1");
    await world.clock.pass(20_000);

    expect(world.kinds()).toEqual(["unconfirmed"]);
    expect(world.events.find(({ kind }) => kind === "unconfirmed")).toMatchObject({
      failure: { message: 'it says that its state is "running"' },
    });
    const keys = world.fake.seen.flatMap(({ what, headers }) => (what === "pause" ? headers["Idempotency-Key"] : []));
    expect(keys.length).toBeGreaterThan(4);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("attempts whose outcome is not known have the same key", async () => {
    world.apply(fakeSettings());
    world.fake.behaviour = () => "error";
    world.pause("bot:betting-1");
    await world.clock.pass(10_000);

    expect(world.fake.seen.length).toBeGreaterThan(4);
    expect(new Set(world.fake.seen.map(({ headers }) => headers["Idempotency-Key"])).size).toBe(1);
  });

  test("a slow one is not waited for longer than its timeout, and its late deed is seen", async () => {
    world.apply(WITH_STATE);
    world.fake.behaviour = (what) => (what === "pause" ? "lost-answer" : "good");
    world.pause("bot:betting-1");
    await world.clock.pass(2500);

    expect(world.fake.asked).toEqual(["pause"]);
    expect(world.confirmation()).toBe("confirmed");
  });

  test("a state that cannot be read confirms nothing", async () => {
    world.apply(WITH_STATE);
    world.fake.behaviour = () => "gibberish";
    world.pause("bot:betting-1");
    await world.clock.pass(6000);

    expect(world.confirmation()).toBe("unconfirmed");
    expect(JSON.stringify(world.events)).toContain("its state cannot be read: the answer is no JSON");
    expect(JSON.stringify(world.events)).not.toContain("html");
  });

  test("a bot that somebody has started again is paused again, and that is told", async () => {
    world.apply(WITH_STATE);
    world.pause("bot:betting-1");
    await world.clock.pass(1000);
    world.fake.state = "running";
    await world.clock.pass(5000);

    expect(world.fake.state).toBe("paused");
    expect(world.kinds()).toEqual(["confirmed", "drifted", "confirmed"]);
  });

  test("one that dies while it is paused, and comes back running, is paused again", async () => {
    world.apply(WITH_STATE);
    world.pause("bot:betting-1");
    await world.clock.pass(1000);
    world.fake.behaviour = () => "refused";
    await world.clock.pass(30_000);
    expect(world.kinds()).toEqual(["confirmed", "unconfirmed"]);

    world.fake.state = "running";
    world.fake.behaviour = () => "good";
    await world.clock.pass(10_500);
    expect(world.fake.state).toBe("paused");
    expect(world.kinds()).toEqual(["confirmed", "unconfirmed", "confirmed"]);
  });

  test("F7 REDUCING has a request of its own; without one it is a pause", async () => {
    world.apply(REDUCING);
    world.pause("bot:betting-1", { state: "REDUCING" });
    await world.clock.pass(0);
    expect(world.fake.asked).toEqual(["reduce"]);
    world.pause("all", { rule: "R" });
    await world.clock.pass(0);
    world.arm("all");
    await world.clock.pass(0);

    expect(world.fake.asked).toEqual(["reduce", "pause", "reduce"]);
    world.apply(fakeSettings({ identity: "2" }));
    expect(world.fake.asked.at(-1)).toBe("pause");
  });

  test("a pause of a part of what it runs pauses all of it, one of something else nothing", () => {
    world.apply(fakeSettings());
    world.pause("bot:other");
    expect(world.fake.asked).toEqual([]);
    world.pause("venue:exchange");
    expect(world.fake.asked).toEqual(["pause"]);
  });

  test("no secret is in what is told", async () => {
    world.apply(WITH_STATE);
    world.fake.behaviour = () => "error";
    world.pause("bot:betting-1");
    await world.clock.pass(10_000);

    expect(world.fake.seen[0]?.headers["Authorization"]).toContain("s3cret");
    expect(JSON.stringify([world.events, world.orchestrators.status()])).not.toContain("s3cret");
  });
});

describe("resuming", () => {
  test("F4 only when a person has armed the last of the pauses that touch it", async () => {
    world.apply(WITH_STATE);
    world.pause("bot:betting-1", { rule: "A" });
    world.pause("all", { rule: "B" });
    await world.clock.pass(1000);
    world.arm("all");
    await world.clock.pass(1000);
    expect(world.fake.asked).toEqual(["pause"]);

    world.arm("bot:betting-1");
    await world.clock.pass(1000);
    expect(world.fake.asked).toEqual(["pause", "resume"]);
    expect(world.fake.state).toBe("running");
    expect(world.clock.waiting).toBe(0);
  });

  test("what Haltwatch has not paused, it does not resume", async () => {
    world.fake.state = "paused";
    world.apply(WITH_STATE);
    await world.clock.pass(10_000);
    world.pause("bot:other");
    world.arm("bot:other");
    await world.clock.pass(10_000);

    expect(world.fake.seen).toEqual([]);
  });

  test("with on_arm nothing it is left to the person, and REDUCING does not make it laxer", async () => {
    const { resume: _, ...settings } = REDUCING;
    world.apply(settings);
    world.pause("bot:betting-1");
    world.pause("all", { state: "REDUCING" });
    world.arm("bot:betting-1");
    await world.clock.pass(1000);
    expect(world.fake.asked).toEqual(["pause"]);
    world.arm("all");
    await world.clock.pass(20_000);

    expect(world.fake.asked).toEqual(["pause"]);
    expect(world.kinds()).toEqual(["confirmed", "left-paused"]);
    expect(world.clock.waiting).toBe(0);
  });

  test("a pause overtakes a resume that is not answered, and is asserted again when that can have no effect any more", async () => {
    world.apply(fakeSettings());
    world.pause("bot:betting-1");
    await world.clock.pass(0);
    world.fake.behaviour = (what) => (what === "resume" ? "lost-answer" : "good");
    world.arm("bot:betting-1");
    await world.clock.pass(100);
    world.pause("bot:betting-1");
    expect(world.fake.asked).toEqual(["pause", "resume", "pause"]);
    await world.clock.pass(1450);
    expect(world.fake.state).toBe("running"); // the resume came after the pause
    await world.clock.pass(1000);

    expect(world.fake.state).toBe("paused");
    expect(world.fake.asked).toEqual(["pause", "resume", "pause", "pause"]);
  });

  test("a resume without effect is given up: somebody may keep the bot paused", async () => {
    world.apply(WITH_STATE);
    world.pause("bot:betting-1");
    await world.clock.pass(0);
    world.fake.behaviour = (what) => (what === "resume" ? "lying" : "good");
    world.arm("bot:betting-1");
    await world.clock.pass(60_000);

    expect(world.kinds()).toEqual(["confirmed", "unconfirmed", "given-up"]);
    expect(world.clock.waiting).toBe(0);
  });
});

describe("over a restart", () => {
  test("F4 what is in force is asked for again", async () => {
    world.apply(WITH_STATE);
    world.pause("bot:betting-1");
    world.restart();

    expect(world.fake.asked).toEqual(["pause", "pause"]);
    await world.clock.pass(0);
    expect(world.confirmation()).toBe("confirmed");
  });

  test("a resume that was not confirmed is sent again, one that was confirmed is not", async () => {
    world.apply(WITH_STATE);
    world.pause("bot:betting-1");
    await world.clock.pass(0);
    world.fake.behaviour = () => "refused";
    world.arm("bot:betting-1");
    await world.clock.pass(0);
    world.restart();
    world.fake.behaviour = () => "good";
    await world.clock.pass(3000);
    expect(world.fake.state).toBe("running");

    world.fake.state = "paused"; // by hand
    world.restart();
    await world.clock.pass(10_000);
    expect(world.fake.asked.slice(1).every((what) => what === "resume")).toBe(true);
    expect(world.fake.state).toBe("paused");
  });

  test("F4 what the process before asked for last may be carried out late: so it is asked once more", async () => {
    world.apply(fakeSettings());
    world.pause("bot:betting-1");
    await world.clock.pass(0);
    world.fake.behaviour = (what) => (what === "resume" ? "lost-answer" : "good");
    world.arm("bot:betting-1");
    await world.clock.pass(0);
    world.restart();
    world.pause("bot:betting-1");
    await world.clock.pass(1900);
    expect(world.fake.state).toBe("running");
    await world.clock.pass(200);

    expect(world.fake.state).toBe("paused");
  });

  test("what was armed while it was away is made up for", async () => {
    world.apply(WITH_STATE);
    world.pause("bot:betting-1");
    await world.clock.pass(0);
    world.orchestrators[Symbol.dispose]();
    world.arm("bot:betting-1");
    world.restart();
    await world.clock.pass(0);

    expect(world.fake.asked).toEqual(["pause", "resume"]);
  });

  test("F4 a pause that the file has lost is nobody's arm", async () => {
    world.apply(WITH_STATE);
    world.pause("bot:betting-1");
    await world.clock.pass(0);
    world.store.tables.run("DELETE FROM guard_pauses");
    world.store.tables.run("DELETE FROM guard_epochs");
    world.restart();
    await world.clock.pass(0);

    expect(world.fake.asked).toEqual(["pause", "pause"]);
    expect(world.guard.stateOf({ bot: "betting-1" })).toBe("HALTED");
  });

  test("F4 another orchestrator by the same name is not resumed", async () => {
    world.apply(WITH_STATE);
    world.pause("bot:betting-1");
    await world.clock.pass(0);
    world.apply(fakeSettings({ identity: "2", scope: { bot: "betting-2" } }));
    await world.clock.pass(0);
    world.arm("bot:betting-1");
    await world.clock.pass(10_000);

    expect(world.fake.asked).toEqual(["pause"]);
  });

  test("one that is configured no more is left as it is, and that is told", async () => {
    world.apply(WITH_STATE);
    world.pause("bot:betting-1");
    await world.clock.pass(0);
    world.apply();
    await world.clock.pass(20_000);

    expect(world.kinds()).toEqual(["confirmed", "removed-while-paused"]);
    expect(world.clock.waiting).toBe(0);
  });
});

const BEHAVIOURS: readonly Behaviour[] = ["good", "refused", "slow", "lost-answer", "lying", "error", "gibberish"];
const SCOPES = ["bot:betting-1", "all", "venue:exchange", "bot:other"];

type Step =
  | { readonly kind: "pause"; readonly scope: string; readonly state: PauseState; readonly rule: string }
  | { readonly kind: "arm"; readonly scope: string }
  | { readonly kind: "behave"; readonly behaviours: readonly Behaviour[]; readonly lateMs: number }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "restart" }
  | { readonly kind: "bot-restarted" };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("pause" as const),
    scope: fc.constantFrom(...SCOPES),
    state: fc.constantFrom<PauseState>("REDUCING", "HALTED"),
    rule: fc.constantFrom("A", "B"),
  }),
  fc.record({ kind: fc.constant("arm" as const), scope: fc.constantFrom(...SCOPES) }),
  fc.record({
    kind: fc.constant("behave" as const),
    behaviours: fc.array(fc.constantFrom(...BEHAVIOURS), { minLength: 1, maxLength: 4 }),
    lateMs: fc.integer({ min: 1, max: MAX_LATE_MS }),
  }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 4000 }) }),
  fc.constant({ kind: "restart" as const }),
  fc.constant({ kind: "bot-restarted" as const }),
);

test.each([
  ["with a read-back", REDUCING],
  ["without one", fakeSettings({ reduce: fakeRequest("reduce") })],
])(
  "C8 F4 %s: whatever fails and in whatever order, a running bot is never asked for while a pause is in force, and in the end it does what is wanted",
  async (_, settings) => {
    const canAsk = settings.state !== undefined;
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        const world = new World(join(folder, `${runs++}.db`));
        try {
          world.apply(settings);
          const tooLax: string[] = [];
          world.fake.onRequest = (what) => {
            const state = world.guard.stateOf(settings.scope);
            if (what === "resume" && state !== "ACTIVE") tooLax.push(`${what} while ${state}`);
            if (what === "reduce" && state === "HALTED") tooLax.push(`${what} while ${state}`);
          };
          for (const one of steps) await take(world, one, canAsk);
          world.fake.behaviour = () => "good";
          await world.clock.pass(30_000);

          const wanted = { ACTIVE: "running", REDUCING: "reducing", HALTED: "paused" };
          expect(world.fake.state).toBe(wanted[world.guard.stateOf(settings.scope)]);
          expect(tooLax).toEqual([]);
        } finally {
          world.die();
        }
      }),
      { numRuns: RUNS },
    );
  },
  20_000 + RUNS * 1000,
);

async function take(world: World, one: Step, canAsk: boolean): Promise<void> {
  switch (one.kind) {
    case "pause":
      return world.pause(one.scope, one);
    case "arm":
      return world.arm(one.scope);
    case "wait":
      return world.clock.pass(one.ms);
    case "restart":
      await world.clock.pass(0); // what was asked for is written in the turn after
      return world.restart();
    case "bot-restarted":
      if (canAsk && world.guard.stateOf({ bot: "betting-1" }) !== "ACTIVE") world.fake.state = "running";
      return undefined;
    case "behave": {
      let turn = 0;
      world.fake.lateMs = () => one.lateMs;
      world.fake.behaviour = (what) => {
        const behaviour = one.behaviours[turn++ % one.behaviours.length] ?? "good";
        // What cannot be found out, and what is given up, ends otherwise.
        return behaviour === "lying" && (!canAsk || what === "resume") ? "error" : behaviour;
      };
    }
  }
}
