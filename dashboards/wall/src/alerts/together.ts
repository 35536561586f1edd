import { ref, type Ref } from 'vue'
import { takeAlert } from '../city/city'
import type { Alert } from '../city/types'
import { post, refusalText } from '../link/api'
import { say } from '../texts/texts'

/** At the same time: a host that a storm keeps busy must not get hundreds at once. */
const AT_ONCE = 4
/** So many of those that were refused are named. */
const NAMED_MAX = 3

/** Sends for each, a few at a time, and gives back those that were refused with why. */
export async function confirmAll(list: readonly Alert[], send: (alert: Alert) => Promise<void>): Promise<{ alert: Alert; why: string }[]> {
  const left = [...list]
  const refused: { alert: Alert; why: string }[] = []
  const work = async (): Promise<void> => {
    for (let alert = left.shift(); alert; alert = left.shift()) {
      try {
        await send(alert)
      } catch (error) {
        refused.push({ alert, why: refusalText(error) })
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return refused
}

export const acknowledge = async (alert: Alert): Promise<void> => takeAlert(await post<Alert>(`/api/v1/alerts/${encodeURIComponent(alert.id)}/acknowledge`, { version: alert.version }))

/** What was refused in a sentence: how many, which, why. Empty when nothing was. */
export function refusedText(asked: number, refused: readonly { alert: Alert; why: string }[]): string {
  if (!refused.length) return ''
  const named = refused.slice(0, NAMED_MAX).map(({ alert, why }) => `${alert.sensorName}${say('colon')}${why}`)
  const rest = refused.length - named.length
  return say('alert.all-refused', asked - refused.length, refused.length, [...named, ...(rest ? [say('news.more', rest)] : [])].join(say('semicolon')))
}

export interface Together {
  /** The group that was asked about and not yet answered for. */
  asked: Ref<string>
  /** How many it was asked of. */
  count: Ref<number>
  /** The one that is being confirmed. */
  sending: Ref<string>
  /** What was refused, until something is confirmed again. */
  problem: Ref<string>
  press: (key: string, list: readonly Alert[]) => Promise<void>
}

/** Confirms a group: the first press asks, the second sends for exactly those that stood there when it was asked, each with the version that was shown. */
export function confirmTogether(send = acknowledge): Together {
  const [asked, sending, problem] = [ref(''), ref(''), ref('')]
  const count = ref(0)
  let meant: readonly Alert[] = []
  async function press(key: string, list: readonly Alert[]): Promise<void> {
    if (sending.value) return
    if (asked.value !== key) {
      asked.value = key
      meant = [...list]
      count.value = meant.length
      return
    }
    asked.value = ''
    sending.value = key
    problem.value = refusedText(meant.length, await confirmAll(meant, send))
    sending.value = ''
  }
  return { asked, count, sending, problem, press }
}
