import { expect, test } from 'vitest'
import { finder } from '../src/map/search'
import { someSensor } from './some'

test('every word that is typed must be found, in whatever part of a station it stands', () => {
  const list = [
    someSensor('rain-03', { kind: 'rain_gauge', name: '红宝路雨量站', street: '桂园街道' }),
    someSensor('rain-04', { kind: 'rain_gauge', name: '东湖雨量站', street: '东湖街道' }),
    someSensor('pipe-07', { kind: 'pipe', name: '红宝路7号', street: '桂园街道' }),
  ]
  const found = (typed: string): string[] => list.filter(finder(typed)).map(({ id }) => id)
  expect(found('桂园 雨量')).toEqual(['rain-03'])
  expect(found(' 雨量　桂园 ')).toEqual(['rain-03'])
  expect(found('RAIN')).toEqual(['rain-03', 'rain-04'])
  expect(found('桂园 水库')).toEqual([])
  expect(found('  ')).toEqual([])
})
