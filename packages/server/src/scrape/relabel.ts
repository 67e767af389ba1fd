/** Relabelling: rules that change, keep or drop sets of labels. Source: Prometheus 3, model/relabel/relabel.go. */
import { createHash } from "node:crypto";
import { anchored } from "@haltwatch/store";
import type { RelabelConfig } from "./relabel-config.ts";

/** Applies rules that are compiled once. */
export class Relabelling {
  readonly #rules: readonly CompiledRule[];

  constructor(rules: readonly RelabelConfig[]) {
    this.#rules = rules.map((rule) => ({ ...rule, pattern: anchored(rule.regex) }));
  }

  /** Whether there are no rules: then all labels stay as they are. */
  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** Changes labels in place. @returns false if the rules drop them */
  applyTo(labels: Map<string, string>): boolean {
    return this.#rules.every((rule) => applyRule(rule, labels));
  }
}

interface CompiledRule extends RelabelConfig {
  readonly pattern: ReturnType<typeof anchored>;
}

/** @returns false if the rule drops the labels */
function applyRule(rule: CompiledRule, labels: Map<string, string>): boolean {
  const { action, pattern, target_label: target } = rule;
  const value = rule.source_labels.map((name) => labels.get(name) ?? "").join(rule.separator);
  switch (action) {
    case "keep":
      return pattern.matches(value);
    case "drop":
      return !pattern.matches(value);
    case "keepequal":
      return (labels.get(target) ?? "") === value;
    case "dropequal":
      return (labels.get(target) ?? "") !== value;
    case "replace":
      replace(rule, value, labels);
      return true;
    case "lowercase":
      put(
        labels,
        target,
        byCharacter(value, (character) => character.toLowerCase()),
      );
      return true;
    case "uppercase":
      put(
        labels,
        target,
        byCharacter(value, (character) => character.toUpperCase()),
      );
      return true;
    case "hashmod":
      put(labels, target, String(hashOf(value) % BigInt(rule.modulus)));
      return true;
    case "labelmap":
      for (const [name, old] of [...labels]) {
        const groups = groupsOf(pattern, name);
        if (groups !== undefined) put(labels, expanded(rule.replacement, groups), old);
      }
      return true;
    case "labeldrop":
      for (const name of [...labels.keys()]) if (pattern.matches(name)) labels.delete(name);
      return true;
    case "labelkeep":
      for (const name of [...labels.keys()]) if (!pattern.matches(name)) labels.delete(name);
      return true;
    default:
      return action satisfies never;
  }
}

function replace(rule: CompiledRule, value: string, labels: Map<string, string>): void {
  const groups = groupsOf(rule.pattern, value);
  if (groups === undefined) return;
  const target = expanded(rule.target_label, groups);
  if (target !== "") put(labels, target, expanded(rule.replacement, groups));
}

/** An empty label is none. */
function put(labels: Map<string, string>, name: string, value: string): void {
  if (value === "") labels.delete(name);
  else labels.set(name, value);
}

/** Groups by number and name; `undefined` if the pattern does not match. */
function groupsOf(pattern: CompiledRule["pattern"], text: string): ReadonlyMap<string, string> | undefined {
  const matcher = pattern.matcher(text);
  if (!matcher.matches()) return undefined;
  const groups = new Map<string, string>();
  for (let group = 0; group <= matcher.groupCount(); group++) groups.set(String(group), matcher.group(group) ?? "");
  for (const [name, group] of Object.entries(pattern.namedGroups())) {
    if (!groups.has(name)) groups.set(name, groups.get(String(group)) ?? "");
  }
  return groups;
}

/** As Go's regexp.Expand: `$1`, `${1}`, `$name`, `${name}`, `$$`; a name is as long as it can be; unknown ones are empty. */
function expanded(template: string, groups: ReadonlyMap<string, string>): string {
  if (!template.includes("$")) return template;
  return template.replaceAll(/\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (_, dollar, braced, bare) =>
    dollar === undefined ? (groups.get(braced ?? bare) ?? "") : "$",
  );
}

/** Go maps character by character, and never one to two. */
function byCharacter(text: string, change: (character: string) => string): string {
  return Array.from(text, (character) => {
    const changed = change(character);
    return Array.from(changed).length === 1 ? changed : character;
  }).join("");
}

/** The last eight bytes of the MD5, as Prometheus takes them: what is spread by `hashmod` there stays so here. */
function hashOf(text: string): bigint {
  return createHash("md5").update(text).digest().readBigUInt64BE(8);
}
