import { expect, test } from 'vitest'
import { before, expectedOf, sharesOf } from '../src/drawer/evidence'
import type { Sample } from '../src/drawer/series'
import { someAlert } from './some'

const at = (ts: number, value: number, quality: Sample['quality'] = 'good'): Sample => ({ ts, value, quality, reason: null })

test('what was expected is read from each kind of evidence, and from none', () => {
  const expected = (evidence: object | null): number | null => expectedOf(someAlert('a', { metric: 'level', evidence: evidence && JSON.stringify(evidence) }))
  expect(expected({ detector: 'novelty', score: 6, threshold: 5.5, expected: { level: 1.2 } })).toBe(1.2)
  expect(expected({ fault: 'drift', expected: 0.4, departure: 13 })).toBe(0.4)
  expect(expected({ residual: { expected: 0.42, low: 0.3 } })).toBe(0.42)
  expect(expected({ nowcast: { minutes: 30, expected: 0.22 } })).toBeNull()
  expect(expected({ residual: { ended: 'explained' } })).toBeNull()
  expect(expected(null)).toBeNull()
})

test('the metrics of a station come with their parts, largest first, and noise is left out', () => {
  const evidence = { detector: 'chart', contributions: { ph: 0.2, turbidity: 0.79, codmn: 0.01 }, expected: { ph: 7.4, turbidity: 12 }, values: { ph: 8.9, turbidity: 80 } }
  expect(sharesOf(someAlert('a', { evidence: JSON.stringify(evidence) }))).toEqual([
    { metric: 'turbidity', share: 0.79, value: 80, expected: 12 }, { metric: 'ph', share: 0.2, value: 8.9, expected: 7.4 },
  ])
  expect(sharesOf(someAlert('a'))).toEqual([])
})

test('before an alert a station stood at its median, bad readings apart', () => {
  const samples = [at(1, 0.5), at(2, 0.6), at(3, 99, 'bad'), at(4, 0.7), at(9, 3)]
  expect(before(samples, 5)).toBe(0.6)
  expect(before([at(9, 3), at(10, 4)], 5)).toBe(3)
  expect(before([], 5)).toBeNull()
})
