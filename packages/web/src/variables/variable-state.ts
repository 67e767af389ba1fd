/** What a variable can be, and what it is. */
import type { Variable, VariableOption } from "../dashboard/model.ts";
import { ALL } from "../dashboard/read-variables.ts";
import type { VariableLookup, VariableValue } from "./interpolate.ts";

export interface VariableState {
  readonly variable: Variable;
  readonly options: readonly VariableOption[];
  /** Values; `$__all` alone for all. */
  readonly chosen: readonly string[];
  /** Why there are no options. */
  readonly problem: string | undefined;
}

export type VariableStates = ReadonlyMap<string, VariableState>;

export function isAll({ chosen }: VariableState): boolean {
  return chosen[0] === ALL;
}

/** What stands behind the choice: for "all", every option. */
export function chosenOptions(state: VariableState): readonly VariableOption[] {
  if (isAll(state)) return state.options;
  return state.chosen.map((value) => state.options.find((option) => option.value === value) ?? { text: value, value });
}

export function valueOfState(state: VariableState): VariableValue {
  const { variable } = state;
  const isMulti = variable.isMulti || variable.hasAll;
  const options = chosenOptions(state);
  const texts = isAll(state) ? ["All"] : options.map(({ text }) => text);
  const values = options.map(({ value }) => value);
  if (isAll(state) && variable.allValue !== "")
    return { values: [variable.allValue], texts, raw: variable.allValue, isMulti };
  return { values, texts, isMulti };
}

/** @param scope values that hold in one panel alone */
export function lookupOf(
  states: VariableStates,
  scope: ReadonlyMap<string, VariableOption>,
  builtIn: Readonly<Record<string, string>>,
): VariableLookup {
  return (name) => {
    const own = scope.get(name);
    if (own !== undefined) {
      const state = states.get(name);
      return {
        values: [own.value],
        texts: [own.text],
        isMulti: state?.variable.isMulti === true || state?.variable.hasAll === true,
      };
    }
    const state = states.get(name);
    if (state !== undefined) return valueOfState(state);
    const value = Object.hasOwn(builtIn, name) ? builtIn[name] : undefined;
    return value === undefined ? undefined : { values: [value] };
  };
}

/** The choice that holds: what was asked for as far as it is possible, else what was saved, else the first. */
export function validChoice(
  variable: Variable,
  options: readonly VariableOption[],
  asked: readonly string[] | undefined,
): readonly string[] {
  if (variable.kind === "textbox" || variable.kind === "constant")
    return [asked?.[0] ?? variable.current[0] ?? variable.query];
  if (variable.kind === "switch") return [asked?.[0] ?? variable.current[0] ?? "false"];
  for (const choice of [asked, variable.current]) {
    if (choice === undefined || choice.length === 0) continue;
    if (choice.some((value) => value === ALL || (value === "All" && variable.hasAll))) {
      if (variable.hasAll) return [ALL];
      continue;
    }
    const possible = choice.flatMap(
      (wanted) => options.find(({ value, text }) => value === wanted || text === wanted)?.value ?? [],
    );
    if (possible.length > 0) return variable.isMulti ? [...new Set(possible)] : possible.slice(0, 1);
  }
  const [first] = options;
  if (variable.hasAll) return [ALL];
  return first === undefined ? [] : [first.value];
}
