/** Alerts come and go, Haltwatch dies and comes back, the disk fails, people silence: nobody is told too much or too little. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { alertOf } from "../testing/alerts.ts";
import { DispatchWorld, named, type Told } from "../testing/dispatch-world.ts";

const SECOND = 1000;
const MINUTE = 60_000;

const YAML = `
receivers: [{name: ops, webhook_configs: [{url: 'http://x/'}], ntfy_configs: [{topic: t, send_resolved: false}]}]
route:
  receiver: ops
  group_by: [alertname]
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 1000h
  routes:
    - matchers: [alertname="Urgent"]
      group_wait: 0s
inhibit_rules: [{source_matchers: [alertname="Urgent"], target_matchers: [alertname="Minor"], equal: [bot]}]
`;

const NAMES = ["Urgent/1", "Urgent/2", "Minor/1", "Minor/2", "Minor/3", "Other/1"];

const name = fc.constantFrom(...NAMES);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("fire" as const), name }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("end" as const), name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("evaluate" as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.integer({ min: 1, max: 100 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("die" as const),
      seconds: fc.integer({ min: 0, max: 200 }),
      endMeanwhile: fc.subarray(NAMES),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("disk" as const), isFailing: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("silence" as const), name, seconds: fc.integer({ min: 1, max: 300 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reload" as const) }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

test("whatever happens, each group's last state is told, in order, nothing twice, and nothing as over that was not told", async () => {
  const runs = Number(process.env["HALTWATCH_DISPATCH_RUNS"] ?? 25);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (steps) => {
      using world = new DispatchWorld(YAML);
      const firing = new Map<string, number>();
      for (const each of steps) await take(world, firing, each);

      world.isFailing = false;
      for (const { id } of world.silences.list()) world.silences.expire(id);
      await evaluate(world, firing);
      await world.clock.turn(3 * MINUTE);

      checkTold(
        world.told.filter(({ channel }) => channel === "webhook[0]"),
        muteFree(firing),
      );
      checkFiringOnly(
        world.told.filter(({ channel }) => channel === "ntfy[0]"),
        muteFree(firing),
      );
    }),
    { numRuns: runs },
  );
});

async function take(world: DispatchWorld, firing: Map<string, number>, each: Step): Promise<void> {
  switch (each.kind) {
    case "fire":
      if (!firing.has(each.name)) firing.set(each.name, world.clock.now());
      return await put(world, [each.name], firing);
    case "end":
      firing.delete(each.name);
      return await put(world, [each.name], firing);
    case "evaluate":
      return await evaluate(world, firing);
    case "pass":
      return await world.clock.turn(each.seconds * SECOND);
    case "die":
      await world.restart(each.seconds * SECOND);
      for (const ended of each.endMeanwhile) firing.delete(ended);
      await evaluate(world, firing);
      world.dispatcher.resolveUnconfirmed();
      return;
    case "disk":
      world.isFailing = each.isFailing;
      return;
    case "silence": {
      // Once the disk works again, somebody asks for it anew.
      const [alertname = "", bot = ""] = each.name.split("/");
      const matchers = [
        { name: "alertname", operator: "=", value: alertname },
        { name: "bot", operator: "=", value: bot },
      ] as const;
      world.silences.set({
        matchers,
        endsAtMs: world.clock.now() + each.seconds * SECOND,
        createdBy: "ada",
        comment: "",
      });
      return;
    }
    case "reload":
      return world.dispatcher.reload(world.config);
    default:
      return each satisfies never;
  }
}

async function evaluate(world: DispatchWorld, firing: ReadonlyMap<string, number>): Promise<void> {
  await put(world, [...firing.keys()], firing);
}

async function put(world: DispatchWorld, names: readonly string[], firing: ReadonlyMap<string, number>): Promise<void> {
  const nowMs = world.clock.now();
  const alerts = names.map((each) => {
    const startsAtMs = firing.get(each);
    return alertOf(
      named(each).toObject(),
      startsAtMs === undefined ? { startsAtMs: 0, endsAtMs: nowMs } : { startsAtMs },
    );
  });
  await world.put(...alerts).catch((error: unknown) => {
    if (!world.isFailing) throw error;
  });
}

/** What people are to know of in the end. */
function muteFree(firing: ReadonlyMap<string, number>): ReadonlySet<string> {
  return new Set([...firing.keys()].filter((each) => !isInhibited(each, firing)));
}

function isInhibited(each: string, firing: ReadonlyMap<string, number>): boolean {
  return each.startsWith("Minor/") && firing.has(each.replace("Minor", "Urgent"));
}

function checkTold(all: readonly Told[], expected: ReadonlySet<string>): void {
  const known = new Set<string>();
  let lastMs = 0;
  for (const { firing, resolved, status, atMs } of all) {
    expect(atMs).toBeGreaterThanOrEqual(lastMs);
    lastMs = atMs;
    // Only what was told as firing is told as over.
    expect(resolved.filter((each) => !known.has(each))).toEqual([]);
    expect(status).toBe(firing.length > 0 ? "firing" : "resolved");
    // Each says something new.
    expect(resolved.length > 0 || firing.some((each) => !known.has(each))).toBe(true);
    for (const each of firing) known.add(each);
    for (const each of resolved) known.delete(each);
  }
  const open = [...known].filter((each) => !isMinor(each) || expected.has(each));
  expect(open.sort()).toEqual([...expected].sort());
}

/** What is inhibited in the end may have been told before. */
function isMinor(each: string): boolean {
  return each.startsWith("Minor/");
}

function checkFiringOnly(all: readonly Told[], expected: ReadonlySet<string>): void {
  expect(all.flatMap(({ resolved }) => resolved)).toEqual([]);
  const told = new Set(all.flatMap(({ firing }) => firing));
  expect([...expected].filter((each) => !told.has(each))).toEqual([]);
}
