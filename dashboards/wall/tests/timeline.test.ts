import { afterEach, expect, test } from 'vitest'
import { kinds } from '../src/city/city'
import { shortened, stepsOf, type AlertEvent } from '../src/drawer/timeline'
import { fullTime } from '../src/texts/format'
import { language } from '../src/texts/texts'
import { pointKind } from './some'

kinds.set('waterlogging', { ...pointKind, metrics: [{ name: 'depth', unit: 'm', minimum: 0, maximum: 5 }] })
afterEach(() => void (language.value = 'zh-CN'))

const event = (sequence: number, type: string, more: Partial<AlertEvent> = {}): AlertEvent => ({
  sequence, type, at: `2024-08-01T19:${String(sequence % 60).padStart(2, '0')}:00Z`, actor: 'system', comment: null, assignee: null, from: null, to: null,
  metric: null, value: null, threshold: null, observedAt: null, verdict: null, ...more,
})
const measured = { metric: 'depth', value: 0.45, threshold: 0.4 }

/** A storm's night: two officers, two units, two minds. */
const night = [
  event(1, 'raised', { to: 'yellow', ...measured, value: 0.16, threshold: 0.15, observedAt: '2024-08-01T18:40:00Z' }),
  event(2, 'surveyed'),
  event(3, 'acknowledged', { actor: '张三' }),
  event(4, 'assigned', { actor: '张三', assignee: '抢险一队' }),
  event(5, 'commented', { actor: '张三', comment: '已电话通知，15 分钟到' }),
  event(6, 'escalated', { from: 'yellow', to: 'red', ...measured, observedAt: '2024-08-01T19:05:58Z' }),
  event(7, 'assigned', { actor: '李四', assignee: '抢险二队', comment: '一队车辆故障' }),
  event(8, 'cleared', { metric: 'depth', value: 0.1 }),
  event(9, 'marked', { actor: '李四', verdict: 'false' }),
  event(10, 'marked', { actor: '李四', verdict: 'true' }),
  event(11, 'closed', { actor: '李四', comment: '现场已退水' }),
]
const lines = (): string[] => stepsOf('waterlogging', night).map((step) => [step.who, step.what, step.change, step.figure, step.note].filter(Boolean).join(' | ').replaceAll('\u00a0', ' '))

test('an inquiry reads who did what, from what to what, with every note', () => {
  expect(lines()).toEqual([
    '系统 | 发出预警 | 黄色 | 16 cm，限值 15 cm', '系统 | 核对周边站点与雨量', '张三 | 确认', '张三 | 指派 | 抢险一队', '张三 | 备注 | 已电话通知，15 分钟到',
    '系统 | 升级 | 黄色 → 红色 | 45 cm，限值 40 cm', '李四 | 指派 | 抢险一队 → 抢险二队 | 一队车辆故障', '系统 | 预警条件解除 | 10 cm',
    '李四 | 标记 | 误报', '李四 | 标记 | 误报 → 属实', '李四 | 关闭 | 现场已退水',
  ])
})

test('what somebody had seen and has become worse, or late, is told to wait again', () => {
  const again = (events: AlertEvent[]): string[] => stepsOf('waterlogging', events).filter(({ why }) => why.includes('须重新确认')).map(({ type }) => type)
  expect(again(night)).toEqual(['escalated'])
  expect(again([event(1, 'raised', { to: 'yellow' }), event(2, 'escalated', { from: 'yellow', to: 'red' }), event(3, 'acknowledged', { actor: '张三' }), event(4, 'overdue'), event(5, 'escalated', { to: 'red' })])).toEqual(['overdue'])
})

test('an assignment is told with its deadline, and one that has passed with who had it', () => {
  const late = [
    event(1, 'raised', { to: 'red' }), event(2, 'assigned', { actor: '张三', assignee: '抢险一队', dueAt: '2024-08-01T19:32:00Z' }),
    event(32, 'overdue', { assignee: '抢险一队', dueAt: '2024-08-01T19:32:00Z' }), ...[33, 34, 35, 36, 37, 38, 39, 40].map((n) => event(n, 'furthered')),
  ]
  const steps = stepsOf('waterlogging', late)
  expect(steps.slice(1, 3).map(({ who, what, change, due }) => [who, what, change, due === null ? '' : fullTime(due)].join(' '))).toEqual(['张三 指派 抢险一队 2024-08-02 03:32:00 UTC+8', '系统 超时未办结 抢险一队 2024-08-02 03:32:00 UTC+8'])
  expect(shortened(steps).map(({ type }) => type)).toContain('overdue')
})

