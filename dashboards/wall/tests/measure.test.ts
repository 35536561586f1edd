import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kinds, readings, sensors } from '../src/city/city'
import { takeRules } from '../src/alerts/ruleTypes'
import { alertFigure, further, furthestFigure, limitText, presentFigure, summaryOf, valueText } from '../src/drawer/summary'
import { measureOf } from '../src/texts/measure'
import type { Alert } from '../src/city/types'
import { pointKind, someAlert, someReading, someSensor } from './some'

interface Contract { common: { name: string; unit: string }[]; kinds: { kind: string; metrics: { name: string; unit: string }[] }[] }
const contract = JSON.parse(readFileSync('../../firmware-contracts/kinds.json', 'utf8')) as Contract

beforeAll(() => {
  for (const { kind, metrics } of contract.kinds)
    kinds.set(kind, { name: kind, chinese: '', english: '', silenceSeconds: 1800, metrics: [...metrics, ...contract.common].map((metric) => ({ ...metric, minimum: null, maximum: null })) })
})
afterAll(() => kinds.clear())
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

test('a figure has the digits of its metric, whatever came', () => {
  const written: [string, string, number, string][] = [
    ['rain_gauge', 'rain', 0.2, '0.2 mm'], ['rain_gauge', 'rain', 12, '12.0 mm'], ['waterlogging', 'depth', 0.2849, '28 cm'], ['waterlogging', 'depth', 0.145, '15 cm'],
    ['river', 'level', 1.5, '1.50 m'], ['reservoir', 'level', 27.61234, '27.61 m'], ['tide', 'level', -0.001, '0.00 m'], ['tide', 'level', -0.37, '-0.37 m'],
    ['water_quality', 'ph', 7.1, '7.10'], ['water_quality', 'total_phosphorus', 0.0253, '0.025 mg/L'], ['water_quality', 'dissolved_oxygen', 6.4567, '6.46 mg/L'],
    ['water_quality', 'temperature', 26.04, '26.0 °C'], ['water_quality', 'conductivity', 512.7, '513 μS/cm'], ['water_quality', 'turbidity', 18.26, '18.3 NTU'],
    ['outfall', 'flow', 0.0347, '0.035 m³/s'], ['outfall', 'flow', 1.2, '1.20 m³/s'], ['outfall', 'flow', 12.345, '12.3 m³/s'], ['outfall', 'flow', 0, '0.000 m³/s'],
    ['charger', 'leakage', 666.94, '666.9 mA'], ['smoke', 'battery', 88.7, '89 %'], ['smoke', 'alarm', 1, '火警'],
  ]
  for (const [kind, metric, value, text] of written) expect(plain(valueText(kind, metric, value)), `${kind} ${metric} ${value}`).toBe(text)
  expect(valueText('river', 'level', null)).toBe('–')
})

test('a limit is not rounded onto another one', () => {
  expect([limitText('waterlogging', 'depth', 0.275), limitText('waterlogging', 'depth', 0.4), limitText('river', 'level', 1.125), limitText('rain_gauge', 'rain', 70), limitText('charger', 'voltage', 235.40000000000003)].map(plain))
    .toEqual(['27.5 cm', '40 cm', '1.125 m', '70.0 mm', '235.4 V'])
})

test("the map's hint says it as the list does", () => {
  const river = someSensor('r', { kind: 'river', name: '布吉河' })
  sensors.set('r', river)
  readings.set('r', someReading('r', Date.now(), { values: { level: 1.23456 } }))
  expect(plain(summaryOf(river))).toContain('1.23 m')
})

test('every metric of the firmware contract has its digits; what nobody has described has four that mean something', () => {
  for (const { kind, metrics } of contract.kinds) for (const metric of [...metrics, ...contract.common]) if (metric.unit !== '1') expect(measureOf(metric.name, metric.unit).places, `${kind} ${metric.name} ${metric.unit}`).not.toBeNull()
  expect(valueText('generic', 'x', 1.23456)).toBe('1.235')
})

test('an alert that is over tells its furthest value, and not the limit of its last, milder step beside it', () => {
  const red = someAlert('a', { value: 0.43, furthest: 0.43, threshold: 0.4, unit: 'm' })
  const plainly = (alert: typeof red): string[] => Object.values(alertFigure(alert)).map(plain)
  expect(plainly(red)).toEqual(['', '43 cm', '限值 40 cm'])
  expect(plainly({ ...red, value: 0.1, threshold: 0.15, clearedAt: '2024-01-01T01:00:00Z' })).toEqual(['最深', '43 cm', ''])
  const oxygen = { ...red, kind: 'water_quality', metric: 'dissolved_oxygen', unit: 'mg/L', value: 5.5, furthest: 2.1, threshold: 5 }
  expect(plainly({ ...oxygen, clearedAt: '2024-01-01T01:00:00Z' })).toEqual(['最低', '2.10 mg/L', ''])
  expect(plainly({ ...red, furthest: 0.62, severity: 'yellow', value: 0.2, threshold: 0.15 })).toEqual(['最深', '62 cm', ''])
  expect(plainly({ ...red, state: 'closed' })).toEqual(['最深', '43 cm', ''])
})

