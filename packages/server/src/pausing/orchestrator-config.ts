/** `[[orchestrators]]` in haltwatch.toml: which pauses are carried out over HTTP, and how. */
import { type Escaping, GuardError, parseJsonPointer, parseScope, parseTemplate } from "@haltwatch/guard";
import { z } from "zod";
import { duration, optional, text } from "../scrape/config-values.ts";
import { parseSecretReference, type SecretReference } from "../secrets/index.ts";

/** Most orchestrators: all of them may be asked at the same moment. */
const MAX_ORCHESTRATORS = 100;

/** Names are labels of metrics and stand in lines for people. */
const NAME = /^[\w.-]{1,100}$/;

/** Headers that hold a secret, whatever is written in them. */
const SECRET_HEADER = /authorization|cookie|token|secret|password|api-?key/i;

/** Where placeholders are tried out; nothing of JSON, a URL or a form may be broken by it. */
const AWKWARD = 'a "b" \\ & = / ? # {} \n é';

/** A secret in one of them is written as where it is kept: `Bearer env:TOKEN`. */
export const header = z
  .record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, "this is no header's name"), text)
  .superRefine((headers, context) => {
    for (const [name, value] of Object.entries(headers)) {
      const fault = faultOfHeader(name, value);
      if (fault !== undefined) context.addIssue({ code: "custom", message: fault, path: [name] });
    }
  });

const request = {
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"], { error: "write POST, PUT, PATCH, DELETE or GET" }),
  url: text.superRefine((url, context) => {
    const fault = faultOfUrl(url);
    if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
  }),
  headers: header.default({}),
  body: optional(text),
};

const A_REQUEST = { error: 'write a request here: url = "http://…", and method, headers, body where they are needed' };

const action = z.strictObject({ ...request, method: request.method.default("POST") }, A_REQUEST).superRefine(checkBody);

const states = z.array(text, { error: "write a list of states here" });

const state = z
  .strictObject({
    ...request,
    method: request.method.default("GET"),
    pointer: text
      .refine((pointer) => parseJsonPointer(pointer) !== undefined, {
        error: "write a JSON pointer (RFC 6901) like /status",
      })
      .default("/status"),
    paused_when: states.min(1, "write at least one state that means paused"),
    reducing_when: states.default([]),
    running_when: states.default([]),
    every: duration.prefault("200ms"),
    within: duration.prefault("1s"),
    check_every: duration.prefault("5s"),
  })
  .superRefine(checkBody)
  .superRefine(({ paused_when, reducing_when, running_when, every, check_every }, context) => {
    const twice = running_when.find((one) => paused_when.includes(one) || reducing_when.includes(one));
    if (twice !== undefined) {
      const message = `${JSON.stringify(twice)} cannot mean both running and paused`;
      context.addIssue({ code: "custom", path: ["running_when"], message });
    }
    for (const [key, ms] of Object.entries({ every, check_every })) {
      if (ms < 10) context.addIssue({ code: "custom", path: [key], message: "write at least 10ms" });
    }
  });

const orchestrator = z
  .strictObject({
    name: text.refine((name) => NAME.test(name), {
      error: "write a name of letters, digits, points, lines and dashes, like betting-1",
    }),
    scope: text.transform((written, context) => {
      try {
        return parseScope(written);
      } catch (error) {
        if (!(error instanceof GuardError)) throw error;
        context.addIssue({ code: "custom", message: `${error.message}. ${error.hint}` });
        return z.NEVER;
      }
    }),
    /** Of all its requests. */
    headers: header.default({}),
    pause: action,
    reduce: optional(action),
    resume: optional(action),
    state: optional(state),
    on_arm: z.enum(["resume", "nothing"], { error: "write resume or nothing" }).default("resume"),
    timeout: duration.prefault("2s"),
    confirm_within: duration.prefault("5s"),
  })
  .superRefine((config, context) => {
    const issue = (path: string[], message: string): void => context.addIssue({ code: "custom", path, message });
    if (config.on_arm === "resume" && config.resume === undefined) {
      issue(["on_arm"], 'a resume request is missing: write one, or on_arm = "nothing" to resume by hand');
    }
    if (config.reduce !== undefined && config.state !== undefined && config.state.reducing_when.length === 0) {
      issue(["state", "reducing_when"], "with a reduce request, write which states mean that only closing is allowed");
    }
    if (config.timeout < 10) issue(["timeout"], "write at least 10ms");
    if (config.confirm_within < 10) issue(["confirm_within"], "write at least 10ms");
    for (const key of ["pause", "reduce", "resume", "state"] as const) {
      for (const field of ["url", "body"] as const) {
        const fault = faultOfScope(config[key]?.[field], config.scope);
        if (fault !== undefined) issue([key, field], fault);
      }
    }
  });

