/**
 * Frames from a bot, as docs/link.md describes them, checked field by field: nothing that a bot sends is believed to have the
 * right shape. What is unknown in a known frame is ignored, so that newer bots can say more.
 */
import { LinkRefusal } from "./link-refusal.ts";

/** Versions of the protocol that are spoken here. */
export const PROTOCOL = { oldest: 1, newest: 1 } as const;

export interface HelloFrame {
  readonly type: "hello";
  /** The newest version that the bot speaks, and the oldest. */
  readonly protocol: number;
  readonly oldest: number;
  readonly bot: string;
  readonly instance: string;
  readonly job: string;
  /** Of the bot's library: for people. */
  readonly version: string;
  /** Told apart from another process of the same name; the same over reconnections. */
  readonly process: string;
  readonly token: string | undefined;
  /** The bot's clock, Unix milliseconds. */
  readonly wall: number;
  /** The highest epoch that it was told; 0 if none. */
  readonly epoch: number;
}

type SeriesDefinition = readonly [ref: number, name: string, labels: Readonly<Record<string, string>>, type: string];

export interface SeriesFrame {
  readonly type: "series";
  readonly series: readonly SeriesDefinition[];
  readonly help: Readonly<Record<string, string>>;
}

export interface SamplesFrame {
  readonly type: "samples";
  /** Of all its samples, Unix milliseconds by the bot's clock. */
  readonly time: number;
  /** Everything the bot has: an interval's samples. */
  readonly isSnapshot: boolean;
  /** Further frames of the same snapshot follow. */
  readonly hasMore: boolean;
  /** From while the bot was away. */
  readonly isLate: boolean;
  /** Unchecked: see {@link readSample}. */
  readonly values: readonly unknown[];
}

interface RenewFrame {
  readonly type: "renew";
  readonly seq: number;
}

interface AckFrame {
  readonly type: "ack";
  readonly epoch: number;
  /** By the bot's clock, Unix milliseconds. */
  readonly time: number | undefined;
  readonly stage: "received" | "done";
  readonly outcome: "done" | "failed" | "timeout" | "none";
  readonly cancelled: number;
  readonly failed: number;
  readonly leftOpen: number;
  readonly flattened: number | undefined;
  readonly note: string | undefined;
  readonly tookMs: number;
}

interface ByeFrame {
  readonly type: "bye";
  readonly reason: string;
}

export type BotFrame = HelloFrame | SeriesFrame | SamplesFrame | RenewFrame | AckFrame | ByeFrame;

type Fields = Readonly<Record<string, unknown>>;

const MAX_NAME = 200;
const MAX_NOTE = 2000;

/** @throws {LinkRefusal} `malformed` */
export function readFrame(text: string): BotFrame {
  const fields = parsed(text);
  switch (fields["type"]) {
    case "hello":
      return hello(fields);
    case "series":
      return { type: "series", series: seriesOf(fields), help: texts(fields["help"] ?? {}, "help") };
    case "samples":
      return {
        type: "samples",
        time: whole(fields, "time"),
        isSnapshot: fields["all"] === true,
        hasMore: fields["more"] === true,
        isLate: fields["late"] === true,
        values: list(fields, "values"),
      };
    case "renew":
      return { type: "renew", seq: whole(fields, "seq") };
    case "ack":
      return ack(fields);
    case "bye":
      return { type: "bye", reason: shortText(fields, "reason", MAX_NOTE, "") };
    default:
      throw malformed(`a frame of type ${shown(fields["type"])}`);
  }
}

/** @returns the value; `null` where the series is gone. @throws {LinkRefusal} `malformed` */
export function readSample(sample: unknown): readonly [ref: number, value: number | null] {
  if (!Array.isArray(sample) || sample.length !== 2) throw malformed("a sample is [reference, value]");
  const [ref, value]: readonly unknown[] = sample;
  if (typeof ref !== "number") throw malformed("a sample's reference is a number");
  if (typeof value === "number" || value === null) return [ref, value];
  switch (value) {
    case "NaN":
      return [ref, Number.NaN];
    case "+Inf":
      return [ref, Number.POSITIVE_INFINITY];
    case "-Inf":
      return [ref, Number.NEGATIVE_INFINITY];
    default:
      throw malformed('a sample\'s value is a number, "NaN", "+Inf", "-Inf" or null');
  }
}

