import { beforeEach, expect, test } from 'vitest'
import { dropOld, nowcasts, speed, take, type Nowcast } from '../src/storm/nowcast'

const MINUTE = 60_000
let start = 0

const some = (minute: number, itsSpeed = 1): Nowcast => ({
  sensorId: 'wl-1', kind: 'waterlogging', metric: 'depth', state: 'forecast', stateText: '', issuedAt: new Date(start + minute * MINUTE).toISOString(), now: 0.1, horizons: [], coverage: 0.9,
  threshold: 0.15, reach: 'expected', crossing: null, text: null, residual: null, speed: itsSpeed, model: null, training: null,
})

// Each test has a day of its own: the module remembers what it was told last.
beforeEach(() => (start += 86_400_000))

test('forecasts of a host that is away are dropped after ten minutes', () => {
  take([some(0)], start)
  dropOld(start + 10 * MINUTE)
  expect(nowcasts.value.size).toBe(1)
  dropOld(start + 10 * MINUTE + 1)
  expect(nowcasts.value.size).toBe(0)
})

test('what a host tells again and again without a newer one grows old too, and newer ones come back', () => {
  for (let minute = 0; minute <= 10; minute++) take([some(0)], start + minute * MINUTE)
  expect(nowcasts.value.size).toBe(1)
  take([some(0)], start + 11 * MINUTE)
  expect(nowcasts.value.size).toBe(0)
  take([some(12)], start + 12 * MINUTE)
  expect(nowcasts.value.size).toBe(1)
})

test('minutes are those of the weather, and clocks that are behind do not make forecasts old', () => {
  take([some(-30, 60)], start)
  dropOld(start + 10_000)
  expect(nowcasts.value.size).toBe(1)
  dropOld(start + 10_001)
  expect(nowcasts.value.size).toBe(0)
  // The charts go on in the city's time.
  expect(speed.value).toBe(60)
})
