import { ruleOf } from '../alerts/ruleTypes'
import { freshValue, isSilent, isTold, kinds, readings, sensors } from '../city/city'
import { KINDS } from '../city/kinds'
import type { Alert, Metric, Quality, Sensor } from '../city/types'
import { span } from '../texts/format'
import { limited, measured, measureOf, type Measure } from '../texts/measure'
import { say, sayOf } from '../texts/texts'
import { expectedOf } from './evidence'

export const metricOf = (kind: string, name: string): Metric | undefined => kinds.get(kind)?.metrics.find((metric) => metric.name === name)

/** How a kind's metric is written. */
export const measureOfKind = (kind: string, name: string): Measure => measureOf(name, metricOf(kind, name)?.unit)

/** Value and unit; states of 0 and 1 in words. */
export const valueText = (kind: string, name: string, value: number | null | undefined): string => worded(kind, name, value, measured)

/** The same for a threshold. */
export const limitText = (kind: string, name: string, value: number | null | undefined): string => worded(kind, name, value, limited)

function worded(kind: string, name: string, value: number | null | undefined, write: typeof measured): string {
  if (value === null || value === undefined) return '–'
  return metricOf(kind, name)?.unit === '1' ? sayOf(`state.${name}`, String(value)) : write(measureOfKind(kind, name), value)
}

/** A station in one line: name, figure, silence. */
export function summaryOf(sensor: Sensor): string {
  const metric = KINDS[sensor.kind]?.metric ?? ''
  const value = readings.get(sensor.id)?.values[metric]
  const figure = value === undefined ? '' : `  ${sayOf('metric', metric)} ${valueText(sensor.kind, metric, value)}`
  const silence = silenceText(sensor, metric)
  return `${sensor.name}${figure}${silence && `  ${silence}`}`
}

/** Why a value may not be taken for what is: nobody has told it yet, the device is silent, or it lives and its probe is; empty while neither is so. */
export function silenceText(sensor: Sensor, metric: string): string {
  if (!isSilent(sensor, metric)) return ''
  if (!readings.has(sensor.id)) return say(isTold.value ? 'unread' : 'loading')
  return isSilent(sensor) ? say('silent') : say('stopped')
}

/** What was found wrong with the newest reading, empty for a good one. A bad value is not shown: what stands there is the last one that was not. */
export function qualityText(reading: { quality: Quality; reason: string | null } | undefined): string {
  if (!reading || reading.quality === 'good') return ''
  const why = sayOf('quality-reason', reading.reason ?? 'other')
  return reading.quality === 'bad' ? say('quality-told.bad', why) : say('quality-told.doubtful', why)
}

interface AlertFigure {
  /** What the value is, where it is not simply what stands there. */
  label: string
  value: string
  limit: string
}

type Measured = Pick<Alert, 'kind' | 'rule' | 'metric' | 'unit' | 'value' | 'furthest' | 'threshold' | 'clearedAt' | 'state' | 'severity' | 'worst' | 'evidence'>

const FURTHEST: Record<string, 'alert.deepest' | 'alert.most'> = { depth: 'alert.deepest', rain: 'alert.most' }

const isForecast = ({ rule }: Pick<Alert, 'rule'>): boolean => rule === 'nowcast-depth' || rule === 'nowcast-level'

const isOver = (alert: Measured): boolean => alert.clearedAt !== null || alert.state === 'closed'

/** Its sign is that of the worst it was: the value that belongs to it is the furthest. */
const hasEased = (alert: Measured): boolean => alert.state === 'raised' && alert.worst !== alert.severity

const tellsFurthest = (alert: Measured): boolean => isOver(alert) || hasEased(alert)

/** Its furthest is its lowest: below the limit or, of a detector, which has none, below what had been expected. */
function isFall({ furthest, threshold, evidence, metric }: Pick<Alert, 'furthest' | 'threshold' | 'evidence' | 'metric'>): boolean {
  const usual = threshold ?? expectedOf({ evidence, metric })
  return usual !== null && furthest !== null && furthest < usual
}

