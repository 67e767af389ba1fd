/** How several values share the room of a panel. */

/** As square as can be, or in a line. */
export function gridOf(
  count: number,
  { width, height }: { readonly width: number; readonly height: number },
  orientation: "auto" | "horizontal" | "vertical",
): { readonly columns: number; readonly rows: number } {
  if (count < 2) return { columns: 1, rows: 1 };
  // Grafana's words: horizontal values lie, and so stand one below the other.
  if (orientation === "horizontal") return { columns: 1, rows: count };
  if (orientation === "vertical") return { columns: count, rows: 1 };
  let best = { columns: count, rows: 1 };
  let bestScore = 0;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const score = Math.min(width / columns / 2.5, height / rows);
    if (score > bestScore) {
      bestScore = score;
      best = { columns, rows };
    }
  }
  return best;
}
