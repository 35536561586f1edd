import { beforeEach, expect, test } from 'vitest'
import { nextTick } from 'vue'
import { silenceText } from '../src/drawer/summary'
import { counted, online } from '../src/city/census'
import { alerts, forgetCity, isOffline, isQuiet, isSilent, isTold, kinds, registryPulse, sensors, newestReading, now, openAlerts, readings, standing, takeAlert, takeMoved, takeReadings, takeSnapshot, timeOf } from '../src/city/city'
import type { Alert } from '../src/city/types'
import chinese from '../src/texts/zh-CN.json'
import { withGaps } from '../src/charts/gaps'
import { pointKind, someAlert, someReading as reading, someSensor } from './some'

const alert = (id: string, version: number, more: Partial<Alert> = {}): Alert => someAlert(id, { version, ...more })
const snapshot = (views: Alert[]): Parameters<typeof takeSnapshot>[0] => ({ serverTime: '2024-01-01T01:00:00Z', counts: { sensors: 1, reporting: 1, newestReading: null }, alerts: views, readings: [] })

beforeEach(() => forgetCity())

test('of two views of an alert the higher version counts, whichever came first', () => {
  takeAlert(alert('a', 3, { severity: 'orange' }))
  takeAlert(alert('a', 2))
  expect(alerts.get('a')?.severity).toBe('orange')
})

test('a closed alert stays closed when an older view comes late', () => {
  takeAlert(alert('a', 4, { state: 'closed' }))
  takeAlert(alert('a', 3))
  expect(openAlerts()).toEqual([])
})

test('a snapshot takes away what was closed meanwhile and keeps what is newer than it', () => {
  takeAlert(alert('gone', 1))
  const asked = performance.now()
  while (performance.now() === asked);
  // Of a host whose clock is behind that of the host which gave the snapshot.
  takeAlert(alert('new', 1, { updatedAt: '2024-01-01T00:59:00Z' }))
  takeSnapshot(snapshot([alert('kept', 1)]), asked)
  expect(openAlerts().map((a) => a.id).sort()).toEqual(['kept', 'new'])
})

test('what holds and waits for an officer stands above what is over or in hand', () => {
  takeAlert(alert('over', 1, { clearedAt: '2024-01-01T00:10:00Z' }))
  takeAlert(alert('orange', 1, { severity: 'orange' }))
  takeAlert(alert('handled', 1, { state: 'acknowledged' }))
  takeAlert(alert('red', 1))
  expect(openAlerts().map((a) => a.id)).toEqual(['red', 'handled', 'orange', 'over'])
})

test('what was red and was seen by nobody stands above a yellow one that holds, as red', () => {
  takeAlert(alert('yellow', 1, { severity: 'yellow' }))
  takeAlert(alert('flood', 1, { severity: 'yellow', worst: 'red', clearedAt: '2024-01-01T00:10:00Z' }))
  expect(openAlerts().map((a) => [a.id, standing(a)])).toEqual([['flood', 'red'], ['yellow', 'yellow']])
  takeAlert(alert('flood', 2, { severity: 'yellow', worst: 'red', state: 'acknowledged', clearedAt: '2024-01-01T00:10:00Z' }))
  expect(openAlerts().map((a) => [a.id, standing(a)])).toEqual([['yellow', 'yellow'], ['flood', 'yellow']])
})

test('water on the street stands above the rain that made it, and hazards above the upkeep of devices', () => {
  takeAlert(alert('rain', 1, { kind: 'rain_gauge' }))
  takeAlert(alert('battery', 1, { severity: 'yellow', rule: 'battery-low' }))
  takeAlert(alert('flood', 1))
  takeAlert(alert('damp', 1, { severity: 'blue' }))
  expect(openAlerts().map((a) => a.id)).toEqual(['flood', 'rain', 'damp', 'battery'])
})

