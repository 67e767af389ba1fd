import { expect, test } from "vitest";
import { HandClock } from "../clock/testing/hand-clock.ts";
import { httpServer } from "../health/testing/local-servers.ts";
import { DeadManSwitch } from "./dead-man-switch.ts";

/** Somebody outside who notes what they hear. */
async function outside() {
  const heard: string[] = [];
  let status = 200;
  const server = await httpServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      heard.push(`${request.method} ${request.url}${body === "" ? "" : `: ${body}`}`);
      response.writeHead(status).end("OK");
    });
  });
  return {
    heard,
    url: server.url,
    answer: (next: number) => {
      status = next;
    },
    until: async (count: number) => {
      while (heard.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Requests are real, and take real time: they are waited for before the clock is turned. */
async function rest(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 30));
}

test("D1 somebody outside hears that it starts, that it is well, and why it is not", async () => {
  await using listener = await outside();
  const clock = new HandClock(0);
  let fault: string | undefined;
  using deadMan = new DeadManSwitch({
    ...{ clock, intervalMs: 60_000, fault: () => fault, onTrouble: () => {} },
    url: async () => `${listener.url}/ping/uuid?rid=1\n`,
  });

  deadMan.start();
  await listener.until(1);
  await rest();
  await clock.turn(30_000);
  await listener.until(2);
  await rest();
  fault = "the disk is full";
  await clock.turn(60_000);
  await listener.until(3);
  await rest();
  fault = undefined;
  await clock.turn(60_000);
  await listener.until(4);

  expect(listener.heard).toEqual([
    "POST /ping/uuid/start?rid=1",
    "POST /ping/uuid?rid=1",
    "POST /ping/uuid/fail?rid=1: the disk is full",
    "POST /ping/uuid?rid=1",
  ]);
});

test("D1 who starts again and again never says that all is well", async () => {
  await using listener = await outside();
  for (let start = 1; start <= 3; start++) {
    const clock = new HandClock(0);
    using deadMan = new DeadManSwitch({
      ...{ clock, intervalMs: 60_000, fault: () => undefined, onTrouble: () => {} },
      url: async () => `${listener.url}/ping`,
    });
    deadMan.start();
    await listener.until(start);
    await rest();
    await clock.turn(20_000);
    await rest();
  }

  expect(listener.heard).toEqual(Array(3).fill("POST /ping/start"));
});

test("D1 what cannot say whether it is well is not; who does not hear is told of once, without the URL", async () => {
  await using listener = await outside();
  listener.answer(404);
  const clock = new HandClock(0);
  const troubles: string[] = [];
  const deadMan = new DeadManSwitch({
    ...{ clock, intervalMs: 60_000, onTrouble: (reason) => troubles.push(reason) },
    fault: () => {
      throw new Error("no");
    },
    url: async () => `${listener.url}/secret`,
  });

  deadMan.start();
  await listener.until(1);
  await rest();
  await clock.turn(30_000);
  await listener.until(2);
  await rest();
  await clock.turn(60_000);
  await listener.until(3);
  await rest();
  deadMan[Symbol.dispose]();
  await clock.turn(600_000);

  expect(listener.heard.slice(1)).toEqual(Array(2).fill("POST /secret/fail: it cannot tell how it is: Error: no"));
  expect(troubles).toEqual(["status 404"]);
  expect(clock.waiting).toBe(0);
});
