/** `deploy/compose`: what `haltwatch export compose` writes for the settings there, but for what is a machine's own. */
import { composeExport, readServerConfig } from "@haltwatch/server";

const FOLDER = "deploy/compose";

/** Haltwatch's program, in the folder that it is installed in. */
const PROGRAM = "packages/cli/src/main.ts";

export function composeExample(): { readonly path: string; readonly make: () => string }[] {
  const config = readServerConfig({ file: `${FOLDER}/haltwatch.toml`, env: {} });
  const { files } = composeExport(config, { program: PROGRAM, environment: undefined, receivers: "all" });
  return files.map(({ path, text }) => ({ path: `${FOLDER}/${path}`, make: () => text }));
}
