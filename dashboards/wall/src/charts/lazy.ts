import { defineAsyncComponent } from 'vue'
import { afterAlerts } from '../city/firstAlerts'

const fetched = afterAlerts(() => import('./EChart.vue'))
// Told by each chart that stays empty; nobody else asks.
fetched.catch(() => undefined)

export const EChart = defineAsyncComponent(() => fetched)
