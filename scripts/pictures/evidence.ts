/** Writes down what was seen: a bot's metrics as they were, the rules with their state, how to make it all again. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DemoBotView, DemoProcess } from "./demo-process.ts";

/** Whose metrics are kept, and whose dashboard is shown beside them. */
const PACK = "arbitrage";

/**
 * @param folder gets `<pack>.md` and `rules.json`; the pictures are in `../images`
 * @param uids of the dashboards that have a picture
 */
export async function writeEvidence(demo: DemoProcess, folder: string, uids: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const rules = await demo.get<object>("/api/v1/rules");
  // Where the files lie on this machine is nobody's business.
  const text = JSON.stringify(rules, undefined, 2).replaceAll(`${process.cwd()}/`, "");
  writeFileSync(join(folder, "rules.json"), `${text}\n`);
  const { bots } = await demo.get<{ readonly bots: readonly DemoBotView[] }>("/api/haltwatch/demo");
  const bot = bots.find(({ pack }) => pack === PACK)?.bot;
  if (bot !== undefined) writeFileSync(join(folder, `${PACK}.md`), await page(demo, bot, uids));
}

async function page(demo: DemoProcess, bot: string, uids: readonly string[]): Promise<string> {
  const matcher = encodeURIComponent(`{bot="${bot}"}`);
  const response = await fetch(`${demo.url}/federate?match[]=${matcher}`);
  if (!response.ok) throw new Error(`/federate: ${response.status} ${await response.text()}`);
  const metrics = (await response.text()).replaceAll(/ \d{13}$/gm, ""); // without the times: a picture of the values
  const pictures = uids.map((uid) => `![dashboard ${uid}](../images/dashboard-${uid.replace(/^haltwatch-/, "")}.png)`);
  return `# An ${PACK} bot, as it was seen

Made by \`npm run pictures\` from the demo (seed 1), ${new Date().toISOString()}. The bot is \`${bot}\`.

${pictures.join("\n\n")}

## Its metrics at that moment

\`\`\`text
${metrics.trimEnd()}
\`\`\`
`;
}
