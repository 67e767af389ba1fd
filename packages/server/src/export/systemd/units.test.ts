import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { crontabText, systemdUnits } from "./units.ts";

const ANALYZE = "/usr/bin/systemd-analyze";

/** From 0, nothing it could do harm with, to 10. What systemd calls OK is up to 4.9. */
const MOST_EXPOSURE = 2;

const SCHEDULE = {
  ...{ time_zone: "Europe/Berlin", health: "*/5 * * * *", backup: "0 */6 * * *", report: "0 9 * * *" },
  send_report: true,
};
const CONFIG = { schedule: SCHEDULE, backups: [], health: { disks: ["/"] } };
const COMMAND = [process.execPath, "/bin/true"];
const units = systemdUnits(CONFIG, { command: COMMAND, configFile: "/etc/haltwatch/haltwatch.toml" });

const folder = mkdtempSync(join(tmpdir(), "haltwatch-units-"));
beforeAll(() => {
  for (const { name, text } of units) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true }));

function textOf(name: string): string {
  return units.find((unit) => unit.name === name)?.text ?? "";
}

describe("D2 units for systemd", () => {
  test("are a service for each that runs, and a timer for each that is scheduled", () => {
    expect(units.map(({ name }) => name)).toEqual([
      "haltwatch.service",
      "haltwatch-heartbeat.service",
      "haltwatch-balances.service",
      "haltwatch-health.service",
      "haltwatch-health.timer",
      "haltwatch-backup.service",
      "haltwatch-backup.timer",
      "haltwatch-report.service",
      "haltwatch-report.timer",
    ]);
    expect(textOf("haltwatch-report.timer")).toContain("OnCalendar=*-*-* 09:00:00 Europe/Berlin\nPersistent=yes\n");
    expect(textOf("haltwatch.service")).toMatch(
      /^ExecStart=\S+ \/bin\/true run -c \/etc\/haltwatch\/haltwatch\.toml --storage %S\//m,
    );
  });

  test("have none of what is not scheduled", () => {
    const schedule = { ...SCHEDULE, health: "", report: "" };

    const names = systemdUnits({ ...CONFIG, schedule }, { command: COMMAND, configFile: "/x" }).map(({ name }) => name);

    expect(names.filter((name) => name.endsWith(".timer"))).toEqual(["haltwatch-backup.timer"]);
  });

  test("see what is in somebody's home where the settings, a disk or a backup is there, and nothing of it else", () => {
    const homeOf = (config: typeof CONFIG | object, configFile = "/etc/haltwatch.toml"): string | undefined =>
      /^ProtectHome=(.+)$/m.exec(
        systemdUnits({ ...CONFIG, ...config }, { command: ["/usr/bin/node"], configFile })[0]?.text ?? "",
      )?.[1];

    expect(homeOf({})).toBe("yes");
    expect(homeOf({}, "/home/me/haltwatch.toml")).toBe("read-only");
    expect(homeOf({ health: { disks: ["/", "/home"] } })).toBe("read-only");
    expect(homeOf({ backups: [{ name: "daily", path: "/root/backup/*.db" }] })).toBe("read-only");
  });

  test("say paths with blanks and percent signs as they are", () => {
    const options = { command: ["/opt/my node/bin/node"], configFile: "/etc/100%/$x.toml" };

    const [unit] = systemdUnits(CONFIG, options);

    expect(unit?.text).toContain('ExecStart="/opt/my node/bin/node" run -c /etc/100%%/$$x.toml --storage');
  });

  test.skipIf(!existsSync(ANALYZE))("are taken by systemd without a word", () => {
    const paths = units.map(({ name }) => join(folder, name));

    const { status, stdout, stderr } = spawnSync(ANALYZE, ["verify", "--man=no", ...paths], { encoding: "utf8" });

    const words = `${stdout}${stderr}`.split("\n").filter((line) => line.includes(folder) || /haltwatch/.test(line));
    expect(words).toEqual([]);
    expect(status).toBe(0);
  });

  test.skipIf(!existsSync(ANALYZE))("may do little: systemd's own figure of exposure", () => {
    for (const { name } of units.filter((unit) => unit.name.endsWith(".service"))) {
      const output = execFileSync(ANALYZE, ["security", "--offline=true", "--no-pager", join(folder, name)], {
        encoding: "utf8",
      });
      const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(output)?.[1]);
      expect(exposure, output).toBeLessThan(MOST_EXPOSURE);
    }
  });
});

test("F11 a report is sent by the clock only where the settings say so", () => {
  const config = { ...CONFIG, schedule: { ...SCHEDULE, send_report: false } };

  expect(crontabText(config, { command: ["/x"], configFile: "/y" })).toMatch(/ report daily\n$/);
});

test("D2 a crontab has the same schedule, in its zone", () => {
  const options = { command: ["/usr/bin/node", "/opt/halt watch/main.js"], configFile: "/etc/haltwatch.toml" };

  expect(crontabText(CONFIG, options)).toBe(`CRON_TZ=Europe/Berlin
*/5 * * * * /usr/bin/node '/opt/halt watch/main.js' health -c /etc/haltwatch.toml
CRON_TZ=Europe/Berlin
0 */6 * * * /usr/bin/node '/opt/halt watch/main.js' backup check -c /etc/haltwatch.toml
CRON_TZ=Europe/Berlin
0 9 * * * /usr/bin/node '/opt/halt watch/main.js' report daily --send
`);
});
