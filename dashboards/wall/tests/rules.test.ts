import { expect, test } from 'vitest'
import { changeOf, draftOf, type Rule } from '../src/drawer/rules'
import { measureOf } from '../src/texts/measure'

const depth: Rule = { id: 'waterlogging-depth', type: 'ladder', enabled: true, metric: 'depth', when: 'at-least', steps: [{ severity: 'yellow', at: 0.15 }, { severity: 'red', at: 0.405 }], hysteresis: 0.03, holdSeconds: 0 }
const offline: Rule = { id: 'offline', type: 'no-data', enabled: true, severity: 'blue', silenceSeconds: null }
const cm = measureOf('depth', 'm')

test('limits are changed in the units that people read and kept in those of the metric', () => {
  const draft = draftOf(depth, cm)
  expect([draft.steps.map((step) => step.at), draft.hysteresis, draft.holdSeconds, draft.silenceMinutes]).toEqual([[15, 40.5], 3, 0, null])
  expect(changeOf(depth, draft, cm)).toEqual({ enabled: true })
  draft.steps[0]!.at = 14.5
  draft.holdSeconds = 60
  expect(changeOf(depth, draft, cm)).toEqual({ enabled: true, steps: [{ severity: 'yellow', at: 0.145 }, { severity: 'red', at: 0.405 }], holdSeconds: 60 })
})

test('silence is changed in minutes, and nothing is what its kind has', () => {
  const none = measureOf('', null)
  const draft = draftOf(offline, none)
  expect([draft.silenceMinutes, draft.hysteresis, draft.steps]).toEqual(['', null, []])
  expect(changeOf(offline, draft, none)).toEqual({ enabled: true })
  draft.silenceMinutes = 45
  expect(changeOf(offline, draft, none)).toEqual({ enabled: true, silenceSeconds: 2700 })
  const set = { ...offline, silenceSeconds: 2700 }
  expect(changeOf(set, { ...draftOf(set, none), silenceMinutes: '', enabled: false }, none)).toEqual({ enabled: false, silenceSeconds: null })
})
