/** `labelsToFields`: labels as columns, or as rows of their own. */
import { type JsonObject, textOf, textsOf } from "../dashboard/json.ts";
import { type Field, type Frame, field, frame, labelNames } from "../query/frame.ts";
import { merge } from "./merge.ts";

export function labelsToFields(frames: readonly Frame[], options: JsonObject): readonly Frame[] {
  const kept = textsOf(options["keepLabels"], 100);
  const valueLabel = textOf(options["valueLabel"], 200) ?? "";
  if (options["mode"] === "rows") return [labelRows(frames, kept)];
  const tables = frames.map((one) => {
    const values = one.fields.filter(({ type }) => type !== "time");
    const names = labelNames(values.map(({ labels }) => labels)).filter(
      (name) => name !== "__name__" && (kept.length === 0 || kept.includes(name)),
    );
    const columns = names
      .filter((name) => name !== valueLabel)
      .map((name) =>
        field(
          name,
          "string",
          new Array<string>(one.length).fill(
            values.find(({ labels }) => Object.hasOwn(labels, name))?.labels[name] ?? "",
          ),
        ),
      );
    const plain = values.map((from): Field => {
      const called = valueLabel === "" ? undefined : from.labels[valueLabel];
      return { ...from, labels: {}, legend: "", name: called ?? from.labels["__name__"] ?? from.name };
    });
    return frame([...one.fields.filter(({ type }) => type === "time"), ...columns, ...plain], {
      refId: one.refId,
      step: one.step,
    });
  });
  return merge(tables);
}

function labelRows(frames: readonly Frame[], kept: readonly string[]): Frame {
  const rows = frames.flatMap((one) =>
    one.fields.flatMap(({ labels }) =>
      Object.entries(labels).filter(([name]) => kept.length === 0 || kept.includes(name)),
    ),
  );
  return frame([
    field(
      "label",
      "string",
      rows.map(([name]) => name),
    ),
    field(
      "value",
      "string",
      rows.map(([, value]) => value),
    ),
  ]);
}
