import { alerts, isSilent, now, ofKind, readings } from '../city/city'
import { nowcasts } from './nowcast'
import type { Alert, Sensor, Severity } from '../city/types'

/** One of the waterlogging points as it stands. */
export interface Flood {
  sensor: Sensor
  depth: number | null
  at: number | null
  silent: boolean
  /** Of the point's own alert while its condition holds. */
  severity: Severity | null
  alert: Alert | null
  /** Change over the last minutes as far as this browser saw them, null before it saw enough. */
  rise: { metres: number; seconds: number } | null
}

/** Steps of the ladder as the default rule has them; a point's own are in its drawer. */
export const LADDER: readonly { severity: Severity; metres: number }[] = [
  { severity: 'yellow', metres: 0.15 },
  { severity: 'orange', metres: 0.27 },
  { severity: 'red', metres: 0.4 },
]

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
    const samples = seen.get(sensor.id) ?? []
    const last = samples.at(-1)
    if (last && reading.ts - last.ts < WINDOW_MS / SAMPLES_MAX) continue
    samples.push({ ts: reading.ts, depth })
    while (samples.length > SAMPLES_MAX || samples[0]!.ts < reading.ts - WINDOW_MS) samples.shift()
    seen.set(sensor.id, samples)
  }
}

/** All points: the flooded ones, deepest first; those that are expected to be, soonest first; the rest. */
export function floodPoints(): Flood[] {
  const open = new Map<string, Alert>()
  for (const alert of alerts.values()) if (alert.kind === 'waterlogging' && alert.metric === 'depth' && !alert.rule.startsWith('nowcast-')) open.set(alert.sensorId, alert)
  return ofKind('waterlogging')
    .map((sensor) => {
      const reading = readings.get(sensor.id)
      const depth = reading?.values['depth'] ?? null
      const alert = open.get(sensor.id) ?? null
      return { sensor, depth, at: reading?.ts ?? null, silent: isSilent(sensor), severity: alert && alert.clearedAt === null ? alert.severity : null, alert, rise: riseOf(sensor.id, depth) }
    })
    .sort((a, b) => order(rank(a), rank(b)) || (b.depth ?? -1) - (a.depth ?? -1) || a.sensor.id.localeCompare(b.sensor.id))
}

const order = (a: number, b: number): number => (a === b ? 0 : a - b)

/** 0 for the flooded, then minutes until the water is expected, then the rest. */
function rank(flood: Flood): number {
  if ((flood.depth ?? 0) >= LADDER[0]!.metres) return 0
  return nowcasts.value.get(flood.sensor.id)?.crossing?.minutes ?? Infinity
}

function riseOf(id: string, depth: number | null): Flood['rise'] {
  const first = seen.get(id)?.[0]
  const seconds = first ? (now() - first.ts) / 1000 : 0
  return first && depth !== null && seconds > SEEN_S_MIN ? { metres: depth - first.depth, seconds } : null
}