test('of what is as urgent the deepest water on a street comes first, then what began to hold last', () => {
  kinds.set(pointKind.name, pointKind)
  for (const [id, depth] of [['a', 0.41], ['b', 0.73], ['c', 0.58]] as const) {
    sensors.set(id, someSensor(id))
    takeReadings([reading(id, now(), { values: { depth } })])
    takeAlert(alert(id, 1, { sensorId: id, value: 0.4 }))
  }
  takeAlert(alert('eased', 1, { sensorId: 'b', severity: 'yellow', worst: 'red', holdsSince: '2024-01-02T00:00:00Z' }))
  takeAlert(alert('fire', 1, { kind: 'smoke', rule: 'smoke-alarm', metric: 'alarm', raisedAt: '2024-01-01T03:00:00Z' }))
  takeAlert(alert('again', 1, { kind: 'smoke', rule: 'smoke-alarm', metric: 'alarm', holdsSince: '2024-01-01T04:00:00Z' }))
  expect(openAlerts().map((a) => a.id)).toEqual(['b', 'c', 'a', 'again', 'fire', 'eased'])
  // An orange one that is in hand asks as much as a red one that is over: what holds comes first.
  forgetCity()
  takeAlert(alert('over', 1, { clearedAt: '2024-01-01T00:10:00Z', holdsSince: '2024-01-02T00:00:00Z' }))
  takeAlert(alert('in-hand', 1, { severity: 'orange', state: 'acknowledged' }))
  expect(openAlerts().map((a) => a.id)).toEqual(['in-hand', 'over'])
})

test('a million readings of few sensors take the room of few', () => {
  for (let i = 0; i < 1_000; i++) takeReadings(Array.from({ length: 1_000 }, (_, k) => reading(`s${k % 100}`, i * 1_000 + k)))
  expect(readings.size).toBe(100)
  expect(takeMoved().length).toBe(100)
  expect(takeMoved()).toEqual([])
})

test('an older reading does not replace a newer one', () => {
  takeReadings([reading('s', 2), reading('s', 1)])
  expect(readings.get('s')?.ts).toBe(2)
})

test('what a clock that was ahead has dated is taken back with the clock', () => {
  takeSnapshot({ ...snapshot([]), serverTime: '2024-01-01T03:00:00Z' })
  takeAlert(alert('gone', 1, { updatedAt: '2024-01-01T03:00:00Z' }))
  takeReadings([reading('s', Date.parse('2024-01-01T03:00:00Z'))])
  takeSnapshot({ ...snapshot([]), counts: { sensors: 1, reporting: 1, newestReading: Date.parse('2024-01-01T01:00:00Z') } })
  takeReadings([reading('s', Date.parse('2024-01-01T01:00:00Z'))])
  expect(readings.get('s')?.ts).toBe(Date.parse('2024-01-01T01:00:00Z'))
  expect(newestReading()).toBe(Date.parse('2024-01-01T01:00:00Z'))
  expect(openAlerts()).toEqual([])
})

test('silence stays a hole in a curve', () => {
  expect(withGaps([[0, 1], [10, 2], [100, 3]], 50)).toEqual([[0, 1], [10, 2], [11, null], [99, null], [100, 3]])
})

test('a value that comes no more is silent, although the device still sends others', () => {
  kinds.set(pointKind.name, pointKind)
  const point = someSensor('s')
  const [measured, newest] = [now() - 3_600_000, now() - 3_000]
  takeReadings([reading('s', newest, { values: { depth: 0.31, battery: 80 }, times: { depth: measured } })])
  expect(isSilent(point)).toBe(false)
  expect(isSilent(point, 'battery')).toBe(false)
  expect(isSilent(point, 'depth')).toBe(true)
  expect(['depth', 'battery'].map((metric) => timeOf(readings.get('s')!, metric))).toEqual([measured, newest])
})

test('a sign is hollow for what is taken and for what is over, and the legend says both', () => {
  expect([alert('a', 1), alert('a', 1, { state: 'acknowledged' }), alert('a', 1, { clearedAt: '2024-01-01T00:10:00Z' })].map(isQuiet)).toEqual([false, true, true])
  for (const key of ['alert.over', 'alert.state.acknowledged'] as const) expect(chinese['map.handled']).toContain(chinese[key])
})

test('before the host has told anything nothing is counted, and nothing is said to be silent', () => {
  const point = someSensor('s')
  expect([counted(0), silenceText(point, 'depth')]).toEqual(['–', '正在读取…'])
  takeSnapshot(snapshot([]))
  expect([counted(0), silenceText(point, 'depth')]).toEqual([0, '无读数'])
  forgetCity()
  expect(isTold.value).toBe(false)
})

test('a device behind a gateway that the host knows to be gone is not online, however new its last reading', async () => {
  kinds.set(pointKind.name, pointKind)
  for (const id of ['here', 'gone']) sensors.set(id, someSensor(id))
  takeReadings([reading('here', now()), reading('gone', now(), { quality: 'doubtful', reason: 'stale' })])
  registryPulse.value++
  await nextTick()
  expect([...sensors.values()].map(isOffline)).toEqual([false, true])
  expect(online.value).toEqual({ total: 2, online: 1 })
})
