import { computed } from 'vue'
import { newestReading, now, secondPulse } from '../city/city'
import { clockOfDay } from '../texts/format'
import { linkState, lostAt } from './hub'

/** Readings arrive every few seconds in a living city; without any for so long something is broken between the devices and here. */
const STALE_S = 120

/** Seconds since the newest reading. */
export const silence = computed(() => (void secondPulse.value, newestReading() ? Math.max(0, (now() - newestReading()) / 1000) : 0))
/** Seconds since the link was last known to work. */
export const away = computed(() => (void secondPulse.value, lostAt.value ? (Date.now() - lostAt.value) / 1000 : 0))
const kindWhileLive = (): 'unheard' | 'stale' | 'live' => (!newestReading() ? 'unheard' : silence.value > STALE_S ? 'stale' : 'live')
/** How far what is shown may be trusted. Unheard: the host answers, and no device has ever sent it anything. */
export const linkKind = computed(() => (void secondPulse.value, linkState.value === 'live' ? kindWhileLive() : linkState.value === 'lost' ? 'lost' : 'connecting'))
/** Nothing new comes: nobody knows what of the screen is still so. */
export const isFrozen = computed(() => linkKind.value === 'lost' || linkKind.value === 'stale')
/** The time at which the screen stands. */
export const frozen = computed(() => (void secondPulse.value, newestReading() ? clockOfDay(newestReading()) : '–'))
