import { computed, ref, watch } from 'vue'
import { alerts, alertsPulse, isOffline, isTold, readings, readingsPulse, registryPulse, secondPulse, sensors } from './city'
import { KIND_ORDER } from './kinds'
import { SEVERITIES, type Severity } from './types'

export interface KindCount {
  kind: string
  total: number
  online: number
}

export interface StreetCount {
  street: string
  total: number
  bySeverity: Record<Severity, number>
}

/** Every sensor looked at once for all panels together, every other second at most: 20,000 lookups take some milliseconds. */
export const censusPulse = ref(0)
watch(secondPulse, (second) => second % 2 === 0 && censusPulse.value++)
watch([registryPulse, isTold], () => censusPulse.value++)

/** A count of what is known; nothing is counted before the host has told anything. */
export const counted = <T extends number | string>(count: T): T | string => (isTold.value ? count : '–')

export const byKind = computed<KindCount[]>(() => {
  void censusPulse.value
  const counts = new Map<string, KindCount>()
  for (const sensor of sensors.values()) {
    let count = counts.get(sensor.kind)
    if (!count) counts.set(sensor.kind, (count = { kind: sensor.kind, total: 0, online: 0 }))
    count.total++
    if (!isOffline(sensor)) count.online++
  }
  return KIND_ORDER.flatMap((kind) => counts.get(kind) ?? [])
})

export const online = computed(() => ({
  total: byKind.value.reduce((sum, kind) => sum + kind.total, 0),
  online: byKind.value.reduce((sum, kind) => sum + kind.online, 0),
}))

/** What holds now, by how severe it is now. */
export const bySeverity = computed<Record<Severity, number>>(() => {
  void alertsPulse.value
  const counts = { red: 0, orange: 0, yellow: 0, blue: 0 }
  for (const alert of alerts.values()) if (!alert.clearedAt) counts[alert.severity]++
  return counts
})

/** What holds now in each street. */
export const byStreet = computed<StreetCount[]>(() => {
  void alertsPulse.value
  void registryPulse.value
  const streets = new Map<string, StreetCount>()
  for (const sensor of sensors.values())
    if (sensor.street && !streets.has(sensor.street)) streets.set(sensor.street, { street: sensor.street, total: 0, bySeverity: { red: 0, orange: 0, yellow: 0, blue: 0 } })
  for (const alert of alerts.values()) {
    const count = streets.get(alert.street)
    if (!count || alert.clearedAt) continue
    count.total++
    count.bySeverity[alert.severity]++
  }
  const weight = (count: StreetCount): number => SEVERITIES.reduce((sum, severity) => sum * 1000 + count.bySeverity[severity], 0)
  return [...streets.values()].sort((a, b) => weight(b) - weight(a) || a.street.localeCompare(b.street, 'zh-CN'))
})

/** Streets that have sensors, by name. */
export const streetNames = computed(() => byStreet.value.map((count) => count.street).sort((a, b) => a.localeCompare(b, 'zh-CN')))

/** Sensors of some kinds whose 0/1 metric is 1. */
export function countOn(metric: string, ...kinds: string[]): number {
  void readingsPulse.value
  let count = 0
  for (const sensor of sensors.values()) if (kinds.includes(sensor.kind) && readings.get(sensor.id)?.values[metric] === 1) count++
  return count
}