/** Of two alerts of a kind the one that went further. */
export function further<A extends Pick<Alert, 'furthest' | 'threshold' | 'evidence' | 'metric'>>(one: A, other: A): A {
  if (one.furthest === null || other.furthest === null) return one.furthest === null ? other : one
  return (isFall(one) && isFall(other) ? other.furthest < one.furthest : other.furthest > one.furthest) ? other : one
}

/** What a rule reckons from many readings is known as of its last step alone: so much it had reached, and may be more by now. */
function labelOf(alert: Measured, rule: ReturnType<typeof ruleOf>): string {
  if (isForecast(alert)) return say('series.forecast')
  const furthest = tellsFurthest(alert) ? say(isFall(alert) ? 'alert.lowest' : (FURTHEST[alert.metric] ?? 'alert.highest')) : ''
  if (rule?.type === 'rise') return `${say(alert.metric === 'displacement' ? 'alert.grew' : 'alert.rose', span(rule.windowSeconds ?? 0))} ${furthest || say('alert.reached')}`
  return furthest || (rule?.type === 'accumulation' ? say('alert.reached') : '')
}

/**
 * Of an alert that is over, or that waits and has eased, the furthest value tells what it was about, and the limit is left out: its last step,
 * which the limit is of, was a milder one. Its rule's name says what a state is.
 */
export function alertFigure(alert: Measured, rule = ruleOf(alert)): AlertFigure {
  const value = tellsFurthest(alert) ? alert.furthest : alert.value
  if (value === null || !alert.metric || (alert.unit === '1' && (value === 0 || value === 1))) return { label: '', value: '', limit: '' }
  const hasLimit = !tellsFurthest(alert) && alert.threshold !== null && alert.unit !== '1'
  return {
    label: labelOf(alert, rule), value: valueText(alert.kind, alert.metric, value),
    limit: hasLimit ? say('alert.threshold', limitText(alert.kind, alert.metric, alert.threshold!)) : '',
  }
}

/** Only of rules that judge the value itself what stands there now may be set beside their limits. */
const judgesValue = (alert: Alert, rule: ReturnType<typeof ruleOf>): boolean => (rule?.type ?? (alert.metric === 'depth' ? 'ladder' : '')) === 'ladder' && !isForecast(alert) && alert.unit !== '1'

/** The furthest it went, which of one that goes on may be what stands there now: the host tells it in steps of a fifth. */
export function furthestFigure(alert: Alert, rule = ruleOf(alert)): AlertFigure {
  const sensor = sensors.get(alert.sensorId)
  const value = sensor && !isOver(alert) && judgesValue(alert, rule) ? freshValue(sensor, alert.metric) : null
  return alertFigure({ ...(value === null ? alert : further(alert, { ...alert, furthest: value })), clearedAt: alert.clearedAt ?? alert.updatedAt }, rule)
}

/**
 * What stands there now, which is what an officer sends people into, and small beside it the limit of the severity that holds, or the furthest it
 * went once that is over. The alert's own value is of its last step, and may be long past. Of a station that is silent the furthest: nobody knows more.
 */
export function presentFigure(alert: Alert, rule = ruleOf(alert)): AlertFigure {
  const sensor = sensors.get(alert.sensorId)
  if (!sensor || !alert.metric || !judgesValue(alert, rule)) return alertFigure(alert, rule)
  const value = freshValue(sensor, alert.metric)
  const past = alertFigure({ ...alert, clearedAt: alert.clearedAt ?? alert.updatedAt }, rule)
  if (value === null) return { ...past, limit: silenceText(sensor, alert.metric) }
  const limit = alert.threshold === null ? '' : say('alert.threshold', limitText(alert.kind, alert.metric, alert.threshold))
  return { label: say('alert.now'), value: valueText(alert.kind, alert.metric, value), limit: tellsFurthest(alert) ? `${past.label}\u00a0${past.value}` : limit }
}
