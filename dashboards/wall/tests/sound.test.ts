import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope, nextTick, type EffectScope } from 'vue'
import { NewsWatch } from '../src/alerts/newsWatch'
import { someAlert } from './some'

/** A browser that keeps still until somebody clicks. */
class FakeAudio {
  static clicked = false
  static notes = 0
  state = 'suspended'
  currentTime = 0
  destination = {}
  onstatechange: () => void = () => undefined
  resume = async (): Promise<void> => {
    if (!FakeAudio.clicked) return
    this.state = 'running'
    this.onstatechange()
  }
  createGain = () => ({ gain: { setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined }, connect: () => undefined })
  createOscillator = () => ({ frequency: {}, connect: (to: object) => to, start: () => void FakeAudio.notes++, stop: () => undefined })
}

const listeners = new Set<() => void>()
let scope: EffectScope
let api: typeof import('../src/alerts/sound')
let city: typeof import('../src/city/city')
const NOTES = 2
const tones = (): number => FakeAudio.notes / NOTES
const second = async (): Promise<void> => void (await vi.advanceTimersByTimeAsync(1000))

beforeEach(async () => {
  vi.useFakeTimers()
  vi.stubGlobal('AudioContext', FakeAudio)
  vi.stubGlobal('addEventListener', (name: string, listener: () => void) => name === 'click' && listeners.add(listener))
  vi.stubGlobal('removeEventListener', (_: string, listener: () => void) => listeners.delete(listener))
  FakeAudio.clicked = false
  FakeAudio.notes = 0
})
afterEach(() => {
  scope.stop()
  localStorage.removeItem('luohu.sound')
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** The page is opened, a red alert is waiting, and the link comes up. */
async function opened(): Promise<void> {
  vi.resetModules()
  city = await import('../src/city/city')
  const hub = await import('../src/link/hub')
  api = await import('../src/alerts/sound')
  scope = effectScope()
  scope.run(() => api.soundForReds())
  city.takeSnapshot({ serverTime: new Date().toISOString(), counts: { sensors: 1, reporting: 1, newestReading: null }, alerts: [someAlert('old')], readings: [] })
  hub.linkState.value = 'live'
  await nextTick()
}
const comes = async (id: string, more = {}): Promise<void> => {
  city.takeAlert(someAlert(id, more))
  await nextTick()
}
const passes = async (seconds: number): Promise<void> => {
  for (let i = 0; i < seconds; i++) {
    await second()
    await nextTick()
  }
}
const click = (): void => {
  FakeAudio.clicked = true
  for (const listener of listeners) listener()
}

test('a wall is silent until a person has switched the sound on; his click is heard at once', async () => {
  await opened()
  click()
  await comes('a')
  expect([api.sound.value, tones()]).toEqual(['off', 0])
  await api.turnSound()
  expect([api.sound.value, tones()]).toEqual(['on', 1])
  await passes(11)
  await comes('b')
  expect(tones()).toBe(2)
  await api.turnSound()
  await passes(11)
  await comes('c')
  expect([api.sound.value, tones()]).toEqual(['off', 2])
})

test('after a reload the browser waits for a click, and the wall says so', async () => {
  localStorage.setItem('luohu.sound', 'on')
  await opened()
  await comes('a')
  expect([api.sound.value, tones()]).toEqual(['blocked', 0])
  click()
  await nextTick()
  expect(api.sound.value).toBe('on')
  await passes(11)
  await comes('b')
  expect(tones()).toBe(1)
})

test('what waited when the page was opened, what is less than red and what somebody has is no news', async () => {
  localStorage.setItem('luohu.sound', 'on')
  FakeAudio.clicked = true
  await opened()
  await passes(1)
  await comes('orange', { severity: 'orange' })
  await comes('taken', { state: 'acknowledged' })
  expect(tones()).toBe(0)
  await comes('orange', { severity: 'red', version: 2 })
  expect(tones()).toBe(1)
})

test('many at once sound once, later ones ten seconds after the last tone, unless an officer has them by then', () => {
  const watch = new NewsWatch(10_000)
  const look = (at: number, ...ids: string[]): boolean => watch.look(new Set(ids), at).length > 0
  expect(look(0, 'old')).toBe(false)
  expect(look(1000, 'old', 'a', 'b', 'c')).toBe(true)
  expect(look(2000, 'old', 'a', 'b', 'c', 'd')).toBe(false)
  expect(look(10_999, 'old', 'a', 'b', 'c', 'd')).toBe(false)
  expect(look(11_000, 'old', 'a', 'b', 'c', 'd')).toBe(true)
  expect(look(40_000, 'old', 'a', 'b', 'c', 'd')).toBe(false)
  expect(look(50_000, 'old', 'e')).toBe(true)
  expect(look(51_000, 'old', 'e', 'f')).toBe(false)
  expect(look(61_000, 'old', 'e')).toBe(false)
})

test('one that was taken and grew worse is told anew', () => {
  const watch = new NewsWatch(10_000)
  watch.look(new Set(['a']), 0)
  watch.look(new Set(), 1000)
  expect(watch.look(new Set(['a']), 2000)).toEqual(['a'])
})
