/** What the wall has to know of a kind beyond the firmware contract: which theme it belongs to and which figure stands for it. */
export type Theme = 'water' | 'fire' | 'parking' | 'safety'

interface KindOnWall {
  theme: Theme
  /** The metric that stands for the station in lists and on the map. */
  metric: string
  /** Thousands of them: drawn in clusters from afar. */
  many: boolean
}

export const KINDS: Record<string, KindOnWall> = {
  waterlogging: { theme: 'water', metric: 'depth', many: false },
  rain_gauge: { theme: 'water', metric: 'rain', many: false },
  pipe: { theme: 'water', metric: 'level', many: false },
  outfall: { theme: 'water', metric: 'level', many: false },
  river: { theme: 'water', metric: 'level', many: false },
  reservoir: { theme: 'water', metric: 'level', many: false },
  tide: { theme: 'water', metric: 'level', many: false },
  water_quality: { theme: 'water', metric: 'codmn', many: false },
  smoke: { theme: 'fire', metric: 'obscuration', many: true },
  heat: { theme: 'fire', metric: 'temperature', many: true },
  gas: { theme: 'safety', metric: 'lel', many: true },
  charger: { theme: 'safety', metric: 'current', many: true },
  manhole: { theme: 'safety', metric: 'level', many: true },
  slope: { theme: 'safety', metric: 'displacement', many: false },
  parking: { theme: 'parking', metric: 'occupied', many: true },
  generic: { theme: 'safety', metric: '', many: true },
}

export const THEMES: readonly Theme[] = ['water', 'fire', 'parking', 'safety']

export const kindsOf = (theme: Theme): string[] => Object.keys(KINDS).filter((kind) => KINDS[kind]!.theme === theme)

/** Kinds in the order that a duty officer looks at them. */
export const KIND_ORDER = Object.keys(KINDS)

/** What the host has for some kinds only. Of others nothing is asked: every "not found" would stand in the browser's log, where a real fault is looked for. */
const ANSWERED = {
  detector: new Set(['outfall', 'pipe', 'river', 'reservoir', 'tide', 'water_quality']),
  nowcast: new Set(['waterlogging', 'pipe']),
  health: new Set(KIND_ORDER.filter((kind) => kind !== 'generic')),
}

export const hasAnswer = (kind: string, what: keyof typeof ANSWERED): boolean => ANSWERED[what].has(kind)
