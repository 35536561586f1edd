import type { Severity } from '../city/types'
import type { Measure } from '../texts/measure'
import { sayOf, say } from '../texts/texts'
import { span } from '../texts/format'
import { limitText } from './summary'

interface Step {
  severity: Severity
  at: number
}

/** A rule as the API writes it; which members there are depends on its type. */
export interface Rule {
  id: string
  type: 'ladder' | 'state' | 'all-of' | 'repeat' | 'accumulation' | 'rise' | 'no-data'
  enabled: boolean
  metric?: string
  when?: string
  is?: number
  at?: number
  times?: number
  severity?: Severity
  steps?: Step[]
  windowSeconds?: number
  hysteresis?: number
  holdSeconds?: number
  silenceSeconds?: number | null
  conditions?: { metric: string; when: string; at: number }[]
  source?: string
  confirm?: boolean
}

export interface RuleInForce {
  label: string
  origin: 'default' | 'override'
  /** Changes so far. */
  version: number
  changedBy: string | null
  rule: Rule
}

/** Thresholds that can stand as lines in a chart of the metric: ladders compare the value itself. */
export const linesOf = (rules: RuleInForce[], metric: string): Step[] =>
  rules.flatMap(({ rule }) => (rule.enabled && rule.type === 'ladder' && rule.metric === metric ? (rule.steps ?? []) : []))

/** A fire alarm whose state is "fire alarm" is said once. */
const stateText = (metric: string, state: string): string => (metric === state ? state : say('rule.is', metric, state))

/** A rule in a line of words. */
export function ruleText(kind: string, rule: Rule): string {
  const metric = rule.metric ? sayOf('metric', rule.metric) : ''
  const when = sayOf('when', rule.when ?? 'at-least')
  const steps = (rule.steps ?? []).map((step) => `${sayOf('severity', step.severity)} ${when} ${limitText(kind, rule.metric!, step.at)}`).join(say('comma'))
  const window = rule.windowSeconds ? span(rule.windowSeconds) : ''
  const severity = rule.severity ? sayOf('severity', rule.severity) : ''
  switch (rule.type) {
    case 'ladder': return `${metric}${say('colon')}${steps}`
    case 'accumulation': return `${say('rule.sum', window, metric)}${say('colon')}${steps}`
    case 'rise': return `${say(rule.metric === 'displacement' ? 'rule.grow' : 'rule.rise', window, metric)}${say('colon')}${steps}`
    case 'state': return `${stateText(metric, sayOf(`state.${rule.metric}`, String(rule.is)))}${say('colon')}${severity}`
    case 'repeat': return `${say('rule.repeat', window, metric, rule.times ?? 0)}${say('colon')}${severity}`
    case 'all-of': return `${(rule.conditions ?? []).map((c) => `${sayOf('metric', c.metric)} ${sayOf('when', c.when)} ${limitText(kind, c.metric, c.at)}`).join(` ${say('and')} `)}${say('colon')}${severity}`
    case 'no-data': return `${rule.silenceSeconds ? say('rule.silent', span(rule.silenceSeconds)) : say('rule.silent-kind')}${say('colon')}${severity}`
  }
}

/** What may be changed of a rule, in the units that people read; null what the rule has not got. */
export interface RuleDraft {
  enabled: boolean
  steps: Step[]
  hysteresis: number | null
  holdSeconds: number | null
  /** Empty: what its kind has. */
  silenceMinutes: number | '' | null
}

/** 0.145 m are 14.499999999999998 cm to a computer. */
const round = (value: number): number => Number(value.toPrecision(12))

export const draftOf = (rule: Rule, { times }: Measure): RuleDraft => ({
  enabled: rule.enabled,
  steps: (rule.steps ?? []).map(({ severity, at }) => ({ severity, at: round(at * times) })),
  hysteresis: rule.steps ? round((rule.hysteresis ?? 0) * times) : null,
  holdSeconds: rule.type === 'ladder' || rule.type === 'state' || rule.type === 'all-of' ? (rule.holdSeconds ?? 0) : null,
  silenceMinutes: rule.type === 'no-data' ? (rule.silenceSeconds ? round(rule.silenceSeconds / 60) : '') : null,
})

/** The members of the rule that a draft changes; what is left out stays as it is in force. */
export function changeOf(rule: Rule, draft: RuleDraft, measure: Measure): Partial<Rule> {
  const was = draftOf(rule, measure)
  const change: Partial<Rule> = { enabled: draft.enabled }
  if (draft.steps.some(({ at }, i) => at !== was.steps[i]!.at)) change.steps = draft.steps.map(({ severity, at }, i) => ({ severity, at: at === was.steps[i]!.at ? rule.steps![i]!.at : round(at / measure.times) }))
  if (draft.hysteresis !== was.hysteresis && draft.hysteresis !== null) change.hysteresis = round(draft.hysteresis / measure.times)
  if (draft.holdSeconds !== was.holdSeconds && draft.holdSeconds !== null) change.holdSeconds = draft.holdSeconds
  if (draft.silenceMinutes !== was.silenceMinutes && draft.silenceMinutes !== null) change.silenceSeconds = draft.silenceMinutes === '' ? null : Math.round(draft.silenceMinutes * 60)
  return change
}
