import { onScopeDispose, ref, type Ref } from 'vue'

/** Whether the screen is of some sort, as long as the caller's scope lives. */
export function matches(query: string): Readonly<Ref<boolean>> {
  const media = matchMedia(query)
  const is = ref(media.matches)
  const look = (): void => void (is.value = media.matches)
  media.addEventListener('change', look)
  onScopeDispose(() => media.removeEventListener('change', look))
  return is
}
