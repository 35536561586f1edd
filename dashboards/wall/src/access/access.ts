import { now } from '../city/city'
import type { Holder } from '../link/session'

/** A gateway's right to connect, and whether it is there; the host's GatewayItem. */
export interface Gateway {
  gateway: string
  createdAt: string
  rotatedAt: string | null
  disabledAt: string | null
  online: boolean
  onlineSince: string | null
}

export type GatewayState = 'online' | 'offline' | 'disabled'
export const GATEWAY_STATES: readonly GatewayState[] = ['online', 'offline', 'disabled']
/** What is shut out counts as that, whether or not its last connection has ended. */
export const stateOf = (gateway: Gateway): GatewayState => (gateway.disabledAt ? 'disabled' : gateway.online ? 'online' : 'offline')

/** A token without its text; the host's AccessToken. */
export interface Token {
  id: string
  name: string
  role: Holder['role']
  createdAt: string
  expiresAt: string | null
  revokedAt: string | null
  lastUsedAt: string | null
}

export const ROLES: readonly Holder['role'][] = ['viewer', 'duty-officer', 'administrator']
export type TokenState = 'usable' | 'expired' | 'revoked'
export const stateOfToken = (token: Token): TokenState =>
  token.revokedAt ? 'revoked' : token.expiresAt && Date.parse(token.expiresAt) <= now() ? 'expired' : 'usable'

/** The host's ImportView. */
export interface Imported {
  added: number
  changed: number
  unchanged: number
  refusedRows: number
  refused: { line: number; id: string | null; field: string; reason: string }[]
  ignoredColumns: string[]
}

/** By its name, as the host tells files apart; null for one that it does not read. */
export function mediaTypeOf(file: string): string | null {
  const suffix = file.toLowerCase().split('.').at(-1)
  return suffix === 'csv' ? 'text/csv' : suffix === 'geojson' || suffix === 'json' ? 'application/geo+json' : null
}
