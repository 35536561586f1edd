import { alerts, byUrgency, isSilent, ofKind, readings, timeOf } from '../city/city'
import { say } from '../texts/texts'
import { isClosedByHand } from './byHand'
import { nowcasts } from './nowcast'
import type { Alert, Quality, Sensor, Severity } from '../city/types'

/** One of the waterlogging points as it stands. */
export interface Flood {
  sensor: Sensor
  depth: number | null
  /** When the depth was measured. */
  at: number | null
  /** No depth for longer than may be, whatever else the device sends: the one that is known may be long over. */
  silent: boolean
  quality: Quality
  reason: string | null
  /** Of the point's own alert while its condition holds. */
  severity: Severity | null
  alert: Alert | null
  /** What the depth itself amounts to where no alert tells of it: somebody has closed it, or there is none yet. */
  standing: Severity | null
  /** A person has closed its alert while the water stood. */
  byHand: boolean
  /** Change over the last minutes as far as this browser saw them, null before it saw enough. */
  rise: { metres: number; seconds: number } | null
}

/** Steps of the ladder as the default rule has them; a point's own are in its drawer. */
export const LADDER: readonly { severity: Severity; metres: number }[] = [
  { severity: 'yellow', metres: 0.15 },
  { severity: 'orange', metres: 0.27 },
  { severity: 'red', metres: 0.4 },
]

/** A step's name where points are counted: each is counted once, so each step ends where the next begins. */
export function bandText(step: number): string {
  const [from, to] = [LADDER[step]!, LADDER[step + 1]].map((edge) => edge && Math.round(edge.metres * 100))
  return to ? say('flood.band', from!, to) : say('flood.band-top', from!)
}

const stepOf = (depth: number | null): Severity | null => LADDER.findLast((step) => depth !== null && depth >= step.metres)?.severity ?? null

const WINDOW_MS = 5 * 60_000
const SAMPLES_MAX = 40
const SEEN_S_MIN = 10
const seen = new Map<string, { ts: number; depth: number }[]>()

/** Remembers depths for the tendency: at most so many a point, of the last minutes. */
export function watchDepths(): void {
  for (const sensor of ofKind('waterlogging')) {
    const reading = readings.get(sensor.id)
    const depth = reading?.values['depth']
    if (!reading || depth === undefined) continue
    const ts = timeOf(reading, 'depth')
    const samples = seen.get(sensor.id) ?? []
    const last = samples.at(-1)
    if (last && ts - last.ts < WINDOW_MS / SAMPLES_MAX) continue
    samples.push({ ts, depth })
    while (samples.length > SAMPLES_MAX || samples[0]!.ts < ts - WINDOW_MS) samples.shift()
    seen.set(sensor.id, samples)
  }
}

/** All points: the flooded ones, deepest first; those that are expected to be, soonest first; the rest. */
export function floodPoints(): Flood[] {
  const open = new Map<string, Alert>()
  for (const alert of alerts.values()) {
    if (alert.kind !== 'waterlogging' || alert.metric !== 'depth' || alert.rule.startsWith('nowcast-')) continue
    const known = open.get(alert.sensorId)
    if (!known || comesFirst(alert, known)) open.set(alert.sensorId, alert)
  }
  return ofKind('waterlogging')
    .map((sensor) => {
      const reading = readings.get(sensor.id)
      const depth = reading?.values['depth'] ?? null
      const alert = open.get(sensor.id) ?? null
      const at = reading && depth !== null ? timeOf(reading, 'depth') : null
      const silent = isSilent(sensor, 'depth')
      const severity = alert && alert.clearedAt === null ? alert.severity : null
      const standing = severity || silent ? null : stepOf(depth)
      return {
        sensor, depth, at, silent, quality: reading?.quality ?? 'good', reason: reading?.reason ?? null,
        severity, alert, standing, byHand: standing !== null && isClosedByHand(sensor.id), rise: silent ? null : riseOf(sensor.id),
      }
    })
    .sort((a, b) => order(rank(a), rank(b)) || (b.depth ?? -1) - (a.depth ?? -1) || a.sensor.id.localeCompare(b.sensor.id))
}

/** What may be said of all points together: of those that are silent or were never read nobody knows whether they are dry. */
export interface FloodCensus {
  known: number
  flooded: number
  silent: number
  unread: number
  /** Of the known ones those whose value may not be what is: devices offline, readings doubtful, or nothing new comes at all. */
  doubtful: number
  /** Of the known ones, null when there are none. */
  deepest: number | null
}

export function floodCensus(floods: Flood[], isFrozen = false): FloodCensus {
  const known = floods.filter(isKnown)
  return {
    known: known.length,
    flooded: known.filter((flood) => flood.depth! >= LADDER[0]!.metres).length,
    silent: floods.filter((flood) => flood.depth !== null && flood.silent).length,
    unread: floods.filter((flood) => flood.depth === null).length,
    doubtful: known.filter((flood) => isFrozen || flood.quality !== 'good').length,
    deepest: known.length ? Math.max(...known.map((flood) => flood.depth!)) : null,
  }
}

/** How many points nothing may be said of, empty when there are none. */
export function missingText(census: FloodCensus): string {
  return [census.silent ? say('kpi.silent', census.silent) : '', census.unread ? say('kpi.unread', census.unread) : '', census.doubtful ? say('kpi.doubtful', census.doubtful) : ''].filter(Boolean).join(say('comma'))
}

/** How deep the water stands; "dry" is said only when it is known of every point. */
export function standingText(census: FloodCensus): string {
  const deepest = census.deepest !== null && census.deepest >= 0.01 ? say('kpi.deepest', Math.round(census.deepest * 100)) : ''
  return [deepest, missingText(census)].filter(Boolean).join(say('comma')) || (census.known ? say('kpi.dry') : '')
}

export const isKnown = (flood: Flood): boolean => flood.depth !== null && !flood.silent

/** One that holds comes before one that is over, however severe it was. */
const comesFirst = (a: Alert, b: Alert): boolean => ((a.clearedAt === null) === (b.clearedAt === null) ? byUrgency(a, b) < 0 : a.clearedAt === null)

const order = (a: number, b: number): number => (a === b ? 0 : a - b)

/** 0 for the flooded, next those that were when they fell silent, then minutes until the water is expected, then the rest. */
function rank(flood: Flood): number {
  if ((flood.depth ?? 0) >= LADDER[0]!.metres) return flood.silent && !flood.severity ? 0.5 : 0
  return nowcasts.value.get(flood.sensor.id)?.crossing?.minutes ?? Infinity
}

/** Null before enough was seen of a point, and of any other station. */
export function riseOf(id: string): Flood['rise'] {
  const first = seen.get(id)?.[0]
  const reading = readings.get(id)
  const depth = reading?.values['depth']
  const seconds = first && reading ? (timeOf(reading, 'depth') - first.ts) / 1000 : 0
  return first && depth !== undefined && seconds > SEEN_S_MIN ? { metres: depth - first.depth, seconds } : null
}

/** A tendency in whole centimetres as a sign; empty for none. */
export const signOf = (rise: Flood['rise']): '▲' | '▼' | '' => {
  const cm = rise ? Math.round(rise.metres * 100) : 0
  return cm > 0 ? '▲' : cm < 0 ? '▼' : ''
}
