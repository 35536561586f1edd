import { ref } from 'vue'
import { KINDS } from '../city/kinds'
import type { Alert, Metric, Sensor } from '../city/types'
import { ask, Refused, type Page } from '../link/api'
import { say } from '../texts/texts'
import type { RuleInForce } from './rules'

interface Detail extends Sensor {
  community: string
  installedOn: string | null
  upstream: string[]
  metrics: Metric[]
}

interface Rejection {
  id: number
  at: string
  reasonText: string
  /** Of the reading in its message, from 0; null for all of them. */
  index: number | null
  metric: string | null
  gateway: string
}

const LISTED = 10
// A change is told before every host has it on disk: the past is asked for a few times then.
const AGAIN_MS = 1000
const ATTEMPTS = 10
const AWAY_MS = 3000

/** A gateway that has an alert stands where sensors do, as `gateway/` and its id, and has nothing else of a sensor. */
const GATEWAY = 'gateway/'

/** What the host tells of one station, beyond what streams in. */
export function station(id: string) {
  const detail = ref<Detail | null>(null)
  const rules = ref<RuleInForce[]>([])
  const past = ref<Alert[]>([])
  const rejections = ref<Rejection[]>([])
  const metric = ref('')
  const problem = ref('')
  const path = `/api/v1/sensors/${encodeURIComponent(id)}`

  let asked = 0
  let later: ReturnType<typeof setTimeout> | undefined

  /** With a change that was told, until the past shows it. */
  async function load(told?: Alert, attempt = 1): Promise<void> {
    const mine = ++asked
    clearTimeout(later)
    try {
      if (id.startsWith(GATEWAY)) {
        past.value = (await ask<Page<Alert>>(`/api/v1/alerts?sensor=${encodeURIComponent(id)}&limit=${LISTED}`)).items
        const name = id.slice(GATEWAY.length)
        detail.value = { id, kind: 'gateway', name, street: '', community: '', gateway: name, location: null, synthetic: false, downstream: null, retiredAt: null, installedOn: null, upstream: [], metrics: [] }
        problem.value = ''
        return
      }
      detail.value = await ask<Detail>(path)
      metric.value ||= KINDS[detail.value.kind]?.metric || detail.value.metrics[0]?.name || ''
      const query = `sensor=${encodeURIComponent(id)}&limit=${LISTED}`
      const [inForce, history, refused] = await Promise.all([
        ask<Page<RuleInForce>>(`${path}/rules`), ask<Page<Alert>>(`/api/v1/alerts?${query}`), ask<Page<Rejection>>(`/api/v1/rejections?${query}`),
      ])
      if (mine !== asked) return
      rules.value = inForce.items
      past.value = history.items
      rejections.value = refused.items
      problem.value = ''
      if (told && attempt < ATTEMPTS && past.value.some((alert) => alert.id === told.id && alert.version < told.version)) later = setTimeout(() => void load(told, attempt + 1), AGAIN_MS)
    } catch (error) {
      if (mine !== asked) return
      const isAway = !(error instanceof Refused)
      problem.value = isAway ? say('drawer.away') : error.message
      if (isAway) later = setTimeout(() => void load(told), AWAY_MS)
    }
  }

  /** Nobody looks any more. */
  function leave(): void {
    asked++
    clearTimeout(later)
  }

  return { detail, rules, past, rejections, metric, problem, load, leave }
}
