/** What the host says, as docs of /openapi describe it. */
export type Severity = 'red' | 'orange' | 'yellow' | 'blue'
export const SEVERITIES: readonly Severity[] = ['red', 'orange', 'yellow', 'blue']
export const RANK: Record<Severity, number> = { red: 4, orange: 3, yellow: 2, blue: 1 }

export interface Place {
  longitude: number
  latitude: number
}

export interface Sensor {
  id: string
  kind: string
  name: string
  street: string
  gateway: string
  location: Place | null
  synthetic: boolean
  downstream: string | null
  retiredAt: string | null
}

export interface Metric {
  name: string
  unit: string | null
  minimum: number | null
  maximum: number | null
}

export interface Kind {
  name: string
  chinese: string
  english: string
  silenceSeconds: number
  metrics: Metric[]
}

export type Quality = 'good' | 'doubtful' | 'bad'

export interface Reading {
  sensorId: string
  ts: number
  values: Record<string, number>
  quality: Quality
  reason: string | null
  /** When values were measured that are more than a minute older than the newest message; left out while there are none. */
  times?: Record<string, number>
}

export interface Alert {
  id: string
  sensorId: string
  sensorName: string
  kind: string
  street: string
  location: Place | null
  rule: string
  ruleName: string
  severity: Severity
  /** The worst it has been since an officer last took it. */
  worst: Severity
  /** The worst of its life, acknowledged or not. */
  highest: Severity
  state: 'raised' | 'acknowledged' | 'closed'
  metric: string
  unit: string
  /** Of the last step, also of the one that cleared it. */
  value: number | null
  /** The furthest of its steps. */
  furthest: number | null
  threshold: number | null
  observedAt: string
  raisedAt: string
  /** When the condition began to hold the last time: raised, or returned. */
  holdsSince?: string
  updatedAt: string
  clearedAt: string | null
  closedAt: string | null
  acknowledgedBy: string | null
  assignedTo: string | null
  /** By when whoever it is assigned to should have dealt with it. */
  dueAt: string | null
  /** When that time was found to have passed. */
  overdueAt: string | null
  comment: string | null
  /** What a detector saw and expected, JSON as it stands in the chain; null for rules. */
  evidence: string | null
  /** The same as a sentence. */
  evidenceText: string | null
  /** Neighbours and rain when it was raised, in one line; null until they have been looked at. */
  surroundingsText: string | null
  verdict: 'true' | 'false' | null
  markedBy: string | null
  version: number
}

export interface Snapshot {
  serverTime: string
  counts: { sensors: number; reporting: number; newestReading: number | null }
  alerts: Alert[]
  readings: Reading[]
}
