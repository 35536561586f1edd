import { ref, watch } from 'vue'
import { now, registryPulse, secondPulse } from '../city/city'
import { ask } from '../link/api'
import { linkState } from '../link/hub'
import { minuteOfDay } from '../texts/format'
import { say } from '../texts/texts'

export interface Horizon {
  minutes: number
  at: string
  value: number
  low: number
  high: number
}

export interface Score {
  minutes: number
  efficiency: number
  persistenceEfficiency: number
  coverage: number
  wetCoverage: number | null
  hits: number
  misses: number
  falseAlarms: number
}

/** What the host expects at one station; horizons are empty when it expects nothing, and the state says why. */
export interface Nowcast {
  sensorId: string
  kind: string
  metric: string
  state: string
  stateText: string
  issuedAt: string | null
  now: number | null
  horizons: Horizon[]
  coverage: number
  threshold: number | null
  reach: 'none' | 'possible' | 'expected' | 'reached'
  crossing: { minutes: number; at: string } | null
  text: string | null
  /** What came beside what had been forecast for now. */
  residual: { minutes: number; expected: number; low: number; high: number; value: number; factor: number } | null
  /** Minutes of weather in one of the devices' clocks: above 1 in a simulated city. */
  speed: number
  model: { origin: 'own' | 'prior'; originText: string; version: number; events: number; scores: Score[] } | null
  training: { stateText: string } | null
}

/** By station, the last that the host told; empty once that is too long ago. */
export const nowcasts = ref<ReadonlyMap<string, Nowcast>>(new Map())

/** Whether the host has said what it expects: until then nobody knows that there is no forecast. */
export const isForecastTold = ref(false)

const EVERY_S = 10
/** A simulated city's minutes are short. */
const EVERY_S_FAST = 2

/** Forecasts stand so many minutes of the weather, or three questions where those are shorter. */
const OLD_MINUTES = 10

/** Minutes of weather in one of the devices' clocks, as the host told last. */
export const speed = ref(1)

const everyS = (): number => (speed.value > 1 ? EVERY_S_FAST : EVERY_S)

let issued = ''
let issuedSeenAt = 0

/** Their age counts from when a newer one was first seen here: devices' clocks, which say when they were issued, may all be behind the host's. */
export function take(items: Nowcast[], at: number): void {
  const newest = items.reduce((latest, item) => (item.issuedAt && item.issuedAt > latest ? item.issuedAt : latest), '')
  if (newest !== issued) [issued, issuedSeenAt] = [newest, at]
  speed.value = items[0]?.speed ?? speed.value
  nowcasts.value = new Map(items.map((item) => [item.sensorId, item]))
  isForecastTold.value = true
  dropOld(at)
}

export function dropOld(at: number): void {
  if (nowcasts.value.size && at - issuedSeenAt > Math.max((OLD_MINUTES * 60_000) / speed.value, 3000 * everyS())) nowcasts.value = new Map()
}

async function load(): Promise<void> {
  if (linkState.value !== 'live') return
  try {
    take((await ask<{ items: Nowcast[] }>('/api/v1/nowcasts')).items, now())
  } catch {
    // The link's own sign says when the host is away; an old forecast is dropped by its age.
  }
}

const FAST_MINUTES = 10
/** How far back a chart of so many minutes goes: in a simulated city that runs fast, ten minutes hold a storm, and an hour would hide what is forecast. */
export const cityMinutes = (minutes: number): number => (speed.value > 1 ? Math.min(minutes, FAST_MINUTES) : minutes)

watch(secondPulse, (second) => {
  dropOld(now())
  if (second % everyS() === 0) void load()
})
watch([registryPulse, linkState], () => void load())

const GROUND = '#121b25'

/** Metres as the chart has them: points of a dashed line from now, and the interval as a lower edge with the width above it. */
export function continuation(nowcast: Nowcast | undefined, times = 1): { line: [number, number][]; low: [number, number][]; width: [number, number][] } | null {
  if (!nowcast?.issuedAt || nowcast.now === null || !nowcast.horizons.length) return null
  const from = Date.parse(nowcast.issuedAt)
  const round = (metres: number): number => Math.round(metres * times * 1000) / 1000
  const points = nowcast.horizons.map((h) => ({ ...h, at: Date.parse(h.at) }))
  return {
    line: [[from, round(nowcast.now)], ...points.map((p): [number, number] => [p.at, round(p.value)])],
    low: [[from, round(nowcast.now)], ...points.map((p): [number, number] => [p.at, round(p.low)])],
    width: [[from, 0], ...points.map((p): [number, number] => [p.at, round(p.high - p.low)])],
  }
}

/** Curves of a chart: the band first, so that the line lies on it. What is expected is dashed, and its shape hollow. */
export function forecastSeries(name: string, nowcast: Nowcast | undefined, colour: string, times: number, withBand: boolean, symbol = 'circle'): object[] {
  const ahead = continuation(nowcast, times)
  if (!ahead) return []
  const quiet = { type: 'line', showSymbol: false, silent: true, tooltip: { show: false }, lineStyle: { opacity: 0 }, itemStyle: { color: colour } }
  const stack = `${name} band`
  const band = withBand
    ? [{ ...quiet, name, stack, data: ahead.low, stackStrategy: 'all' }, { ...quiet, name, stack, data: ahead.width, stackStrategy: 'all', areaStyle: { color: colour, opacity: 0.18 } }]
    : []
  return [...band, { name, type: 'line', showSymbol: true, symbol, symbolSize: 7, data: ahead.line, lineStyle: { width: 2, color: colour, type: [3, 4] }, itemStyle: { color: GROUND, borderColor: colour, borderWidth: 1.5 } }]
}

/** When the lowest threshold is expected to be reached, in a few words; empty when it is not. */
export function crossingText(nowcast: Nowcast | undefined): string {
  if (!nowcast || nowcast.threshold === null || !nowcast.horizons.length) return ''
  const limit = Math.round(nowcast.threshold * 100)
  if (nowcast.reach === 'possible') return say('nowcast.possible', limit)
  if (!nowcast.crossing) return ''
  // A clock time of a simulated city that runs fast would mislead.
  return nowcast.speed > 1
    ? say('nowcast.crossing-fast', nowcast.crossing.minutes, limit)
    : say('nowcast.crossing', minuteOfDay(Date.parse(nowcast.crossing.at)), limit, nowcast.crossing.minutes)
}
