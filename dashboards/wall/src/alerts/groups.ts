import { isLate, sensors, standing } from '../city/city'
import type { Alert } from '../city/types'
import { say } from '../texts/texts'

/** Alerts of one rule that wait at one place, in one line of the list until somebody opens it. */
export interface Group {
  key: string
  where: string
  alerts: Alert[]
  isOpen: boolean
}

export type Row = { key: string; alert: Alert; isMember: boolean } | { key: string; group: Group }

/** Fewer stand one by one. */
const GROUP_MIN = 6
const NAME_MIN = 2

/** What one place is: a street, or what one gateway serves. */
const PLACES = [
  { placeOf: (alert: Alert): string => alert.street, named: (street: string): string => street },
  { placeOf: (alert: Alert): string => sensors.get(alert.sensorId)?.gateway ?? '', named: (gateway: string): string => say('alert.gateway', gateway) },
]

/** What all names begin with, without numbers; else the place itself. */
function whereOf(alerts: readonly Alert[], place: string): string {
  const [first = '', ...others] = alerts.map((alert) => alert.sensorName)
  let length = 0
  while (length < first.length && others.every((name) => name[length] === first[length])) length++
  const common = first.slice(0, length).replace(/[\s\d#-]+$/, '')
  return common.length >= NAME_MIN ? common : place
}

function groupsOf(list: readonly Alert[], opened: ReadonlySet<string>): Map<Alert, Group> {
  const grouped = new Map<Alert, Group>()
  for (const { placeOf, named } of PLACES) {
    const found = new Map<string, { place: string; alerts: Alert[] }>()
    for (const alert of list) {
      const place = placeOf(alert)
      if (!place || alert.state !== 'raised' || isLate(alert) || grouped.has(alert)) continue
      const key = [standing(alert), alert.clearedAt ? 'over' : 'holds', alert.rule, place].join()
      const known = found.get(key)
      if (known) known.alerts.push(alert)
      else found.set(key, { place, alerts: [alert] })
    }
    for (const [key, { place, alerts }] of found) {
      if (alerts.length < GROUP_MIN) continue
      const group = { key, where: whereOf(alerts, named(place)), alerts, isOpen: opened.has(key) }
      for (const alert of alerts) grouped.set(alert, group)
    }
  }
  return grouped
}

/** The lines of a list in its order; a group stands where its first alert would. */
export function rowsOf(list: readonly Alert[], opened: ReadonlySet<string>): Row[] {
  const grouped = groupsOf(list, opened)
  const told = new Set<Group>()
  return list.flatMap((alert): Row[] => {
    const group = grouped.get(alert)
    if (!group) return [{ key: alert.id, alert, isMember: false }]
    if (told.has(group)) return []
    told.add(group)
    return [{ key: group.key, group }, ...(group.isOpen ? group.alerts.map((member) => ({ key: member.id, alert: member, isMember: true })) : [])]
  })
}

/** How many alerts the lines stand for. */
export const alertsIn = (rows: readonly Row[]): number => rows.reduce((sum, row) => sum + ('group' in row ? row.group.alerts.length : row.isMember ? 0 : 1), 0)
