import { beforeEach, expect, test } from 'vitest'
import { hiddenAlerts, waiting } from '../src/alerts/waiting'
import { bySeverity } from '../src/city/census'
import { forgetCity, takeAlert } from '../src/city/city'
import { listedKinds } from '../src/views/view'
import { someAlert } from './some'

beforeEach(() => forgetCity())

test('what waits is counted over all kinds, whatever the view lists', () => {
  takeAlert(someAlert('water'))
  takeAlert(someAlert('fire', { kind: 'smoke' }))
  takeAlert(someAlert('over', { kind: 'gas', severity: 'orange', clearedAt: '2024-01-01T00:10:00Z' }))
  takeAlert(someAlert('in-hand', { kind: 'gas', severity: 'orange', state: 'acknowledged' }))
  takeAlert(someAlert('eased', { kind: 'gas', severity: 'yellow', worst: 'red' }))
  takeAlert(someAlert('ebbed', { severity: 'blue', worst: 'orange', clearedAt: '2024-01-01T00:10:00Z' }))
  expect(waiting.value).toEqual({ red: 3, orange: 2, yellow: 0, blue: 0 })
})

test('what stands now is counted by how severe it is now, and what is over is not in it', () => {
  takeAlert(someAlert('eased', { severity: 'yellow', worst: 'red' }))
  takeAlert(someAlert('over', { severity: 'yellow', worst: 'red', clearedAt: '2024-01-01T00:10:00Z' }))
  takeAlert(someAlert('in-hand', { severity: 'orange', state: 'acknowledged' }))
  expect(bySeverity.value).toEqual({ red: 0, orange: 1, yellow: 1, blue: 0 })
})

test('a view tells of red and orange alerts that it does not list, the worst first', () => {
  takeAlert(someAlert('water'))
  takeAlert(someAlert('leak', { kind: 'gas', severity: 'orange' }))
  takeAlert(someAlert('fire', { kind: 'smoke' }))
  takeAlert(someAlert('minor', { kind: 'gas', severity: 'yellow' }))
  expect(hiddenAlerts('parking').map((alert) => alert.id)).toEqual(expect.arrayContaining(['fire', 'water', 'leak']))
  expect(hiddenAlerts('parking').at(-1)?.id).toBe('leak')
  expect(hiddenAlerts('storm').map((alert) => alert.id)).toEqual(['fire', 'leak'])
  expect(hiddenAlerts('peace').length).toBe(3)
  for (const view of ['overview', 'alerts'] as const) expect(hiddenAlerts(view)).toEqual([])
})

test('an open drawer covers the list, and tells of its own station', () => {
  takeAlert(someAlert('own', { sensorId: 'a' }))
  takeAlert(someAlert('other', { sensorId: 'b' }))
  expect(hiddenAlerts('overview', 'a').map((alert) => alert.id)).toEqual(['other'])
})

test('what is acknowledged or over is told no more', () => {
  takeAlert(someAlert('a', { kind: 'smoke' }))
  takeAlert(someAlert('a', { kind: 'smoke', state: 'acknowledged', version: 2 }))
  takeAlert(someAlert('b', { kind: 'smoke', clearedAt: '2024-01-01T00:10:00Z' }))
  expect(hiddenAlerts('parking')).toEqual([])
})

test('a view lists the alerts of its theme, and the storm those of the water', () => {
  expect(listedKinds('overview')).toBeNull()
  expect(listedKinds('storm')).toEqual(listedKinds('water'))
  expect([...listedKinds('parking')!]).toEqual(['parking'])
})
