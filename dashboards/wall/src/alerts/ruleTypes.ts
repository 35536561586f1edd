import { ref, watch } from 'vue'
import { registryPulse } from '../city/city'
import type { Alert } from '../city/types'
import type { Rule } from '../drawer/rules'
import { ask } from '../link/api'
import { linkState } from '../link/hub'

type Judged = Pick<Rule, 'type' | 'windowSeconds'>

/** By kind and rule, as they are by default: a station may have another window, which its drawer knows. */
const known = ref<ReadonlyMap<string, Judged>>(new Map())

/** How an alert's rule judges; undefined for what detectors find. */
export const ruleOf = (alert: Pick<Alert, 'kind' | 'rule'>): Judged | undefined => known.value.get(`${alert.kind} ${alert.rule}`)

export function takeRules(items: { kind: string; rules: { rule: Pick<Rule, 'id'> & Judged }[] }[]): void {
  known.value = new Map(items.flatMap(({ kind, rules }) => rules.map(({ rule }) => [`${kind} ${rule.id}`, rule] as const)))
}

async function load(): Promise<void> {
  try {
    takeRules((await ask<{ items: Parameters<typeof takeRules>[0] }>('/api/v1/rules')).items)
  } catch {
    // Asked for again when the link is back.
  }
}

watch([registryPulse, linkState], () => linkState.value === 'live' && void load())
