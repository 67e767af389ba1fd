/** `haltwatch export …` by its command line, into a folder of its own. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const PROGRAM = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

export type ExportKind = "compose" | "prometheus" | "alertmanager" | "grafana" | "systemd";

export class ExportFolder implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "haltwatch-export-"));
  readonly #env: Readonly<Record<string, string>>;

  /** @param files by name, in the folder of the settings */
  constructor(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
    this.#env = env;
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.#folder, name), text);
  }

  /** What was exported, and where. */
  path(...parts: readonly string[]): string {
    return join(this.#folder, "out", ...parts);
  }

  text(...parts: readonly string[]): string {
    return readFileSync(this.path(...parts), "utf8");
  }

  /** @returns what it printed. @throws what it said was wrong */
  async export(kind: ExportKind, ...flags: readonly string[]): Promise<string> {
    const args = [PROGRAM, "export", kind, this.path(), "-c", join(this.#folder, "haltwatch.toml"), ...flags];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...this.#env } });
    return stdout;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
