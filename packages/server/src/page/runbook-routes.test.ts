import { describe, expect, test } from "vitest";
import { sectionOf } from "./runbook-routes.ts";

const RUNBOOK = `# Runbook

## First

One.

### Part

\`\`\`
## Second
\`\`\`

## Second ##

Two.
`;

describe("a runbook's section", () => {
  test("goes to the next heading that is as high; what stands in code is no heading", () => {
    expect(sectionOf(RUNBOOK, "First")).toBe("## First\n\nOne.\n\n### Part\n\n```\n## Second\n```");
    expect(sectionOf(RUNBOOK, "second")).toBe("## Second ##\n\nTwo.");
  });

  test("is none where no heading has the name", () => {
    expect(sectionOf(RUNBOOK, "Third")).toBeUndefined();
    expect(sectionOf("", "")).toBeUndefined();
  });
});
