/** `GET /api/haltwatch/overview`. */
import type { Route } from "../api/index.ts";
import type { Overview } from "./overview.ts";
import { overviewAnswer } from "./overview-answer.ts";

export function overviewRoutes(overview: Overview): Route[] {
  return [
    {
      methods: ["GET"],
      path: "/api/haltwatch/overview",
      access: "read",
      doc: { summary: "How everything stands: each bot, what fires, what answers", answer: overviewAnswer },
      handle: () => ({ kind: "data", data: overview.view() }),
    },
  ];
}
