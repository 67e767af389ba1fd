/**
 * What values in a configuration are written as. From YAML all scalars come as text, as Go's decoder takes any where text is
 * wanted (`port: 8080` in labels); from TOML, numbers and booleans come as such.
 */
import { parseDuration } from "@haltwatch/promql";
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

export const wholeNumber = z.union(
  [
    z.number().int().nonnegative(),
    z
      .string()
      .regex(/^\+?\d+$/)
      .transform(Number)
      .refine(Number.isSafeInteger),
  ],
  { error: "write a whole number here, 0 or more" },
);

/** Milliseconds. */
export const duration = text.transform((written, context) => {
  const ms = written === "0" ? 0 : parseDuration(written);
  if (ms !== undefined) return ms;
  context.addIssue({
    code: "custom",
    message: `${JSON.stringify(written)} is no duration: write it like 15s or 1m30s`,
  });
  return z.NEVER;
});

const BYTES_OF_UNIT: ReadonlyMap<string, number> = new Map(
  ["", "K", "M", "G", "T"].flatMap((prefix, power) => [
    [`${prefix}B`, 1024 ** power],
    [prefix === "" ? "" : `${prefix}iB`, 1024 ** power],
  ]),
);

/** Bytes; as in Prometheus, `KB` and `KiB` are both 1024. */
export const bytes = text.transform((written, context) => {
  const [, count = "", unit = ""] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(written) ?? [];
  const factor = BYTES_OF_UNIT.get(unit);
  if (count !== "" && factor !== undefined) return Math.floor(Number(count) * factor);
  context.addIssue({ code: "custom", message: `${JSON.stringify(written)} is no size: write it like 10MB or 512KB` });
  return z.NEVER;
});
