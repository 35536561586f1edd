import type { Sensor } from '../city/types'
import { sayOf } from '../texts/texts'

/** Whether a station is meant by what was typed: each word is in its id, name, street or kind, so that "桂园 雨量" finds the gauges of a street. */
export function finder(typed: string): (sensor: Sensor) => boolean {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  return (sensor) => {
    const text = `${sensor.id} ${sensor.name} ${sensor.street} ${sayOf('kind', sensor.kind)}`.toLowerCase()
    return words.length > 0 && words.every((word) => text.includes(word))
  }
}
