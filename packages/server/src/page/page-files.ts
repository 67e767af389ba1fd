/**
 * The page's built files, held in memory: a request names one of them or nothing, so that no path leads anywhere else. They are
 * compressed once, off the main thread, when somebody first asks for them so.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** Most bytes of all files together: what is larger is no page of ours. */
const MAX_BYTES = 32 * 2 ** 20;

/** Below this size, bytes, compressing saves no packet. */
const MIN_COMPRESSED_BYTES = 1024;

/** What the build makes, and whether it is text: pictures and fonts are compressed already. */
const TYPES: Readonly<Record<string, { readonly type: string; readonly isText: boolean }>> = {
  ".html": { type: "text/html; charset=utf-8", isText: true },
  ".js": { type: "text/javascript; charset=utf-8", isText: true },
  ".css": { type: "text/css; charset=utf-8", isText: true },
  ".json": { type: "application/json", isText: true },
  ".webmanifest": { type: "application/manifest+json", isText: true },
  ".svg": { type: "image/svg+xml", isText: true },
  ".png": { type: "image/png", isText: false },
  ".ico": { type: "image/x-icon", isText: false },
  ".woff2": { type: "font/woff2", isText: false },
};

/** Where the first paint begins. */
const INDEX = "index.html";

/** How a body is packed: as `Content-Encoding` names it. */
export type Coding = "br" | "gzip" | "identity";

const COMPRESS = {
  br: (bytes: Buffer): Promise<Buffer> =>
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
  gzip: (bytes: Buffer): Promise<Buffer> => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

export class PageFile {
  readonly type: string;
  /** Of the bytes before they are compressed: the same bytes give the same digest. */
  readonly digest: string;
  readonly #bytes: Buffer;
  readonly #isCompressed: boolean;
  readonly #packed = new Map<Coding, Promise<Buffer>>();

  constructor(name: string, bytes: Buffer) {
    const { type, isText } = TYPES[extname(name)] ?? { type: "application/octet-stream", isText: false };
    this.type = type;
    this.digest = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
    this.#bytes = bytes;
    this.#isCompressed = isText && bytes.length >= MIN_COMPRESSED_BYTES;
  }

  /** The best of what the client takes. @param accepted its `Accept-Encoding` */
  codingFor(accepted: string): Coding {
    if (!this.#isCompressed) return "identity";
    return (["br", "gzip"] as const).find((coding) => accepts(accepted, coding)) ?? "identity";
  }

  packed(coding: Coding): Promise<Buffer> {
    if (coding === "identity") return Promise.resolve(this.#bytes);
    const known = this.#packed.get(coding) ?? COMPRESS[coding](this.#bytes);
    this.#packed.set(coding, known);
    return known;
  }
}

export class PageFiles {
  readonly #folder: string;
  readonly #fill: (html: string) => string;
  #builtMs: number | undefined;
  #files: ReadonlyMap<string, PageFile> = new Map();

  /**
   * @param folder what the build has made
   * @param fill completes the HTML
   */
  constructor(folder: string, fill: (html: string) => string) {
    this.#folder = folder;
    this.#fill = fill;
  }

  /** The HTML file, of the newest build; `undefined` if there is none. */
  index(): PageFile | undefined {
    const builtMs = this.#indexTime();
    // A build that is under way has no index yet: then the last one is served on.
    if (builtMs !== undefined && builtMs !== this.#builtMs) {
      this.#files = this.#read();
      this.#builtMs = builtMs;
    }
    return this.#files.get(INDEX);
  }

  /** @param path relative to the folder, with slashes: `assets/index-D6Edynt3.js` */
  get(path: string): PageFile | undefined {
    if (this.#builtMs === undefined) this.index();
    return path === INDEX ? undefined : this.#files.get(path);
  }

  /** Names of files beside the HTML file: an icon. */
  besideIndex(): string[] {
    this.index();
    return [...this.#files.keys()].filter((name) => name !== INDEX && !name.includes("/"));
  }

  #indexTime(): number | undefined {
    return statSync(join(this.#folder, INDEX), { throwIfNoEntry: false })?.mtimeMs;
  }

  #read(): Map<string, PageFile> {
    const files = new Map<string, PageFile>();
    let total = 0;
    for (const entry of readdirSync(this.#folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue; // a link would lead elsewhere
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(this.#folder.length).replaceAll("\\", "/").replace(/^\//, "");
      const read = readFileSync(path);
      total += read.length;
      if (total > MAX_BYTES) throw new RangeError(`the page in ${this.#folder} is larger than ${MAX_BYTES} bytes`);
      files.set(name, new PageFile(name, name === INDEX ? Buffer.from(this.#fill(read.toString())) : read));
    }
    return files;
  }
}

/** Source: RFC 9110, 12.5.3. */
function accepts(header: string, coding: string): boolean {
  const parts = header.split(",").map((part) => part.trim().toLowerCase());
  const found =
    parts.find((part) => part.split(";", 1)[0]?.trim() === coding) ?? parts.find((part) => /^\*/.test(part));
  return found !== undefined && !/;\s*q=0(?:\.0*)?\s*$/.test(found);
}
