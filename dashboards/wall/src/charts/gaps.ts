interface Dot {
  value: [number, number]
  symbol: string
  symbolSize: number
}

export type Curve = [number, number | null][]
export type DottedCurve = (Curve[number] | Dot)[]

const GAP_MS_MIN = 6 * 60_000
/** A report may be late, or one be lost. */
const INTERVALS = 2.5
const DOT = 6

/** How long a station may be silent in a chart without a hole: as long as it usually is, and never for longer than its kind may be. */
export function gapOf(times: readonly number[], silenceMs: number, leastMs = GAP_MS_MIN): number {
  const intervals = times.slice(1).map((ts, i) => ts - times[i]!).sort((a, b) => a - b)
  return Math.max(leastMs, Math.min(silenceMs, INTERVALS * (intervals[intervals.length >> 1] ?? 0)))
}

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

/** A line alone draws nothing where a point stands between two holes: that one is a dot. Goes with the look below. */
export const dotted = (curve: Curve): DottedCurve => curve.map((point, i) => {
  const [ts, value] = point
  const isAlone = value !== null && (curve[i - 1]?.[1] ?? null) === null && (curve[i + 1]?.[1] ?? null) === null
  return isAlone ? { value: [ts, value], symbol: 'circle', symbolSize: DOT } : point
})

const valueOf = (point: DottedCurve[number]): number | null => (Array.isArray(point) ? point[1] : point.value[1])

/** The last value of a curve, null when it has none. */
export const lastOf = (curve: DottedCurve): number | null => curve.map(valueOf).findLast((value) => value !== null) ?? null

/** Of a line whose points are dots only where they stand alone. */
export const LINE = { type: 'line', symbol: 'none' } as const
