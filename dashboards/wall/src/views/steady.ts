import { onScopeDispose, ref, type Ref } from 'vue'

/** So long after a pointer's last movement over it a list stays as it is: a mouse that was left lying there holds nothing up. */
const STEADY_MS = 3_000

/** Lines where they stood, each as it is now; what is gone keeps its place, and what is new has none yet. */
export function inPlace<T extends { key: string }>(stood: readonly T[], now: readonly T[]): T[] {
  const current = new Map(now.map((row) => [row.key, row]))
  return stood.map((row) => current.get(row.key) ?? row)
}

/** Whether somebody is aiming at something in a list, whose lines must not move under the pointer then. A finger aims without being seen before it presses. */
export function useAim(begins: () => void): { aimed: Readonly<Ref<boolean>>; aim: (event: PointerEvent | WheelEvent) => void; release: () => void } {
  const aimed = ref(false)
  let until: ReturnType<typeof setTimeout> | undefined
  function release(): void {
    clearTimeout(until)
    aimed.value = false
  }
  function aim(event: PointerEvent | WheelEvent): void {
    if ('pointerType' in event && event.pointerType === 'touch') return
    if (!aimed.value) begins()
    aimed.value = true
    clearTimeout(until)
    until = setTimeout(release, STEADY_MS)
  }
  onScopeDispose(release)
  return { aimed, aim, release }
}
