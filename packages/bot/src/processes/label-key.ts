/**
 * One text for each label set, whatever the order of its labels. Each name and value carries its length, so that no two
 * sets share a text (`{a:"x|", b:"y"}` and `{a:"x", b:"|y"}`).
 *
 * A label with an empty value counts as absent: to Prometheus both are the same series ("Metric names and labels").
 */
export function labelKey(labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels);
  if (names.length > 1) names.sort();
  let key = "";
  for (const name of names) {
    const value = labels[name] ?? "";
    if (value !== "") key += `${name.length}:${name}${value.length}:${value}`;
  }
  return key;
}
