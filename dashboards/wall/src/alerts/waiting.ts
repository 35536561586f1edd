import { computed } from 'vue'
import { alerts, alertsPulse, openAlerts } from '../city/city'
import type { Alert } from '../city/types'
import { listedKinds, type View } from '../views/view'

/** Red and orange alerts that wait for an officer, of all kinds: what a view leaves out must not be out of mind. */
export const waiting = computed(() => {
  void alertsPulse.value
  const counts = { red: 0, orange: 0 }
  for (const alert of alerts.values()) if (alert.state === 'raised' && (alert.severity === 'red' || alert.severity === 'orange')) counts[alert.severity]++
  return counts
})

/** Red and orange alerts that hold, that nobody has taken and that a view does not list, the most urgent first. A station's open drawer covers the list and tells of that station alone. */
export function hiddenAlerts(view: View, station = ''): Alert[] {
  const listed = listedKinds(view)
  const isListed = (alert: Alert): boolean => (station ? alert.sensorId === station : !listed || listed.has(alert.kind))
  return openAlerts().filter((alert) => (alert.severity === 'red' || alert.severity === 'orange') && alert.state === 'raised' && alert.clearedAt === null && !isListed(alert))
}

/** Red alerts that wait for an officer, as ids. One that was taken and then grew worse waits anew. */
export const waitingReds = (): Set<string> => new Set([...alerts.values()].filter((alert) => alert.severity === 'red' && alert.state === 'raised').map((alert) => alert.id))
