import { isSilent, kinds, readings } from '../city/city'
import { KINDS } from '../city/kinds'
import type { Alert, Metric, Quality, Sensor } from '../city/types'
import { limited, measured, measureOf, type Measure } from '../texts/measure'
import { say, sayOf } from '../texts/texts'

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

/** Why a value may not be taken for what is: the device is silent, or it lives and its probe is; empty while neither is so. */
export function silenceText(sensor: Sensor, metric: string): string {
  if (!isSilent(sensor, metric)) return ''
  if (!readings.has(sensor.id)) return say('unread')
  return isSilent(sensor) ? say('silent') : say('stopped')
}

/** What was found wrong with the newest reading, empty for a good one. A bad value is not shown: what stands there is the last one that was not. */
export function qualityText(reading: { quality: Quality; reason: string | null } | undefined): string {
  if (!reading || reading.quality === 'good') return ''
  const why = sayOf('quality-reason', reading.reason ?? 'other')
  return reading.quality === 'bad' ? say('quality-told.bad', why) : say('quality-told.doubtful', why)
}

/** Of an alert that is over the furthest value tells what it was about, and the limit is left out: its last step, which the limit is of, was a milder one. */
export function alertFigure(alert: Pick<Alert, 'kind' | 'metric' | 'unit' | 'value' | 'furthest' | 'threshold' | 'clearedAt'>): { value: string; limit: string } {
  const value = alert.clearedAt ? alert.furthest : alert.value
  const hasLimit = !alert.clearedAt && alert.threshold !== null && alert.metric && alert.unit !== '1'
  return { value: value === null || !alert.metric ? '' : valueText(alert.kind, alert.metric, value), limit: hasLimit ? say('alert.threshold', limitText(alert.kind, alert.metric, alert.threshold!)) : '' }
}
