import { computed } from 'vue'
import { alerts, alertsPulse, openAlerts, standing } from '../city/city'
import type { Alert, Severity } from '../city/types'
import { listedKinds, type View } from '../views/view'

/** Alerts that wait for an officer, by the worst they were: the same count wherever the wall says that something waits. */
export function waitingOf(list: Iterable<Alert>): Record<Severity, number> {
  const counts = { red: 0, orange: 0, yellow: 0, blue: 0 }
  for (const alert of list) if (alert.state === 'raised') counts[standing(alert)]++
  return counts
}

/** Of all kinds: what a view leaves out must not be out of mind. */
export const waiting = computed(() => {
  void alertsPulse.value
  return waitingOf(alerts.values())
})

/** Red and orange alerts that hold, that nobody has taken and that a view does not list, the most urgent first. A station's open drawer covers the list and tells of that station alone. */
export function hiddenAlerts(view: View, station = ''): Alert[] {
  const listed = listedKinds(view)
  const isListed = (alert: Alert): boolean => (station ? alert.sensorId === station : !listed || listed.has(alert.kind))
  return openAlerts().filter((alert) => (alert.severity === 'red' || alert.severity === 'orange') && alert.state === 'raised' && alert.clearedAt === null && !isListed(alert))
}

/** Alerts of a severity that wait for an officer, as keys. One that was taken and then grew worse waits anew, one that is found late does in any case; one that has eased to it does not. */
export const waitingKeys = (severity: Severity): Set<string> => new Set([...alerts.values()].filter((alert) => alert.severity === severity && standing(alert) === severity && alert.state === 'raised').map((alert) => `${alert.id} ${alert.overdueAt ?? ''}`))

export const alertOfKey = (key: string): Alert | undefined => alerts.get(key.slice(0, key.indexOf(' ')))
