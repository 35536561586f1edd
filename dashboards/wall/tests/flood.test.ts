import { beforeEach, expect, test } from 'vitest'
import { forgetCity, kinds, now, sensors, takeAlert, takeReadings } from '../src/city/city'
import { depthFeatures } from '../src/map/features'
import { bandText, floodCensus, floodPoints, LADDER, standingText, watchDepths } from '../src/storm/flood'
import { pointKind, someAlert, someReading, someSensor } from './some'

beforeEach(() => {
  forgetCity()
  kinds.set(pointKind.name, pointKind)
})

/** Points by name with the depth they have and how many seconds ago it was measured; null: never. */
function stand(points: Record<string, { depth: number; ago: number } | null>): void {
  for (const [id, at] of Object.entries(points)) {
    sensors.set(id, someSensor(id, { location: { longitude: 114.1, latitude: 22.5 } }))
    if (at) takeReadings([someReading(id, now() - at.ago * 1000, { values: { depth: at.depth } })])
  }
}

test('of several alerts of one point the most severe that holds is shown, whatever came last', () => {
  stand({ s: { depth: 0.45, ago: 1 } })
  takeAlert(someAlert('depth', { severity: 'red' }))
  takeAlert(someAlert('fault', { severity: 'blue', rule: 'sensor-fault' }))
  expect(floodPoints()[0]?.severity).toBe('red')
  expect(depthFeatures((place) => place).features[0]?.properties?.['colour']).toBe('#ff5c54')
})

test('an alert that holds stands before a worse one that is over', () => {
  stand({ s: { depth: 0.2, ago: 1 } })
  takeAlert(someAlert('yellow', { severity: 'yellow' }))
  takeAlert(someAlert('over', { rule: 'other', clearedAt: '2024-01-01T00:10:00Z' }))
  expect(floodPoints()[0]?.severity).toBe('yellow')
})

test('the age of a depth is its own, and a dead probe is silent while its battery reports', () => {
  sensors.set('s', someSensor('s'))
  const measured = now() - 3_600_000
  takeReadings([someReading('s', now(), { values: { depth: 0.31, battery: 80 }, times: { depth: measured } })])
  expect(floodPoints()[0]).toMatchObject({ depth: 0.31, at: measured, silent: true })
})

test('only points that are known count as dry or flooded', () => {
  stand({ dry: { depth: 0, ago: 1 }, flooded: { depth: 0.3, ago: 1 }, gone: { depth: 0.5, ago: 7_200 }, never: null })
  expect(floodCensus(floodPoints())).toEqual({ known: 2, flooded: 1, silent: 1, unread: 1, doubtful: 0, deepest: 0.3 })
})

test('nothing known is neither dry nor deep', () => {
  stand({ never: null })
  expect(floodCensus(floodPoints())).toEqual({ known: 0, flooded: 0, silent: 0, unread: 1, doubtful: 0, deepest: null })
})

test('"dry" is said only when it is known of every point', () => {
  expect(standingText(floodCensus([]))).toBe('')
  stand({ dry: { depth: 0, ago: 1 } })
  expect(standingText(floodCensus(floodPoints()))).toBe('均无积水')
  stand({ gone: { depth: 0, ago: 7_200 }, never: null })
  expect(standingText(floodCensus(floodPoints()))).toBe('1 处失联，1 处无读数')
  stand({ wet: { depth: 0.12, ago: 1 } })
  expect(standingText(floodCensus(floodPoints()))).toBe('最深 12 cm，1 处失联，1 处无读数')
})

test('where the host doubts a depth, or nothing new comes, nothing is said to be dry', () => {
  stand({ dry: { depth: 0, ago: 1 }, other: { depth: 0, ago: 1 } })
  expect(standingText(floodCensus(floodPoints(), true))).toBe('2 处数据存疑')
  takeReadings([someReading('other', now(), { values: { depth: 0 }, quality: 'doubtful', reason: 'stale' })])
  expect(standingText(floodCensus(floodPoints()))).toBe('1 处数据存疑')
})

test('points are counted in bands that name both their edges, since each is counted once', () => {
  expect(LADDER.map((_, step) => bandText(step))).toEqual(['15–27 cm', '27–40 cm', '≥ 40 cm'])
})

test('a silent point does not stand above those that are known to be flooded', () => {
  stand({ gone: { depth: 0.9, ago: 7_200 }, flooded: { depth: 0.3, ago: 1 } })
  expect(floodPoints().map((flood) => flood.sensor.id)).toEqual(['flooded', 'gone'])
})

test('a rise lasts from the first depth to the last, not until now, and a silent point has none', () => {
  const at = now()
  sensors.set('s', someSensor('s'))
  for (const [ago, depth] of [[200, 0.1], [80, 0.2]] as const) {
    takeReadings([someReading('s', at - ago * 1000, { values: { depth } })])
    watchDepths()
  }
  const rise = floodPoints()[0]?.rise
  expect(rise?.seconds).toBeCloseTo(120)
  expect(rise?.metres).toBeCloseTo(0.1)
  kinds.set(pointKind.name, { ...pointKind, silenceSeconds: 60 })
  expect(floodPoints()[0]?.rise).toBeNull()
})

test('water that stands without an alert is shown by its depth, and says when a person has closed it', () => {
  stand({ s: { depth: 0.3, ago: 1 }, gone: { depth: 0.9, ago: 7_200 } })
  expect(floodPoints().map((flood) => [flood.sensor.id, flood.severity, flood.standing, flood.byHand])).toEqual([['s', null, 'orange', false], ['gone', null, null, false]])
  takeAlert(someAlert('a', { state: 'closed' }))
  expect(floodPoints()[0]).toMatchObject({ severity: null, standing: 'orange', byHand: true })
  takeAlert(someAlert('b', { severity: 'yellow' }))
  expect(floodPoints()[0]).toMatchObject({ severity: 'yellow', standing: null, byHand: false })
})
