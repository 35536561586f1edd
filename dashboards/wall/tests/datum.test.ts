import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { gcjToWgs, moved, toMap, wgsToGcj, type Position } from '../src/map/datum'

/** Places converted by an independent implementation; the host's Datum.cs is held to the same file. */
const { vectors } = JSON.parse(readFileSync('../../tests/LuohuIOC.Tests/Spatial/coordinate-vectors.json', 'utf8')) as {
  vectors: { gcj02: Position; wgs84: Position; asWgsToGcj: Position }[]
}

test('the shift is that of an independent implementation', () => {
  expect(vectors.length).toBeGreaterThan(0)
  for (const { gcj02, wgs84, asWgsToGcj } of vectors)
    for (const [found, expected] of [[gcjToWgs(gcj02), wgs84], [wgsToGcj(gcj02), asWgsToGcj]] as const) {
      expect(Math.abs(found[0] - expected[0])).toBeLessThan(1e-6)
      expect(Math.abs(found[1] - expected[1])).toBeLessThan(1e-6)
    }
})

test('back and forth over the district ends where it began', () => {
  for (let i = 0; i <= 10; i++)
    for (let j = 0; j <= 10; j++) {
      const wgs: Position = [114.07 + i * 0.014, 22.52 + j * 0.01]
      const back = gcjToWgs(wgsToGcj(wgs))
      expect(Math.abs(back[0] - wgs[0])).toBeLessThan(1e-9)
      expect(Math.abs(back[1] - wgs[1])).toBeLessThan(1e-9)
    }
})

test('only GCJ-02 tiles move the layers, and nothing is moved outside China', () => {
  const here: Position = [114.1315, 22.5482]
  expect(toMap('wgs84')(here)).toEqual(here)
  expect(toMap('cgcs2000')(here)).toEqual(here)
  expect(Math.hypot((toMap('gcj02')(here)[0] - here[0]) * 102_800, (toMap('gcj02')(here)[1] - here[1]) * 110_800)).toBeGreaterThan(300)
  expect(wgsToGcj([2.35, 48.85])).toEqual([2.35, 48.85])
})

test('every position of a geometry is moved', () => {
  const one = (place: Position): Position => [place[0] + 1, place[1] + 2]
  expect(moved({ type: 'Point', coordinates: [1, 1] }, one)).toEqual({ type: 'Point', coordinates: [2, 3] })
  expect(moved({ type: 'MultiPolygon', coordinates: [[[[0, 0], [1, 0], [0, 1], [0, 0]]]] }, one).coordinates).toEqual([[[[1, 2], [2, 2], [1, 3], [1, 2]]]])
})
