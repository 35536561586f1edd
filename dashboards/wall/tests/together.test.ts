import { expect, test } from 'vitest'
import { confirmTogether } from '../src/alerts/together'
import { Refused } from '../src/link/api'
import type { Alert } from '../src/city/types'
import { someAlert } from './some'

test('a group is confirmed at the second press, those that were shown, each with its version, and what was refused is told', async () => {
  const sent: string[] = []
  const send = async (alert: Alert): Promise<void> => {
    if (alert.id === 'b') throw new Refused(409, '预警已被他人更新')
    sent.push(`${alert.id} ${alert.version}`)
  }
  const { asked, problem, press } = confirmTogether(send)
  const shown = ['a', 'b', 'c'].map((id, i) => someAlert(id, { version: i + 1, sensorName: `滨苑${i + 1}号` }))
  await press('fires', shown)
  expect([asked.value, sent]).toEqual(['fires', []])
  // One more has come in between: nobody has seen it.
  await press('fires', [...shown, someAlert('new')])
  expect(sent.sort()).toEqual(['a 1', 'c 3'])
  expect(problem.value).toBe('已确认 2 条，1 条未成功：滨苑2号：预警已被他人更新')
  expect(asked.value).toBe('')
})

test('a question about one group is no answer for another', async () => {
  const sent: string[] = []
  const { asked, press } = confirmTogether(async (alert) => void sent.push(alert.id))
  await press('fires', [someAlert('fire')])
  await press('leaks', [someAlert('leak')])
  expect([asked.value, sent]).toEqual(['leaks', []])
})
