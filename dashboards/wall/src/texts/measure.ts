import { figure, unitOf } from './format'
import { language } from './texts'

/** How values of one metric are written, everywhere alike: a figure that changes its number of digits from second to second cannot be read at a glance. */
export interface Measure {
  /** As people write it, empty for none. */
  unit: string
  /** From the metric's own unit to that one. */
  times: number
  /** Digits after the point for a value in the written unit; null where nobody has said what the metric is. */
  places: ((value: number) => number) | null
}

/** As fine as instruments of the kind are and no finer; by UCUM unit. */
const PLACES: Record<string, number> = {
  m: 2, 'm/s': 2, mm: 1, Cel: 1, '[pH]': 2, 'mg/L': 2, '{NTU}': 1, 'uS/cm': 0, deg: 2, '%/m': 2, uT: 1, '%{LEL}': 1, V: 1, A: 1, mA: 1, '%': 0, '{dBm}': 0,
}
/** Their class limits (GB 3838-2002) have three: 0.025 mg/L must not be read as 0.03. */
const FINER: Record<string, number> = { ammonia_nitrogen: 3, total_phosphorus: 3 }

/** Flow goes from a trickle in dry weather to a river in flood: three digits that mean something, three after the point at most, as hydrologists write it. */
const flowPlaces = (value: number): number => (value === 0 ? 3 : Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))))

export function measureOf(name: string, unit: string | null | undefined): Measure {
  // Depth as officers say it.
  if (name === 'depth' && unit === 'm') return { unit: 'cm', times: 100, places: () => 0 }
  if (unit === 'm3/s') return { unit: unitOf(unit), times: 1, places: flowPlaces }
  const places = FINER[name] ?? PLACES[unit ?? '']
  return { unit: unitOf(unit), times: 1, places: places === undefined ? null : () => places }
}

/** The figure alone. */
export function bare({ times, places }: Measure, value: number, finer = 0): string {
  if (!Number.isFinite(value)) return '–'
  // 0.145 m are 14.499999999999998 cm to a computer.
  const shown = Number((value * times).toPrecision(12))
  if (!places) return figure(shown)
  const least = places(shown)
  return new Intl.NumberFormat(language.value, {
    minimumFractionDigits: least, maximumFractionDigits: least + finer, signDisplay: 'negative', useGrouping: Math.abs(shown) >= 10_000,
  }).format(shown)
}

const withUnit = (text: string, { unit }: Measure): string => (unit ? `${text}\u00a0${unit}` : text)

/** The figure with its unit. */
export const measured = (measure: Measure, value: number): string => withUnit(bare(measure, value), measure)

/** A limit has one digit more where it was set so: 27.5 cm are not 28. */
export const limited = (measure: Measure, value: number): string => withUnit(bare(measure, value, 1), measure)
