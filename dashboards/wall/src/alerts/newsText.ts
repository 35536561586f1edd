import type { Alert, Severity } from '../city/types'
import { alertFigure } from '../drawer/summary'
import { say, sayOf } from '../texts/texts'
import { isLate } from './assignedText'

/** So many are named; of more only how many there are. */
const NAMED_MAX = 3

/** One sentence for what has newly come to wait, with the time, so that the same once more is read out once more. */
export function newsText(severity: Severity, news: readonly Alert[], time: string): string {
  const names = news.slice(0, NAMED_MAX).map((alert) => [alert.sensorName, alert.ruleName, alertFigure(alert).value, isLate(alert) ? say('news.late', alert.assignedTo ?? '') : ''].filter(Boolean).join(' '))
  const rest = news.length - names.length
  return say('news', time, sayOf('severity', severity), [...names, ...(rest ? [say('news.more', rest)] : [])].join(say('semicolon')))
}
