import { ref, type Ref } from 'vue'
import { refusalText } from './api'

/** What a form does at the host: one step at a time, and why the last one was refused. */
export function steps(): { problem: Ref<string>; sending: Ref<boolean>; take: (step: () => Promise<unknown>) => Promise<void> } {
  const problem = ref('')
  const sending = ref(false)
  async function take(step: () => Promise<unknown>): Promise<void> {
    if (sending.value) return
    sending.value = true
    problem.value = ''
    try {
      await step()
    } catch (error) {
      problem.value = refusalText(error)
    } finally {
      sending.value = false
    }
  }
  return { problem, sending, take }
}
