import { beforeEach, expect, test } from 'vitest'
import { newsText } from '../src/alerts/newsText'
import { NewsWatch } from '../src/alerts/newsWatch'
import { alertOfKey, waitingKeys } from '../src/alerts/waiting'
import { forgetCity, kinds, takeAlert } from '../src/city/city'
import { pointKind, someAlert } from './some'

beforeEach(() => forgetCity())

test('a new alert is one sentence: when, how severe, where, what and how much', () => {
  kinds.set('waterlogging', { ...pointKind, metrics: [{ name: 'depth', unit: 'm', minimum: null, maximum: null }] })
  expect(newsText('red', [someAlert('a', { sensorName: '东门桥下', ruleName: '道路积水', value: 0.45 })], '03:12')).toBe('03:12 新的红色预警：东门桥下 道路积水 45\u00a0cm')
})

test('an alert that was not dealt with in time is told as that, with who had it, also where nobody had taken it', () => {
  const given = someAlert('a', { sensorName: '东门桥下', ruleName: '道路积水', value: null, assignedTo: '抢险一队', dueAt: '2024-01-01T00:30:00Z' })
  const late = { ...given, version: 2, overdueAt: '2024-01-01T00:30:02Z' }
  expect(newsText('red', [late], '03:12')).toBe('03:12 红色预警超时未办结：东门桥下 道路积水 抢险一队')
  expect(newsText('red', [late, someAlert('b', { value: null })], '03:12')).toBe('03:12 新的红色预警：s r；03:12 红色预警超时未办结：东门桥下 道路积水 抢险一队')
  const watch = new NewsWatch(0)
  takeAlert(given)
  watch.look(waitingKeys('red'), 0)
  takeAlert(late)
  expect(watch.look(waitingKeys('red'), 1).map((key) => alertOfKey(key)?.id)).toEqual(['a'])
})

test('of many three are named', () => {
  const many = ['甲', '乙', '丙', '丁', '戊'].map((sensorName) => someAlert(sensorName, { sensorName, value: null }))
  expect(newsText('orange', many, '03:12')).toBe('03:12 新的橙色预警：甲 r；乙 r；丙 r；另有 2 条')
})

test('what has eased to orange is no news of orange', () => {
  takeAlert(someAlert('eased', { severity: 'orange', worst: 'red' }))
  takeAlert(someAlert('new', { severity: 'orange' }))
  takeAlert(someAlert('taken', { severity: 'orange', state: 'acknowledged' }))
  takeAlert(someAlert('worse'))
  expect([...waitingKeys('orange')].map((key) => alertOfKey(key)?.id)).toEqual(['new'])
  expect([...waitingKeys('red')].map((key) => alertOfKey(key)?.id)).toEqual(['worse'])
})
