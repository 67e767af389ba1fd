/**
 * `npm run pictures`: pictures of each page and dashboard of the demo, healthy and with a fault, and what was seen. With `-- DIR` all of
 * it goes there, and not to `docs/`.
 */
import { join } from "node:path";
import { placeBesideDashboard, takePictures } from "./pictures/take-pictures.ts";

const [folder = "docs"] = process.argv.slice(2);

await takePictures({
  folder,
  packs: ["all"],
  pages: [
    ...["overview", "dashboards", "alerts", "explore", "journal", "heartbeat"],
    ...["reports", "configuration", "targets", "what-if"],
  ],
  struckPages: ["overview", "alerts", "journal", "what-if"],
  strike: { pack: "betting", fault: "rejected-orders", alert: "FillRatioLow" },
  warmUpSeconds: 240,
  settleSeconds: 20,
  onPicture: (file) => process.stdout.write(`${file}\n`),
});
if (folder === "docs") placeBesideDashboard(join(folder, "images"), "arbitrage");
