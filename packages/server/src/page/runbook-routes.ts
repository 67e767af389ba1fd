/** `GET /api/haltwatch/runbooks/:alert`: what a pack's runbook says of an alert. */
import { readFile } from "node:fs/promises";
import type { Pack } from "@haltwatch/packs";
import { z } from "zod";
import { ApiError, type Route } from "../api/index.ts";

const answer = z.object({
  alert: z.string(),
  pack: z.string(),
  markdown: z.string().describe("Its section of the pack's runbook, with its heading."),
});

export function runbookRoutes(packs: () => readonly Pick<Pack, "name" | "runbook">[]): Route[] {
  return [
    {
      methods: ["GET"],
      path: "/api/haltwatch/runbooks/:alert",
      access: "read",
      doc: { summary: "What to do about an alert of a pack", answer },
      handle: async ({ pathValue: alert }) => {
        for (const { name: pack, runbook } of packs()) {
          const markdown = sectionOf(await textOf(runbook), alert);
          if (markdown !== undefined) return { kind: "data", data: { alert, pack, markdown } };
        }
        throw new ApiError("not_found", `no runbook of an enabled pack has a section ${JSON.stringify(alert)}`);
      },
    },
  ];
}

/** @returns from the heading to the next one that is as high */
export function sectionOf(markdown: string, title: string): string | undefined {
  const lines = markdown.split(/\r?\n/);
  const wanted = title.toLowerCase();
  let level = 0;
  let begin: number | undefined;
  let isCode = false;
  for (const [at, line] of lines.entries()) {
    if (/^\s*(?:```|~~~)/.test(line)) isCode = !isCode;
    const heading = isCode ? null : /^(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line);
    if (heading === null) continue;
    const [, marks = "", text = ""] = heading;
    if (begin !== undefined && marks.length <= level) return lines.slice(begin, at).join("\n").trim();
    if (begin === undefined && text.toLowerCase() === wanted) [begin, level] = [at, marks.length];
  }
  return begin === undefined ? undefined : lines.slice(begin).join("\n").trim();
}

/** A pack of a user's may have no runbook. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return "";
  }
}
