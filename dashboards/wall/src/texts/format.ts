import { now } from '../city/city'
import { language, say, sayOf } from './texts'

/** A number with at most four digits that mean something. */
export function figure(value: number | null | undefined, digits = 4): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  return new Intl.NumberFormat(language.value, { maximumSignificantDigits: digits, useGrouping: Math.abs(value) >= 10_000 }).format(value)
}

/** UCUM units are written as people write them. */
export const unitOf = (unit: string | null | undefined): string => (unit ? sayOf('unit', unit) : '')

export const fixed = (value: number, digits: number): string =>
  new Intl.NumberFormat(language.value, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)

export const percent = (share: number): string =>
  Number.isFinite(share) ? `${(Math.floor(share * 1000) / 10).toFixed(1)}%` : '–'

const inShanghai = { timeZone: 'Asia/Shanghai', hourCycle: 'h23' } as const

export const clock = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB', inShanghai)

export const minute = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB', { ...inShanghai, hour: '2-digit', minute: '2-digit' })

export const day = (ms: number): string =>
  new Date(ms).toLocaleDateString(language.value, { timeZone: 'Asia/Shanghai', month: 'short', day: 'numeric', weekday: 'short' })

export const date = (ms: number): string => new Date(ms).toLocaleDateString(language.value, { timeZone: 'Asia/Shanghai', month: 'numeric', day: 'numeric' })

export const dateTime = (ms: number): string =>
  new Date(ms).toLocaleString(language.value, { ...inShanghai, month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' })

const isoDay = (ms: number): string => new Date(ms).toLocaleDateString('sv-SE', inShanghai)

/** With the day when it is not today's: at three in the morning "23:50" is yesterday's. */
const withDay = (write: (ms: number) => string) => (ms: number): string => (isoDay(ms) === isoDay(now()) ? write(ms) : `${date(ms)} ${write(ms)}`)
export const minuteOfDay = withDay(minute)
export const clockOfDay = withDay(clock)

/** As fields for a time have it, and as names of files can: 2026-11-29T09:00, and 20261129-0900. */
export const fieldTime = (ms: number): string => `${isoDay(ms)}T${minute(ms)}`
export const fileTime = (ms: number): string => fieldTime(ms).replace(/[-:]/g, '').replace('T', '-')

/** With its year and zone, as a record needs it. */
export const fullTime = (ms: number): string => `${isoDay(ms)} ${clock(ms)} UTC+8`

/** How long ago, by the host's clock. */
export function ago(when: number | string): string {
  const seconds = Math.max(0, Math.round((now() - (typeof when === 'string' ? Date.parse(when) : when)) / 1000))
  return say('age.ago', span(seconds))
}

export function span(length: number): string {
  // Clocks differ by a second or so; nothing lasts less than no time.
  const seconds = Math.max(0, length)
  if (seconds < 60) return say('age.seconds', Math.floor(seconds))
  if (seconds < 3600) return say('age.minutes', Math.floor(seconds / 60))
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor((seconds % 86_400) / 3600), Math.floor((seconds % 3600) / 60)]
  if (days) return hours ? say('age.days', days, hours) : say('days', days)
  return minutes ? say('age.hours', hours, minutes) : say('hours', hours)
}
