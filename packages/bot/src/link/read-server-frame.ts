/**
 * Frames from Haltwatch, checked. What makes trading laxer must be understood as a whole; a pause that is understood in part is
 * taken for the strictest that it can be.
 */
import { HaltwatchError } from "../errors.ts";
import type { ServerFrame, WelcomeFrame, WirePause } from "./protocol.ts";

type Fields = Readonly<Record<string, unknown>>;

/** @throws {HaltwatchError} `BAD_FRAME` */
export function readServerFrame(text: string): ServerFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw badFrame("it is no JSON", error);
  }
  const fields = asFields(value, "the frame");
  switch (fields["type"]) {
    case "welcome":
      return welcome(fields);
    case "watch":
      return { type: "watch", names: texts(fields, "names") };
    case "grant":
      return {
        type: "grant",
        seq: number(fields, "seq"),
        leaseMs: number(fields, "lease_ms"),
        epoch: number(fields, "epoch"),
        pauses: pausesOf(fields),
      };
    case "pause":
    case "arm":
      return { type: fields["type"], epoch: number(fields, "epoch"), pauses: pausesOf(fields) };
    case "error":
      return {
        type: "error",
        code: String(fields["code"]),
        message: String(fields["message"]),
        isFatal: fields["fatal"] === true,
      };
    default:
      return { type: "unknown" };
  }
}

function welcome(fields: Fields): WelcomeFrame {
  const limits = asFields(fields["limits"], "limits");
  return {
    type: "welcome",
    server: String(fields["server"]),
    names: texts(fields, "names"),
    intervalMs: atLeast(1, fields, "interval_ms"),
    leaseMs: atLeast(1, fields, "lease_ms"),
    renewMs: atLeast(1, fields, "renew_ms"),
    maxFrameBytes: atLeast(1024, limits, "frame_bytes"),
    maxSeries: number(limits, "series"),
  };
}

function pausesOf(fields: Fields): WirePause[] {
  const list = fields["pauses"];
  if (!Array.isArray(list)) throw badFrame("pauses is no array");
  return list.map((one: unknown) => pauseOf(asFields(one, "a pause")));
}

/** Of a scope that cannot be understood, all of it is paused; of a state that cannot, everything is halted. */
function pauseOf(fields: Fields): WirePause {
  const scope = fields["scope"];
  const named = typeof scope === "object" && scope !== null ? (scope as Fields) : {}; // an object
  const name = (key: string): string | undefined => {
    const value = named[key];
    return typeof value === "string" ? value : undefined;
  };
  const { epoch, rule, time } = { epoch: fields["epoch"], rule: fields["rule"], time: fields["time"] };
  return {
    epoch: typeof epoch === "number" ? epoch : 0,
    scope: { bot: name("bot"), venue: name("venue"), strategy: name("strategy") },
    state: fields["state"] === "REDUCING" ? "REDUCING" : "HALTED",
    reason: textOr(fields["reason"], "no reason given"),
    by: textOr(fields["by"], "unknown"),
    rule: typeof rule === "string" ? rule : undefined,
    timeMs: typeof time === "number" && Math.abs(time) <= 8.64e15 ? time : 0,
  };
}

function textOr(value: unknown, missing: string): string {
  return typeof value === "string" ? value : missing;
}

function asFields(value: unknown, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields; // no array
  throw badFrame(`${what} is no object`);
}

function number(fields: Fields, key: string): number {
  return atLeast(0, fields, key);
}

function atLeast(least: number, fields: Fields, key: string): number {
  const value = fields[key];
  if (typeof value === "number" && Number.isFinite(value) && value >= least) return value;
  throw badFrame(`${key} is no number of ${least} or more`);
}

function texts(fields: Fields, key: string): readonly string[] {
  const value = fields[key];
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value;
  throw badFrame(`${key} is no list of texts`);
}

function badFrame(what: string, cause?: unknown): HaltwatchError {
  return new HaltwatchError("BAD_FRAME", `Haltwatch sent what cannot be understood: ${what}`, {
    hint: "See that link_url leads to Haltwatch, and that its version fits the bot's",
    cause,
  });
}
