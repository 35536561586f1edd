import { language, say } from '../texts/texts'
import { token } from './session'

/** An answer that was no success, with the host's own words for it. */
export class Refused extends Error {
  constructor(readonly status: number, title: string, readonly detail = '') {
    super(title)
  }
}

/** What an officer is told of an action that failed: why, and what to do. */
export const refusalText = (error: unknown): string =>
  error instanceof Refused ? [error.message, error.detail].filter(Boolean).join(say('colon')) : say('failed')

/** The token goes in a header and nowhere else: addresses end up in logs. */
async function answerOf(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('Authorization', `Bearer ${token.value}`)
  headers.set('Accept-Language', language.value)
  if (init.body && !headers.has('Content-Type')) headers.set('Content-Type', 'application/json')
  const answer = await fetch(path, { ...init, headers })
  if (!answer.ok) {
    const problem = (await answer.json().catch(() => ({}))) as { title?: string; detail?: string }
    throw new Refused(answer.status, problem.title ?? `HTTP ${answer.status}`, problem.detail)
  }
  return answer
}

export const ask = async <T>(path: string, init: RequestInit = {}): Promise<T> => (await (await answerOf(path, init)).json()) as T

/** Saves what an address answers as a spreadsheet's file. A link cannot carry the token: it is fetched, and given to the browser as a file. */
export async function saveCsv(path: string, name: string): Promise<void> {
  const file = await (await answerOf(path, { headers: { Accept: 'text/csv' } })).blob()
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = `${name}.csv`
  link.click()
  // Browsers begin to save within the click; the address is given back when they have it for certain.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

export const post = <T>(path: string, body: unknown = {}): Promise<T> => ask<T>(path, { method: 'POST', body: JSON.stringify(body) })

/** What changes something and may answer nothing. */
export async function send(method: 'PUT' | 'DELETE', path: string, body?: unknown, headers: Record<string, string> = {}): Promise<void> {
  await answerOf(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
}

export interface Page<T> {
  items: T[]
  next: string | null
}

/** Every page of a list. */
export async function all<T>(path: string): Promise<T[]> {
  const found: T[] = []
  for (let after: string | null = ''; after !== null; ) {
    const mark: string = after ? `${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(after)}` : ''
    const page: Page<T> = await ask<Page<T>>(path + mark)
    found.push(...page.items)
    after = page.next
  }
  return found
}
