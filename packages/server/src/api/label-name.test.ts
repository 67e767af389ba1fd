import { expect, test } from "vitest";
import { unescapedName } from "./label-name.ts";

test.each([
  ["venue", "venue"],
  ["U__venue", "venue"],
  ["U__http_2e_status__code", "http.status_code"],
  ["U__a_1F600_b", "a\u{1f600}b"],
  ["U__a_20_b", "a b"],
  ["U__a_", "U__a_"],
  ["U__a_zz_b", "U__a_zz_b"],
  ["U__a_d800_b", "U__a_d800_b"],
  ["U__a_1234567_b", "U__a_1234567_b"],
  ["u__a_20_b", "u__a_20_b"],
])("%s names %s", (escaped, name) => {
  expect(unescapedName(escaped)).toBe(name);
});
