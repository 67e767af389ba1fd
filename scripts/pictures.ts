/**
 * `npm run pictures`: runs the demo, takes a picture of each page and dashboard, lets a fault strike, takes them again, and writes
 * down what was seen. With `-- DIR` all of it goes there, and not to `docs/`.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DemoProcess, until } from "./pictures/demo-process.ts";
import { writeEvidence } from "./pictures/evidence.ts";
import { PageCamera } from "./pictures/page-camera.ts";

/** So long the bots live before the first picture, seconds: graphs want something to show. */
const WARM_UP_SECONDS = Number(process.env["HALTWATCH_PICTURES_WARM_UP"] ?? 180);

const PAGES = [
  "overview",
  "dashboards",
  "alerts",
  "explore",
  "journal",
  "heartbeat",
  "reports",
  "configuration",
  "targets",
  "what-if",
] as const;

/** What strikes, and whom. */
const STRIKE = { pack: "betting", fault: "rejected-orders", alert: "FillRatioLow" } as const;

/** Pages that show it. */
const STRUCK_PAGES = ["overview", "alerts", "journal", "what-if"] as const;

const [folder = "docs", ...packs] = process.argv.slice(2);
const images = join(folder, "images");
mkdirSync(images, { recursive: true });

await using demo = await DemoProcess.start(packs.length === 0 ? ["all"] : packs);
process.stdout.write(`the demo runs on ${demo.url}; pictures in ${WARM_UP_SECONDS} s\n`);
await sleep(WARM_UP_SECONDS * 1000);
await using camera = await PageCamera.open(`${demo.url}/#token=${demo.token}`);
const dashboards =
  await demo.get<readonly { readonly uid: string; readonly pack: string }[]>("/api/haltwatch/dashboards");
for (const page of PAGES) await picture(`#/${page}`, page);
for (const { uid } of dashboards) await picture(dashboardAddress(uid), `dashboard-${uid}`);
const shown = dashboards.filter(({ pack }) => pack === "arbitrage").map(({ uid }) => uid);
await writeEvidence(demo, join(folder, "evidence"), shown);

const { bots } = await demo.get<{ readonly bots: readonly { readonly bot: string; readonly pack: string }[] }>(
  "/api/haltwatch/demo",
);
const struck = bots.find(({ pack }) => pack === STRIKE.pack);
if (struck !== undefined) {
  await demo.suffer(struck.bot, STRIKE.fault);
  await until(`${STRIKE.alert} pauses ${struck.bot}`, async () => {
    const pauses = await demo.get<readonly { readonly rule?: string }[]>("/api/haltwatch/pauses");
    return pauses.some(({ rule }) => rule === STRIKE.alert) ? true : undefined;
  });
  await sleep(10_000); // so that the graphs show it, and the messages are there
  for (const page of STRUCK_PAGES) await picture(`#/${page}`, `${page}-after`);
  for (const { uid, pack } of dashboards)
    if (pack === STRIKE.pack) await picture(dashboardAddress(uid), `dashboard-${uid}-after`);
}

function dashboardAddress(uid: string): string {
  return `#/dashboards/${encodeURIComponent(uid)}?from=now-5m&to=now`;
}

async function picture(address: string, name: string): Promise<void> {
  const file = join(images, `${name}.png`);
  await camera.take(address, file);
  process.stdout.write(`${file}\n`);
}
