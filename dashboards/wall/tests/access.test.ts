import { expect, test } from 'vitest'
import { mediaTypeOf, stateOf, stateOfToken, type Gateway, type Token } from '../src/access/access'
import { now } from '../src/city/city'

const gateway: Gateway = { gateway: 'gw-01', createdAt: '2026-01-01T00:00:00Z', rotatedAt: null, disabledAt: null, online: true, onlineSince: null }
const token: Token = { id: 'abcdefgh', name: '值班室', role: 'duty-officer', createdAt: '2026-01-01T00:00:00Z', expiresAt: null, revokedAt: null, lastUsedAt: null }

test('a gateway that is shut out is that, though its connection may still stand', () => {
  expect(stateOf(gateway)).toBe('online')
  expect(stateOf({ ...gateway, online: false })).toBe('offline')
  expect(stateOf({ ...gateway, disabledAt: '2026-02-01T00:00:00Z' })).toBe('disabled')
})

test('a token ends at the moment that it says, and one that was revoked is not told as expired', () => {
  const at = (ms: number): string => new Date(now() + ms).toISOString()
  expect(stateOfToken(token)).toBe('usable')
  expect(stateOfToken({ ...token, expiresAt: at(60_000) })).toBe('usable')
  expect(stateOfToken({ ...token, expiresAt: at(-1) })).toBe('expired')
  expect(stateOfToken({ ...token, expiresAt: at(-1), revokedAt: at(-2) })).toBe('revoked')
})

test('a file is told by its name, and a workbook is not sent as text', () => {
  expect(mediaTypeOf('台账.CSV')).toBe('text/csv')
  expect(mediaTypeOf('a.b.geojson')).toBe('application/geo+json')
  expect(mediaTypeOf('台账.xlsx')).toBeNull()
  expect(mediaTypeOf('台账')).toBeNull()
})
