import { expect, test } from 'vitest'
import { timeAxis } from '../src/charts/look'

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
