import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { stateText } from '../src/alerts/stateText'
import { station } from '../src/drawer/station'
import { someAlert, someSensor } from './some'

const { detail, problem, load } = station('s')
let away = false

beforeEach(() => {
  vi.stubGlobal('fetch', async (path: string) => {
    if (away) throw new TypeError('Failed to fetch')
    return { ok: true, json: async () => (path.endsWith('/sensors/s') ? { ...someSensor('s'), metrics: [] } : { items: [], next: null }) }
  })
})
afterEach(() => vi.unstubAllGlobals())

test('a drawer that could not be read is well again when it can', async () => {
  away = true
  await load()
  expect(problem.value).toBe('Failed to fetch')
  away = false
  await load()
  expect([detail.value?.id, problem.value]).toEqual(['s', ''])
})

test('an alert whose condition is over says so, whoever has it', () => {
  const over = { clearedAt: '2024-01-01T00:10:00Z' }
  expect(stateText(someAlert('a'))).toBe('待确认')
  expect(stateText(someAlert('a', over))).toBe('已解除，待确认')
  expect(stateText(someAlert('a', { state: 'acknowledged', acknowledgedBy: '张三', assignedTo: '抢险队' }))).toBe('张三 已确认，已派 抢险队')
  expect(stateText(someAlert('a', { ...over, state: 'acknowledged', acknowledgedBy: '张三' }))).toBe('已解除，张三 已确认')
})
