/** @returns a piece of a ring as an SVG path; angles in radians, clockwise from the right */
export function arcPath(x: number, y: number, inner: number, outer: number, from: number, to: number): string {
  // A whole turn would begin where it ends, and be nothing.
  const end = Math.min(to, from + 2 * Math.PI - 1e-4);
  const isLarge = end - from > Math.PI ? 1 : 0;
  const at = (radius: number, angle: number): string =>
    `${round(x + radius * Math.cos(angle))} ${round(y + radius * Math.sin(angle))}`;
  return `M${at(outer, from)}A${outer} ${outer} 0 ${isLarge} 1 ${at(outer, end)}L${at(inner, end)}A${inner} ${inner} 0 ${isLarge} 0 ${at(inner, from)}Z`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
