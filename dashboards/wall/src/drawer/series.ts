import { now } from '../city/city'
import type { Quality } from '../city/types'
import { ask, type Page } from '../link/api'

/** One point of a raw series, or one bucket of an aggregated one. */
export interface Sample {
  ts: number
  value: number
  quality: Quality
  reason: string | null
  least?: number
  most?: number
  count?: number
}

/** Bad readings that lie within reach of the others. A value that is a million times too large would press the curve flat, and its place says nothing more than that it is bad. */
export function badWithinReach(samples: readonly Sample[], limits: readonly number[]): Sample[] {
  const bad = samples.filter((s) => s.quality === 'bad')
  const others = samples.filter((s) => s.quality !== 'bad').map((s) => s.value)
  if (!others.length) return bad
  const [low, high] = [...others, ...limits].reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity])
  const reach = high - low || Math.abs(high) || 1
  return bad.filter((s) => s.value >= low - reach && s.value <= high + reach)
}

export interface Series {
  sensor: string
  samples: Sample[]
  /** False when there were more raw readings than one page holds: the newest are shown. */
  whole: boolean
}

export interface Span {
  hours: number
  every: string
  everyMs: number
}

export const SPANS: readonly Span[] = [
  { hours: 1, every: '1m', everyMs: 60_000 }, { hours: 6, every: '5m', everyMs: 300_000 }, { hours: 24, every: '15m', everyMs: 900_000 }, { hours: 168, every: '2h', everyMs: 7_200_000 },
]

/** Raw readings at most; more of them are more than the chart has pixels. */
export const RAW_MAX = 5_000

interface RawItem {
  ts: number
  values: Record<string, number>
  quality: Quality
  reason?: string
  metrics?: string[]
}

interface BucketItem {
  ts: number
  count: number
  values: Record<string, { mean: number; min: number; max: number }>
}

/** From and to of a span that ends now, Unix ms; readings may be a minute ahead. */
function bounds(span: Span): [number, number] {
  const to = Math.round(now()) + 60_000
  return [to - 60_000 - span.hours * 3_600_000, to]
}

const pathOf = (sensor: string, metric: string, from: number, to: number): string =>
  `/api/v1/sensors/${encodeURIComponent(sensor)}/readings?metric=${metric}&from=${from}&to=${to}`

const meansOf = (span: Span): string => `&every=${span.every}&aggregate=mean,min,max`

/** Where what a chart shows is as a file. */
export const filePath = (sensor: string, metric: string, span: Span, raw: boolean): string => pathOf(sensor, metric, ...bounds(span)) + (raw ? '' : meansOf(span))

/** Every raw reading of the span with its quality. */
export const rawSeries = (sensor: string, metric: string, span: Span): Promise<Series> => rawBetween(sensor, metric, ...bounds(span))

/** Every raw reading between two times, Unix ms, with its quality; the newest when there are too many. */
export async function rawBetween(sensor: string, metric: string, from: number, to: number): Promise<Series> {
  const path = pathOf(sensor, metric, from, to)
  let page = await ask<Page<RawItem>>(`${path}&limit=${RAW_MAX}`)
  const whole = page.next === null
  if (!whole) page = await ask<Page<RawItem>>(`${path}&last=${RAW_MAX}`)
  const samples = page.items.flatMap((item): Sample[] => {
    const value = item.values[metric]
    if (value === undefined) return []
    // A fault of other metrics is not this one's.
    const own = !item.metrics || item.metrics.includes(metric)
    return [{ ts: item.ts, value, quality: own ? item.quality : 'good', reason: own ? (item.reason ?? null) : null }]
  })
  return { sensor, samples, whole }
}

/** Mean, least and most of each bucket; bad readings do not count, as the host has it. */
export async function meanSeries(sensor: string, metric: string, span: Span): Promise<Series> {
  const page = await ask<Page<BucketItem>>(`${pathOf(sensor, metric, ...bounds(span))}${meansOf(span)}&limit=10000`)
  const samples = page.items.flatMap((item): Sample[] => {
    const figures = item.values[metric]
    return figures ? [{ ts: item.ts, value: figures.mean, least: figures.min, most: figures.max, count: item.count, quality: 'good', reason: null }] : []
  })
  return { sensor, samples, whole: page.next === null }
}
