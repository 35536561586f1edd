import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** So long after a pointer's last movement over it a list stays as it is: a mouse that was left lying there holds nothing up. */
const STEADY_MS = 3_000
const LET_IN_MS = 250
/** A hand on its way does not turn back for what changed so shortly before: seeing it and acting on it takes a person a third of a second and more. */
const UNSEEN_MS = 500

/** Lines where they stood, each as it is now; what is gone keeps its place, and what is new has none yet. */
export function inPlace<T extends { key: string }>(stood: readonly T[], now: readonly T[]): T[] {
  const current = new Map(now.map((row) => [row.key, row]))
  return stood.map((row) => current.get(row.key) ?? row)
}

/** Where lines begin to stand differently from before; the number of lines when none does. */
export function firstMoved(before: readonly string[], now: readonly string[]): number {
  const first = now.findIndex((key, index) => key !== before[index])
  return first < 0 ? now.length : first
}

export interface Aim {
  /** Somebody is aiming at something in the list, whose lines must not move under the pointer now. */
  aimed: Readonly<Ref<boolean>>
  /** For every movement, turn of a wheel and press over the list. A finger moves nothing before it presses. */
  aim: (event: PointerEvent | WheelEvent) => void
  leave: (event: PointerEvent) => void
  release: () => void
}

/** Told of a pointer over a list; `begins` is called each time when lines begin to be held. */
export function useAim(begins: () => void): Aim {
  const aimed = ref(false)
  let until: ReturnType<typeof setTimeout> | undefined
  function release(): void {
    clearTimeout(until)
    aimed.value = false
  }
  function aim(event: PointerEvent | WheelEvent): void {
    if (isFinger(event) && event.type !== 'pointerdown') return
    if (!aimed.value) begins()
    aimed.value = true
    clearTimeout(until)
    // A page that was busy drawing learns of the time before it learns of the movements meanwhile: those are let in first.
    until = setTimeout(() => (until = setTimeout(release, LET_IN_MS)), STEADY_MS)
  }
  onScopeDispose(release)
  // A finger leaves with every press: what it scrolled to or is about to press next stays for a while all the same.
  return { aimed, aim, leave: (event) => void (isFinger(event) || release()), release }
}

const isFinger = (event: PointerEvent | WheelEvent): boolean => 'pointerType' in event && event.pointerType === 'touch'

/** Whether the line at an index got there so lately that a press on it was meant for what had stood there. */
export function useUnseen(keys: () => readonly string[]): (index: number) => boolean {
  let from = Infinity
  let movedAt = -Infinity
  const isRecent = (): boolean => performance.now() - movedAt < UNSEEN_MS
  watch(
    keys,
    (now, before) => {
      const first = firstMoved(before, now)
      if (first >= now.length) return
      from = isRecent() ? Math.min(from, first) : first
      movedAt = performance.now()
    },
    { flush: 'post' },
  )
  return (index) => index >= from && isRecent()
}