test('what a detector found of water that fell is told as its lowest, and of several the lowest stands for all', () => {
  const evidence = (usual: number): string => JSON.stringify({ detector: 'novelty', score: 6.1, threshold: 5.5, expected: { flow: usual } })
  const fall = someAlert('a', { kind: 'outfall', rule: 'novelty-flow', metric: 'flow', unit: 'm3/s', value: 1.1, furthest: -0.82, threshold: null, evidence: evidence(1.4), clearedAt: '2024-01-01T01:00:00Z' })
  expect(Object.values(alertFigure(fall)).map(plain)).toEqual(['最低', '-0.820 m³/s', ''])
  expect(alertFigure({ ...fall, evidence: evidence(-2) }).label).toBe('最高')
  const milder = { ...fall, id: 'b', furthest: 0.2 }
  expect([fall, milder].reduce(further).id + [milder, fall].reduce(further).id).toBe('aa')
  const deeper = someAlert('d', { furthest: 0.6, threshold: 0.4 })
  expect([someAlert('c', { furthest: 0.5, threshold: 0.4 }), deeper, someAlert('e', { furthest: null })].reduce(further).id).toBe('d')
})

test('of a rise the value says in what time, and a state is said by the name of its rule', () => {
  takeRules([{ kind: 'river', rules: [{ rule: { id: 'river-rise', type: 'rise', windowSeconds: 3600 } }] }])
  const rise = someAlert('a', { kind: 'river', rule: 'river-rise', metric: 'level', value: 2.07, furthest: 2.07, threshold: 2 })
  expect(Object.values(alertFigure(rise)).map(plain)).toEqual(['1 小时上涨 已达', '2.07 m', '限值 2.00 m'])
  expect(Object.values(alertFigure({ ...rise, furthest: 3.02, severity: 'blue' })).map(plain)).toEqual(['1 小时上涨 最高', '3.02 m', ''])
  takeRules([{ kind: 'rain_gauge', rules: [{ rule: { id: 'rain-3h', type: 'accumulation', windowSeconds: 10_800 } }] }])
  const rain = someAlert('a', { kind: 'rain_gauge', rule: 'rain-3h', metric: 'rain', unit: 'mm', value: 148.2, furthest: 148.2, threshold: 100 })
  expect(Object.values(alertFigure(rain)).map(plain)).toEqual(['已达', '148.2 mm', '限值 100.0 mm'])
  expect(alertFigure(someAlert('a', { kind: 'smoke', rule: 'smoke-alarm', metric: 'alarm', unit: '1', value: 1, furthest: 1, threshold: null })).value).toBe('')
})

test('what stands there now is told first, and beside it the limit that holds or the furthest that is past', () => {
  kinds.set('waterlogging', { ...pointKind, metrics: kinds.get('waterlogging')?.metrics ?? [] })
  sensors.set('s', someSensor('s'))
  readings.set('s', someReading('s', Date.now(), { values: { depth: 0.73 } }))
  const told = (more: Partial<Alert>): string[] => Object.values(presentFigure(someAlert('a', { value: 0.42, furthest: 0.95, ...more }))).map(plain)
  expect(told({})).toEqual(['现', '73 cm', '限值 40 cm'])
  expect(told({ clearedAt: '2024-01-01T01:00:00Z' })).toEqual(['现', '73 cm', '最深 95 cm'])
  expect(told({ severity: 'yellow', worst: 'red' })).toEqual(['现', '73 cm', '最深 95 cm'])
  expect(told({ rule: 'nowcast-depth' })).toEqual(['预报', '42 cm', '限值 40 cm'])
  const furthest = (more: Partial<Alert>): string => plain(furthestFigure(someAlert('a', { value: 0.42, furthest: 0.7, ...more })).value)
  expect([furthest({}), furthest({ furthest: 0.95 }), furthest({ clearedAt: '2024-01-01T01:00:00Z' }), furthest({ rule: 'nowcast-depth' })]).toEqual(['73 cm', '95 cm', '70 cm', '70 cm'])
  readings.set('s', someReading('s', Date.now() - 7_200_000, { values: { depth: 0.73 } }))
  expect(told({})).toEqual(['最深', '95 cm', '失联'])
})
