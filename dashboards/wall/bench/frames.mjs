// How fluent the wall is with 20,000 sensors and 2,000 updates a second, and whether it keeps its memory:
//   ./ioc run once (builds host and wall), then: node dashboards/wall/bench/frames.mjs [seconds] [--headed-gpu]
// Starts a host with a larger district and the simulator's load, moves the map while it counts frames, prints one JSON line.
import { withPlant } from './plant.mjs'

const seconds = Number(process.argv[2] ?? 60)
const gpu = process.argv.includes('--headed-gpu')
const SENSORS = 20_000
const RATE = 2_000
// The default district has 5,768 sensors of which 3,000 are parking bays.
const PARKING = SENSORS - 2_768

await withPlant([`--Registry:Counts:parking=${PARKING}`], async ({ ask, simulate, open }) => {
  simulate('load', '--rate', String(RATE), '--seconds', String(seconds + 120), '--sensors', String(SENSORS))
  const { browser, page } = await open(gpu)
  const measured = await page.evaluate(async (length) => {
    const map = window.wallMap
    const heap = () => { globalThis.gc?.(); return Math.round(performance.memory.usedJSHeapSize / 1048576) }
    /** Frames of the page (and of the map) in so many seconds, with the longest time between two. */
    const count = async (s) => {
      let [frames, drawn, worst] = [0, 0, 0]
      const render = () => drawn++
      map.on('render', render)
      const began = performance.now()
      let last = began
      while (performance.now() - began < s * 1000) {
        await new Promise(requestAnimationFrame)
        worst = Math.max(worst, performance.now() - last)
        last = performance.now()
        frames++
      }
      map.off('render', render)
      const took = (performance.now() - began) / 1000
      return { framesPerSecond: +(frames / took).toFixed(1), mapFramesPerSecond: +(drawn / took).toFixed(1), worstMs: Math.round(worst) }
    }
    const third = length / 3
    const still = await count(third)
    const first = heap()
    // Half a turn around the district, and closer and back, all the time.
    let moving = true
    const pan = (async () => { for (let i = 0; moving; i++) { map.easeTo({ center: [114.13 + 0.03 * Math.cos(i), 22.565 + 0.02 * Math.sin(i)], zoom: 12 + Math.sin(i / 3), duration: 1500, essential: true }); await map.once('moveend') } })()
    const panned = await count(third)
    moving = false
    await pan
    const after = await count(third)
    return { still, panned, after, heapMiBAtThird: first, heapMiBAtEnd: heap() }
  }, seconds)
  const load = await (await ask('/api/v1/wall/load')).json()
  const ingestion = await (await ask('/api/v1/ingestion')).json()
  console.log(JSON.stringify({ sensors: SENSORS, updatesPerSecond: RATE, seconds, rendering: gpu ? 'gpu' : 'software', ...measured, framesSent: load.framesSent, framesMerged: load.framesDropped, readings: ingestion.readings }))
  await browser.close()
})
