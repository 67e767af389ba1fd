/** Haltwatch as a whole: what is left of one that could not start. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readServerConfig } from "./config/server-config.ts";
import { Haltwatch } from "./haltwatch.ts";
import { openLog } from "./open-log.ts";

const SETTINGS = `
[web]
listen = "127.0.0.1:0"
[link]
token = "env:LINK_TOKEN"
[rules]
system = false
[log]
level = "error"
`;

/** A folder with settings, in which Haltwatch is started again and again. */
class Place implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "haltwatch-start-"));

  constructor(settings: string) {
    writeFileSync(join(this.folder, "haltwatch.toml"), settings);
  }

  async start(env: Readonly<Record<string, string>>): Promise<Haltwatch> {
    const readConfig = () => readServerConfig({ file: join(this.folder, "haltwatch.toml"), env: {} });
    const config = readConfig();
    return Haltwatch.start({ config, readConfig, env, log: await openLog(config), version: "1.2.3" });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

test("one that could not be made leaves its file to the next: a secret that is missing, and then is there", async () => {
  using place = new Place(SETTINGS);

  await expect(place.start({})).rejects.toThrow(/LINK_TOKEN, which is not set/);

  await using haltwatch = await place.start({ LINK_TOKEN: "s3cret" });
  expect(haltwatch.url).toMatch(/^http/);
});

test("a certificate that is not there is named with its key, and nothing is left", async () => {
  using place = new Place('[web]\nlisten = "127.0.0.1:0"\ntls_cert_file = "no.pem"\ntls_key_file = "no.key"\n');

  for (const _ of ["once", "again"])
    await expect(place.start({})).rejects.toMatchObject({ code: "NO_FILE", key: "web.tls_cert_file" });
});
