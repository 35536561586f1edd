import { isLate } from '../city/city'
import type { Alert, Severity } from '../city/types'
import { alertFigure } from '../drawer/summary'
import { say, sayOf } from '../texts/texts'

/** So many are named; of more only how many there are. */
const NAMED_MAX = 3

/** A sentence for what has newly come to wait and one for what is late, with the time, so that the same once more is read out once more. */
export function newsText(severity: Severity, news: readonly Alert[], time: string): string {
  return [sentence('news', news.filter((alert) => !isLate(alert))), sentence('news.late', news.filter(isLate))].filter(Boolean).join(say('semicolon'))

  function sentence(text: 'news' | 'news.late', told: readonly Alert[]): string {
    if (!told.length) return ''
    const names = told.slice(0, NAMED_MAX).map((alert) => [alert.sensorName, alert.ruleName, alertFigure(alert).value, isLate(alert) ? alert.assignedTo : ''].filter(Boolean).join(' '))
    const rest = told.length - names.length
    return say(text, time, sayOf('severity', severity), [...names, ...(rest ? [say('news.more', rest)] : [])].join(say('semicolon')))
  }
}
