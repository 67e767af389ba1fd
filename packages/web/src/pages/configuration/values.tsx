/** Every value that is no limit, by its table in haltwatch.toml. */
import type { JSX } from "preact";
import type { ConfigValueAnswer } from "../../api/answers.ts";
import { Empty } from "../../elements/notes.tsx";
import { ScrollTable } from "../../elements/scroll-table.tsx";
import { ValueGroups } from "./value-groups.tsx";
import { Changed, ValueSource } from "./value-source.tsx";

interface ValuesProps {
  readonly values: readonly ConfigValueAnswer[];
  readonly changed: ReadonlyMap<string, string>;
  readonly isNarrowed: boolean;
}

export function Values({ values, changed, isNarrowed }: ValuesProps): JSX.Element {
  if (values.length === 0) return <Empty title="No value matches" />;
  return (
    <ValueGroups
      things={values}
      one="value"
      isOpen={isNarrowed}
      keyOf={({ key }) => key}
      isChanged={({ key }) => changed.has(key)}
    >
      {(group, inGroup) => (
        <ScrollTable of={`values of ${group}`} isStacked>
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">Value</th>
              <th scope="col">From</th>
            </tr>
          </thead>
          <tbody>
            {inGroup.map(({ key, text, source, where }) => (
              <tr key={key}>
                <td>
                  <code>{key}</code>
                </td>
                <td>
                  <code>{text}</code>
                  <Changed before={changed.get(key)} />
                </td>
                <td>
                  <ValueSource source={source} where={where} />
                </td>
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      )}
    </ValueGroups>
  );
}
