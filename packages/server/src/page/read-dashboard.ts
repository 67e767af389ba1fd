/**
 * What a Grafana dashboard's JSON says of itself. It may be as Grafana exports it, as its HTTP API gives it (`{dashboard: …}`), or as
 * its newer resources are (`{kind: "Dashboard", spec: …}`). Panels are not looked at: the page says what it cannot draw.
 */
import { createHash } from "node:crypto";

/** Longest uid, UTF-16 code units; Grafana's have 40 at most. Another one takes its place. */
const MAX_UID = 200;

/** Longest title, description or tag that is listed, UTF-16 code units. */
const MAX_TEXT = 1_000;

/** Most tags that are listed. */
const MAX_TAGS = 50;

export interface ReadDashboard {
  /** Its own, or one that follows from its text. */
  readonly uid: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly description: string;
  /** The dashboard itself, without what was around it. */
  readonly json: object;
}

/** @returns what is wrong with it, as a text */
export function readDashboard(text: string): ReadDashboard | string {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return "this is no JSON";
  }
  const { json, name } = unwrapped(read);
  if (!isObject(json)) return "this is no dashboard: a JSON object was expected";
  const { title, uid, tags, description } = json;
  if (typeof title !== "string" || title.trim() === "") return "this is no dashboard: it has no title";
  if (!("panels" in json || "rows" in json || "elements" in json)) return "this is no dashboard: it has no panels";
  const own = [uid, name].filter((one) => typeof one === "string").find((one) => one !== "" && one.length <= MAX_UID);
  return {
    uid: own ?? createHash("sha256").update(text).digest("hex").slice(0, 12),
    title: title.slice(0, MAX_TEXT),
    tags: (Array.isArray(tags) ? tags : [])
      .filter((tag) => typeof tag === "string")
      .slice(0, MAX_TAGS)
      .map((tag) => tag.slice(0, MAX_TEXT)),
    description: typeof description === "string" ? description.slice(0, MAX_TEXT) : "",
    json,
  };
}

function unwrapped(read: unknown): { readonly json: unknown; readonly name: string | undefined } {
  if (!isObject(read)) return { json: read, name: undefined };
  const { dashboard, kind, metadata, spec } = read;
  if (isObject(dashboard)) return { json: dashboard, name: undefined };
  if (kind !== "Dashboard" || !isObject(spec)) return { json: read, name: undefined };
  const name = isObject(metadata) ? metadata["name"] : undefined;
  return { json: spec, name: typeof name === "string" && name !== "" ? name : undefined };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
