import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hasAnswer, KIND_ORDER } from '../src/city/kinds'

const host = (path: string): string => readFileSync(`../../src/LuohuIOC/Sensing/${path}`, 'utf8')
const kinds = (text: string): string[] => [...new Set(text.match(/SensorKind\.\w+/g))].map((name) => name.slice(11).replace(/(?<=.)[A-Z]/g, (letter) => `_${letter}`).toLowerCase())
const asked = (what: 'detector' | 'nowcast' | 'health'): string[] => KIND_ORDER.filter((kind) => hasAnswer(kind, what)).sort()

test('the wall asks for a detector exactly where the host has one', () => {
  const novelty = (JSON.parse(host('Detectors/novelty.json')) as { metrics: { kind: string }[] }).metrics.map((metric) => metric.kind)
  const stations = kinds(host('Detectors/StationDetectors.cs').match(/bool Watches\(.*/)![0])
  expect(stations).toContain('water_quality')
  expect(asked('detector')).toEqual([...new Set([...novelty, ...stations])].sort())
})

test('the wall asks for a forecast exactly where the host has one', () => {
  const forecast = host('Detectors/Nowcast/NowcastMap.cs').match(/MetricOf\(SensorKind kind\) => kind switch[\s\S]*?};/)![0]
  expect(asked('nowcast')).toEqual(kinds(forecast).sort())
})
