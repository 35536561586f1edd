import { nextTick, onBeforeUpdate, onUpdated, type Ref } from 'vue'

/** Nobody has the keyboard: what had it is gone, or was off for a moment. Browsers then begin at the top of the page again. */
const isLost = (): boolean => !document.activeElement || document.activeElement === document.body

/** After an action: the keyboard stays where it was, or goes on to the next thing where that is gone or has nothing to do. Where an officer has put it meanwhile it stays. */
export async function keepFocus(held: Element | null, next: () => HTMLElement | null | undefined): Promise<void> {
  await nextTick()
  if (!isLost() && !document.activeElement!.matches(':disabled')) return
  if (held instanceof HTMLElement && held.isConnected && !held.matches(':disabled')) held.focus()
  else next()?.focus({ preventScroll: true })
}

/**
 * A list that is sorted anew moves its items in the page, and what is moved loses the keyboard, as does what goes. It keeps it, or the next of
 * the sort in the lines from there on has it, or the list.
 */
export function keepFocusIn(list: Readonly<Ref<HTMLElement | null | undefined>>, next: string): void {
  let held: HTMLElement | null = null
  let line = 0
  let seen = false
  onBeforeUpdate(() => {
    held = list.value?.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null
    line = held ? Math.max(0, [...list.value!.children].findIndex((item) => item.contains(held))) : 0
    // Who works by pointer does not want the list to scroll back to what he pressed last.
    seen = held?.matches(':focus-visible') ?? false
  })
  onUpdated(() => {
    if (!held || !isLost()) return
    const to = held.isConnected ? held : [...(list.value?.children ?? [])].slice(line).map((item) => item.querySelector<HTMLElement>(next)).find(Boolean)
    ;(to ?? list.value)?.focus({ preventScroll: !seen })
  })
}
