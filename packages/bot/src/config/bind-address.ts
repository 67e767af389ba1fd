/** `host:port`, as Prometheus writes addresses to listen on. */

export interface BindAddress {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** Reads `127.0.0.1:9898`, `localhost:0` or `[::1]:9898`; @returns what is wrong with it, as a sentence, otherwise */
export function parseBindAddress(text: string): BindAddress | string {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text.trim());
  if (match === null) return `"${text}" is not host:port`;
  const host = match[1] ?? match[2] ?? "";
  const port = Number(match[3]);
  if (host === "") return `"${text}" names no host, which would mean every network`;
  return port <= 65_535 ? { host, port } : `port ${port} is above 65535`;
}
