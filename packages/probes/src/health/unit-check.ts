/** Units of systemd: whether they run; and of those that run now and then, whether the last run was a success. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Finding, type HealthCheck, notHere, unhealthy } from "./health-check.ts";

const execute = promisify(execFile);

/** Of systemctl in a container. */
const NOT_BOOTED = /not been booted with systemd/;

const PROPERTIES = ["LoadState", "ActiveState", "SubState", "Result", "Type"] as const;

/** Gives what `systemctl show` prints: `ActiveState=active` and so on, a line each. */
type ShowUnit = (unit: string, signal: AbortSignal) => Promise<string>;

export interface UnitCheckOptions {
  /** `haltwatch.service` */
  readonly unit: string;
  readonly timeoutMs: number;
  readonly show?: ShowUnit;
}

export function unitCheck({ unit, timeoutMs, show = systemctlShow }: UnitCheckOptions): HealthCheck {
  return {
    ...{ kind: "unit", name: unit, timeoutMs },
    run: async (signal) => {
      const shown = await show(unit, signal).catch((error: unknown) => error);
      if (typeof shown !== "string") return withoutAnswer(shown);
      return findingOf(new Map(shown.split("\n").map((line) => split(line))));
    },
  };
}

function findingOf(properties: ReadonlyMap<string, string>): Finding {
  const [load = "", active = "", sub = "", result = "", type = ""] = PROPERTIES.map((name) => properties.get(name));
  if (load === "not-found") return { ...unhealthy("there is no such unit"), state: load };
  const isRunning = active === "active" || active === "reloading";
  // What a timer starts rests in between.
  const isResting = active === "inactive" && type === "oneshot" && result === "success";
  const detail = result === "" || result === "success" ? `${active} (${sub})` : `${active} (${sub}): ${result}`;
  return { status: isRunning || isResting ? "ok" : "unhealthy", state: active, detail };
}

const systemctlShow: ShowUnit = async (unit, signal) => {
  const properties = PROPERTIES.map((name) => `--property=${name}`);
  const { stdout } = await execute("systemctl", ["show", ...properties, "--", unit], { signal });
  return stdout;
};

/** Where there is no systemd nobody can tell; where there is one that does not answer, nobody knows whether the unit runs. */
function withoutAnswer(error: unknown): Finding {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return notHere("there is no systemctl");
  const said = error instanceof Error ? error.message : String(error);
  if (NOT_BOOTED.test(said)) return notHere("systemd does not run this machine");
  return unhealthy(`systemd does not answer: ${said}`);
}

function split(line: string): [string, string] {
  const at = line.indexOf("=");
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}
