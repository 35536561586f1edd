import { beforeEach, expect, test } from 'vitest'
import { forgetCity, now, secondPulse, takeReadings } from '../src/city/city'
import { linkState } from '../src/link/hub'
import { linkKind } from '../src/link/linkKind'
import { someReading } from './some'

beforeEach(() => forgetCity())

test('a host that no device has ever sent anything to is not told as live', () => {
  linkState.value = 'live'
  expect(linkKind.value).toBe('unheard')
  takeReadings([someReading('s', now())])
  secondPulse.value++
  expect(linkKind.value).toBe('live')
  linkState.value = 'lost'
  expect(linkKind.value).toBe('lost')
  linkState.value = 'off'
})
