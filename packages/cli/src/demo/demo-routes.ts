/** What the page and the command line ask of the demo: its bots with their faults, switching them, and what Slack and Telegram were sent. */
import { ApiError, jsonBody, type Route } from "@haltwatch/server";
import { CommandError } from "../command-error.ts";
import type { FaultPlace, Faults } from "./faults.ts";
import { PICTURES_PATH, type StandIns } from "./stand-ins.ts";

export interface DemoRouteOptions {
  readonly faults: Faults;
  readonly speed: number;
  readonly standIns: StandIns;
  readonly onSwitch: (place: FaultPlace, on: boolean) => void;
}

export function demoRoutes({ faults, speed, standIns, onSwitch }: DemoRouteOptions): Route[] {
  return [
    {
      methods: ["GET"],
      path: "/api/haltwatch/demo",
      access: "read",
      handle: () => ({ kind: "data", data: { bots: faults.shown(speed) } }),
    },
    {
      methods: ["POST"],
      path: "/api/haltwatch/demo/fault",
      access: "control",
      handle: (request) => {
        const { on, ...wanted } = askedFault(jsonBody(request));
        const place = found(faults, wanted);
        onSwitch(place, on);
        const { bot, fault } = place;
        return { kind: "data", data: { bot: bot.name, fault: fault.name, on, alerts: fault.alerts } };
      },
    },
    {
      methods: ["GET"],
      path: "/api/haltwatch/demo/messages",
      access: "read",
      handle: () => ({ kind: "data", data: standIns.messages }),
    },
    {
      methods: ["GET"],
      path: `${PICTURES_PATH}:id`,
      // An img element shows no token; it is a picture of made-up numbers.
      access: "open",
      handle: ({ pathValue }) => {
        const png = standIns.picture(pathValue);
        if (png === undefined) throw new ApiError("not_found", "there is no such picture, or no longer");
        return { kind: "bytes", bytes: png, headers: { "Content-Type": "image/png" } };
      },
    },
  ];
}

/** @throws {ApiError} `bad_data` */
function found(faults: Faults, wanted: { readonly fault: string; readonly bot: string | undefined }): FaultPlace {
  try {
    return faults.find(wanted);
  } catch (error) {
    if (error instanceof CommandError) throw new ApiError("bad_data", `${error.message}. ${error.hint}`, error);
    throw error;
  }
}

/** @throws {ApiError} `bad_data` */
function askedFault(body: unknown): { readonly fault: string; readonly bot: string | undefined; readonly on: boolean } {
  const { fault, bot, on } = typeof body === "object" && body !== null ? { ...NOTHING, ...body } : NOTHING;
  if (typeof fault === "string" && typeof on === "boolean" && (bot === undefined || typeof bot === "string"))
    return { fault, bot, on };
  throw new ApiError("bad_data", 'give {"fault": "sequencer-down", "on": true}, and "bot" where several know it');
}

const NOTHING: Readonly<Record<"fault" | "bot" | "on", unknown>> = { fault: undefined, bot: undefined, on: undefined };
