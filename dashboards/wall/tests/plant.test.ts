import { expect, test } from 'vitest'
import { lately, type Refusals } from '../src/kpi/plant'

const counted = (looks: [number, number][]): number => {
  const kept = looks.reduce<Refusals[]>((known, [second, count]) => lately(known, { at: second * 1000, count }), [])
  return kept[kept.length - 1]!.count - kept[0]!.count
}

test('a refusal is told as one of the last minute, and not as thirty a minute', () => {
  expect(counted([[0, 4]])).toBe(0)
  expect(counted([[0, 4], [2, 5]])).toBe(1)
  expect(counted([[0, 4], [2, 5], [60, 5]])).toBe(1)
})

test('what was refused longer ago than a minute is counted no more', () => {
  expect(counted([[0, 4], [2, 5], [63, 5]])).toBe(0)
  // Nor what was refused while this wall could not look.
  expect(counted([[0, 4], [90, 9]])).toBe(0)
})

test('a host that counts anew has refused nothing lately', () => expect(counted([[0, 400], [2, 3]])).toBe(0))
