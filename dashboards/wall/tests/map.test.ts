import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import { linkState } from '../src/link/hub'
import { keepOpening } from '../src/map/opening'
import { WayBack } from '../src/map/wayBack'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  linkState.value = 'off'
})

test('a map that a short break kept from opening opens by itself, at the latest when the link is back', async () => {
  let away = true
  const open = vi.fn(async () => {
    if (away) throw new TypeError('Failed to fetch')
    return true
  })
  const map = keepOpening(open, () => false)
  map.again()
  await nextTick()
  expect(map.state.value).toBe('away')
  await vi.advanceTimersByTimeAsync(5_000)
  expect([open.mock.calls.length, map.state.value]).toEqual([2, 'away'])
  away = false
  linkState.value = 'live'
  await vi.advanceTimersByTimeAsync(1)
  expect([open.mock.calls.length, map.state.value]).toEqual([3, 'open'])
  map.again()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(open.mock.calls.length).toBe(3)
})

test('a browser that cannot draw is not asked again, and neither is one that has left', async () => {
  const open = vi.fn(() => Promise.reject(new Error('WebGL')))
  const drawless = keepOpening(open, () => true)
  drawless.again()
  await vi.advanceTimersByTimeAsync(60_000)
  expect([open.mock.calls.length, drawless.state.value]).toEqual([1, 'drawless'])
  const left = keepOpening(open, () => false)
  left.again()
  await vi.advanceTimersByTimeAsync(1)
  left.end()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(open.mock.calls.length).toBe(2)
})

test('after a station the map goes back to where it was before the first one, or stays where an officer has put it', () => {
  const way = new WayBack<string>()
  expect(way.come()).toBeNull()
  way.go(() => 'here')
  way.go(() => 'at the first station')
  expect(way.come()).toBe('here')
  way.go(() => 'whole')
  way.forget()
  expect(way.come()).toBeNull()
  way.go(() => 'here')
  way.begin()
  expect([way.away, way.come(), way.away]).toEqual([true, 'whole', false])
})
