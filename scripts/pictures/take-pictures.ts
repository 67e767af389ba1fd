/** Runs the demo, takes pictures of pages and dashboards, lets a fault strike, takes them again, and writes down what was seen. */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type DemoBotView, DemoProcess, until } from "./demo-process.ts";
import { writeEvidence } from "./evidence.ts";
import { PageCamera } from "./page-camera.ts";

export interface PicturesOptions {
  /** Gets `images/` and `evidence/`. */
  readonly folder: string;
  /** Whose bots live in the demo; `all` of them. */
  readonly packs: readonly string[];
  /** Of the page: `overview`. */
  readonly pages: readonly string[];
  /** Of them those that show what the fault has done. */
  readonly struckPages: readonly string[];
  readonly strike: { readonly pack: string; readonly fault: string; readonly alert: string };
  /** So long the bots live before the first picture: graphs want something to show. */
  readonly warmUpSeconds: number;
  /** So long after the pause the second ones are taken. */
  readonly settleSeconds: number;
  /** Told of each file. */
  readonly onPicture: (file: string) => void;
}

/** @throws {Error} if the demo does not start, or the fault raises no pause in two minutes */
export async function takePictures(options: PicturesOptions): Promise<void> {
  const { folder, packs, strike } = options;
  const images = join(folder, "images");
  mkdirSync(images, { recursive: true });
  await using demo = await DemoProcess.start(packs);
  await sleep(options.warmUpSeconds * 1000);
  await using camera = await PageCamera.open(`${demo.url}/#token=${demo.token}`);
  const picture = async (address: string, name: string): Promise<void> => {
    const file = join(images, `${name}.png`);
    await camera.take(address, file);
    options.onPicture(file);
  };
  const dashboards =
    await demo.get<readonly { readonly uid: string; readonly pack: string }[]>("/api/haltwatch/dashboards");
  for (const page of options.pages) await picture(`#/${page}`, page);
  for (const { uid } of dashboards) await picture(dashboardAddress(uid), dashboardFile(uid));
  await writeEvidence(
    demo,
    join(folder, "evidence"),
    dashboards.filter(({ pack }) => pack === "arbitrage").map(({ uid }) => uid),
  );

  await struck(demo, strike);
  await sleep(options.settleSeconds * 1000); // graphs show it, and the messages are there
  for (const page of options.struckPages) await picture(`#/${page}`, `${page}-after`);
  for (const { uid, pack } of dashboards) {
    if (pack === strike.pack) await picture(dashboardAddress(uid), `${dashboardFile(uid)}-after`);
  }
}

/** Row A7: the arbitrage dashboard's picture lies beside it. */
export function placeBesideDashboard(images: string, pack: string): void {
  copyFileSync(join(images, `${dashboardFile(pack)}.png`), join("packages/packs", pack, "dashboards", `${pack}.png`));
}

async function struck(demo: DemoProcess, { pack, fault, alert }: PicturesOptions["strike"]): Promise<void> {
  const { bots } = await demo.get<{ readonly bots: readonly DemoBotView[] }>("/api/haltwatch/demo");
  const bot = bots.find((one) => one.pack === pack)?.bot;
  if (bot === undefined) throw new Error(`the demo has no bot of ${pack}`);
  await demo.suffer(bot, fault);
  await until(`${alert} pauses ${bot}`, async () => {
    const pauses = await demo.get<readonly { readonly rule?: string }[]>("/api/haltwatch/pauses");
    return pauses.some(({ rule }) => rule === alert) ? true : undefined;
  });
}

function dashboardAddress(uid: string): string {
  return `#/dashboards/${encodeURIComponent(uid)}?from=now-5m&to=now`;
}

function dashboardFile(uid: string): string {
  return `dashboard-${uid.replace(/^haltwatch-/, "")}`;
}
