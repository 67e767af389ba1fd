/** Why a request got no answer, in words, without the address: a secret may stand in it. */

/** As it is counted and shown. */
export type NetworkFault = "timeout" | "unreachable" | "tls";

export function networkFault(error: unknown): { readonly kind: NetworkFault; readonly detail: string } {
  // Of several addresses tried in vain, Node's error has no text of its own.
  const [one = error] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [error];
  const code = one instanceof Error && "code" in one ? String(one.code) : "";
  const known = REASONS.get(code);
  if (known !== undefined) return known;
  const kind = /^ERR_(?:TLS|SSL)|CERT/.test(code) ? "tls" : "unreachable";
  return { kind, detail: code === "" ? "the request failed" : `the request failed: ${code}` };
}

const REASONS: ReadonlyMap<string, { readonly kind: NetworkFault; readonly detail: string }> = new Map([
  ["ECONNREFUSED", { kind: "unreachable", detail: "connection refused: nothing listens there" }],
  ["ECONNRESET", { kind: "unreachable", detail: "the connection was closed without an answer" }],
  ["EPIPE", { kind: "unreachable", detail: "the connection was closed without an answer" }],
  ["ENOTFOUND", { kind: "unreachable", detail: "its host name is not known" }],
  ["EAI_AGAIN", { kind: "unreachable", detail: "the name server does not answer" }],
  ["ETIMEDOUT", { kind: "timeout", detail: "the host does not answer" }],
  ["EHOSTUNREACH", { kind: "unreachable", detail: "the host cannot be reached" }],
  ["ENETUNREACH", { kind: "unreachable", detail: "the network cannot be reached" }],
  ["HPE_INVALID_CONSTANT", { kind: "unreachable", detail: "what answers there does not speak HTTP" }],
  ["HPE_HEADER_OVERFLOW", { kind: "unreachable", detail: "its answer has too large a head" }],
  ["CERT_HAS_EXPIRED", { kind: "tls", detail: "its certificate has expired" }],
  ["CERT_NOT_YET_VALID", { kind: "tls", detail: "its certificate is not valid yet" }],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", { kind: "tls", detail: "its certificate is signed by nobody that is trusted here" }],
  ["SELF_SIGNED_CERT_IN_CHAIN", { kind: "tls", detail: "its certificate is signed by nobody that is trusted here" }],
  [
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    { kind: "tls", detail: "its certificate is signed by nobody that is trusted here" },
  ],
  ["ERR_TLS_CERT_ALTNAME_INVALID", { kind: "tls", detail: "its certificate is for another name" }],
  ["EPROTO", { kind: "tls", detail: "what answers there does not speak TLS" }],
]);
