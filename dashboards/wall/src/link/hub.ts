import { HttpTransportType, HubConnectionBuilder, HubConnectionState, LogLevel, type HubConnection } from '@microsoft/signalr'
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack'
import { ref } from 'vue'
import type { Alert, Reading, Snapshot } from '../city/types'
import { language } from '../texts/texts'
import { post, Refused } from './api'

export type LinkState = 'off' | 'connecting' | 'live' | 'lost' | 'refused'

/** What happens on the link; the city takes it. */
export interface Listener {
  /** @param asked When it was asked for, by a clock that nobody sets (performance.now). */
  snapshot(city: Snapshot, asked: number): void
  alert(view: Alert): void
  readings(views: Reading[]): void
}

/** How the host sees this browser keep pace. */
export interface Pace {
  alertsSent: number
  alertsQueued: number
  framesSent: number
  framesDropped: number
  resyncs: number
}

export const linkState = ref<LinkState>('off')
/** When the link was last known to work, browser's clock. */
export const lostAt = ref(0)
/** Times that the link came back by itself. */
export const resumes = ref(0)

const RETRY_MS_MAX = 5_000
/** The host pings every 5 s. */
const SILENCE_MS = 12_000

let connection: HubConnection | null = null
let listener: Listener
let generation = 0

/** Opens the link and keeps it: after a cut it comes back by itself, with a new ticket and a new snapshot. */
export function open(to: Listener): void {
  listener = to
  void run(++generation)
}

export function close(): void {
  generation++
  linkState.value = 'off'
  const closing = connection
  connection = null
  void closing?.stop()
}

export async function pace(): Promise<Pace | null> {
  return connection?.state === HubConnectionState.Connected ? await connection.invoke<Pace | null>('Stats') : null
}

async function run(mine: number): Promise<void> {
  linkState.value = 'connecting'
  for (let attempt = 0; mine === generation; attempt++) {
    const ended = await once(mine)
    if (mine !== generation) return
    if (ended === 'refused') {
      linkState.value = 'refused'
      return
    }
    // It was up: the first try comes at once.
    if (lostAt.value === 0) {
      attempt = 0
      lostAt.value = Date.now()
    }
    linkState.value = 'lost'
    await new Promise((resolve) => setTimeout(resolve, Math.min(RETRY_MS_MAX, 250 * 2 ** Math.min(attempt, 5))))
  }
}

/** One connection from its beginning to its end. */
async function once(mine: number): Promise<'refused' | 'lost'> {
  let ticket: string
  try {
    // One use and half a minute: what a proxy's log keeps of the address opens nothing.
    ticket = (await post<{ ticket: string }>('/api/v1/tickets')).ticket
  } catch (error) {
    return error instanceof Refused && (error.status === 401 || error.status === 403) ? 'refused' : 'lost'
  }
  const hub = new HubConnectionBuilder()
    .withUrl(`/hubs/wall?lang=${language.value}`, {
      accessTokenFactory: () => ticket,
      transport: HttpTransportType.WebSockets,
      skipNegotiation: true,
    })
    .withHubProtocol(new MessagePackHubProtocol())
    .configureLogging(LogLevel.None)
    .build()
  hub.serverTimeoutInMilliseconds = SILENCE_MS
  hub.keepAliveIntervalInMilliseconds = 5_000
  const ended = new Promise<void>((resolve) => hub.onclose(() => resolve()))
  hub.on('alert', (view: Alert) => mine === generation && listener.alert(view))
  hub.on('readings', (views: Reading[]) => mine === generation && listener.readings(views))
  hub.on('resync', () => void takeSnapshot(hub, mine).catch(() => undefined))
  try {
    await hub.start()
    if (mine !== generation) {
      void hub.stop()
      return 'lost'
    }
    connection = hub
    await takeSnapshot(hub, mine)
    if (lostAt.value > 0) resumes.value++
    lostAt.value = 0
    linkState.value = 'live'
    // Figures that nobody pushes (sensors that fell silent) come with a snapshot.
    const again = setInterval(() => void takeSnapshot(hub, mine).catch(() => undefined), 60_000)
    await ended
    clearInterval(again)
  } catch {
    void hub.stop()
  }
  return 'lost'
}

async function takeSnapshot(hub: HubConnection, mine: number): Promise<void> {
  const asked = performance.now()
  const city = await hub.invoke<Snapshot>('Snapshot').catch((error: unknown) => {
    if (hub.state === HubConnectionState.Connected) void hub.stop()
    throw error
  })
  if (mine === generation) listener.snapshot(city, asked)
}
