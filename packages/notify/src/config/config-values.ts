/** What values in the configuration are written as: from YAML scalars come as text, from TOML as what they are. */
import { z } from "zod";

/** A key with nothing behind it is as good as none. */
export function optional<T extends z.ZodType>(type: T): z.ZodOptional<z.ZodPreprocess<z.ZodOptional<T>>> {
  return z.preprocess((value) => (value === null || value === "" ? undefined : value), type.optional()).optional();
}

export const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)], {
  error: "write text here",
});

export const textList = z.array(text, { error: "write a list of texts here" });

export const textByName = z.record(z.string(), text, { error: "write names and texts here" });

export const flag = z.union(
  [
    z.boolean(),
    z
      .string()
      .regex(/^(?:true|false|yes|no|on|off)$/i)
      .transform((word) => /^(?:true|yes|on)$/i.test(word)),
  ],
  { error: "write true or false here" },
);

const UNITS_MS = [365 * 86_400_000, 7 * 86_400_000, 86_400_000, 3_600_000, 60_000, 1000, 1];

/** Milliseconds. Source: prometheus/common, model/time.go (ParseDuration). */
export const duration = text.transform((written, context) => {
  const match = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(written);
  if (written === "0") return 0;
  if (match !== null && written !== "") {
    return UNITS_MS.reduce((ms, unit, index) => ms + unit * Number(match[index + 1] ?? 0), 0);
  }
  context.addIssue({
    code: "custom",
    message: `${JSON.stringify(written)} is no duration: write it like 15s or 1m30s`,
  });
  return z.NEVER;
});