function parsed(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed("a frame that is no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("a frame is a JSON object");
  return value as Fields; // an object that is no array
}

function hello(fields: Fields): HelloFrame {
  const protocol = whole(fields, "protocol");
  const token = fields["token"];
  if (token !== undefined && typeof token !== "string") throw malformed("token is a text");
  const bot = shortText(fields, "bot", MAX_NAME);
  return {
    type: "hello",
    protocol,
    oldest: fields["oldest"] === undefined ? protocol : whole(fields, "oldest"),
    bot,
    instance: shortText(fields, "instance", MAX_NAME, bot),
    job: shortText(fields, "job", MAX_NAME, "link"),
    version: shortText(fields, "version", MAX_NAME, "unknown"),
    process: shortText(fields, "process", MAX_NAME, ""),
    token,
    wall: whole(fields, "wall"),
    epoch: count(fields, "epoch"),
  };
}

function seriesOf(fields: Fields): SeriesDefinition[] {
  return list(fields, "series").map((one) => {
    if (!Array.isArray(one)) throw malformed("a series is [reference, name, labels, type]");
    const [ref, name, labels, type = "unknown"]: readonly unknown[] = one;
    if (typeof ref !== "number" || !Number.isSafeInteger(ref) || ref < 0)
      throw malformed("a series' reference is a whole number, 0 or more");
    if (typeof name !== "string" || typeof type !== "string") throw malformed("a series' name and type are texts");
    return [ref, name, texts(labels, "labels"), type];
  });
}

function ack(fields: Fields): AckFrame {
  const { ["stage"]: stage = "done", ["outcome"]: outcome = "done", ["flattened"]: flattened, ["note"]: note } = fields;
  if (stage !== "received" && stage !== "done") throw malformed('stage is "received" or "done"');
  if (outcome !== "done" && outcome !== "failed" && outcome !== "timeout" && outcome !== "none")
    throw malformed('outcome is "done", "failed", "timeout" or "none"');
  return {
    type: "ack",
    epoch: whole(fields, "epoch"),
    time: fields["time"] === undefined ? undefined : whole(fields, "time"),
    stage,
    outcome,
    cancelled: count(fields, "cancelled"),
    failed: count(fields, "failed"),
    leftOpen: count(fields, "left_open"),
    flattened: flattened === undefined ? undefined : count(fields, "flattened"),
    note: note === undefined ? undefined : shortText(fields, "note", MAX_NOTE, ""),
    tookMs: typeof fields["took_ms"] === "number" ? fields["took_ms"] : 0,
  };
}

function whole(fields: Fields, key: string): number {
  const value = fields[key];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw malformed(`${key} is a whole number, 0 or more`);
}

function count(fields: Fields, key: string): number {
  return fields[key] === undefined ? 0 : whole(fields, key);
}

function list(fields: Fields, key: string): readonly unknown[] {
  const value = fields[key];
  if (Array.isArray(value)) return value;
  throw malformed(`${key} is an array`);
}

function texts(value: unknown, key: string): Readonly<Record<string, string>> {
  const isGood =
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === "string");
  if (isGood) return value as Readonly<Record<string, string>>; // all values are texts
  throw malformed(`${key} is an object whose values are texts`);
}

function shortText(fields: Fields, key: string, limit: number, missing?: string): string {
  const value = fields[key] ?? missing;
  if (typeof value === "string" && value.length <= limit && (value !== "" || missing === ""))
    return value.toWellFormed();
  throw malformed(`${key} is a text of 1 to ${limit} characters`);
}

function malformed(what: string): LinkRefusal {
  return new LinkRefusal("malformed", `not understood: ${what}`);
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : typeof value;
}
