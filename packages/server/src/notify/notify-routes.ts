/** What people and programs ask of the messages over HTTP: how channels are, what could not be told, a test, pictures. */
import type { ChannelHealth, DeadLetter } from "@haltwatch/notify";
import { z } from "zod";
import { ApiError, type ApiRequest, type Route, readBody } from "../api/index.ts";
import type { Notifying } from "./notifying.ts";
import { sampleNotification } from "./sample-notification.ts";

export interface NotifyRouteOptions {
  readonly notifying: Notifying;
  readonly now: () => number;
}

const testBody = z.strictObject({
  /** `slack[0]`, or only `slack`; all channels without it. */
  channel: z.string().optional(),
});

const deadLetterBody = z.strictObject({
  /** All of them without it. */
  ids: z.array(z.number().int()).optional(),
});

const testedAnswer = z.object({
  receiver: z.string(),
  channel: z.string(),
  level: z.string(),
  outcome: z.string(),
  reason: z.string(),
  took_ms: z.number(),
});

const LEVELS = ["critical", "warning", "info"] as const;

export function notifyRoutes({ notifying, now }: NotifyRouteOptions): Route[] {
  return [
    {
      methods: ["GET"],
      path: "/api/haltwatch/channels",
      access: "read",
      doc: { summary: "How each channel of notifications is" },
      handle: () => ({ kind: "data", data: notifying.channels().map(shownChannel) }),
    },
    {
      methods: ["POST"],
      path: "/api/haltwatch/channels/test",
      access: "control",
      doc: {
        summary: "Send a sample of each level to a channel, or to all",
        body: testBody,
        answer: z.array(testedAnswer),
      },
      handle: async (request) => ({
        kind: "data",
        data: await tested(notifying, optionalBody(request, testBody).channel, now()),
      }),
    },
    {
      methods: ["GET"],
      path: "/api/haltwatch/dead-letters",
      access: "read",
      doc: { summary: "Notifications that were given up" },
      handle: () => ({ kind: "data", data: notifying.deadLetters().map(shownLetter) }),
    },
    {
      methods: ["POST"],
      path: "/api/haltwatch/dead-letters/retry",
      access: "control",
      doc: { summary: "Try them again", body: deadLetterBody, answer: z.object({ retried: z.number() }) },
      handle: (request) => ({
        kind: "data",
        data: { retried: notifying.retryDeadLetters(optionalBody(request, deadLetterBody).ids) },
      }),
    },
    {
      methods: ["POST"],
      path: "/api/haltwatch/dead-letters/drop",
      access: "control",
      doc: { summary: "Forget them", body: deadLetterBody, answer: z.object({ dropped: z.number() }) },
      handle: (request) => ({
        kind: "data",
        data: { dropped: notifying.dropDeadLetters(optionalBody(request, deadLetterBody).ids) },
      }),
    },
    {
      methods: ["GET"],
      // Slack's servers fetch it without a token: the link itself is the secret.
      path: "/api/haltwatch/pictures/:id",
      access: "open",
      doc: { summary: "A picture of a notification", answer: "image/png" },
      handle: ({ pathValue }) => {
        const png = notifying.picture(pathValue.replace(/\.png$/, ""));
        if (png === undefined) throw new ApiError("not_found", "there is no such picture, or no longer");
        const headers = { "Content-Type": "image/png", "Cache-Control": "private, max-age=604800, immutable" };
        return { kind: "bytes", bytes: png, headers };
      },
    },
  ];
}

type Tested = z.output<typeof testedAnswer>;

/** A sample of each level to each channel, one after the other: channels have their limits. */
async function tested(notifying: Notifying, wanted: string | undefined, nowMs: number): Promise<Tested[]> {
  const channels = notifying.channels().filter(({ kind }) => kind !== undefined);
  const asked = channels.filter(({ channel, kind }) => wanted === undefined || wanted === channel || wanted === kind);
  if (asked.length === 0) {
    if (channels.length === 0)
      throw new ApiError("bad_data", "no channel is set: name one under [notify] in haltwatch.toml");
    const known = channels.map(({ channel }) => channel).join(", ");
    throw new ApiError("bad_data", `no channel is called ${JSON.stringify(wanted ?? "")}. There are ${known}`);
  }
  const results: Tested[] = [];
  for (const { receiver, channel } of asked) {
    for (const level of LEVELS) {
      const sample = sampleNotification({ receiver, channel, level, timeMs: nowMs });
      const { outcome, tookMs } = await notifying.send(sample);
      results.push({
        ...{ receiver, channel, level, outcome: outcome.kind },
        reason: outcome.kind === "delivered" ? "" : outcome.reason,
        took_ms: Math.round(tookMs),
      });
    }
  }
  return results;
}

/** Nothing at all says the same as an empty object. */
function optionalBody<T extends z.ZodType>({ body }: ApiRequest, schema: T): z.output<T> {
  return readBody({ body: body.length === 0 ? Buffer.from("{}") : body }, schema);
}

function shownChannel({ failingSinceMs, lastDeliveredMs, oldestMs, ...health }: ChannelHealth): object {
  return { ...health, failingSince: iso(failingSinceMs), lastDelivered: iso(lastDeliveredMs), oldest: iso(oldestMs) };
}

function shownLetter({ line, sinceMs, ...letter }: DeadLetter): object {
  const { name, where, level, status } = line;
  return { ...letter, since: iso(sinceMs), alert: name, where, level, status };
}

function iso(timeMs: number | undefined): string | undefined {
  return timeMs === undefined ? undefined : new Date(timeMs).toISOString();
}
