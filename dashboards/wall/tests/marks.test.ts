import { expect, test } from 'vitest'
import { dotted, withGaps, type DottedCurve } from '../src/charts/gaps'
import { marked, shapeOf } from '../src/charts/marks'

const MINUTE = 60_000
const curve = (from: number, minutes: number): DottedCurve => dotted(withGaps(Array.from({ length: minutes }, (_, i) => [from + i * MINUTE, i] as const), 10 * MINUTE))
const shapesOf = (points: DottedCurve): [number, string][] => points.flatMap((point) => (Array.isArray(point) ? [] : [[point.value[0] / MINUTE, point.symbol] as [number, string]]))

test('six curves have six shapes', () => {
  expect(new Set(Array.from({ length: 6 }, (_, i) => shapeOf(i).symbol)).size).toBe(6)
  expect(new Set(Array.from({ length: 6 }, (_, i) => shapeOf(i).sign)).size).toBe(6)
})

test('a curve has its shape now and then and at its end, those of another stand in between', () => {
  expect(shapesOf(marked(curve(0, 60), 0, 60 * MINUTE))).toEqual([6, 12, 18, 24, 30, 36, 42, 48, 54, 59].map((minute) => [minute, 'circle']))
  expect(shapesOf(marked(curve(0, 60), 3, 60 * MINUTE))).toEqual([3, 9, 15, 21, 27, 33, 39, 45, 51, 57, 59].map((minute) => [minute, 'diamond']))
})

test('shapes stay at their times while the window moves on', () => {
  const inner = (from: number): number[] => shapesOf(marked(curve(from, 60), 2, 60 * MINUTE)).map(([minute]) => minute).slice(0, -1)
  const [before, after] = [inner(0), inner(3 * MINUTE)]
  expect(after.filter((minute) => minute < 60)).toEqual(before.filter((minute) => minute > 3))
})

test('a hole stays a hole, and a point alone has the shape of its curve', () => {
  const holed = dotted(withGaps([[2 * MINUTE, 1], [3 * MINUTE, 2], [30 * MINUTE, 3]], 5 * MINUTE))
  const points = marked(holed, 1, 60 * MINUTE)
  expect(points.filter((point) => Array.isArray(point) && point[1] === null).length).toBe(2)
  expect(shapesOf(points)).toEqual([[30, 'triangle']])
})
