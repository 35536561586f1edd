export interface Refusal {
  id: number
  at: string
  gateway: string
  sensor: string | null
  reason: string
  reasonText: string
}

/** What one sensor, or one gateway, was refused for one reason. */
export interface RefusalGroup extends Refusal {
  count: number
}

/** Alike ones together, by their newest, newest first: a device that sends rubbish sends it a hundred times. */
export function grouped(refusals: readonly Refusal[]): RefusalGroup[] {
  const groups = new Map<string, RefusalGroup>()
  for (const refusal of [...refusals].sort((one, other) => other.id - one.id)) {
    const key = JSON.stringify([refusal.gateway, refusal.sensor, refusal.reason])
    const known = groups.get(key)
    if (known) known.count++
    else groups.set(key, { ...refusal, count: 1 })
  }
  return [...groups.values()]
}
