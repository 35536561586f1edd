import { ref } from 'vue'

/** Who is at the wall. Kept for this tab only: a wall that is switched off forgets it. */
export interface Holder {
  id: string
  name: string
  role: 'viewer' | 'duty-officer' | 'administrator'
}

const KEY = 'luohu.token'

export const token = ref(sessionStorage.getItem(KEY) ?? '')
export const holder = ref<Holder | null>(null)

export function keep(text: string): void {
  token.value = text
  sessionStorage.setItem(KEY, text)
}

export function forget(): void {
  token.value = ''
  holder.value = null
  sessionStorage.removeItem(KEY)
}

export const mayAct = (): boolean => holder.value !== null && holder.value.role !== 'viewer'
/** Limits, and whatever else an administrator alone sets. */
export const maySet = (): boolean => holder.value?.role === 'administrator'
