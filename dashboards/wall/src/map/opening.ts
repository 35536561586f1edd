import { onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref } from 'vue'
import { afterAlerts } from '../city/firstAlerts'
import { ask } from '../link/api'
import { linkState } from '../link/hub'
import { openStation } from '../views/view'
import type { BaseMapSettings, CityMap } from './cityMap'

/** Away: what it needs could not be read, and is asked for again. Drawless: this browser cannot draw it, now or later. */
export type Opening = 'loading' | 'open' | 'away' | 'drawless'

const AGAIN_MS = 5_000

/**
 * Opens something that needs the host, again and again until it is open: every few seconds, at once when the link comes back, and when somebody
 * asks for it. A line that is cut while a wall starts must not leave it without a map until somebody loads the page anew.
 */
export function keepOpening(open: () => Promise<boolean>, isHopeless: (error: unknown) => boolean): { state: Ref<Opening>; again: () => void; end: () => void } {
  const state = ref<Opening>('loading')
  let timer: ReturnType<typeof setTimeout> | undefined
  let isTrying = false
  let isEnded = false
  async function again(): Promise<void> {
    clearTimeout(timer)
    if (isTrying || isEnded || state.value === 'open' || state.value === 'drawless') return
    isTrying = true
    try {
      state.value = (await open()) ? 'open' : state.value
    } catch (error) {
      state.value = isHopeless(error) ? 'drawless' : 'away'
      if (state.value === 'away' && !isEnded) timer = setTimeout(() => void again(), AGAIN_MS)
    } finally {
      isTrying = false
    }
  }
  const stop = watch(linkState, (now) => now === 'live' && state.value === 'away' && void again())
  function end(): void {
    isEnded = true
    clearTimeout(timer)
    stop()
  }
  return { state, again: () => void again(), end }
}

/** The map in a box of the page; `ready` is called once it can be drawn on. */
export function openMap(box: Readonly<Ref<HTMLElement | null>>, ready: (map: CityMap) => void): { map: Ref<CityMap | null>; state: Ref<Opening>; again: () => void } {
  const map = shallowRef<CityMap | null>(null)
  async function open(): Promise<boolean> {
    const [library, settings] = await Promise.all([afterAlerts(() => import('./cityMap')), ask<{ baseMap: BaseMapSettings | null }>('/api/v1/wall/settings')])
    // Who has left meanwhile needs no map.
    if (!box.value) return false
    map.value = await library.CityMap.open(box.value, settings.baseMap, openStation)
    ready(map.value)
    // Tests and benches look at the same map that people do.
    ;(window as unknown as { wallMap: unknown }).wallMap = map.value.gl
    await map.value.seen()
    return true
  }
  // The library says it so, in English, with a link to a page that is not for officers.
  const { state, again, end } = keepOpening(open, (error) => error instanceof Error && error.message.includes('WebGL'))
  onMounted(again)
  onBeforeUnmount(() => {
    end()
    map.value?.close()
  })
  return { map, state, again }
}
