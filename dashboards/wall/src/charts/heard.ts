import { gapOf } from './gaps'

/** An amount of one sensor in one step of time. */
export interface Bucket {
  sensor: string
  ts: number
  value: number
}

function bySensor(buckets: readonly Bucket[]): Map<string, Bucket[]> {
  const found = new Map<string, Bucket[]>()
  for (const bucket of buckets) {
    const own = found.get(bucket.sensor)
    if (own) own.push(bucket)
    else found.set(bucket.sensor, [bucket])
  }
  for (const own of found.values()) own.sort((a, b) => a.ts - b.ts)
  return found
}

/** Of each sensor, when it was heard and how far from that it still counts. */
const heardOf = (buckets: readonly Bucket[], silenceMs: number, leastMs: number): { own: Bucket[]; withinMs: number }[] =>
  [...bySensor(buckets).values()].map((own) => ({ own, withinMs: gapOf(own.map(({ ts }) => ts), silenceMs, leastMs) }))

/**
 * Mean amount of each step over the sensors that were heard within some time of it: one that reports every few minutes is silent in
 * between and counts with nothing, one that has died or has not begun does not count.
 */
export function meanOfHeard(buckets: readonly Bucket[], leastMs: number, silenceMs = leastMs): [number, number][] {
  const sums = new Map<number, number>()
  for (const { ts, value } of buckets) sums.set(ts, (sums.get(ts) ?? 0) + value)
  const heard = heardOf(buckets, silenceMs, leastMs)
  return [...sums].sort((a, b) => a[0] - b[0]).map(([ts, sum]) => [ts, sum / heard.filter(({ own, withinMs }) => own.some((bucket) => Math.abs(bucket.ts - ts) <= withinMs)).length])
}

/** The values that stand in each step: of a sensor that reports every few minutes its last one, until it has been silent for too long. */
export function standingIn(buckets: readonly Bucket[], leastMs: number, silenceMs: number): Map<number, number[]> {
  const steps = new Map<number, number[]>([...new Set(buckets.map(({ ts }) => ts))].sort((a, b) => a - b).map((ts) => [ts, []]))
  for (const { own, withinMs } of heardOf(buckets, silenceMs, leastMs)) {
    let at = -1
    for (const [ts, values] of steps) {
      while (at + 1 < own.length && own[at + 1]!.ts <= ts) at++
      const last = own[at]
      if (last && ts - last.ts <= withinMs) values.push(last.value)
    }
  }
  return steps
}
