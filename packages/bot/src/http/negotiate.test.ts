import { expect, test } from "vitest";
import { acceptsGzip, preferredFormat } from "./negotiate.ts";

/** What Prometheus 2.42 and 3 send. */
const PROMETHEUS_2 =
  "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
const PROMETHEUS_3 =
  "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

test.each([
  [undefined, "text"],
  ["", "text"],
  ["*/*", "text"],
  ["text/html,application/xhtml+xml,*/*;q=0.8", "text"],
  [PROMETHEUS_2, "openmetrics"],
  [PROMETHEUS_3, "openmetrics"],
  ["application/openmetrics-text", "openmetrics"],
  ['Application/OpenMetrics-Text; Version="1.0.0"', "openmetrics"],
  // Versions that are not ours.
  ["application/openmetrics-text;version=0.0.1", "text"],
  ["application/openmetrics-text;version=0.0.1,application/openmetrics-text;version=1.0.0;q=0.5", "openmetrics"],
  ["application/openmetrics-text; version=2.0.0, text/plain;version=0.0.4;q=0.1", "text"],
  // Preferences.
  ["text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.9", "text"],
  ["text/plain, application/openmetrics-text", "text"],
  ["application/openmetrics-text, text/plain", "openmetrics"],
  ["*/*, application/openmetrics-text", "openmetrics"],
  ["text/plain;q=0.1, application/openmetrics-text;q=0.5, */*;q=0.8", "openmetrics"],
  ["application/openmetrics-text;q=0.5, */*;q=0.8", "text"],
  ["application/openmetrics-text;q=0", "text"],
  ["application/openmetrics-text;q=0, text/plain;q=0", "text"],
  // Rubbish.
  ["application/openmetrics-text;q=lots, text/plain;q=0.1", "text"],
  [",;=,;q=,application/openmetrics-text;;", "openmetrics"],
])("Accept: %s is answered in %s", (accept, format) => {
  expect(preferredFormat(accept)).toBe(format);
});

test.each(["gzip", "GZIP", "br, gzip;q=0.5", "*", "identity;q=0, *;q=0.1"])(
  "Accept-Encoding: %s takes gzip",
  (header) => {
    expect(acceptsGzip(header)).toBe(true);
  },
);

test.each([undefined, "", "identity", "br", "gzip;q=0", "*, gzip;q=0", "*;q=0"])(
  "Accept-Encoding: %s does not take gzip",
  (header) => {
    expect(acceptsGzip(header)).toBe(false);
  },
);
