/** The dashboard's variables, to choose from. */
import type { JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { ALL } from "../dashboard/read-variables.ts";
import { usePopover } from "../dashboard/use-popover.ts";
import { isAll, type VariableState, type VariableStates } from "./variable-state.ts";
import "./variables.css";

export interface VariableBarProps {
  readonly states: VariableStates;
  readonly onChoose: (name: string, values: readonly string[]) => void;
}

/** A list of more is searched before it is shown. */
const MAX_SHOWN = 300;

export function VariableBar({ states, onChoose }: VariableBarProps): JSX.Element | null {
  const shown = [...states.values()].filter(
    ({ variable }) => variable.hide !== "everything" && variable.kind !== "datasource",
  );
  if (shown.length === 0) return null;
  return (
    <div class="hw-variable-bar">
      {shown.map((state) => (
        <VariableControl
          key={state.variable.name}
          state={state}
          onChoose={(values) => onChoose(state.variable.name, values)}
        />
      ))}
    </div>
  );
}

function VariableControl({
  state,
  onChoose,
}: {
  readonly state: VariableState;
  readonly onChoose: (values: readonly string[]) => void;
}): JSX.Element {
  const { variable, problem } = state;
  const id = useId();
  const name = variable.label === "" ? variable.name : variable.label;
  return (
    <div class="hw-variable" title={variable.description === "" ? undefined : variable.description}>
      {variable.hide === "label" ? null : (
        <label class="hw-variable-label" for={id}>
          {name}
        </label>
      )}
      <Control id={id} name={name} state={state} onChoose={onChoose} />
      {problem === undefined ? null : (
        <span class="hw-variable-problem" role="note">
          {problem}
        </span>
      )}
    </div>
  );
}

function Control({
  id,
  name,
  state,
  onChoose,
}: {
  readonly id: string;
  readonly name: string;
  readonly state: VariableState;
  readonly onChoose: (values: readonly string[]) => void;
}): JSX.Element | null {
  const { variable, options, chosen } = state;
  if (variable.kind === "textbox") {
    return (
      <input
        id={id}
        aria-label={name}
        class="hw-variable-text"
        value={chosen[0] ?? ""}
        onChange={(event) => onChoose([event.currentTarget.value.slice(0, 2000)])}
      />
    );
  }
  if (variable.kind === "switch") {
    return (
      <input
        id={id}
        type="checkbox"
        aria-label={name}
        checked={chosen[0] === "true"}
        onChange={(event) => onChoose([String(event.currentTarget.checked)])}
      />
    );
  }
  if (
    variable.kind === "adhoc" ||
    variable.kind === "groupby" ||
    variable.kind === "unknown" ||
    variable.kind === "system"
  )
    return null;
  if (variable.isMulti || options.length > 20)
    return <ChoiceList id={id} name={name} state={state} onChoose={onChoose} />;
  return (
    <select
      id={id}
      aria-label={name}
      value={chosen[0] ?? ""}
      onChange={(event) => onChoose([event.currentTarget.value])}
    >
      {variable.hasAll ? <option value={ALL}>All</option> : null}
      {chosen.length === 0 ? <option value="">–</option> : null}
      {options.map(({ text, value }) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}

/** Several of many: a button that opens a list of boxes to tick, with a field to search it. */
function ChoiceList({
  id,
  name,
  state,
  onChoose,
}: {
  readonly id: string;
  readonly name: string;
  readonly state: VariableState;
  readonly onChoose: (values: readonly string[]) => void;
}): JSX.Element {
  const { variable, options, chosen } = state;
  const [isOpen, setOpen] = useState(false);
  const [search, setSearch] = useState("");
  const root = useRef<HTMLDivElement>(null);
  usePopover(isOpen, root, () => setOpen(false));
  const texts = isAll(state)
    ? ["All"]
    : chosen.map((value) => options.find((option) => option.value === value)?.text ?? value);
  const summary = texts.length === 0 ? "None" : texts.length > 3 ? `${texts.length} chosen` : texts.join(", ");
  const found = options.filter(({ text }) => text.toLowerCase().includes(search.toLowerCase()));
  const toggle = (value: string): void => {
    if (!variable.isMulti) {
      onChoose([value]);
      setOpen(false);
      return;
    }
    const before = isAll(state) ? [] : chosen;
    const next = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
    onChoose(next.length === 0 && variable.hasAll ? [ALL] : next);
  };
  const type = variable.isMulti ? "checkbox" : "radio";
  return (
    <div class="hw-variable-choice" ref={root}>
      <button
        id={id}
        type="button"
        aria-expanded={isOpen}
        aria-label={`${name}: ${summary}`}
        onClick={() => setOpen(!isOpen)}
      >
        {summary} <span aria-hidden="true">▾</span>
      </button>
      {isOpen ? (
        <fieldset class="hw-variable-list">
          <legend class="hw-chart-hidden">{name}</legend>
          {options.length > 8 ? (
            <input
              type="search"
              aria-label={`Search ${name}`}
              placeholder="Search"
              value={search}
              onInput={(event) => setSearch(event.currentTarget.value)}
            />
          ) : null}
          {variable.hasAll ? (
            <label>
              <input type={type} checked={isAll(state)} onChange={() => onChoose([ALL])} />
              All
            </label>
          ) : null}
          {found.slice(0, MAX_SHOWN).map(({ text, value }) => (
            <label key={value}>
              <input type={type} checked={chosen.includes(value)} onChange={() => toggle(value)} />
              {text}
            </label>
          ))}
          {found.length > MAX_SHOWN ? <p>{`and ${found.length - MAX_SHOWN} more: search`}</p> : null}
        </fieldset>
      ) : null}
    </div>
  );
}
