import { expect, test } from 'vitest'
import { meanOfHeard } from '../src/charts/heard'
import { isOld, sumOf, unheardText } from '../src/kpi/rain'

test('a gauge that said nothing is unknown, not dry', () => {
  const sum = sumOf(['a', 'b', 'c'], [{ sensor: 'a', value: 4 }, { sensor: 'b', value: 8 }])
  expect([...sum.byGauge]).toEqual([['a', 4], ['b', 8], ['c', null]])
  expect(sum).toMatchObject({ mean: 6, most: 8, mostAt: 'b', heard: 2, of: 3 })
})

test('where no gauge was heard there is no rain to speak of', () => {
  expect(sumOf(['a'], [])).toMatchObject({ mean: null, most: null, mostAt: '', heard: 0, of: 1 })
  expect(sumOf(['a'], [{ sensor: 'a', value: 0 }])).toMatchObject({ mean: 0, most: 0, mostAt: '' })
})

test('sums are old after half a minute', () => {
  expect(isOld(1_000_000, 1_030_000)).toBe(false)
  expect(isOld(1_000_000, 1_031_000)).toBe(true)
})

test('the mean of a moment is over the gauges that were heard about it', () => {
  // Two gauges report every other minute, in turn; the third dies after the first minute.
  const buckets = [
    { sensor: 'a', ts: 0, value: 2 }, { sensor: 'c', ts: 0, value: 1 }, { sensor: 'b', ts: 60, value: 4 },
    { sensor: 'a', ts: 120, value: 2 }, { sensor: 'b', ts: 180, value: 4 }, { sensor: 'a', ts: 240, value: 2 }, { sensor: 'b', ts: 300, value: 4 },
  ]
  expect(meanOfHeard(buckets, 120)).toEqual([[0, 1], [60, 4 / 3], [120, 2 / 3], [180, 2], [240, 1], [300, 2]])
})

test('gauges that were not heard are counted beside those that were; of none it is said so', () => {
  expect(unheardText(sumOf(['a', 'b', 'c'], [{ sensor: 'a', value: 1 }]))).toBe('另有 2 站近 1 小时无读数，未计入')
  expect(unheardText(sumOf(['a', 'b'], []))).toBe('各站近 1 小时均无读数')
  expect(unheardText(sumOf(['a'], [{ sensor: 'a', value: 0 }]))).toBe('')
})
