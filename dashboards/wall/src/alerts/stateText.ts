import type { Alert } from '../city/types'
import { say } from '../texts/texts'
import { assignedText } from './assignedText'

/** Who has an alert; that its condition is over stands beside it, whoever has it. */
export function stateText(alert: Alert, assigned = assignedText(alert)): string {
  const over = alert.clearedAt !== null
  const taken = alert.acknowledgedBy
    ? `${over ? `${say('alert.over')}${say('comma')}` : ''}${say('alert.acknowledged', alert.acknowledgedBy)}`
    : over ? say('alert.cleared') : say('alert.raised')
  return [taken, assigned].filter(Boolean).join(say('comma'))
}
