import fc from "fast-check";
import { expect, test } from "vitest";
import { EventStreamParser } from "./event-stream.ts";

const STREAM = 'event: hello\ndata: {"a":1}\n\n: a comment\n\nevent: beat\r\ndata: x\r\ndata: y\r\n\r\ndata:bare\n\n';

const EVENTS = [
  { name: "hello", data: '{"a":1}' },
  { name: "beat", data: "x\ny" },
  { name: "message", data: "bare" },
];

test("events, comments, several lines of data and all line breaks are read", () => {
  expect(new EventStreamParser().push(STREAM)).toEqual(EVENTS);
});

test("it does not matter where the stream is cut", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: STREAM.length })), (cuts) => {
      const parser = new EventStreamParser();
      const at = [0, ...cuts.sort((a, b) => a - b), STREAM.length];
      const pieces = at.slice(1).map((end, index) => STREAM.slice(at[index], end));

      expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(EVENTS);
    }),
  );
});

test("an event without an end is refused, not kept for ever", () => {
  const parser = new EventStreamParser();

  expect(() => {
    for (let count = 0; count < 200; count += 1) parser.push(`data: ${"x".repeat(10_000)}`);
  }).toThrow(RangeError);
});
