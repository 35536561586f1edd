import type { Severity } from '../city/types'
import { say, sayOf } from '../texts/texts'
import { limitText, metricOf, valueText } from './summary'

/** Somebody who was told of an alert outside of walls, or could not be. */
export interface Notice {
  policy: string
  to: string
  delivered: boolean
  answer: string | null
  /** False where the message told of many alerts and only counted this one. */
  named?: boolean
  /** True where the message said that it is over. */
  ended?: boolean | null
}

/** One link of an alert's chain, as the host tells it. */
export interface AlertEvent {
  sequence: number
  type: string
  at: string
  actor: string
  comment: string | null
  assignee: string | null
  from: Severity | null
  to: Severity | null
  metric: string | null
  value: number | null
  threshold: number | null
  observedAt: string | null
  verdict: 'true' | 'false' | null
  dueAt?: string | null
  notices?: readonly Notice[] | null
  evidence?: string | null
  evidenceText?: string | null
}

/** A link as an officer, or an inquiry, reads it. */
export interface Step {
  sequence: number
  type: string
  /** When the host took note, Unix ms. */
  at: number
  who: string
  isPerson: boolean
  what: string
  /** From what to what: severity, responsible unit or verdict. */
  change: string
  figure: string
  note: string
  /** Why it ended, or changed without a measurement. */
  why: string
  /** When it was measured, where that was noticeably earlier than the host took note; else null. */
  observedAt: number | null
  /** The deadline of an assignment; null without one. */
  due: number | null
}

/** As the host calls itself in the chain. */
const SYSTEM = 'system'
/** A reading is on its way for some seconds; more than that an inquiry wants to see. */
const LATE_MS = 60_000
const LATEST_SHOWN = 5

const fromTo = (from: string, to: string): string => (from && to && from !== to ? say('step.from-to', from, to) : to)

/** The chain in words, oldest first. What somebody replaced (unit, verdict) stands beside what he put there: the chain itself has only the new. */
export function stepsOf(kind: string, events: readonly AlertEvent[]): Step[] {
  let [assignee, verdict, isAcknowledged] = ['', '', false]
  return events.map((event) => {
    // Worse than what somebody had seen, or later than he had promised: he is to look again.
    const isAnew = isAcknowledged && (event.type === 'escalated' || event.type === 'overdue')
    isAcknowledged = event.type === 'acknowledged' || (isAcknowledged && !isAnew)
    let change = fromTo(event.from ? sayOf('severity', event.from) : '', event.to ? sayOf('severity', event.to) : '')
    if (event.type === 'assigned') change = fromTo(assignee, (assignee = event.assignee ?? ''))
    if (event.type === 'overdue') change = assignee
    if (event.notices) change = toldText(event.notices, true)
    if (event.type === 'withdrawn') [change, verdict] = [verdict, '']
    if (event.type === 'marked') change = fromTo(verdict, (verdict = event.verdict ? sayOf('verdict', event.verdict) : ''))
    // The severity is the same: what is new is how far it went.
    if (event.type === 'furthered') change = ''
    const at = Date.parse(event.at)
    const observed = event.observedAt ? Date.parse(event.observedAt) : at
    return {
      sequence: event.sequence, type: event.type, at, isPerson: event.actor !== SYSTEM, who: event.actor === SYSTEM ? say('timeline.system') : event.actor,
      what: whatOf(event), change, figure: figureOf(kind, event), note: event.comment ?? '', why: event.notices ? toldText(event.notices, false) : [whyOf(event), isAnew ? say('step.again') : ''].filter(Boolean).join(say('comma')), observedAt: at - observed > LATE_MS ? observed : null,
      due: event.dueAt ? Date.parse(event.dueAt) : null,
    }
  })
}

function whatOf(event: AlertEvent): string {
  if (event.type === 'furthered' && isFall(event)) return say('step.fell')
  if (event.notices?.every((notice) => !notice.delivered)) return say('step.unreached')
  return event.notices?.every((notice) => notice.ended) ? say('step.told-over') : sayOf('step', event.type)
}

/** By policy whom a message reached, or why it did not. */
const toldText = (notices: readonly Notice[], delivered: boolean): string =>
  notices
    .filter((notice) => notice.delivered === delivered)
    .map((notice) => (delivered ? say(notice.named === false ? 'notice.counted' : 'notice.told', notice.policy, notice.to) : say('notice.failed', notice.policy, notice.to, notice.answer ?? '')))
    .join(say('comma'))

// What raised an alert stands in the drawer already, with its picture.
function whyOf({ type, evidence, evidenceText }: AlertEvent): string {
  return evidenceText && (type === 'cleared' || type === 'closed' || evidence?.includes('"ruleChange"')) ? evidenceText : ''
}

const isFall = ({ value, threshold }: AlertEvent): boolean => value !== null && threshold !== null && value < threshold

function figureOf(kind: string, { type, metric, value, threshold }: AlertEvent): string {
  if (!metric || value === null) return ''
  const limit = threshold === null || type === 'furthered' ? '' : say('alert.threshold', limitText(kind, metric, threshold))
  if (metricOf(kind, metric)?.unit === '1') return sayOf('state-told', `${metric}.${value}`)
  return [valueText(kind, metric, value), limit].filter(Boolean).join(say('comma'))
}

/** Fewer than these are not worth a button. */
const HIDDEN_MIN = 4

const NEVER_LEFT_OUT = new Set(['overdue', 'notified'])

/** Water that rises and falls around a limit makes hundreds of steps; what a person did or wrote, a deadline that passed, who was told, the beginning and the newest are never left out. */
export function shortened(steps: readonly Step[]): readonly Step[] {
  const kept = steps.filter((step, i) => step.isPerson || step.note !== '' || NEVER_LEFT_OUT.has(step.type) || i === 0 || i >= steps.length - LATEST_SHOWN)
  return steps.length - kept.length < HIDDEN_MIN ? steps : kept
}
