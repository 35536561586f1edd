/**
 * The wall's data are WGS84. CGCS2000 (Tianditu) lies within a metre of it, so nothing is shifted for it; licensed street maps are drawn
 * in GCJ-02, some 500 m away here, so the wall's layers are shifted to fit. The formula is the one of the host's Spatial/Datum.cs.
 */
export type MapDatum = 'wgs84' | 'cgcs2000' | 'gcj02'

export type Position = [longitude: number, latitude: number]

// Krasovsky 1940.
const SEMI_MAJOR_METRES = 6_378_245
const ECCENTRICITY_SQUARED = 0.006693421622965943

export function wgsToGcj([longitude, latitude]: Position): Position {
  if (longitude < 72.004 || longitude > 137.8347 || latitude < 0.8293 || latitude > 55.8271) return [longitude, latitude]
  const x = longitude - 105
  const y = latitude - 35
  const radians = (latitude * Math.PI) / 180
  const flattening = 1 - ECCENTRICITY_SQUARED * Math.sin(radians) ** 2
  const root = Math.sqrt(flattening)
  return [
    longitude + (east(x, y) * 180) / ((SEMI_MAJOR_METRES / root) * Math.cos(radians) * Math.PI),
    latitude + (north(x, y) * 180) / (((SEMI_MAJOR_METRES * (1 - ECCENTRICITY_SQUARED)) / (flattening * root)) * Math.PI),
  ]
}

/** The inverse has no closed form; six steps of fixed-point iteration leave less than 1e-9 degrees. */
export function gcjToWgs(gcj: Position): Position {
  let guess = gcj
  for (let step = 0; step < 6; step++) {
    const there = wgsToGcj(guess)
    guess = [guess[0] + gcj[0] - there[0], guess[1] + gcj[1] - there[1]]
  }
  return guess
}

/** From the data's WGS84 to where it must be drawn on tiles of a datum. */
export const toMap = (datum: MapDatum): ((place: Position) => Position) => (datum === 'gcj02' ? wgsToGcj : (place) => place)

/** A GeoJSON geometry with every position moved. */
export function moved<G extends GeoJSON.Geometry>(geometry: G, move: (place: Position) => Position): G {
  if (geometry.type === 'GeometryCollection') return { ...geometry, geometries: geometry.geometries.map((g) => moved(g, move)) }
  const walk = (part: unknown): unknown =>
    Array.isArray(part) && typeof part[0] === 'number' ? move([part[0], part[1] as number]) : (part as unknown[]).map(walk)
  return { ...geometry, coordinates: walk(geometry.coordinates) } as G
}

const wave = (amplitude: number, phase: number): number => amplitude * Math.sin(phase * Math.PI)

function east(x: number, y: number): number {
  return (
    300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) +
    ((wave(20, 6 * x) + wave(20, 2 * x) + wave(20, x) + wave(40, x / 3) + wave(150, x / 12) + wave(300, x / 30)) * 2) / 3
  )
}

function north(x: number, y: number): number {
  return (
    -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) +
    ((wave(20, 6 * x) + wave(20, 2 * x) + wave(20, y) + wave(40, y / 3) + wave(160, y / 12) + wave(320, y / 30)) * 2) / 3
  )
}
