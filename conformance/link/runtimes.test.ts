/** The published package links on every runtime that it names. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { builtPackage, ROOT } from "../built-package.ts";
import { type PeerName, testWithPeer } from "../peers.ts";
import { LineBot } from "./line-bot.ts";
import { itSpeaksTheLink } from "./other-languages.ts";
import { ServerProcess } from "./processes.ts";

const RUNTIMES: readonly (readonly [PeerName, readonly string[]])[] = [
  ["node20", []],
  ["bun", ["run"]],
  ["deno", ["run", "--allow-all"]],
];

for (const [runtime, args] of RUNTIMES) {
  testWithPeer(runtime, `F6 a bot on ${runtime} takes part over the link`, async (binary) => {
    await using server = await ServerProcess.start();
    const index = pathToFileURL(join(builtPackage(), "index.js")).href;
    const script = join(ROOT, "conformance/link/runtime-bot.mjs");
    await using bot = new LineBot(binary, [...args, script, index, server.url, "secret"]);

    await itSpeaksTheLink(bot, server);
    await bot.tell("stop");
  });
}
