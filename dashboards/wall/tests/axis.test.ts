import { expect, test } from 'vitest'
import { timeAxis } from '../src/charts/look'
import { badWithinReach, type Sample } from '../src/drawer/series'

const START = Date.parse('2026-11-30T23:58:30+08:00')
const MINUTE = 60_000
const labels = (minutes: number, every: number): string[] => {
  const axis = timeAxis(START, START + minutes * MINUTE) as { axisLabel: { formatter: (value: number) => string } }
  return Array.from({ length: 4 }, (_, i) => axis.axisLabel.formatter(START + i * every * MINUTE))
}

test('marks within a minute of each other are told apart', () => {
  expect(labels(2, 0.5)).toEqual(['23:58:30', '23:59:00', '23:59:30', '00:00:00'])
})

test('a longer time has minutes, and at midnight the date', () => {
  expect(labels(60, 0.5)).toEqual(['23:58', '23:59', '23:59', expect.stringContaining('12')])
})

test('a bad value far from all others is not drawn, one beside them is', () => {
  const sample = (value: number, quality: Sample['quality'] = 'good'): Sample => ({ ts: START, value, quality, reason: null })
  const shown = (samples: Sample[], limits: number[] = []): number[] => badWithinReach(samples, limits).map((s) => s.value)
  expect(shown([sample(1), sample(3), sample(4.5, 'bad'), sample(-0.5, 'bad'), sample(1_500_000, 'bad'), sample(2, 'doubtful')])).toEqual([4.5, -0.5])
  expect(shown([sample(1), sample(3), sample(9, 'bad')], [10])).toEqual([9])
  expect(shown([sample(0), sample(0), sample(0.8, 'bad'), sample(99, 'bad')])).toEqual([0.8])
  expect(shown([sample(1_500_000, 'bad')])).toEqual([1_500_000])
})
