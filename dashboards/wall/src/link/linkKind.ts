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
/** How far what is shown may be trusted. */
export const linkKind = computed(() => (linkState.value === 'live' ? (silence.value > STALE_S ? 'stale' : 'live') : linkState.value === 'lost' ? 'lost' : 'connecting'))
/** The time at which the screen stands. */
export const frozen = computed(() => (void secondPulse.value, newestReading() ? clockOfDay(newestReading()) : '–'))
