import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { forgetCity, loadRegistry, registryPulse, sensors } from '../src/city/city'
import { pointKind, someSensor } from './some'

let listed = [someSensor('a')]
let asked = 0

beforeEach(() => {
  forgetCity()
  asked = 0
  listed = [someSensor('a')]
  vi.useFakeTimers()
  vi.stubGlobal('fetch', async (path: string) => {
    asked++
    return { ok: true, json: async () => (path.startsWith('/api/v1/kinds') ? { items: [pointKind] } : { items: structuredClone(listed), next: null }) }
  })
})
afterEach(() => {
  forgetCity()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('an open wall learns within ten minutes what has changed in the registry', async () => {
  await loadRegistry()
  listed = [someSensor('a', { name: 'renamed' }), someSensor('b')]
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  expect([...sensors.values()].map((sensor) => sensor.name)).toEqual(['renamed', 'b'])
})

test('what has not changed is not drawn again', async () => {
  await loadRegistry()
  const before = registryPulse.value
  await vi.advanceTimersByTimeAsync(21 * 60_000)
  expect(asked).toBeGreaterThanOrEqual(6)
  expect(registryPulse.value).toBe(before)
})

test('a host that is away is asked again, one that was left is not', async () => {
  await loadRegistry()
  vi.stubGlobal('fetch', async () => {
    asked++
    throw new TypeError('Failed to fetch')
  })
  await vi.advanceTimersByTimeAsync(31 * 60_000)
  expect(asked).toBeGreaterThanOrEqual(8)
  expect(sensors.size).toBe(1)
  forgetCity()
  asked = 0
  await vi.advanceTimersByTimeAsync(31 * 60_000)
  expect(asked).toBe(0)
})
