import { expect, test } from "vitest";
import { Registry } from "../registry/registry.ts";
import { SampleFeed } from "./sample-feed.ts";
import { HandClock } from "./testing/hand-clock.ts";

/** Each look at it takes a millisecond: reading everything gives way after each series. The wall clock goes by hand. */
class HastyClock extends HandClock {
  #looks = 0;

  override monotonic(): number {
    this.#looks += 1;
    return super.monotonic() + this.#looks;
  }
}

test("a change that comes while everything is read does not stand in the same millisecond: it would be taken for the older value", async () => {
  const clock = new HastyClock();
  const registry = new Registry();
  const orders = registry.counter({ name: "orders_total", help: "Orders." });
  const other = registry.gauge({ name: "other", help: "Others.", labelNames: ["n"] });
  for (let n = 0; n < 5; n++) other.labels(String(n)).set(n);
  const sent: { time: number; all?: boolean; values: [number, number][] }[] = [];
  const send = (text: string): void => void sent.push(JSON.parse(text));
  using feed = new SampleFeed({ registry, clock, onDropped: () => undefined });
  const promises = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  const turns = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      clock.turn();
      await promises();
    }
  };
  const terms = { number: 1, maxFrameBytes: 1e6, maxSeries: 1_000 };
  feed.begin(terms, { send, waitingBytes: () => 0 }, ["orders_total"]);
  const first = feed.snapshot();
  await turns(20);
  await first;
  clock.pass(1_000);
  sent.length = 0;

  const second = feed.snapshot();
  await turns(3);
  orders.inc(); // after it was read, and before all the others were
  await turns(20);
  await second;
  clock.pass(2);

  expect(sent.map(({ all = false, time }) => [all, time - clock.epochMs])).toEqual([
    [true, 1_000],
    [false, 1_001],
  ]);
  expect(sent[1]?.values).toEqual([[expect.any(Number), 1]]);
});
