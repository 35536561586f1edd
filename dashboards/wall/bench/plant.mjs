// What the wall's benches run on: a host of its own with the built pages, simulators, and Debian's Chromium as it draws without a card.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const app = join(root, 'artifacts', 'app')
const HTTP = Number(process.env.HTTP_PORT ?? 21090)
const MQTT = Number(process.env.MQTT_PORT ?? 21893)

export async function until(what, condition, longest = 120_000) {
  for (const began = Date.now(); Date.now() - began < longest; await new Promise((resolve) => setTimeout(resolve, 250)))
    if (await condition().catch(() => false)) return
  throw new Error(`Waited in vain for ${what}.`)
}

/** Starts the host, hands its tools to `use`, and stops everything again, whatever happened. */
export async function withPlant(settings, use) {
  const data = mkdtempSync(join(tmpdir(), 'luohu-wall-'))
  const children = []
  const start = (dll, ...args) => children[children.push(spawn('dotnet', [join(app, dll), ...args], { stdio: ['ignore', 'ignore', 'ignore'] })) - 1]
  const token = () => readFileSync(join(data, 'credentials', 'administrator.token'), 'utf8').trim()
  const ask = (path, accept = 'application/json') => fetch(`http://localhost:${HTTP}${path}`, { headers: { Authorization: `Bearer ${token()}`, Accept: accept } })
  try {
    start('host/LuohuIOC.dll', `--DataDirectory=${data}`, `--Http:Port=${HTTP}`, `--Mqtt:Port=${MQTT}`, `--Cluster:SiloPort=${MQTT + 1}`,
      `--Wall:Pages=${join(root, 'dashboards', 'wall', 'dist')}`, ...settings)
    await until('the host', async () => existsSync(join(data, 'credentials', 'administrator.token')) && (await ask('/healthz/ready')).ok)
    writeFileSync(join(data, 'registry.csv'), await (await ask('/api/v1/sensors', 'text/csv')).text())
    const simulate = (verb, ...args) => start('simulator/LuohuIOC.Simulator.dll', verb, '--broker', `127.0.0.1:${MQTT}`,
      '--registry', join(data, 'registry.csv'), '--credentials', join(data, 'credentials', 'gateways.csv'), ...args)
    await use({ ask, simulate, open: (gpu) => openWall(token(), gpu) })
  } finally {
    for (const child of children.reverse()) child.kill('SIGTERM')
    await Promise.all(children.map((child) => child.exitCode ?? new Promise((resolve) => child.once('exit', resolve))))
    rmSync(data, { recursive: true, force: true })
  }
}

async function openWall(token, gpu) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium', headless: !gpu,
    args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--enable-precise-memory-info', '--js-flags=--expose-gc',
      // As a browser runs on a machine without a card: the page drawn by the processor, WebGL by its stand-in. (ANGLE on the stand-in for the page too: a third of the frames.)
      ...(gpu ? [] : ['--disable-gpu', '--enable-unsafe-swiftshader'])],
  })
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } })
  await page.addInitScript((text) => sessionStorage.setItem('luohu.token', text), token)
  await page.goto(`http://localhost:${HTTP}/`, { waitUntil: 'commit' })
  await until('the map', () => page.evaluate(() => Boolean(window.wallMap)))
  return { browser, page }
}
