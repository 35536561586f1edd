import { computed, ref } from 'vue'
import { KIND_ORDER, kindsOf, THEMES, type Theme } from '../city/kinds'

export type View = 'overview' | 'storm' | 'peace' | Theme | 'alerts'
export const VIEWS: readonly View[] = ['overview', 'storm', 'peace', ...THEMES, 'alerts']
/** What rotation goes through. */
export const ROTATION: readonly View[] = ['overview', 'storm', ...THEMES, 'alerts']

/** The address after #: the view, and the station whose drawer is open. Nothing secret stands there. */
function read(): { view: View; station: string } {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?')
  return { view: VIEWS.find((known) => known === path) ?? 'overview', station: new URLSearchParams(query).get('station') ?? '' }
}

export const view = ref<View>(read().view)
export const station = ref(read().station)
export const rotating = ref(false)

function write(): void {
  const hash = `#/${view.value}${station.value ? `?station=${encodeURIComponent(station.value)}` : ''}`
  if (location.hash !== hash) history.pushState(null, '', hash)
}

export function show(next: View): void {
  view.value = next
  write()
}

export function openStation(id: string): void {
  station.value = id
  write()
}

export function closeStation(): void {
  station.value = ''
  write()
}

addEventListener('popstate', () => ({ view: view.value, station: station.value } = read()))

/** Kinds whose alerts a view lists, null for all of them; the view of quiet days lists none. */
export function listedKinds(of: View): ReadonlySet<string> | null {
  switch (of) {
    case 'overview': case 'alerts': return null
    case 'peace': return new Set()
    default: return new Set(kindsOf(of === 'storm' ? 'water' : of))
  }
}

/** Kinds that a view shows on the map until the officer chooses otherwise. */
export const kindsOfView = computed<Set<string>>(() => {
  switch (view.value) {
    case 'water': case 'storm': return new Set(kindsOf('water'))
    case 'fire': case 'parking': case 'safety': return new Set(kindsOf(view.value))
    default: return new Set(KIND_ORDER.filter((kind) => kind !== 'parking'))
  }
})
