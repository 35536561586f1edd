/** An amount of one sensor in one step of time. */
export interface Bucket {
  sensor: string
  ts: number
  value: number
}

/**
 * Mean amount of each step over the sensors that were heard within some time of it: one that reports every few minutes is silent in
 * between and counts with nothing, one that has died or has not begun does not count.
 */
export function meanOfHeard(buckets: readonly Bucket[], withinMs: number): [number, number][] {
  const heard = new Map<string, number[]>()
  const sums = new Map<number, number>()
  for (const { sensor, ts, value } of buckets) {
    heard.set(sensor, [...(heard.get(sensor) ?? []), ts])
    sums.set(ts, (sums.get(ts) ?? 0) + value)
  }
  const times = [...heard.values()]
  return [...sums].sort((a, b) => a[0] - b[0]).map(([ts, sum]) => [ts, sum / times.filter((own) => own.some((at) => Math.abs(at - ts) <= withinMs)).length])
}
