import { computed, shallowRef } from 'vue'
import { all, ask } from '../link/api'
import type { Alert, Kind, Reading, Sensor, Severity, Snapshot } from './types'
import { RANK } from './types'

/**
 * The district as this browser knows it: one entry a sensor and one an open alert, whatever streams in, so that memory does not grow
 * with time. Plain maps; what is drawn looks at them when a pulse says that something changed, at most twice a second.
 */
export const sensors = new Map<string, Sensor>()
export const readings = new Map<string, Reading>()
export const alerts = new Map<string, Alert>()
export const kinds = new Map<string, Kind>()

/** The newest view that was told of each sensor's alerts, closed ones too: one that is marked after it was closed is in no list of open ones. */
export const lastAlerts = new Map<string, Alert>()

/** Counts up when readings changed. */
export const readingsPulse = shallowRef(0)
/** Counts up when alerts changed: at once, an alert does not wait. */
export const alertsPulse = shallowRef(0)
/** Counts up when the registry was loaded. */
export const registryPulse = shallowRef(0)
/** Whether the host has told how the city stands. Until then nothing that is not here may be taken for nothing that is: no alert, no water, nobody offline. */
export const isTold = shallowRef(false)
/** Counts up every second. */
export const secondPulse = shallowRef(0)

const PULSE_MS = 500
/** Closed alerts of which the version is remembered, so that a late older view does not open one again. */
const CLOSED_MAX = 2_000
const RELOAD_MS = 60_000
/** What lies farther in the host's future was dated by a clock that has been set back since. */
const AHEAD_MS = 60_000
/** The registry changes now and then; not all walls ask at the same time. */
const REGISTRY_MS = 5 * 60_000
const REGISTRY_JITTER_MS = 4 * 60_000

const closed = new Map<string, number>()
const moved = new Set<string>()
let clockOffset = 0
let newest = 0
let pulsing = false
let strangersAt = 0
let received = 0
let registryTimer: ReturnType<typeof setTimeout> | undefined

export const now = (): number => Date.now() + clockOffset
export const newestReading = (): number => newest
const isAhead = (ms: number): boolean => ms > now() + AHEAD_MS

/** Readings taken since the page was opened. */
export const readingsTaken = (): number => received

/** Sensors whose reading changed since the last call. */
export function takeMoved(): string[] {
  const ids = [...moved]
  moved.clear()
  return ids
}

