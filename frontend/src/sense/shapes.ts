/** Shapes of the monitoring side of `/api/v1`. Times are RFC 3339 strings; null is "not known". */
import type { Level } from './levels'

export interface Named {
  id: string
  code?: string
  name: string
}

export type AlarmState = 'raised' | 'acknowledged' | 'cleared' | 'closed'
export type AlarmVerb = 'acknowledge' | 'classify' | 'shelve' | 'unshelve' | 'close'

export interface Alarm {
  id: string
  version: number
  case: string
  state: AlarmState
  state_label: string
  state_label_en: string
  level: Level
  worst: Level
  hazard: string
  hazard_label: string
  hazard_label_en: string
  title: string
  place: string
  value: number | null
  limit: number | null
  /** Furthest beyond the limit, once it is over and was looked up. */
  peak?: number | null
  unit: string
  decimals?: number | null
  rule: { id: string; code: string; title: string; title_en?: string; version?: number } | null
  station: (Named & { kind?: string }) | null
  stream: (Named & { quantity?: string }) | null
  gateway: Named | null
  region: string
  region_name: string
  lon: number | null
  lat: number | null
  raised_at: string
  level_at: string
  heard_at: string
  cleared_at: string | null
  closed_at: string | null
  acknowledged_at: string | null
  acknowledged_by: string
  acknowledged_by_name: string
  cause: string
  cause_label: string
  cause_label_en: string
  cause_note: string
  cause_at: string | null
  cause_by_name: string
  shelved_until: string | null
  flaps: number
  /** Who is to acknowledge it now. */
  debtor?: {
    obligation: string
    post: string
    unit: string
    rung: number
    due: string | null
  } | null
  verbs?: AlarmVerb[]
}

export interface AlarmStep {
  at: string
  deed: string
  deed_label: string
  deed_label_en: string
  by_name: string
  facts?: Record<string, unknown>
}

export interface AlarmDetail extends Alarm {
  shelvings?: { at: string; by_name: string; until: string; reason: string }[]
  steps?: AlarmStep[]
}

export interface AlarmCounts {
  raised: number
  acknowledged: number
  cleared: number
  shelved: number
  by_level?: Record<string, number>
}

export interface AlarmPage {
  items: Alarm[]
  total: number
  counts?: AlarmCounts
  as_of: string
}

/** What a stream or a station is doing now. */
export type Standing = 'alarm' | 'normal' | 'silent' | 'stale' | 'none' | 'maintenance'

export interface Last {
  value: number | null
  time: string | null
  flags: number
  received?: string | null
  old?: boolean
}

export interface StreamLevel {
  kind: string
  label: string
  label_en: string
  value: number
  /** Above this it is worse, or below it. */
  rising?: boolean
  in_force?: boolean
}

export interface Stream {
  id: string
  code: string
  name: string
  quantity: string
  quantity_label: string
  quantity_label_en: string
  unit: string
  decimals: number
  kind: 'level' | 'sum' | 'mean' | 'state'
  interval_s: number | null
  low: number | null
  high: number | null
  position?: string
  depth?: number | null
  levels: StreamLevel[]
  last: Last | null
  standing: Standing
  /** The newest value is not of now. */
  old?: boolean
  level: Level
  station?: Named & { kind?: string }
}

export interface StationMark {
  id: string
  code: string
  name: string
  kind: string
  region: string
  region_name: string
  lon: number | null
  lat: number | null
  standing: Standing
  /** The newest value is not of now. */
  old?: boolean
  level: Level
  /** What is written on the mark: the stream nearest to its level. */
  last:
    | (Last & { code: string; label: string; label_en: string; unit: string; decimals: number })
    | null
}

export interface Window {
  id: string
  reason: string
  starts: string
  ends: string
  ended_at: string | null
  by_name: string
  station?: Named | null
  stream?: Named | null
  gateway?: Named | null
  region_name?: string
}

export interface Station extends StationMark {
  kind_label: string
  kind_label_en: string
  owner: string
  keeper: string
  phone: string
  datum: string
  zero: number | null
  river: string
  address: string
  source: string
  status: string
  gateway: Named | null
  streams: Stream[]
  maintenance: Window[]
  may: { maintain: boolean; edit: boolean }
}

export interface Observations {
  stream: string
  unit: string
  /** Seconds of a bucket; null: the values themselves. */
  every: number | null
  columns: Partial<
    Record<'time' | 'value' | 'flags' | 'n' | 'min' | 'max' | 'mean' | 'last', (number | null)[]>
  >
  as_of: string
}

export interface LatestRow {
  code: string
  name: string
  station: Named & { kind: string }
  quantity: string
  quantity_label: string
  quantity_label_en: string
  unit: string
  decimals: number
  value: number | null
  time: string | null
  flags: number
  standing: Standing
  /** The newest value is not of now. */
  old?: boolean
  level: Level
  nearest: {
    kind: string
    label: string
    label_en: string
    value: number
    /** How far still to go, in the unit; negative: beyond it. */
    distance: number
    /** Part of the way, 1 at the level. */
    share: number | null
  } | null
  owner: string
  region: string
  region_name: string
}
