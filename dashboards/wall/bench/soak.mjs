// Whether the wall keeps its memory through a working day: eight simulated hours of the city, a storm in them, the themes rotating, drawers opened.
//   ./ioc run once (builds host and wall), then: node dashboards/wall/bench/soak.mjs [minutes, default 8] [--speed 60]
// Prints one JSON line a minute (heap after a collection, nodes, listeners) and a last one with the growth from the second minute to the last.
import { withPlant } from './plant.mjs'

const minutes = Number(process.argv[2] ?? 8)
const speed = process.argv.includes('--speed') ? process.argv[process.argv.indexOf('--speed') + 1] : '60'
const VIEWS = ['overview', 'storm', 'peace', 'water', 'fire', 'parking', 'safety', 'alerts']

await withPlant([], async ({ ask, simulate, open }) => {
  simulate('city', '--speed', speed, '--storm', 'chicago', '--return-period', '50', '--storm-start', '60')
  const { browser, page } = await open(false)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  const stations = (await (await ask('/api/v1/sensors?kind=waterlogging')).json()).items.map((s) => s.id)
  const seen = []
  for (let minute = 1; minute <= minutes; minute++) {
    const began = Date.now()
    for (let i = minute; Date.now() - began < 60_000; i++) {
      await page.evaluate((hash) => { location.hash = hash }, `#/${VIEWS[i % VIEWS.length]}?station=${stations[i % stations.length]}`)
      await page.waitForTimeout(4_000)
      await page.keyboard.press('Escape')
      await page.waitForTimeout(3_000)
    }
    await page.evaluate(() => { globalThis.gc?.(); globalThis.gc?.() })
    const { metrics } = await devtools.send('Performance.getMetrics')
    const of = (name) => metrics.find((m) => m.name === name).value
    seen.push({ minute, simulatedHours: +(minute * Number(speed) / 60).toFixed(1), heapMiB: +(of('JSHeapUsedSize') / 1048576).toFixed(1), nodes: of('Nodes'), listeners: of('JSEventListeners') })
    console.log(JSON.stringify(seen.at(-1)))
  }
  const [first, last] = [seen[Math.min(1, seen.length - 1)], seen.at(-1)]
  console.log(JSON.stringify({ growthMiB: +(last.heapMiB - first.heapMiB).toFixed(1), nodes: last.nodes - first.nodes, listeners: last.listeners - first.listeners, alerts: (await (await ask('/api/v1/alerts?limit=1000')).json()).items.length }))
  await browser.close()
})
