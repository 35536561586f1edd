import { now, secondPulse } from '../city/city'
import type { Alert } from '../city/types'
import { span } from '../texts/format'
import { say } from '../texts/texts'

/** Deadlines that are offered with an assignment, minutes. */
export const DEADLINES = [15, 30, 60, 120, 240, 1440] as const

/** Whether the time by which it should have been dealt with has passed, and it has not been. */
export const isLate = (alert: Alert): boolean => alert.overdueAt != null && alert.clearedAt === null

/** Who an alert was given to, and how long he still has, or how long he should have been done with it; empty when nobody has it. */
export function assignedText(alert: Alert): string {
  if (!alert.assignedTo) return ''
  const given = say('alert.assigned', alert.assignedTo)
  if (!alert.dueAt || alert.clearedAt) return given
  void secondPulse.value
  const left = (Date.parse(alert.dueAt) - now()) / 1000
  return `${given} · ${left > 0 ? say('alert.left', span(left)) : say('alert.late', span(-left))}`
}
