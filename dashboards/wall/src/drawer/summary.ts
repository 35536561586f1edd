import { isSilent, readings } from '../city/city'
import { KINDS } from '../city/kinds'
import { kinds } from '../city/city'
import type { Metric, Sensor } from '../city/types'
import { quantity } from '../texts/format'
import { say, sayOf } from '../texts/texts'

export const metricOf = (kind: string, name: string): Metric | undefined => kinds.get(kind)?.metrics.find((metric) => metric.name === name)

/** Value and unit; states of 0 and 1 in words. */
export function valueText(kind: string, name: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  const metric = metricOf(kind, name)
  if (metric?.unit === '1') return sayOf(`state.${name}`, String(value))
  if (name === 'depth' && metric?.unit === 'm') return `${Math.round(value * 100)} cm`
  return quantity(value, metric?.unit)
}

/** A station in one line: name, figure, silence. */
export function summaryOf(sensor: Sensor): string {
  const metric = KINDS[sensor.kind]?.metric ?? ''
  const value = readings.get(sensor.id)?.values[metric]
  const figure = value === undefined ? '' : `  ${sayOf('metric', metric)} ${valueText(sensor.kind, metric, value)}`
  return `${sensor.name}${figure}${isSilent(sensor) ? `  ${say('silent')}` : ''}`
}
