/** `[health]` and `[[backups]]` in haltwatch.toml: what is looked at. Limits that rules know, too, are thresholds: docs/health.md. */
import { z } from "zod";
import { duration, flag, optional, text, textList, wholeNumber } from "../scrape/config-values.ts";

/** Most targets, and most backups: all are looked at at the same time. */
const MAX_TARGETS = 200;

/** An address with a port: `1.1.1.1:443`, `[::1]:443`, `example.com:443`. */
const ADDRESS = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:[\]]+)):(\d{1,5})$/;

/** As systemd.unit(5) has them. */
const UNIT = /^[\w:.@\\-]{1,200}\.(?:service|timer|socket|mount|target|path)$/;

const percent = z.number({ error: "write a number of percent, 0 to 100" }).min(0).max(100);

const hostAndPort = text.transform((written, context) => {
  const address = addressOf(written);
  if (address !== undefined) return address;
  context.addIssue({
    code: "custom",
    message: `${JSON.stringify(written)} has no port: write it like example.com:443`,
  });
  return z.NEVER;
});

const httpUrl = text
  .refine((url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ""), {
    error: "write a whole URL, like https://example.com/health",
  })
  // What a check finds is shown and logged, and so would they be.
  .refine((url) => (URL.parse(url)?.username ?? "") === "" && (URL.parse(url)?.password ?? "") === "", {
    error: "write the URL without a name and a password in it: it is shown",
  });

const name = text.refine((value) => value.length > 0 && value.length <= 100, {
  error: "write a name of up to 100 letters",
});

const target = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("http"), name, url: httpUrl, expect_status: optional(wholeNumber) }),
    z.strictObject({ kind: z.literal("tcp"), name, address: hostAndPort }),
    z.strictObject({ kind: z.literal("tls"), name, address: hostAndPort, ca_file: optional(text) }),
    z.strictObject({ kind: z.literal("dns"), name, host: text, expect: textList.default([]), server: optional(text) }),
  ],
  { error: 'write kind = "http", "tcp", "tls" or "dns"' },
);

/** Keys of haltwatch.toml, for its schema. */
export const HEALTH_KEYS = {
  health: z
    .strictObject({
      /** On each file system that is to be looked at, a path. */
      disks: textList.default(["/"]),
      /** Who is to be reached: `1.1.1.1:443`. Without any, it is looked whether there is a way out. */
      network: z.array(hostAndPort).max(MAX_TARGETS).default([]),
      /** Units of systemd. */
      units: z.array(text.refine((unit) => UNIT.test(unit), { error: "write a unit like bot.service" })).default([]),
      /** Whether scrapers are looked at; without it, if the pack `scraper` is enabled. */
      scrapers: flag.optional(),
      /** Whom `haltwatch health` asks of scrapers: a Prometheus; without it, the Haltwatch that runs with these settings. */
      prometheus_url: optional(httpUrl),
      vault_url: optional(httpUrl),
      /** `pool.ntp.org`; port 123 unless said otherwise. */
      ntp_server: optional(text),
      /** Where there is no way to a time server: an HTTP server whose `Date` is right. */
      clock_url: optional(httpUrl),
      clock_skew_max: duration.prefault("1s"),
      inodes_percent_max: percent.default(90),
      file_descriptors_percent_max: percent.default(80),
      certificate_days_min: wholeNumber.default(14),
      /** Longest that one check takes. */
      timeout: duration.prefault("5s"),
      targets: z.array(target).max(MAX_TARGETS).default([]),
    })
    .prefault({})
    .superRefine(({ targets }, context) => {
      for (const [index, one] of targets.entries()) {
        if (targets.findIndex((other) => other.name === one.name) === index) continue;
        context.addIssue({
          code: "custom",
          path: ["targets", index, "name"],
          message: `two targets are named ${one.name}`,
        });
      }
    }),
  /** A folder of backups, or a pattern: `backup/*.db`. */
  backups: z
    .array(z.strictObject({ name, path: text }), { error: "write [[backups]] with name and path" })
    .max(MAX_TARGETS)
    .default([])
    .superRefine((backups, context) => {
      for (const [index, one] of backups.entries()) {
        if (backups.findIndex((other) => other.name === one.name) === index) continue;
        context.addIssue({ code: "custom", path: [index, "name"], message: `two backups are named ${one.name}` });
      }
    }),
} as const;

/** @param defaultPort without it, a port must be written */
export function addressOf(
  written: string,
  defaultPort?: number,
): { readonly host: string; readonly port: number } | undefined {
  const [, six, four, port] = ADDRESS.exec(written) ?? [];
  const host = six ?? four;
  if (host === undefined)
    return defaultPort === undefined || written === "" ? undefined : { host: written, port: defaultPort };
  return Number(port) >= 1 && Number(port) <= 65_535 ? { host, port: Number(port) } : undefined;
}
