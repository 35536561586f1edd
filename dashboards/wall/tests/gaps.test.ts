import { expect, test } from 'vitest'
import { dotted, gapOf, withGaps } from '../src/charts/gaps'
import { standingIn } from '../src/charts/heard'

const MINUTE = 60_000
const SILENCE = 30 * MINUTE
const every = (minutes: number, count: number): number[] => Array.from({ length: count }, (_, i) => i * minutes * MINUTE)

test('a line goes on for as long as its station usually is silent, and never for longer than its kind may be', () => {
  expect([1, 5, 10, 20].map((minutes) => gapOf(every(minutes, 6), SILENCE) / MINUTE)).toEqual([6, 12.5, 25, 30])
  expect(gapOf([], SILENCE) / MINUTE).toBe(6)
})

test('stations that report every ten minutes have a line, and a reading that stands alone is a dot', () => {
  const times = every(10, 4)
  const points = [...times, 120 * MINUTE].map((ts) => [ts, 1] as const)
  const curve = dotted(withGaps(points, gapOf(points.map(([ts]) => ts), SILENCE)))
  expect(curve.slice(0, 4)).toEqual(times.map((ts) => [ts, 1]))
  expect(curve.at(-1)).toMatchObject({ value: [120 * MINUTE, 1], symbol: 'circle' })
})

test('in each step stands what every station read last, until it has been silent for too long', () => {
  const buckets = [
    ...every(10, 3).map((ts) => ({ sensor: 'a', ts, value: 5 })), ...every(10, 7).map((ts) => ({ sensor: 'b', ts: ts + 4 * MINUTE, value: 9 })),
  ]
  const steps = standingIn(buckets, 6 * MINUTE, SILENCE)
  expect([0, 4, 24, 44, 54].map((minute) => steps.get(minute * MINUTE))).toEqual([[5], [5, 9], [5, 9], [5, 9], [9]])
})
