import { computed, ref, watch } from 'vue'
import { now, ofKind, registryPulse, secondPulse } from '../city/city'
import { ask, type Page } from '../link/api'
import { linkState } from '../link/hub'
import { say } from '../texts/texts'

/** Rain of a window over the gauges that were heard in it; a gauge that said nothing is unknown, not dry. */
export interface RainSum {
  mean: number | null
  most: number | null
  mostAt: string
  /** Null: said nothing in the window. */
  byGauge: Map<string, number | null>
  heard: number
  of: number
}

export interface Rain {
  /** When the sums were taken, by the host's clock. */
  at: number
  now: RainSum
  hour: RainSum
  three: RainSum
  day: RainSum
}

/** "Now" is the last five minutes: a gauge that tips at 0.2 mm says nothing in a shorter time. */
export const NOW_MINUTES = 5
export const rain = ref<Rain | null>(null)

const EVERY_S = 10
/** Sums are taken anew every ten seconds: after three times that they are no longer what is. */
const OLD_MS = 30_000

export const isOld = (at: number, then: number): boolean => then - at > OLD_MS

/** When the sums were taken, once that is too long ago to go without saying; null before. */
export const oldRain = computed(() => (void secondPulse.value, rain.value && isOld(rain.value.at, now()) ? rain.value.at : null))

/** How many gauges the figures are not of, empty when they are of all. */
export function unheardText({ heard, of }: RainSum): string {
  if (heard === of) return ''
  return heard ? say('rain.unheard', of - heard) : say('rain.all-unheard')
}

export function sumOf(gauges: string[], items: { sensor: string; value: number }[]): RainSum {
  const byGauge = new Map<string, number | null>(gauges.map((id) => [id, null]))
  for (const item of items) byGauge.set(item.sensor, item.value)
  const heard = [...byGauge.values()].filter((value) => value !== null)
  let most: number | null = heard.length ? 0 : null
  let mostAt = ''
  for (const [id, value] of byGauge) if (value !== null && value > (most ?? 0)) [most, mostAt] = [value, id]
  return { mean: heard.length ? heard.reduce((a, b) => a + b, 0) / heard.length : null, most, mostAt, byGauge, heard: heard.length, of: gauges.length }
}

async function sum(gauges: string[], minutes: number): Promise<RainSum> {
  const to = now()
  const page = await ask<Page<{ sensor: string; value: number }>>(
    `/api/v1/readings?sensors=${gauges.join(',')}&metric=rain&aggregate=sum&from=${Math.round(to - minutes * 60_000)}&to=${Math.round(to)}&quality=usable&limit=1000`,
  )
  return sumOf(gauges, page.items)
}

async function load(): Promise<void> {
  const gauges = ofKind('rain_gauge').map((sensor) => sensor.id)
  if (!gauges.length || linkState.value !== 'live') return
  const at = now()
  try {
    const [five, hour, three, day] = await Promise.all([NOW_MINUTES, 60, 180, 1440].map((minutes) => sum(gauges, minutes)))
    rain.value = { at, now: five!, hour: hour!, three: three!, day: day! }
  } catch {
    // History may be away for a while; the last sums stay, grey, with the time that they are of.
  }
}

watch(secondPulse, (second) => second % EVERY_S === 0 && void load())
watch([registryPulse, linkState], () => void load())
