import { computed, ref } from 'vue'
import { KIND_ORDER, kindsOf, THEMES, type Theme } from '../city/kinds'

export type View = 'overview' | 'storm' | 'peace' | Theme | 'alerts'
export const VIEWS: readonly View[] = ['overview', 'storm', 'peace', ...THEMES, 'alerts']
/** What rotation goes through. */
export const ROTATION: readonly View[] = ['overview', 'storm', ...THEMES, 'alerts']

/** The address after #: the view, and whose drawer is open, a station's or that of access. Nothing secret stands there. */
function read(): { view: View; station: string; access: boolean } {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?')
  const asked = new URLSearchParams(query)
  const station = asked.get('station') ?? ''
  return { view: VIEWS.find((known) => known === path) ?? 'overview', station, access: !station && asked.has('access') }
}

export const view = ref<View>(read().view)
export const station = ref(read().station)
/** Tokens, gateways and the registry, for administrators. */
export const access = ref(read().access)
export const rotating = ref(false)

function write(): void {
  const open = station.value ? `?station=${encodeURIComponent(station.value)}` : access.value ? '?access' : ''
  const hash = `#/${view.value}${open}`
  if (location.hash !== hash) history.pushState(null, '', hash)
}

export function show(next: View): void {
  view.value = next
  write()
}

export function openStation(id: string): void {
  station.value = id
  access.value = false
  write()
}

export function closeStation(): void {
  station.value = ''
  write()
}

export function showAccess(open: boolean): void {
  access.value = open
  if (open) station.value = ''
  write()
}

addEventListener('popstate', () => ({ view: view.value, station: station.value, access: access.value } = read()))

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
