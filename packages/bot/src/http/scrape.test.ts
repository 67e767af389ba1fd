import { text as textOf } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { OPENMETRICS_CONTENT_TYPE, TEXT_CONTENT_TYPE } from "../exposition/format.ts";
import type { MetricSource } from "../registry/registry.ts";
import {
  MAX_CONCURRENT_SCRAPES,
  MIN_GZIP_CHARACTERS,
  ScrapeDesk,
  type ScrapeRequest,
  type ScrapeResponse,
} from "./scrape.ts";
import { endlessSource, failingSource, gate, heldSource, LONG_CHUNK } from "./testing/held-source.ts";

const PLAIN: ScrapeRequest = { method: "GET", accept: undefined, acceptEncoding: undefined };
const ZIPPED: ScrapeRequest = { ...PLAIN, acceptEncoding: "gzip" };

function sourceOf(...chunks: readonly string[]): MetricSource {
  return {
    async *renderChunks() {
      yield* chunks;
    },
  };
}

/** Lets promises that are settled already be heard of. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function streamOf({ body }: ScrapeResponse) {
  if (typeof body === "string") throw new Error(`not a stream: ${body}`);
  return body;
}

test("a scrape tells its format, is not to be stored, and varies with what was asked for", async () => {
  const desk = new ScrapeDesk(sourceOf("a_total 1\n"));

  const plain = await desk.answer(PLAIN);
  const open = await desk.answer({ ...PLAIN, accept: "application/openmetrics-text" });

  expect(plain).toEqual({
    status: 200,
    headers: {
      "Content-Type": TEXT_CONTENT_TYPE,
      "Cache-Control": "no-store",
      Vary: "Accept, Accept-Encoding",
      "Content-Length": "10",
    },
    body: "a_total 1\n",
  });
  expect(open.headers["Content-Type"]).toBe(OPENMETRICS_CONTENT_TYPE);
});

test("gzip is for bodies that it makes smaller: not for tiny ones", async () => {
  const short = "é".repeat(MIN_GZIP_CHARACTERS - 1);
  const long = `${short}é`;

  const tiny = await new ScrapeDesk(sourceOf("", short)).answer(ZIPPED);
  const zipped = await new ScrapeDesk(sourceOf(long.slice(0, 5), "", long.slice(5))).answer(ZIPPED);
  const chunks = await streamOf(zipped).toArray();

  expect([tiny.headers["Content-Encoding"], tiny.headers["Content-Length"], tiny.body]).toEqual([
    undefined,
    `${Buffer.byteLength(short)}`,
    short,
  ]);
  expect([zipped.headers["Content-Encoding"], zipped.headers["Content-Length"]]).toEqual(["gzip", undefined]);
  expect(gunzipSync(Buffer.concat(chunks)).toString()).toBe(long);
});

test("HEAD renders nothing, and other methods are refused with what is allowed", async () => {
  const desk = new ScrapeDesk(failingSource());

  const head = await desk.answer({ ...PLAIN, method: "HEAD" });
  const post = await desk.answer({ ...PLAIN, method: "POST" });

  expect([head.status, head.body, head.headers["Content-Type"]]).toEqual([200, "", TEXT_CONTENT_TYPE]);
  expect([post.status, post.headers["Allow"]]).toEqual([405, "GET, HEAD"]);
});

test("too many scrapes at once are told to come back, and a place is free again after one ends", async () => {
  const source = heldSource();
  const desk = new ScrapeDesk(source);
  // All asked at once: the places are counted when they are taken, not when something is read.
  const answers = await Promise.all(Array.from({ length: MAX_CONCURRENT_SCRAPES + 1 }, () => desk.answer(PLAIN)));

  const refused = answers.filter(({ status }) => status === 503);
  expect(refused.map(({ headers }) => headers["Retry-After"])).toEqual(["1"]);

  source.letGo();
  for (const answer of answers) if (answer.status === 200) await textOf(streamOf(answer));
  const next = await desk.answer(PLAIN);
  expect([next.status, await textOf(streamOf(next))]).toEqual([200, `${LONG_CHUNK}b_total 2\n`]);
});

test.each([PLAIN, ZIPPED])("the rendering waits for a reader that does not read (%o)", async (request) => {
  const source = endlessSource();
  const body = streamOf(await new ScrapeDesk(source).answer(request));
  // Zlib's work ends outside the event loop: quiet means that nothing new was given while it could have been.
  const settled = async () => {
    for (let before = -1, turns = 0; turns < 200; turns += 1) {
      if (source.given() !== before) turns = 0;
      before = source.given();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return source.given();
  };

  const unread = await settled();

  expect(unread).toBeLessThan(40);
  body.destroy();
  await source.ended;
});

test.each([PLAIN, ZIPPED])("a reader that goes away ends the rendering, and frees its place (%o)", async (request) => {
  const source = endlessSource();
  const desk = new ScrapeDesk(source, { maxConcurrent: 1 });
  const body = streamOf(await desk.answer(request));
  expect((await desk.answer(PLAIN)).status).toBe(503);

  body.destroy();
  await source.ended;
  await turn();

  const next = await desk.answer(PLAIN);
  expect(next.status).toBe(200);
  streamOf(next).destroy();
});

test.each([PLAIN, ZIPPED])("a reader that is too slow is cut off, and frees its place (%o)", async (request) => {
  const source = endlessSource();
  const desk = new ScrapeDesk(source, { maxConcurrent: 1, timeoutMs: 30 });

  const body = streamOf(await desk.answer(request)); // and nobody reads it
  await source.ended;
  await turn();

  expect(body.destroyed).toBe(true);
  const next = await desk.answer(PLAIN);
  expect(next.status).toBe(200);
  streamOf(next).destroy();
});

test("a rendering that fails before its first part is status 500, and told", async () => {
  const told: unknown[] = [];
  const options = { maxConcurrent: 1, onError: (error: unknown) => told.push(error) };
  const desk = new ScrapeDesk(failingSource("a_total 1\n"), options);

  const answers = [await desk.answer(PLAIN), await desk.answer(PLAIN)];

  expect(answers.map(({ status }) => status)).toEqual([500, 500]);
  expect(answers[0]?.body).toBe("The metrics could not be rendered: the database is gone\n");
  expect(told).toEqual([new Error("the database is gone"), new Error("the database is gone")]);
});

test("a source that throws where it should give chunks is status 500 too", async () => {
  const source: MetricSource = {
    renderChunks() {
      throw new Error("not ready");
    },
  };

  expect((await new ScrapeDesk(source).answer(PLAIN)).status).toBe(500);
});

test.each([PLAIN, ZIPPED])("a rendering that fails later ends its body with the error: %o", async (request) => {
  const told: unknown[] = [];
  const desk = new ScrapeDesk(failingSource(LONG_CHUNK), { onError: (error) => told.push(error) });

  const answer = await desk.answer(request);

  expect(answer.status).toBe(200);
  await expect(streamOf(answer).toArray()).rejects.toThrow();
  expect(told).toEqual([new Error("the database is gone")]);
});

test("a rendering that hangs is status 500 at the time limit, and keeps its place until it hangs no more", async () => {
  const { open, opened } = gate();
  const source: MetricSource = {
    async *renderChunks() {
      await opened;
      yield "a_total 1\n";
    },
  };
  const desk = new ScrapeDesk(source, { maxConcurrent: 1, timeoutMs: 20 });

  const hung = await desk.answer(PLAIN);
  expect([hung.status, hung.body]).toEqual([500, "The metrics could not be rendered: no answer within 20 ms\n"]);
  expect((await desk.answer(PLAIN)).status).toBe(503);

  open();
  await turn();
  expect((await desk.answer(PLAIN)).status).toBe(200);
});
