import { begunAt, now, secondPulse } from '../city/city'
import type { Alert } from '../city/types'
import { span } from '../texts/format'
import { say } from '../texts/texts'

/** How long the condition has held since it began the last time, or had held until it was over. */
export function lastingText(alert: Alert): string {
  void secondPulse.value
  const begun = begunAt(alert)
  return alert.clearedAt
    ? say('alert.lasted', span((Date.parse(alert.clearedAt) - begun) / 1000))
    : say('flood.since', span((now() - begun) / 1000))
}
