/**
 * What an HTTP probe may ask: what reads, and nothing that could place a bet, send a transaction or move money. GET and HEAD read; POST
 * is for GraphQL queries, which cannot be asked otherwise. JSON-RPC has its own probe with its own list of methods.
 */

export interface ReadRequest {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Fields of a GraphQL request. Without `extensions`: a persisted query says by its digest what it does, and so to nobody. */
const GRAPHQL_FIELDS: ReadonlySet<string> = new Set(["query", "variables", "operationName"]);

/** Some servers take transactions by GET: explorers' proxies as `action=eth_sendRawTransaction`, Cosmos nodes as `broadcast_tx_sync`. */
const SENDING = /eth_?send|send_?(?:raw_?)?transaction|broadcast_?tx/i;

/** The shortest signed transaction has about a hundred bytes; nothing that is only read is so long in hexadecimal digits. */
const SIGNED_TRANSACTION = /[0-9a-f]{180}/i;

/** Why this is refused; `undefined` for what reads. The text itself is not repeated. */
export function faultOfReadRequest({ method, url, headers, body }: ReadRequest): string | undefined {
  const address = decoded(url.href);
  if (SENDING.test(address)) return "this URL sends transactions";
  const texts = [address, body ?? "", ...Object.values(headers)];
  if (texts.some((text) => SIGNED_TRANSACTION.test(text))) return "what looks like a signed transaction is never sent";
  if (Object.keys(headers).some((name) => /method-?override/i.test(name))) return "a header must not change the method";
  if (method !== "POST") return body === undefined ? undefined : 'a body goes with method = "POST" only';
  if (body === undefined) return "POST without a body asks for nothing: write GET";
  return faultOfGraphql(body);
}

/** As it was checked: what stands twice in it, stands in it once. @param body that {@link faultOfReadRequest} lets through */
export function graphqlBody(body: string): string {
  return JSON.stringify(JSON.parse(body));
}

function faultOfGraphql(body: string): string | undefined {
  const needed = 'POST is for GraphQL queries: write body = \'{"query": "{ … }"}\'';
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return needed;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return needed;
  if (Object.keys(value).some((name) => /^(?:jsonrpc|method)$/i.test(name))) return 'JSON-RPC is for kind = "rpc"';
  if (!Object.keys(value).every((name) => GRAPHQL_FIELDS.has(name))) return needed;
  const query: unknown = Reflect.get(value, "query");
  if (typeof query !== "string" || !/^[\s\ufeff,]*(?:\{|query\b)/.test(query)) return needed;
  return /\b(?:mutation|subscription)\b/i.test(query) ? "a GraphQL mutation does more than read" : undefined;
}

function decoded(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}
