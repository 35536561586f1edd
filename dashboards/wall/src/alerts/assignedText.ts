import { now, secondPulse } from '../city/city'
import type { Alert } from '../city/types'
import { span } from '../texts/format'
import { say } from '../texts/texts'

/** Deadlines that are offered with an assignment, minutes. */
export const DEADLINES = [15, 30, 60, 120, 240, 1440] as const

/** Who an alert was given to, and how long he still has, or how long he should have been done with it; empty when nobody has it. */
export function assignedText(alert: Alert): string {
  if (!alert.assignedTo) return ''
  const given = say('alert.assigned', alert.assignedTo)
  // What had ended in time and came back is not what it was given for.
  if (!alert.dueAt || alert.clearedAt || Date.parse(alert.holdsSince ?? alert.raisedAt) > Date.parse(alert.dueAt)) return given
  void secondPulse.value
  const left = (Date.parse(alert.dueAt) - now()) / 1000
  return `${given} · ${left > 0 ? say('alert.left', span(left)) : say('alert.late', span(-left))}`
}
