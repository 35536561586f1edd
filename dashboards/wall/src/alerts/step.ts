import { ref, type Ref } from 'vue'
import { takeAlert } from '../city/city'
import type { Alert } from '../city/types'
import { post, refusalText } from '../link/api'

export type Verb = 'acknowledge' | 'assign' | 'comment' | 'close' | 'mark'

export interface Steps {
  /** Why the last one was refused; empty when it was not. */
  problem: Ref<string>
  /** Buttons say so, and are not switched off meanwhile: that would take the keyboard from them. */
  sending: Ref<boolean>
  /** False when it was refused, or one is under way. */
  send: (verb: Verb, body?: Record<string, string | null>) => Promise<boolean>
}

/** What an officer does about an alert, upon the version that is shown; the wall shows the answer at once. */
export function alertSteps(alert: () => Alert): Steps {
  const problem = ref('')
  const sending = ref(false)
  async function send(verb: Verb, body: Record<string, string | null> = {}): Promise<boolean> {
    if (sending.value) return false
    sending.value = true
    problem.value = ''
    try {
      takeAlert(await post<Alert>(`/api/v1/alerts/${encodeURIComponent(alert().id)}/${verb}`, { version: alert().version, ...body }))
      return true
    } catch (error) {
      problem.value = refusalText(error)
      return false
    } finally {
      sending.value = false
    }
  }
  return { problem, sending, send }
}
