import { onScopeDispose, ref, watch } from 'vue'
import { alertsPulse, secondPulse } from '../city/city'
import { linkState } from '../link/hub'
import { NewsWatch } from './newsWatch'
import { waitingKeys } from './waiting'

/**
 * Off until a person at this browser switches it on, and remembered here. A wall often hangs where nobody has asked for a noise, beside
 * other walls that would all sound at once; and browsers keep a page silent until somebody has clicked: a sound that claims to be on and
 * is not would be worse than none. The click that switches it on is that click.
 */
const KEY = 'luohu.sound'
/** More often a tone is noise. */
const TONE_EVERY_MS = 10_000

/** Blocked: wanted, but the browser waits for a click, as after every reload. */
export type Sound = 'off' | 'on' | 'blocked' | 'impossible'
export const sound = ref<Sound>('off')

let context: AudioContext | null = null
const isWanted = (): boolean => localStorage.getItem(KEY) === 'on'

function tell(): void {
  if (!isWanted()) sound.value = 'off'
  else sound.value = !context ? 'impossible' : context.state === 'running' ? 'on' : 'blocked'
}

function wake(): Promise<void> {
  if (!isWanted()) return Promise.resolve()
  if (!context && typeof AudioContext !== 'undefined') {
    context = new AudioContext()
    context.onstatechange = tell
  }
  tell()
  return context?.state === 'running' ? Promise.resolve() : (context?.resume().catch(() => undefined) ?? Promise.resolve())
}

/** The switch. What is blocked is what the officer wants: a click on it lets it sound. */
export async function turnSound(): Promise<void> {
  const on = sound.value !== 'on'
  localStorage.setItem(KEY, on ? 'on' : 'off')
  tell()
  if (!on) return
  await wake()
  // So that he hears how loud it is.
  tone()
}

/** Two soft notes, a falling third, under a second. */
function tone(): void {
  if (context?.state !== 'running' || !isWanted()) return
  for (const [hertz, after] of [[659.3, 0], [523.3, 0.28]] as const) {
    const [note, volume, from] = [context.createOscillator(), context.createGain(), context.currentTime + after]
    note.frequency.value = hertz
    // Up and down slowly: an edge would click.
    volume.gain.setValueAtTime(0, from)
    volume.gain.linearRampToValueAtTime(0.25, from + 0.04)
    volume.gain.linearRampToValueAtTime(0, from + 0.5)
    note.connect(volume).connect(context.destination)
    note.start(from)
    note.stop(from + 0.55)
  }
}

/** Sounds for red alerts as long as the caller's scope lives. */
export function soundForReds(): void {
  const reds = new NewsWatch(TONE_EVERY_MS)
  let begun = false
  const look = (): void => {
    // Before the first snapshot nobody knows what is news.
    begun ||= linkState.value === 'live'
    if (begun && reds.look(waitingKeys('red'), performance.now()).length) tone()
  }
  watch([alertsPulse, secondPulse, linkState], look)
  const click = (): void => void wake()
  for (const event of ['click', 'keydown']) addEventListener(event, click)
  onScopeDispose(() => ['click', 'keydown'].forEach((event) => removeEventListener(event, click)))
  void wake()
}
