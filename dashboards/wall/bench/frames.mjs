// How fluent the wall is with 20,000 sensors and 2,000 updates a second, and whether it keeps its memory:
//   ./ioc run once (builds host and wall), then: node dashboards/wall/bench/frames.mjs [seconds] [--headed-gpu]
// Starts a host with a larger district and the simulator's load, moves the map while it counts frames, prints one JSON line.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const app = join(root, 'artifacts', 'app')
const seconds = Number(process.argv[2] ?? 60)
const gpu = process.argv.includes('--headed-gpu')
const SENSORS = 20_000
const RATE = 2_000
// The default district has 5,768 sensors of which 3,000 are parking bays.
const PARKING = SENSORS - 2_768
const HTTP = Number(process.env.HTTP_PORT ?? 21090)
const MQTT = Number(process.env.MQTT_PORT ?? 21893)

const data = mkdtempSync(join(tmpdir(), 'luohu-frames-'))
const token = () => readFileSync(join(data, 'credentials', 'administrator.token'), 'utf8').trim()
const ask = (path, accept = 'application/json') => fetch(`http://localhost:${HTTP}${path}`, { headers: { Authorization: `Bearer ${token()}`, Accept: accept } })
const children = []
const start = (dll, ...args) => children[children.push(spawn('dotnet', [join(app, dll), ...args], { stdio: ['ignore', 'ignore', 'ignore'] })) - 1]

async function until(what, condition, longest = 120_000) {
  for (const began = Date.now(); Date.now() - began < longest; await new Promise((resolve) => setTimeout(resolve, 250)))
    if (await condition().catch(() => false)) return
  throw new Error(`Waited in vain for ${what}.`)
}

try {
  start('host/LuohuIOC.dll', `--DataDirectory=${data}`, `--Http:Port=${HTTP}`, `--Mqtt:Port=${MQTT}`, `--Cluster:SiloPort=${MQTT + 1}`, `--Registry:Counts:parking=${PARKING}`,
    `--Wall:Pages=${join(root, 'dashboards', 'wall', 'dist')}`)
  await until('the host', async () => existsSync(join(data, 'credentials', 'administrator.token')) && (await ask('/healthz/ready')).ok)
  writeFileSync(join(data, 'registry.csv'), await (await ask('/api/v1/sensors', 'text/csv')).text())
  start('simulator/LuohuIOC.Simulator.dll', 'load', '--broker', `127.0.0.1:${MQTT}`, '--rate', String(RATE), '--seconds', String(seconds + 120), '--sensors', String(SENSORS),
    '--registry', join(data, 'registry.csv'), '--credentials', join(data, 'credentials', 'gateways.csv'))

  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', headless: !gpu,
    args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--enable-precise-memory-info', '--js-flags=--expose-gc',
      // As a browser runs on a machine without a card: the page drawn by the processor, WebGL by its stand-in. (ANGLE on the stand-in for the page too: a third of the frames.)
      ...(gpu ? [] : ['--disable-gpu', '--enable-unsafe-swiftshader'])],
  })
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  await page.addInitScript((text) => sessionStorage.setItem('luohu.token', text), token())
  await page.goto(`http://localhost:${HTTP}/`, { waitUntil: 'commit' })
  await until('the map', () => page.evaluate(() => Boolean(window.wallMap)))

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
} finally {
  for (const child of children.reverse()) child.kill('SIGTERM')
  await Promise.all(children.map((child) => child.exitCode ?? new Promise((resolve) => child.once('exit', resolve))))
  rmSync(data, { recursive: true, force: true })
}
