/** docs/openapi.json: as a Haltwatch that has just started gives it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Haltwatch, openLog, readServerConfig } from "@haltwatch/server";

const SETTINGS = `
[web]
listen = "127.0.0.1:0"
[storage]
path = ":memory:"
[log]
level = "error"
`;

const VERSION: string = JSON.parse(readFileSync("packages/cli/package.json", "utf8")).version;

export async function openApiDescription(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "haltwatch-openapi-"));
  try {
    const file = join(folder, "haltwatch.toml");
    writeFileSync(file, SETTINGS);
    const readConfig = () => readServerConfig({ file, env: {} });
    const config = readConfig();
    await using haltwatch = await Haltwatch.start({
      ...{ config, readConfig, env: {}, log: await openLog(config), version: VERSION },
    });
    return await (await fetch(`${haltwatch.url}/api/haltwatch/openapi.json`)).text();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
