import { ref, watch } from 'vue'
import { now, ofKind, registryPulse, secondPulse } from '../city/city'
import { ask, type Page } from '../link/api'
import { linkState } from '../link/hub'

/** Rain of a window over all gauges. */
export interface RainSum {
  mean: number
  most: number
  mostAt: string
  byGauge: Map<string, number>
}

export interface Rain {
  now: RainSum
  hour: RainSum
  three: RainSum
  day: RainSum
}

/** "Now" is the last five minutes: a gauge that tips at 0.2 mm says nothing in a shorter time. */
export const NOW_MINUTES = 5
export const rain = ref<Rain | null>(null)

const EVERY_S = 10

async function sum(gauges: string[], minutes: number): Promise<RainSum> {
  const to = now()
  const page = await ask<Page<{ sensor: string; value: number }>>(
    `/api/v1/readings?sensors=${gauges.join(',')}&metric=rain&aggregate=sum&from=${Math.round(to - minutes * 60_000)}&to=${Math.round(to)}&quality=usable&limit=1000`,
  )
  const byGauge = new Map(gauges.map((id) => [id, 0]))
  for (const item of page.items) byGauge.set(item.sensor, item.value)
  let most = 0
  let mostAt = ''
  for (const [id, value] of byGauge) if (value > most) [most, mostAt] = [value, id]
  return { mean: [...byGauge.values()].reduce((a, b) => a + b, 0) / byGauge.size, most, mostAt, byGauge }
}

async function load(): Promise<void> {
  const gauges = ofKind('rain_gauge').map((sensor) => sensor.id)
  if (!gauges.length || linkState.value !== 'live') return
  try {
    const [five, hour, three, day] = await Promise.all([NOW_MINUTES, 60, 180, 1440].map((minutes) => sum(gauges, minutes)))
    rain.value = { now: five!, hour: hour!, three: three!, day: day! }
  } catch {
    // History may be away for a while; the last sums stay, and the reception panel says that it is.
  }
}

watch(secondPulse, (second) => second % EVERY_S === 0 && void load())
watch([registryPulse, linkState], () => void load())
