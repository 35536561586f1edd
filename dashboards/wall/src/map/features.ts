import { KINDS } from '../city/kinds'
import { alerts, freshValue, isQuiet, sensors, standing } from '../city/city'
import { RANK, type Sensor } from '../city/types'
import { COLOUR } from '../alerts/severity'
import { floodPoints } from '../storm/flood'
import { silenceText } from '../drawer/summary'
import { sayOf } from '../texts/texts'
import type { Position } from './datum'

type Move = (place: Position) => Position
type Features = GeoJSON.FeatureCollection<GeoJSON.Point>

const point = (sensor: { location: { longitude: number; latitude: number } | null }, move: Move, properties: object): GeoJSON.Feature<GeoJSON.Point> => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: move([sensor.location!.longitude, sensor.location!.latitude]) },
  properties,
})

const collect = (features: GeoJSON.Feature<GeoJSON.Point>[]): Features => ({ type: 'FeatureCollection', features })

/** Sensors of the shown kinds, those of which there are many apart from the others. */
export function sensorFeatures(shown: ReadonlySet<string>, move: Move): { stations: Features; things: Features } {
  const stations: GeoJSON.Feature<GeoJSON.Point>[] = []
  const things: GeoJSON.Feature<GeoJSON.Point>[] = []
  for (const sensor of sensors.values()) {
    if (!sensor.location || !shown.has(sensor.kind)) continue
    const into = KINDS[sensor.kind]?.many === false ? stations : things
    into.push(point(sensor, move, { id: sensor.id, kind: sensor.kind, sign: sayOf('kind-sign', sensor.kind) }))
  }
  return { stations: collect(stations), things: collect(things) }
}

/** Open alerts, one sign a sensor: the worst. */
export function alertFeatures(move: Move, kinds: ReadonlySet<string> | null): Features {
  const worst = new Map<string, GeoJSON.Feature<GeoJSON.Point>>()
  for (const alert of alerts.values()) {
    if (!alert.location || (kinds && !kinds.has(alert.kind))) continue
    const rank = RANK[standing(alert)] * 2 + (isQuiet(alert) ? -3 : 0)
    if ((worst.get(alert.sensorId)?.properties?.['rank'] as number | undefined ?? -9) >= rank) continue
    worst.set(alert.sensorId, point(alert, move, {
      id: alert.sensorId, severity: standing(alert), handled: isQuiet(alert) ? 'handled' : 'raised', rank,
    }))
  }
  return collect([...worst.values()])
}

/** Depths beside the waterlogging points that stand in water. */
export function depthFeatures(move: Move): Features {
  return collect(floodPoints().flatMap((flood) => flood.sensor.location
    ? [point(flood.sensor, move, {
        id: flood.sensor.id, order: -(flood.depth ?? 0),
        text: (flood.depth ?? 0) >= 0.03 ? `${Math.round(flood.depth! * 100)} cm${flood.silent ? ` ${silenceText(flood.sensor, 'depth')}` : ''}` : '',
        colour: flood.severity ?? flood.standing ? COLOUR[(flood.severity ?? flood.standing)!] : flood.silent ? '#a3b3c2' : '#bfe3ff',
      })]
    : []))
}

/** How full the pipe below a station is: level over the crown that its rule assumes, null when unknown or silent. */
export function fillingOf(sensor: Sensor, crowns: ReadonlyMap<string, number>): number | null {
  const crown = crowns.get(sensor.kind)
  const metric = KINDS[sensor.kind]?.metric
  const value = crown && metric ? freshValue(sensor, metric) : null
  return crown && value !== null ? value / crown : null
}
