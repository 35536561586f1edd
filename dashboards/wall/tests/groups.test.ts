import { beforeEach, expect, test } from 'vitest'
import { alertsIn, rowsOf, type Row } from '../src/alerts/groups'
import { lastingText } from '../src/alerts/lasting'
import { forgetCity, sensors } from '../src/city/city'
import type { Alert } from '../src/city/types'
import { ruleText, type Rule } from '../src/drawer/rules'
import { span } from '../src/texts/format'
import { someAlert, someSensor } from './some'

beforeEach(() => forgetCity())

const fires = (count: number, more: Partial<Alert> = {}): Alert[] => Array.from({ length: count }, (_, i) =>
  someAlert(`fire-${i}`, { kind: 'smoke', rule: 'smoke-alarm', sensorId: `s-${i}`, sensorName: `滨苑${i + 1}号感烟探测器`, street: '笋岗街道', ...more }))
const drawn = (rows: Row[]): string[] => rows.map((row) => ('group' in row ? `${row.group.where} ${row.group.alerts.length}` : row.alert.id))

test('more than five that wait for one reason in one street are one line, where the first of them stood', () => {
  const flood = someAlert('flood', { street: '笋岗街道' })
  const rows = rowsOf([flood, ...fires(6)], new Set())
  expect(drawn(rows)).toEqual(['flood', '滨苑 6'])
  expect(alertsIn(rows)).toBe(7)
  expect(drawn(rowsOf(fires(5), new Set())).length).toBe(5)
  // One that somebody should have been done with is seen by itself.
  const late = { ...fires(1)[0]!, id: 'late', dueAt: '2024-01-01T00:10:00Z', overdueAt: '2024-01-01T00:10:01Z' }
  expect(drawn(rowsOf([late, ...fires(6)], new Set())).length).toBe(2)
})

test('a line that was opened shows its alerts, and none is counted twice', () => {
  const [group] = rowsOf(fires(6), new Set())
  const rows = rowsOf(fires(6), new Set([group!.key]))
  expect(rows.length).toBe(7)
  expect(alertsIn(rows)).toBe(6)
})

test('what one gateway serves is one place, too; what somebody has taken, or is of another severity, stands by itself', () => {
  const list = fires(7).map((fire, i) => ({ ...fire, street: `street ${i}`, sensorName: `${i}` }))
  for (const { sensorId } of list) sensors.set(sensorId, someSensor(sensorId, { gateway: 'gw-fire-1' }))
  expect(drawn(rowsOf(list, new Set()))).toEqual(['网关 gw-fire-1 7'])
  list[0]!.state = 'acknowledged'
  expect(drawn(rowsOf(list, new Set()))).toEqual(['fire-0', '网关 gw-fire-1 6'])
  list[1]!.worst = 'orange'
  expect(drawn(rowsOf(list, new Set())).length).toBe(7)
})

test('an alert lasts from when its condition began the last time until it was over', () => {
  const returned = { raisedAt: '2024-01-01T00:00:00Z', holdsSince: '2024-01-01T01:00:00Z', clearedAt: '2024-01-01T01:04:10Z' }
  expect(lastingText(someAlert('a', returned))).toBe('持续 4 分钟')
  expect(lastingText(someAlert('a', { ...returned, holdsSince: undefined }))).toBe('持续 1 小时 4 分')
})

test('spans have no parts of nothing, and rules are said as officers say them', () => {
  expect([3600, 10_800, 86_400, 3_660, 90_000].map(span)).toEqual(['1 小时', '3 小时', '1 天', '1 小时 1 分', '1 天 1 小时'])
  const rule = (more: Partial<Rule>): string => ruleText('x', { id: 'r', type: 'ladder', enabled: true, severity: 'red', ...more }).replaceAll('\u00a0', ' ')
  const steps = [{ severity: 'yellow' as const, at: 15 }, { severity: 'red' as const, at: 40 }]
  expect(rule({ metric: 'level', when: 'at-least', steps })).toBe('水位：黄色 ≥ 15，红色 ≥ 40')
  expect(rule({ type: 'accumulation', metric: 'rain', windowSeconds: 3600, steps })).toBe('1 小时累计雨量：黄色 ≥ 15，红色 ≥ 40')
  expect(rule({ type: 'rise', metric: 'displacement', windowSeconds: 86_400, steps })).toBe('1 天内位移增大：黄色 ≥ 15，红色 ≥ 40')
  expect([rule({ type: 'state', metric: 'alarm', is: 1 }), rule({ type: 'state', metric: 'open', is: 1 })]).toEqual(['火警：红色', '井盖开启：红色'])
})
