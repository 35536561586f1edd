import { onUnmounted, ref, watch, type Ref } from 'vue'
import type { Alert } from '../city/types'
import { ask } from '../link/api'
import { language } from '../texts/texts'
import type { Surroundings } from './evidence'
import type { AlertEvent } from './timeline'

export interface AlertDetail {
  alert: Alert
  events: AlertEvent[]
  surroundings: Surroundings | null
}

// An alert of another host is told before its host has it on disk, and is asked for a few times then.
const AGAIN_MS = 1000
const ATTEMPTS = 10

/** Everything of one alert, asked for again with each of its versions; nothing is asked while there is none. The last answer stays until a newer one is here. */
export function alertDetail(alert: () => Alert | null): Ref<AlertDetail | null> {
  const detail = ref<AlertDetail | null>(null)
  let later: ReturnType<typeof setTimeout> | undefined

  async function load(id: string, version: number, attempt = 1): Promise<void> {
    try {
      const answer = await ask<AlertDetail>(`/api/v1/alerts/${encodeURIComponent(id)}`)
      if (alert()?.id !== id || alert()?.version !== version) return
      detail.value = answer
      if (answer.alert.version < version && attempt < ATTEMPTS) later = setTimeout(() => void load(id, version, attempt + 1), AGAIN_MS)
    } catch {
      // The link's own sign says when the host is away.
    }
  }

  watch([() => alert()?.id, () => alert()?.version, language], ([id, version]) => {
    clearTimeout(later)
    if (detail.value && detail.value.alert.id !== id) detail.value = null
    if (id !== undefined && version !== undefined) void load(id, version)
  }, { immediate: true })
  onUnmounted(() => clearTimeout(later))
  return detail
}
