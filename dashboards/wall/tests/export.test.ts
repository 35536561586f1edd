import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { alerts, takeAlert } from '../src/city/city'
import { Refused, saveCsv } from '../src/link/api'
import { keep } from '../src/link/session'
import { alertSteps } from '../src/alerts/step'
import { someAlert } from './some'

const saved: { href: string; download: string }[] = []
const asked: { path: string; headers: Headers; body?: unknown }[] = []
let answer = (): Response => new Response('\ufeffa,b', { status: 200 })

beforeEach(() => {
  saved.length = asked.length = 0
  keep('ioc_secret')
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    asked.push({ path, headers: new Headers(init.headers), body: init.body ? JSON.parse(String(init.body)) : undefined })
    return answer()
  })
  vi.stubGlobal('document', { ...document, createElement: () => ({ click() { saved.push({ href: this.href, download: this.download }) }, href: '', download: '' }) })
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:table')
})
afterEach(() => vi.unstubAllGlobals())

test('a table is fetched with the token in a header and given to the browser as a file', async () => {
  answer = () => new Response('\ufeffa,b', { status: 200 })
  await saveCsv('/api/v1/alerts?heldFrom=2026-11-29T08:00', '预警-20261129-2000')
  expect(asked[0]!.headers.get('Authorization')).toBe('Bearer ioc_secret')
  expect(asked[0]!.headers.get('Accept')).toBe('text/csv')
  expect(asked[0]!.path).not.toContain('ioc_secret')
  expect(saved).toEqual([{ href: 'blob:table', download: '预警-20261129-2000.csv' }])
})

test('what is refused is saved by nobody', async () => {
  answer = () => Response.json({ title: '没有权限' }, { status: 403 })
  await expect(saveCsv('/api/v1/alerts', 'x')).rejects.toThrow(Refused)
  expect(saved).toEqual([])
})

test('a step goes upon the version that is shown, and its refusal is told until the next', async () => {
  const alert = someAlert('a', { version: 3 })
  takeAlert(alert)
  const { problem, sending, send } = alertSteps(() => alert)
  answer = () => Response.json({ title: '预警已有新变化', detail: '请先看最新情况' }, { status: 409 })
  expect(await send('comment', { comment: '看过' })).toBe(false)
  expect(asked[0]).toMatchObject({ path: '/api/v1/alerts/a/comment', body: { version: 3, comment: '看过' } })
  expect([problem.value, sending.value]).toEqual(['预警已有新变化：请先看最新情况', false])
  answer = () => Response.json({ ...alert, version: 4, comment: '看过' })
  expect(await send('comment', { comment: '看过' })).toBe(true)
  expect([problem.value, alerts.get('a')?.version]).toEqual(['', 4])
})
