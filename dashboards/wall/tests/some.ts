import type { Alert, Reading, Sensor } from '../src/city/types'

/** What tests need of the city: a point in order, of which each test changes what it is about. */
export const someAlert = (id: string, more: Partial<Alert> = {}): Alert => ({
  id, version: 1, sensorId: 's', sensorName: 's', kind: 'waterlogging', street: '', location: null, rule: 'waterlogging-depth', ruleName: 'r', severity: 'red', worst: more.severity ?? 'red', highest: more.worst ?? more.severity ?? 'red', state: 'raised', metric: 'depth', unit: 'm',
  value: 0.5, furthest: 0.5, threshold: 0.4, observedAt: '2024-01-01T00:00:00Z', raisedAt: '2024-01-01T00:00:00Z', updatedAt: '2024-01-01T00:00:00Z', clearedAt: null, closedAt: null, acknowledgedBy: null, assignedTo: null, dueAt: null, overdueAt: null,
  comment: null, evidence: null, evidenceText: null, surroundingsText: null, verdict: null, markedBy: null, ...more,
})

export const someReading = (sensorId: string, ts: number, more: Partial<Reading> = {}): Reading => ({ sensorId, ts, values: { depth: 0.1 }, quality: 'good', reason: null, ...more })

export const someSensor = (id: string, more: Partial<Sensor> = {}): Sensor => ({
  id, kind: 'waterlogging', name: id, street: '', gateway: 'gw', location: null, synthetic: false, downstream: null, retiredAt: null, ...more,
})

/** Half an hour of silence, as the contract of waterlogging points has it. */
export const pointKind = { name: 'waterlogging', chinese: '', english: '', silenceSeconds: 1800, metrics: [] }
