import type { Nowcast } from '../storm/nowcast'
import { bare, limited, measured } from '../texts/measure'
import { say } from '../texts/texts'
import { measureOfKind } from './summary'

interface Interval {
  low: number
  high: number
}

/** The horizon that officers plan with. */
const PLANNED_MINUTES = 30

function write({ kind, metric }: Nowcast) {
  const measure = measureOfKind(kind, metric)
  return {
    value: (figure: number): string => measured(measure, figure),
    limit: (figure: number): string => limited(measure, figure),
    interval: ({ low, high }: Interval): string => `${bare(measure, low)}–${measured(measure, high)}`,
  }
}

/** What is expected: where the limit is first reached, else in half an hour. */
export function outlookText(nowcast: Nowcast): string {
  const { horizons, threshold, now, metric, reach, crossing } = nowcast
  const told = horizons.find(({ value }) => threshold !== null && value >= threshold) ?? horizons.find(({ minutes }) => minutes >= PLANNED_MINUTES) ?? horizons.at(-1)
  if (!told) return ''
  const { value, limit, interval } = write(nowcast)
  const text = say(metric === 'depth' ? 'nowcast.text.depth' : 'nowcast.text.level', told.minutes, value(told.value), interval(told))
  if (threshold === null || now === null || now >= threshold) return text
  if (reach === 'expected' && crossing) return text + say('nowcast.text.expected', limit(threshold), crossing.minutes)
  return reach === 'possible' ? text + say('nowcast.text.possible', limit(threshold)) : text
}

/** What came beside what had been forecast for now. */
export function residualText(nowcast: Nowcast): string {
  const { residual } = nowcast
  if (!residual) return ''
  const { value, interval } = write(nowcast)
  const key = Math.abs(residual.factor) <= 1 ? 'nowcast.residual.inside' : residual.factor > 0 ? 'nowcast.residual.above' : 'nowcast.residual.below'
  return say(key, value(residual.value), residual.minutes, value(residual.expected), interval(residual))
}