test('who was told outside of walls is never left out, and who could not be is told with the reason', () => {
  const reached = { policy: '值班长', to: 'chief@luohu.test', delivered: true, answer: '250 ok' }
  const missed = { policy: '分管领导', to: 'qyapi.weixin.qq.com …8d30', delivered: false, answer: 'HTTP 500' }
  const told = [
    event(1, 'raised', { to: 'red' }), event(2, 'notified', { to: 'red', notices: [missed] }), event(3, 'notified', { to: 'red', notices: [reached, { ...reached, policy: '值班员', named: false }, missed] }),
    ...[4, 5, 6, 7, 8, 9, 10, 11, 12].map((n) => event(n, 'furthered')),
  ]
  const steps = stepsOf('waterlogging', told)
  expect(steps.slice(1, 3).map(({ what, change, why }) => [what, change, why].join(' | '))).toEqual([
    '未能通知 |  | 分管领导（qyapi.weixin.qq.com …8d30）未送达：HTTP 500', '已通知 | 值班长（chief@luohu.test），值班员（chief@luohu.test，合并通知，未逐条列出） | 分管领导（qyapi.weixin.qq.com …8d30）未送达：HTTP 500',
  ])
  expect(shortened(steps).filter(({ type }) => type === 'notified')).toHaveLength(2)
  expect(stepsOf('waterlogging', [event(1, 'notified', { notices: [{ ...reached, ended: true }] })])[0]?.what).toBe('已通知解除')
})

test('a mark that was taken back is told with what it was, and the next one is the first again', () => {
  const marks = [event(1, 'marked', { actor: '张三', verdict: 'false' }), event(2, 'withdrawn', { actor: '李四' }), event(3, 'marked', { actor: '李四', verdict: 'true' })]
  expect(stepsOf('waterlogging', marks).map(({ who, what, change }) => [who, what, change].join(' '))).toEqual(['张三 标记 误报', '李四 撤回标记 误报', '李四 标记 属实'])
})

test('a new extreme is told with its value, upwards or downwards', () => {
  const told = (more: Partial<AlertEvent>): string[] => stepsOf('waterlogging', [event(1, 'furthered', { from: 'red', to: 'red', ...measured, ...more })]).map((step) => `${step.what}${step.change} ${step.figure}`.replaceAll('\u00a0', ' '))
  expect([told({ value: 0.95 }), told({ value: 0.3 })]).toEqual([['升至 95 cm'], ['降至 30 cm']])
})

test('the same in English', () => {
  language.value = 'en'
  expect(lines().slice(5, 7)).toEqual(['System | escalated | Yellow → Red | 45 cm, limit 40 cm', '李四 | assigned | 抢险一队 → 抢险二队 | 一队车辆故障'])
})

test('a reading that came late is told with its own time, one that came at once is not', () => {
  const [raised, , , , , escalated] = stepsOf('waterlogging', night)
  expect([raised!.observedAt, escalated!.observedAt]).toEqual([Date.parse('2024-08-01T18:40:00Z'), null])
})

test('however long water swings around a limit, no step of a person and no note is left out', () => {
  const swings = Array.from({ length: 200 }, (_, i) => event(12 + i, i % 2 ? 'cleared' : 'returned', { to: i % 2 ? null : 'red', comment: i === 50 ? '系统备注' : null }))
  const steps = stepsOf('waterlogging', [...night, ...swings])
  const shown = shortened(steps)
  expect(shown.length).toBeLessThan(20)
  for (const step of steps) if (step.isPerson || step.note || step.sequence === 1 || step.sequence > 206) expect(shown).toContain(step)
})

test('a button that would show three more steps shows them at once', () => {
  const steps = stepsOf('waterlogging', [...night, ...[12, 13, 14, 15, 16].map((sequence) => event(sequence, 'eased'))])
  expect(shortened(steps).length).toBe(steps.length)
})

test('every step that the host can write has a name in both languages', async () => {
  const { readFileSync } = await import('node:fs')
  const types = [...readFileSync('../../src/LuohuIOC/Alerts/AlertEvent.cs', 'utf8').split('public enum AlertVerdict')[0]!.matchAll(/^ {4}(\w+) = \d+,/gm)].map((m) => m[1]!.toLowerCase())
  expect(types.length).toBeGreaterThanOrEqual(11)
  for (const file of ['zh-CN', 'en']) for (const type of types) expect(JSON.parse(readFileSync(`src/texts/${file}.json`, 'utf8'))).toHaveProperty([`step.${type}`])
})

test('a record carries its year and zone', () => expect(fullTime(Date.parse('2024-07-31T18:00:05Z'))).toBe('2024-08-01 02:00:05 UTC+8'))

test('what no measurement ended says why, and what raised an alert does not say it twice', () => {
  const ended = event(2, 'cleared', { evidence: '{"ruleChange":"off"}', evidenceText: '规则已停用' })
  const eased = event(3, 'eased', { evidence: '{"ruleChange":"changed"}', evidenceText: '规则已改动' })
  const raised = event(1, 'raised', { evidence: '{"detector":"novelty"}', evidenceText: '预期约 1.2 m' })
  expect(stepsOf('waterlogging', [raised, ended, eased]).map((step) => step.why)).toEqual(['', '规则已停用', '规则已改动'])
})

test('a state is told as what happened to the thing, and not as a word that could be the alert\'s', () => {
  kinds.set('manhole', { ...pointKind, name: 'manhole', metrics: [{ name: 'open', unit: '1', minimum: 0, maximum: 1 }] })
  const cover = [event(1, 'raised', { to: 'orange', metric: 'open', value: 1, threshold: 1 }), event(2, 'cleared', { metric: 'open', value: 0 })]
  expect(stepsOf('manhole', cover).map(({ what, figure }) => `${what} ${figure}`)).toEqual(['发出预警 井盖开启', '预警条件解除 井盖已关闭'])
})
