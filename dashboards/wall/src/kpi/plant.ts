import { ref, shallowRef, watch } from 'vue'
import { secondPulse } from '../city/city'
import { ask } from '../link/api'
import { linkState, pace, type Pace } from '../link/hub'

export interface Ingestion {
  messages: number
  readings: number
  rejections: number
  journalBytes: number
  backlogReadings: number
  full: boolean
  fault: string | null
}

export interface Store {
  readings: number | null
  lagGroups: number
  lagSeconds: number
  fault: string | null
}

export interface Plant {
  ingestion: Ingestion
  store: Store
  pace: Pace | null
  /** Readings a second since the look before, null at the first look and after a restart of the host. */
  rate: number | null
  /** Refused in the last minute, as far as this wall has looked. */
  refusedLately: number
}

export const plant = shallowRef<Plant | null>(null)
/** Readings a second, newest last: two minutes. */
export const rates = ref<number[]>([])

const EVERY_S = 2
const RATES_MAX = 60
const LATELY_MS = 60_000
let before: { at: number; ingestion: Ingestion } | null = null
let refusals: Refusals[] = []

export interface Refusals {
  at: number
  count: number
}

/** Counts of the last minute with the present one; the first of them is the one to count from. A host that has forgotten some begins them anew. */
export function lately(known: readonly Refusals[], next: Refusals): Refusals[] {
  const kept = known.filter((one) => one.at >= next.at - LATELY_MS - EVERY_S * 1000)
  return kept.some((one) => one.count > next.count) ? [next] : [...kept, next]
}

let isLooking = false

async function look(): Promise<void> {
  if (linkState.value !== 'live' || isLooking) return
  isLooking = true
  try {
    const [ingestion, store, own] = await Promise.all([ask<Ingestion>('/api/v1/ingestion'), ask<Store>('/api/v1/history'), pace()])
    const at = performance.now()
    const seconds = before ? (at - before.at) / 1000 : 0
    const known = before && seconds > 0.5 && ingestion.messages >= before.ingestion.messages
    const rate = known ? (ingestion.readings - before!.ingestion.readings) / seconds : null
    refusals = lately(refusals, { at, count: ingestion.rejections })
    plant.value = { ingestion, store, pace: own, rate, refusedLately: ingestion.rejections - refusals[0]!.count }
    if (rate !== null) rates.value = [...rates.value, rate].slice(-RATES_MAX)
    before = { at, ingestion }
  } catch {
    // The link's own sign says when the host is away.
  } finally {
    isLooking = false
  }
}

watch(secondPulse, (second) => second % EVERY_S === 0 && void look())
