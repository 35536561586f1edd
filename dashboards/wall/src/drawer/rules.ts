import type { Severity } from '../city/types'
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
  holdSeconds?: number
  silenceSeconds?: number | null
  conditions?: { metric: string; when: string; at: number }[]
  source?: string
  confirm?: boolean
}

export interface RuleInForce {
  label: string
  origin: 'default' | 'override'
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
