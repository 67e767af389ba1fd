/** Why a server could not listen, as one line that says what to do. */
import { errorLine, ListenError } from "../errors.ts";

const ELSEWHERE = "with METRICS_PORT or prometheus_bind_addr";

/** @param error what the server, or making it, gave */
export function listenError(error: unknown, host: string, port: number): ListenError {
  const at = `port ${port} on ${host}`;
  switch (codeOf(error)) {
    case "EADDRINUSE":
      return new ListenError("PORT_IN_USE", `${at} is in use by another process`, {
        hint: `End that process, or choose another port ${ELSEWHERE}`,
        cause: error,
      });
    case "EACCES":
    case "EPERM":
      return new ListenError("PORT_NOT_ALLOWED", `${at} may not be used by this user`, {
        hint: `Choose a port above 1023 ${ELSEWHERE}`,
        cause: error,
      });
    case "ERR_SOCKET_BAD_PORT":
      return new ListenError("BAD_PORT", `port ${port} is not a port`, {
        hint: `Choose one from 1 to 65535, or 0 for any that is free, ${ELSEWHERE}`,
        cause: error,
      });
    case "EADDRNOTAVAIL":
      return new ListenError("ADDRESS_NOT_AVAILABLE", `${host} is not an address of this machine`, {
        hint: "Give one in prometheus_bind_addr: 127.0.0.1 for this machine alone",
        cause: error,
      });
    default:
      return new ListenError("ADDRESS_NOT_AVAILABLE", `cannot listen on ${at}: ${errorLine(error)}`, {
        hint: "Give an address of this machine in prometheus_bind_addr: 127.0.0.1 for this machine alone",
        cause: error,
      });
  }
}

/** @param error what OpenSSL made of the certificate and key */
export function tlsError(error: unknown): ListenError {
  return new ListenError("BAD_TLS", `the TLS certificate and key cannot be used: ${errorLine(error)}`, {
    hint: "Name a PEM certificate and the key that belongs to it in tls_cert_file and tls_key_file",
    cause: error,
  });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
