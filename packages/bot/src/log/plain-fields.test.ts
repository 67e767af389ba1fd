import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_FIELD_CHARACTERS, MAX_VALUES, plainFields } from "./plain-fields.ts";

const plain = (fields: unknown): unknown => JSON.parse(JSON.stringify(plainFields(fields, { stacks: false })));

test("A1 whatever the fields are, they become JSON and nothing is thrown", () => {
  const refusing = (): never => {
    throw new Error("no");
  };
  const hostile = new Proxy({}, { getPrototypeOf: refusing, ownKeys: refusing, get: refusing, has: refusing });

  expect(plain(hostile)).toEqual({ fields: expect.stringContaining("not shown") });
  expect(plain({ hostile, list: [hostile, 1] })).toEqual({
    hostile: expect.stringContaining("not shown"),
    list: [expect.stringContaining("not shown"), 1],
  });
  expect(
    plain({
      get a() {
        return refusing();
      },
      b: 1,
    }),
  ).toEqual({ a: expect.stringContaining("not shown"), b: 1 });
  expect(plain({ toJSON: () => "in place of the line", a: 1 })).toEqual({ a: 1 });
  expect(plain(Object.assign(new Error("x"), { message: undefined }))).toEqual({});
  for (const none of [null, undefined, 1, "text", Symbol("s")]) expect(plain(none)).toEqual({});
});

test("A1 any value that JSON can hold is shown as it is", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("a", "b", "c"), fc.jsonValue({ maxDepth: 3, noUnicodeString: true })),
      (fields) => {
        fc.pre(!/token|passw|secret|cookie/i.test(JSON.stringify(fields)) && !JSON.stringify(fields).includes("-0"));
        expect(plain(fields)).toEqual(JSON.parse(JSON.stringify(fields)));
      },
    ),
  );
});

test("A1 anything at all becomes JSON", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withTypedArray: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      expect(() => plain({ value })).not.toThrow();
    }),
  );
});

test.each([
  "token",
  "accessToken",
  "password",
  "passwd",
  "PASSPHRASE",
  "client_secret",
  "Authorization",
  "slackWebhookUrl",
  "slack_webhook_url",
  "api_key",
  "apiKey",
  "X-API-Key",
  "private-key",
  "mnemonic",
])("A1 %s is not shown, at any depth", (name) => {
  expect(plain({ [name]: "leak", list: [{ deep: { [name]: { in: "leak" } } }] })).toEqual({
    [name]: "[redacted]",
    list: [{ deep: { [name]: "[redacted]" } }],
  });
});

test("A1 a secret within an error or in what toJSON gives is not shown", () => {
  const error = Object.assign(new Error("x", { cause: { api_key: "leak" } }), { password: "leak" });

  expect(JSON.stringify(plain({ error, config: { toJSON: () => ({ token: "leak" }) } }))).not.toContain("leak");
});

test("A1 what is shown of a line is bounded in length, number and depth", () => {
  const deep: Record<string, unknown> = {};
  let end = deep;
  for (let i = 0; i < 10_000; i++) {
    const next: Record<string, unknown> = {};
    end["in"] = next;
    end = next;
  }
  const long = "x".repeat(MAX_FIELD_CHARACTERS * 2);
  const many = Array.from({ length: 100_000 }, (_, i) => ({ i }));

  expect(plain({ nested: { long } })).toEqual({ nested: { long: `${long.slice(0, MAX_FIELD_CHARACTERS)}…` } });
  expect(plain({ error: new Error(long) })).toMatchObject({ error: { message: expect.stringMatching(/^x{4096}…$/) } });
  expect(JSON.stringify(plain({ deep }))).toContain("too deep");
  expect(JSON.stringify(plain({ many })).length).toBeLessThan(MAX_VALUES * 20);
  expect(plain({ bytes: new Uint8Array(1e6) })).toEqual({ bytes: "[1000000 bytes]" });
});

test("A1 the same object twice is shown twice, and only within itself left out", () => {
  const venue = { name: "cex" };
  const circle: Record<string, unknown> = { venue };
  circle["self"] = circle;

  expect(plain({ a: venue, b: venue, circle })).toEqual({
    a: venue,
    b: venue,
    circle: { venue, self: expect.stringContaining("circular") },
  });
});