/** Loads the registry, now and every few minutes until the city is forgotten. What has not changed is not told: nothing is drawn again. */
export async function loadRegistry(): Promise<void> {
  clearTimeout(registryTimer)
  const mine = (registryTimer = setTimeout(() => void loadRegistry().catch(() => undefined), REGISTRY_MS + Math.random() * REGISTRY_JITTER_MS))
  const [list, kindList] = await Promise.all([all<Sensor>('/api/v1/sensors?limit=10000'), ask<{ items: Kind[] }>('/api/v1/kinds')])
  // The city may have been forgotten, or asked for again, while the answer was on its way.
  if (mine !== registryTimer) return
  const living = list.filter((sensor) => sensor.retiredAt === null || Date.parse(sensor.retiredAt) > now())
  if (living.length === sensors.size && living.every((sensor) => isSame(sensor, sensors.get(sensor.id))) && kindList.items.every((kind) => isSame(kind, kinds.get(kind.name)))) return
  sensors.clear()
  for (const sensor of living) sensors.set(sensor.id, sensor)
  for (const kind of kindList.items) kinds.set(kind.name, kind)
  registryPulse.value++
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** When each alert was last told by itself, by the clock that nobody sets: hosts' clocks differ from each other, and the alert may be another host's than the snapshot. */
const heardOf = new Map<string, number>()

export function takeSnapshot(city: Snapshot, asked = performance.now()): void {
  clockOffset = Date.parse(city.serverTime) - Date.now()
  newest = Math.max(isAhead(newest) ? 0 : newest, city.counts.newestReading ?? 0)
  // Views that came while the snapshot was on its way may be newer than it is.
  const open = new Set(city.alerts.map((view) => view.id))
  for (const id of alerts.keys()) if (!open.has(id) && (heardOf.get(id) ?? 0) <= asked) alerts.delete(id)
  for (const [id, at] of heardOf) if (at <= asked) heardOf.delete(id)
  for (const view of city.alerts) keepAlert(view)
  takeReadings(city.readings)
  isTold.value = true
  alertsPulse.value++
}

export function takeAlert(view: Alert): void {
  heardOf.set(view.id, performance.now())
  keepAlert(view)
  const last = lastAlerts.get(view.sensorId)
  if (last?.id !== view.id || last.version <= view.version) lastAlerts.set(view.sensorId, view)
  alertsPulse.value++
}

export function takeReadings(views: Reading[]): void {
  for (const view of views) {
    const known = readings.get(view.sensorId)
    if (known && known.ts > view.ts && !isAhead(known.ts)) continue
    if (!known || known.ts !== view.ts) moved.add(view.sensorId)
    readings.set(view.sensorId, view)
    if (view.ts > newest) newest = view.ts
    if (!sensors.has(view.sensorId)) strangersAt ||= Date.now()
  }
  received += views.length
  if (strangersAt && Date.now() - strangersAt > RELOAD_MS) {
    strangersAt = 0
    void loadRegistry().catch(() => undefined)
  }
  if (pulsing) return
  pulsing = true
  setTimeout(() => {
    pulsing = false
    readingsPulse.value++
  }, PULSE_MS)
}

/** When a metric's value was measured; the newest message's time without a metric, or when the sensor has never sent it. */
export function timeOf(reading: Reading, metric = ''): number {
  return reading.times?.[metric] ?? reading.ts
}

/** Silent for longer than its kind may be. A metric is silent by itself: a probe may be dead while the device still reports its battery. */
export function isSilent(sensor: Sensor, metric = ''): boolean {
  const reading = readings.get(sensor.id)
  return !reading || now() - timeOf(reading, metric) > (kinds.get(sensor.kind)?.silenceSeconds ?? 86_400) * 1000
}

/** Silent, or behind a gateway that the host knows to be gone: what it sent last is not what is. */
export const isOffline = (sensor: Sensor): boolean => isSilent(sensor) || readings.get(sensor.id)?.reason === 'stale'

/** A value that may be spoken of as what is: null when there is none or it is silent. */
export const freshValue = (sensor: Sensor, metric: string): number | null => (isSilent(sensor, metric) ? null : valueOf(sensor.id, metric))

export const valueOf = (id: string, metric: string): number | null => readings.get(id)?.values[metric] ?? null

/** What an alert is shown as, and counted as where it waits: as long as nobody has taken it by the worst it was, however low it stands by now. */
export const standing = (alert: Alert): Severity => (alert.state === 'raised' ? alert.worst : alert.severity)

/** The upkeep of devices, which waits for the day. */
const UPKEEP = new Set(['battery-low', 'offline', 'sensor-fault'])

export const isUpkeep = (alert: Alert): boolean => UPKEEP.has(alert.rule)

/** Rain says what comes: fires and water on the street are where somebody has to go. */
const lessOfKind = (alert: Alert): number => (isUpkeep(alert) ? 3 : alert.kind === 'rain_gauge' ? 4 : 0)

/** Whether the time by which whoever it was assigned to should have dealt with it has passed, and it has not been. */
export const isLate = (alert: Alert): boolean => !!alert.overdueAt && alert.clearedAt === null

/** How much an alert asks of an officer: by severity, less when the condition is over, a little less when somebody is on it, a little more when he is late. */
const urgency = (alert: Alert): number => RANK[standing(alert)] * 2 - (alert.clearedAt ? 3 : 0) - (alert.state === 'acknowledged' ? 1 : 0) + (isLate(alert) ? 1 : 0) - lessOfKind(alert)

/** When the condition began to hold the last time, Unix ms: what lists show. */
export const begunAt = (alert: Alert): number => Date.parse(alert.holdsSince ?? alert.raisedAt)

/** How deep the water stands where an alert tells of water on a street, as it is written there: what is read as the same must not be sorted as different. */
function streetCentimetres(alert: Alert): number {
  const sensor = alert.kind === 'waterlogging' && alert.metric === 'depth' ? sensors.get(alert.sensorId) : undefined
  return sensor ? Math.round((freshValue(sensor, 'depth') ?? 0) * 100) : 0
}

/** What is as urgent: first what holds, then what is worse now than it is said to have been, then the deepest water, then the newest. */
export const byUrgency = (a: Alert, b: Alert): number =>
  urgency(b) - urgency(a) || Number(a.clearedAt !== null) - Number(b.clearedAt !== null) || RANK[b.severity] - RANK[a.severity]
  || streetCentimetres(b) - streetCentimetres(a) || begunAt(b) - begunAt(a) || (a.id < b.id ? -1 : 1)

/** Water rises without an alert's changing: lists are sorted anew now and then, and not with every reading, which would move lines all the time. */
const SORTED_EVERY_S = 5
export const sortPulse = computed(() => Math.floor(secondPulse.value / SORTED_EVERY_S))

/** Open alerts, most urgent first. */
export const openAlerts = (): Alert[] => [...alerts.values()].sort(byUrgency)

/** Signs are filled while the condition holds and nobody is on it. */
export const isQuiet = (alert: Alert): boolean => alert.state !== 'raised' || alert.clearedAt !== null

export function ofKind(...names: string[]): Sensor[] {
  return [...sensors.values()].filter((sensor) => names.includes(sensor.kind))
}

export function forgetCity(): void {
  for (const map of [sensors, readings, alerts, closed, lastAlerts, heardOf]) map.clear()
  moved.clear()
  isTold.value = false
  newest = 0
  clearTimeout(registryTimer)
  registryTimer = undefined
}

function keepAlert(view: Alert): void {
  const known = alerts.get(view.id)?.version ?? closed.get(view.id) ?? -1
  if (known > view.version) return
  if (view.state !== 'closed') {
    alerts.set(view.id, view)
    return
  }
  alerts.delete(view.id)
  closed.set(view.id, view.version)
  if (closed.size > CLOSED_MAX) closed.delete(closed.keys().next().value as string)
}

setInterval(() => secondPulse.value++, 1000)
