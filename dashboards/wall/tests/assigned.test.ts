import { expect, test, vi } from 'vitest'
import { assignedText } from '../src/alerts/assignedText'
import { stateText } from '../src/alerts/stateText'
import { someAlert } from './some'

test('who has an alert, how long he has, how long he is late, and nothing of that once it is over', () => {
  vi.useFakeTimers({ now: Date.parse('2024-01-01T00:18:00Z') })
  const given = someAlert('a', { state: 'acknowledged', acknowledgedBy: '张三', assignedTo: '抢险一队' })
  const due = { ...given, dueAt: '2024-01-01T00:30:00Z' }
  expect(assignedText(someAlert('b'))).toBe('')
  expect(assignedText(given)).toBe('已派 抢险一队')
  expect(stateText(due)).toBe('张三 已确认，已派 抢险一队 · 剩 12 分钟')
  vi.setSystemTime(Date.parse('2024-01-01T01:35:00Z'))
  expect(assignedText(due)).toBe('已派 抢险一队 · 超时 1 小时 5 分')
  expect(assignedText({ ...due, clearedAt: '2024-01-01T00:25:00Z' })).toBe('已派 抢险一队')
  expect(assignedText({ ...due, holdsSince: '2024-01-01T01:00:00Z' })).toBe('已派 抢险一队')
  vi.useRealTimers()
})
