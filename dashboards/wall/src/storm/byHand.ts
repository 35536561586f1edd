import { shallowRef, watch } from 'vue'
import { alerts, freshValue, lastAlerts, ofKind, secondPulse } from '../city/city'
import type { Alert } from '../city/types'
import { ask, type Page } from '../link/api'
import { linkState } from '../link/hub'

/** The newest alert of points that stand in water and have no open one: whoever opens the wall later was not told when it was closed. */
const newest = new Map<string, Alert | null>()
const asking = new Set<string>()
/** Counts up when an answer came. */
export const byHandPulse = shallowRef(0)

const EVERY_S = 5
const SHALLOW_METRES = 0.15
const DEPTH = 'waterlogging-depth'

/** The system closes only what is over: an alert that is closed and was never over was closed by a person. */
export const isClosedByHand = (id: string): boolean => {
  const last = lastAlerts.get(id)
  const alert = last?.rule === DEPTH ? last : newest.get(id)
  return alert?.state === 'closed' && alert.clearedAt === null
}

async function look(id: string): Promise<void> {
  asking.add(id)
  try {
    const page = await ask<Page<Alert>>(`/api/v1/alerts?sensor=${encodeURIComponent(id)}&rule=${DEPTH}&limit=1`)
    newest.set(id, page.items[0] ?? null)
    byHandPulse.value++
  } catch {
    // Asked for again as long as the water stands.
  } finally {
    asking.delete(id)
  }
}

watch(secondPulse, (second) => {
  if (second % EVERY_S || linkState.value !== 'live') return
  const open = new Set([...alerts.values()].filter((alert) => alert.rule === DEPTH).map((alert) => alert.sensorId))
  for (const sensor of ofKind('waterlogging')) {
    const stands = (freshValue(sensor, 'depth') ?? 0) >= SHALLOW_METRES && !open.has(sensor.id)
    if (!stands) newest.delete(sensor.id)
    else if (!newest.has(sensor.id) && !asking.has(sensor.id)) void look(sensor.id)
  }
})
