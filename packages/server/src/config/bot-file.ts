/**
 * A configuration file of a bot's own, `config/exec.yml`: YAML, or TOML by its ending. It is read as it is; what no threshold and
 * no setting names is the bot's business.
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { ConfigError } from "@haltwatch/bot";
import { parseToml, placeOfKey } from "@haltwatch/bot/config";
import { type Place, YamlFile } from "../scrape/yaml-file.ts";

/** One value in it. */
export interface BotFileValue {
  /** As it is written. */
  readonly text: string;
  /** `config/exec.yml:3:1` */
  readonly where: string;
  /** What is wrong with it. */
  readonly fault: (message: string, hint: string) => ConfigError;
}

export class BotFileValues {
  readonly #file: string;
  readonly #shownFile: string;
  readonly #content: unknown;
  readonly #placeOf: (path: readonly string[]) => Place;

  /**
   * @param path where it is
   * @param folder from which it is shown
   * @throws {ConfigError} `NO_FILE`, `BAD_YAML`, `BAD_TOML`; `BAD_VALUE` if it is not keys and values
   */
  constructor(path: string, folder: string) {
    this.#file = path;
    this.#shownFile = relative(folder, path);
    const text = readText(path);
    if (path.endsWith(".toml")) {
      this.#content = parseToml(text, path);
      this.#placeOf = (keys) => placeOfKey(text, keys) ?? { line: 1, column: 1 };
    } else {
      const yaml = new YamlFile(text, path);
      this.#content = yaml.content;
      this.#placeOf = (keys) => yaml.placeOfKey(keys);
    }
    if (!isTable(this.#content)) {
      const hint = "Write key: value";
      throw new ConfigError("BAD_VALUE", "this file is not keys and values", { file: path, line: 1, hint });
    }
  }

  /**
   * @param key with dots between the tables it is in and its name
   * @returns `undefined` if it is not there
   * @throws {ConfigError} if it is no single value
   */
  value(key: string): BotFileValue | undefined {
    const path = key.split(".");
    let value: unknown = this.#content;
    for (const part of path) value = isTable(value) ? value[part] : undefined;
    if (value === undefined) return undefined;
    const place = this.#placeOf(path);
    const fault = (message: string, hint: string): ConfigError =>
      new ConfigError("BAD_VALUE", message, { file: this.#file, ...place, key, hint });
    if (typeof value === "object") throw fault(`${key}: one value is wanted here`, "Write a single value");
    return { text: String(value), where: `${this.#shownFile}:${place.line}:${place.column}`, fault };
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const hint = "Name the bot's file under [bot_files], or put it there";
    throw new ConfigError("NO_FILE", "this file cannot be read", { file, hint, cause });
  }
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
