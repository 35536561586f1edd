export type Curve = [number, number | null][]

/** Points in order of time; where none came for longer than the gap a hole stays, from end to end: a line across it, or half-way as steps are drawn, would be invented. */
export function withGaps(points: readonly (readonly [number, number])[], gapMs: number): Curve {
  const curve: Curve = []
  for (const [ts, value] of points) {
    const last = curve.at(-1)
    if (last && ts - last[0] > gapMs) curve.push([last[0] + 1, null], [ts - 1, null])
    curve.push([ts, value])
  }
  return curve
}
