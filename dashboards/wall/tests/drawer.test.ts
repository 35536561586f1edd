import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { stateText } from '../src/alerts/stateText'
import { lastAlerts, takeAlert } from '../src/city/city'
import { station } from '../src/drawer/station'
import { someAlert, someSensor } from './some'

const { detail, past, problem, load } = station('s')
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
  expect(problem.value).toBe('暂时连不上平台，正在重试；画面上是中断前的数据。')
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

test('the past is asked for until it shows what was told of a closed alert', async () => {
  vi.useFakeTimers()
  const closed = someAlert('a', { state: 'closed', version: 4 })
  const marked = { ...closed, version: 5, verdict: 'false' as const, markedBy: '李四' }
  const stored = [closed, closed, marked, marked]
  vi.stubGlobal('fetch', async (path: string) => ({
    ok: true, json: async () => (path.endsWith('/sensors/s') ? { ...someSensor('s'), metrics: [] } : { items: path.startsWith('/api/v1/alerts') ? [stored.shift()] : [], next: null }),
  }))
  takeAlert(marked)
  takeAlert(closed)
  await load(lastAlerts.get('s'))
  expect(past.value[0]!.verdict).toBeNull()
  await vi.advanceTimersByTimeAsync(10_000)
  expect([past.value[0]!.verdict, past.value[0]!.markedBy, stored.length]).toEqual(['false', '李四', 1])
  vi.useRealTimers()
})
