import type { Severity } from '../city/types'

/** Colours on the dark ground; never the only sign: each severity has a shape and a word of its own as well. */
export const COLOUR: Record<Severity, string> = { red: '#ff5c54', orange: '#ff9a3d', yellow: '#ffd84a', blue: '#63adff' }

/** Outlines on a 24 × 24 grid: octagon, triangle, diamond, circle. */
export const SHAPE: Record<Severity, string> = {
  red: 'M8 1.5h8L22.5 8v8L16 22.5H8L1.5 16V8Z',
  orange: 'M12 1 23.5 21.5H.5Z',
  yellow: 'M12 .8 23.2 12 12 23.2.8 12Z',
  blue: 'M12 1.5a10.5 10.5 0 1 1 0 21 10.5 10.5 0 0 1 0-21Z',
}

/** Where the word stands in the shape. */
export const WORD_AT: Record<Severity, number> = { red: 12, orange: 15.2, yellow: 12, blue: 12 }
