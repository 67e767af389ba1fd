/**
 * Serves the page: one HTML file under a strict policy, and what it loads, in files that are named after their content. It holds no
 * data, and so needs no token; what it shows it asks of the API.
 */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { type Answer, ApiError, type ApiRequest, type Route } from "../api/index.ts";
import { type PageFile, PageFiles } from "./page-files.ts";

/** What `npm run build` makes of packages/web. */
const BUILT_PAGE = fileURLToPath(new URL("../../../web/dist/", import.meta.url));

/** The place in the HTML file for what lets an editor's styles through. */
const NONCE_PLACE = "{{csp-nonce}}";

const UNCHANGED_FOR_EVER = "public, max-age=31536000, immutable";

/** What the HTML file is kept for, and asked again each time. */
const ASK_AGAIN = "no-cache";

export interface PageRouteOptions {
  /** Where the built page is; else where `npm run build` puts it. */
  readonly folder?: string | undefined;
}

/** @returns `undefined` if the page is not built */
export function pageRoutes({ folder = BUILT_PAGE }: PageRouteOptions = {}): Route[] | undefined {
  // An editor makes style elements of its own. Nobody who cannot run scripts knows the nonce, and it lets no script through.
  const nonce = randomBytes(16).toString("base64url");
  const files = new PageFiles(folder, (html) => html.replaceAll(NONCE_PLACE, nonce));
  if (files.index() === undefined) return undefined;
  const policy = policyOf(nonce);
  const route = (path: string, handle: Route["handle"]): Route => ({
    methods: ["GET", "HEAD"],
    path,
    access: "open",
    handle,
  });
  return [
    route("/", (request) =>
      fileAnswer(files.index(), request, { "Cache-Control": ASK_AGAIN, "Content-Security-Policy": policy }),
    ),
    route("/assets/:name", (request) =>
      fileAnswer(files.get(`assets/${request.pathValue}`), request, { "Cache-Control": UNCHANGED_FOR_EVER }),
    ),
    ...files
      .besideIndex()
      .map((name) =>
        route(`/${name}`, (request) => fileAnswer(files.get(name), request, { "Cache-Control": ASK_AGAIN })),
      ),
  ];
}

/** @throws {ApiError} `not_found` */
async function fileAnswer(
  file: PageFile | undefined,
  { headers }: ApiRequest,
  own: Readonly<Record<string, string>>,
): Promise<Answer> {
  if (file === undefined) throw new ApiError("not_found", "the page has no such file");
  const coding = file.codingFor(String(headers["accept-encoding"] ?? ""));
  const etag = `"${file.digest}${coding === "identity" ? "" : `-${coding}`}"`;
  const shared = { ...own, ETag: etag, Vary: "Accept-Encoding" };
  if (knows(headers["if-none-match"], etag)) return { kind: "unchanged", headers: shared };
  const bytes = await file.packed(coding);
  const packing = coding === "identity" ? {} : { "Content-Encoding": coding };
  return { kind: "bytes", bytes, headers: { ...shared, ...packing, "Content-Type": file.type } };
}

/** Whether the client's copy is this one. Source: RFC 9110, 13.1.2, weak comparison. */
function knows(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? "").split(",").some((one) => one.trim().replace(/^W\//, "") === etag || one.trim() === "*");
}

/** Nothing but what Haltwatch itself serves; pictures that the page draws are data of its own. */
function policyOf(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "frame-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
