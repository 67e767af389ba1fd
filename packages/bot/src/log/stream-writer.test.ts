import { Writable } from "node:stream";
import { expect, test, vi } from "vitest";
import { StreamWriter } from "./stream-writer.ts";

test("A1 lines for a reader that does not read are bounded, dropped and counted", () => {
  const stalled = new Writable({ write: () => undefined });
  const writer = new StreamWriter(stalled);
  const line = "x".repeat(1024 * 1024);

  for (let i = 0; i < 20; i++) writer.append(line);

  expect(writer.droppedLines).toBe(12);
  expect(stalled.writableLength).toBeLessThan(9 * 1024 * 1024);
});

test("A10 the end does not wait for a reader that does not read", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const stalled = new Writable({ write: () => undefined });
    const writer = new StreamWriter(stalled);
    writer.append("a");

    const closed = writer.close();
    await vi.advanceTimersByTimeAsync(1000);
    await closed;

    expect(stalled.listenerCount("error")).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("A10 the end waits for what was written, and leaves the stream open", async () => {
  const written: string[] = [];
  const slow = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      setImmediate(() => {
        written.push(chunk);
        done();
      });
    },
  });
  const writer = new StreamWriter(slow);
  writer.append("a");
  writer.append("b");

  await Promise.all([writer.close(), writer.close()]);

  expect(written.join("")).toBe("a\nb\n");
  expect(slow.writable).toBe(true);
});
