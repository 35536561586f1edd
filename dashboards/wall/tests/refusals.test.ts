import { expect, test } from 'vitest'
import { grouped, type Refusal } from '../src/kpi/refusals'

const refusal = (id: number, gateway: string, sensor: string | null, reason: string): Refusal => ({ id, at: new Date(id * 1000).toISOString(), gateway, sensor, reason, reasonText: reason })

test('refusals alike are one row, by their newest, and a flood of one device hides no other', () => {
  const groups = grouped([
    refusal(1, 'gw-1', 's-1', 'not_json'), refusal(2, 'gw-2', null, 'gateway_unknown'), refusal(3, 'gw-1', 's-1', 'not_json'), refusal(4, 'gw-1', 's-1', 'ts_invalid'), refusal(5, 'gw-1', 's-2', 'not_json'), refusal(6, 'gw-1', 's-1', 'not_json'),
  ])
  expect(groups.map((group) => [group.gateway, group.sensor, group.reason, group.count, group.id])).toEqual([
    ['gw-1', 's-1', 'not_json', 3, 6], ['gw-1', 's-2', 'not_json', 1, 5], ['gw-1', 's-1', 'ts_invalid', 1, 4], ['gw-2', null, 'gateway_unknown', 1, 2],
  ])
})

test('without refusals there are no rows', () => expect(grouped([])).toEqual([]))