export const orchestratorConfigs = z
  .array(orchestrator)
  .max(MAX_ORCHESTRATORS, `at most ${MAX_ORCHESTRATORS} orchestrators`)
  .superRefine((all, context) => {
    for (const [index, { name }] of all.entries()) {
      if (all.findIndex((one) => one.name === name) === index) continue;
      context.addIssue({ code: "custom", path: [index, "name"], message: `two orchestrators are named ${name}` });
    }
  });

export type OrchestratorConfig = z.output<typeof orchestrator>;

/** How a body's placeholders are escaped: by its content type, which is JSON unless a header says otherwise. */
export function bodyEscaping(headers: Readonly<Record<string, string>>): Escaping {
  const type = contentType(headers) ?? "application/json";
  if (/\bjson\b/i.test(type)) return "json";
  return /x-www-form-urlencoded/i.test(type) ? "url" : "none";
}

export function contentType(headers: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1];
}

/** A header's value is text, or text that ends with where a secret is kept: `Bearer env:TOKEN`. */
export function headerParts(value: string): { readonly text: string; readonly secret: SecretReference | undefined } {
  const [, before = "", reference = ""] = /^((?:\S+ )?)(\w+:.+)$/s.exec(value) ?? [];
  const secret = parseSecretReference(reference);
  return secret === undefined ? { text: value, secret } : { text: before, secret };
}

function faultOfHeader(name: string, value: string): string | undefined {
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) return "a header's value is one line of Latin letters";
  if (headerParts(value).secret !== undefined || !SECRET_HEADER.test(name)) return undefined;
  return "a secret does not belong in a file: write where it is kept, env:NAME or file:PATH, or Bearer env:NAME";
}

function faultOfUrl(url: string): string | undefined {
  const filled = ["a", "b"].map((value) => filledOf(url, "url", value));
  const [first, second] = filled;
  if (first === undefined || second === undefined) return undefined;
  if ("fault" in first) return first.fault;
  if ("fault" in second) return second.fault;
  if (!URL.canParse(first.text)) return "write a whole URL, like http://127.0.0.1:8700/api/pause";
  const parsed = new URL(first.text);
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") return "write a URL of http or https";
  if (parsed.username !== "" || parsed.password !== "") return "credentials go in headers, not in the URL";
  const other = URL.canParse(second.text) ? new URL(second.text).origin : "";
  return other === parsed.origin ? undefined : "placeholders stand behind the host only";
}

interface WithBody {
  readonly body?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly method: string;
}

function checkBody(config: WithBody, context: z.RefinementCtx): void {
  const message = faultOfBody(config);
  if (message !== undefined) context.addIssue({ code: "custom", path: ["body"], message });
}

function faultOfBody({ body, headers, method }: WithBody): string | undefined {
  if (body === undefined) return undefined;
  if (method === "GET") return "a GET request has no body";
  const escaping = bodyEscaping(headers);
  const filled = filledOf(body, escaping, AWKWARD);
  if ("fault" in filled) return filled.fault;
  if (escaping !== "json") return undefined;
  try {
    JSON.parse(filled.text);
    return undefined;
  } catch {
    return 'this is no JSON with its placeholders filled: put them in quotes, as in {"reason": "{{reason}}"}';
  }
}

function filledOf(
  template: string,
  escaping: Escaping,
  value: string,
): { readonly text: string } | { readonly fault: string } {
  const values = { scope: value, bot: value, venue: value, strategy: value, state: value, reason: value, rule: value };
  try {
    return { text: parseTemplate(template, escaping).fill({ ...values, epoch: "1" }) };
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    return { fault: `${error.message}. ${error.hint}` };
  }
}

/** A name that the scope does not have would always be empty. */
function faultOfScope(template: string | undefined, scope: z.output<typeof orchestrator>["scope"]): string | undefined {
  if (template === undefined) return undefined;
  const names = namesOf(template);
  const missing = (["bot", "venue", "strategy"] as const).find((name) => names.has(name) && scope[name] === undefined);
  return missing === undefined ? undefined : `{{${missing}}} is always empty: the scope names no ${missing}`;
}

function namesOf(template: string): ReadonlySet<string> {
  try {
    return parseTemplate(template, "none").names;
  } catch {
    return new Set(); // told already
  }
}
