import type { Alert } from '../city/types'
import type { Sample } from './series'

export interface Neighbour {
  sensorId: string
  name: string
  kind: string
  side: 'near' | 'upstream' | 'downstream'
  metres: number | null
  metric: string
  value: number | null
  moved: number | null
  departure: number | null
  observedAt: string | null
  verdict: 'agrees' | 'calm' | 'opposite' | 'silent' | 'doubtful' | 'unknown'
  verdictText: string
}

/** What a neighbour says, without colour. */
export const SIGN: Record<Neighbour['verdict'], string> = { agrees: '✓', calm: '–', opposite: '⇅', silent: '○', doubtful: '?', unknown: '…' }

/** What stood around a sensor when its alert was raised. */
export interface Surroundings {
  subject: 'rise' | 'fall' | 'state' | 'silence' | null
  lean: 'event' | 'instrument' | 'undecided'
  text: string | null
  minutes: number
  neighbours: Neighbour[]
  rain: { text: string } | null
  last: { text: string } | null
}

/** One metric's part in what a station's detector found. */
export interface Share {
  metric: string
  share: number
  value: number | null
  expected: number | null
}

interface Told {
  expected?: number | Record<string, number>
  contributions?: Record<string, number>
  values?: Record<string, number>
  residual?: { expected?: number }
}

const told = (alert: Pick<Alert, 'evidence'>): Told => (alert.evidence ? (JSON.parse(alert.evidence) as Told) : {})

/** What the detector expected of the alert's own metric; null for rules, forecasts and what has ended. */
export function expectedOf(alert: Pick<Alert, 'evidence' | 'metric'>): number | null {
  const { expected, residual } = told(alert)
  const found = residual ? residual.expected : typeof expected === 'object' ? expected[alert.metric] : expected
  return Number.isFinite(found) ? found! : null
}

/** Parts below it are noise: nobody looks at them. */
const SHARE_MIN = 0.02

/** How much each metric had to do with it, largest first; empty where one metric is watched alone. */
export function sharesOf(alert: Alert): Share[] {
  const { contributions, expected, values } = told(alert)
  const expectations = typeof expected === 'object' ? expected : {}
  return Object.entries(contributions ?? {})
    .filter(([, share]) => share >= SHARE_MIN)
    .map(([metric, share]) => ({ metric, share, value: values?.[metric] ?? null, expected: expectations[metric] ?? null }))
    .sort((a, b) => b.share - a.share)
}

/**
 * What a station read before: the median until some minutes before the alert, or its first value where nothing older is known. Stations differ in
 * datum and depth; beside each other only their changes can be looked at.
 */
export function before(samples: readonly Sample[], until: number): number | null {
  const good = samples.filter((sample) => sample.quality !== 'bad')
  const old = good.filter((sample) => sample.ts <= until).map((sample) => sample.value).sort((a, b) => a - b)
  return old[old.length >> 1] ?? good[0]?.value ?? null
}
