import { watch } from 'vue'
import { alertsPulse } from './city'

const AGAIN_MS = 2_000
const ATTEMPTS = 30

const firstAlerts = new Promise<void>((resolve) => {
  const stop = watch(alertsPulse, () => {
    stop()
    // A task of its own: the list has been put on the page.
    setTimeout(resolve)
  }, { flush: 'post' })
})

/**
 * A part of the program that is fetched once the alerts are listed. Map and charts are three quarters of it: on a slow line or an old machine
 * an officer reads what burns before the picture of it is drawn. They are fetched then even where nothing shows them yet, so that a drawer
 * has its chart when the host is away; and several times, since a line that is cut comes back.
 */
export async function afterAlerts<T>(load: () => Promise<T>): Promise<T> {
  await firstAlerts
  for (let attempt = 1; ; attempt++) {
    try {
      return await load()
    } catch (error) {
      if (attempt === ATTEMPTS) throw error
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
    }
  }
}
