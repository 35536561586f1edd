import { clock, date, dateTime, fixed, minute } from '../texts/format'

/** The common look of charts: quiet axes, no animation, times as the district's clock has them. */
const TEXT = '#a9b8c6'
const LINE = '#2b3a49'
const FONT = '"PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", system-ui, sans-serif'

export const base = {
  animation: false,
  textStyle: { fontFamily: FONT, color: TEXT, fontSize: 13 },
  // Fixed room for the labels: the library's own reckoning of it (containLabel) shrank a chart of a storm's hour to nothing.
  grid: { left: 56, right: 16, top: 34, bottom: 28 },
  tooltip: { trigger: 'axis', backgroundColor: '#1c2733', borderColor: LINE, textStyle: { color: '#e6edf3' }, confine: true },
  legend: { top: 0, left: 0, textStyle: { color: TEXT, fontSize: 13 }, itemWidth: 16, itemHeight: 10 },
} as const

/** The figure as it stands elsewhere on the wall, not with every digit that was reckoned. */
export const valueWritten = (write: (value: number) => string) => (value: unknown): string => (typeof value === 'number' ? write(value) : '–')

export const tooltip = (write: (value: number) => string): object => ({ ...base.tooltip, valueFormatter: valueWritten(write) })

/** Of a few minutes the library marks parts of them, which would all be the same minute. */
const SECONDS_BELOW_MS = 6 * 60_000

const timeLabel = (from: number, to: number) => (value: number): string =>
  to - from < SECONDS_BELOW_MS ? clock(value) : minute(value) === '00:00' ? date(value) : minute(value)

export const timeAxis = (from: number, to: number): object => ({
  type: 'time', min: from, max: to, axisLine: { lineStyle: { color: LINE } }, splitLine: { show: false }, splitNumber: 5,
  axisLabel: { color: TEXT, hideOverlap: true, formatter: timeLabel(from, to) },
  // The head of the tooltip, which the library would write by the browser's own zone.
  axisPointer: { label: { formatter: ({ value }: { value: number }) => dateTime(value) } },
})

export const centimetres = (value: number): string => `${fixed(value, 0)} cm`

/** Room up to the lowest step at least: millimetres must not look like a flood. Others that the library divides evenly: at 100 it writes 90 and 100 into each other. */
const TOPS_CM = [20, 40, 60, 80, 120, 200, 400, 800]
export const centimetreAxis = (more: object = {}): object =>
  valueAxis('cm', { min: 0, max: (extent: { max: number }) => TOPS_CM.find((top) => top >= extent.max) ?? Math.ceil(extent.max / 400) * 400, ...more })

/** Names of steps that lie close together stand beside each other. */
export const stepLabel = (at: number): object => ({ show: true, position: (['insideStartTop', 'insideMiddleTop', 'insideEndTop'] as const)[at % 3], color: '#a9b8c6', fontSize: 11, formatter: '{c} cm' })

export const valueAxis = (name: string, more: object = {}): object => ({
  type: 'value', name, nameTextStyle: { color: TEXT, align: 'left' }, nameGap: 10, axisLabel: { color: TEXT, formatter: (value: number) => String(Number(value.toPrecision(6))) }, splitLine: { lineStyle: { color: '#1d2834' } }, splitNumber: 4, ...more,
})
