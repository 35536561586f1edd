import type { DottedCurve } from './gaps'

/**
 * What tells curves of one chart apart without colour, on a black and white print too: each has a shape of its own, which stands on it now and
 * then and beside its name. Lines stay whole: a dashed one is a forecast.
 */
interface Shape {
  symbol: string
  /** The same as a letter. */
  sign: string
}

const SHAPES: readonly Shape[] = [
  { symbol: 'circle', sign: '●' },
  { symbol: 'triangle', sign: '▲' },
  { symbol: 'rect', sign: '■' },
  { symbol: 'diamond', sign: '◆' },
  { symbol: 'path://M0 0H10L5 9Z', sign: '▼' },
  { symbol: 'path://M3.5 0H6.5V3.5H10V6.5H6.5V10H3.5V6.5H0V3.5H3.5Z', sign: '✚' },
]
export const shapeOf = (index: number): Shape => SHAPES[index % SHAPES.length]!

const SIZE = 9
/** Shapes on each curve over the whole of the time that a chart shows. */
const MARKS = 10

/** A curve with its shape at its end and at whole steps of time, so that it does not creep along as time goes on; other curves have theirs in between. */
export function marked(curve: DottedCurve, index: number, spanMs: number): DottedCurve {
  const every = spanMs / MARKS
  const stepOf = (ts: number): number => Math.floor(ts / every - index / SHAPES.length)
  const last = curve.findLastIndex((point) => !Array.isArray(point) || point[1] !== null)
  let step = NaN
  return curve.map((point, i) => {
    const [ts, value] = Array.isArray(point) ? point : point.value
    if (value === null) return point
    const before = step
    step = stepOf(ts)
    return !Array.isArray(point) || i === last || (before === before && step !== before) ? { value: [ts, value], symbol: shapeOf(index).symbol, symbolSize: SIZE } : point
  })
}

/** The names of curves at the right edge, each at the height of its curve's end or as near as the others leave it. Room for them is the chart's right margin. */
export function nameAt(name: string, index: number, colour: string, at: readonly [number, number], widthPixels: number): object {
  return {
    name, type: 'scatter', symbolSize: 0, silent: true, tooltip: { show: false }, data: [at], z: 6,
    label: { show: true, position: 'right', color: colour, fontSize: 12, lineHeight: 15, width: widthPixels, overflow: 'truncate', formatter: `${shapeOf(index).sign} ${name}` },
    // The library moves labels only whose place it was given.
    labelLayout: ({ rect }: { rect: { x: number; y: number; width: number; height: number } }) => ({ x: rect.x + rect.width + 6, y: rect.y + rect.height / 2, align: 'left', verticalAlign: 'middle', moveOverlap: 'shiftY' }),
  }
}
