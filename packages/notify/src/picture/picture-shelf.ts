/**
 * Keeps pictures for those who get a link instead of the picture itself: Slack fetches it, and people open it days later,
 * whether Haltwatch has been restarted or not. Who knows the link may see the picture: it has 128 random bits.
 */
import { randomBytes } from "node:crypto";
import type { Store } from "@haltwatch/store";

/** The store's tables, which this package has its own among. */
type Tables = Store["tables"];

/** What has been released never changes: new versions are added. */
const MIGRATIONS = [
  `CREATE TABLE notify_pictures (
     number INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     time_ms INTEGER NOT NULL,
     png BLOB NOT NULL
   ) STRICT;`,
];

/** Most pictures that are kept: some 100 kB each. */
const MAX_PICTURES = 200;

/** Largest picture that is kept, bytes. */
const MAX_BYTES = 1_000_000;

export class PictureShelf {
  readonly #tables: Tables;
  readonly #maxPictures: number;

  constructor(tables: Tables, { maxPictures = MAX_PICTURES }: { readonly maxPictures?: number } = {}) {
    this.#tables = tables;
    this.#maxPictures = maxPictures;
    tables.migrate("notify-pictures", MIGRATIONS);
  }

  /**
   * Keeps it; the oldest goes where there are too many.
   *
   * @param timeMs Unix milliseconds
   * @returns its id, which nobody guesses; `undefined` for one that is too large
   * @throws {StoreError}
   */
  put(png: Uint8Array, timeMs: number): string | undefined {
    if (png.length > MAX_BYTES) return undefined;
    const id = randomBytes(16).toString("base64url");
    this.#tables.transaction(() => {
      this.#tables.run("INSERT INTO notify_pictures (id, time_ms, png) VALUES (?, ?, ?)", id, timeMs, png);
      this.#tables.run(
        "DELETE FROM notify_pictures WHERE number <= (SELECT max(number) FROM notify_pictures) - ?",
        this.#maxPictures,
      );
    });
    return id;
  }

  /** The picture, unless it is no longer kept or never was. */
  get(id: string): Uint8Array | undefined {
    const png = this.#tables.get("SELECT png FROM notify_pictures WHERE id = ?", id)?.["png"];
    return png instanceof Uint8Array ? png : undefined;
  }
}
