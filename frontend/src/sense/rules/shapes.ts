/** Rules, their versions, what they would have done, how often they were right. */
import type { Level } from '../levels'
import type { Spec } from './spec'

export interface RuleRow {
  id: string
  code: string
  title: string
  title_en?: string
  sentence: string
  sentence_en?: string
  hazard: string
  hazard_label: string
  hazard_label_en: string
  kind: string
  quantity: string
  region: string
  region_name: string
  version: number
  /** Version in force; null: switched off. */
  active: number | null
  enabled_at: string | null
  enabled_by_name: string
  changed_at: string
  changed_by_name: string
  /** Alarms it has raised in the last 30 days. */
  alarms?: number | null
  precision?: number | null
}

export interface RuleVersion {
  number: number
  at: string
  by_name: string
  spec: Spec
  sentence: string
  sentence_en?: string
}

export interface Rule extends RuleRow {
  spec: Spec
  versions: RuleVersion[]
  may: { edit: boolean; enable: boolean }
}

export interface Spoken {
  sentence: string
  errors: Record<string, string[]>
  streams: number | null
  stations: number | null
  /** Streams that lack the level the rule asks for. */
  lacking?: string[]
  /** Why it watches nothing. */
  reason?: string
  sentence_en?: string
}

export interface Firing {
  matter: string
  title: string
  place: string
  station: string | null
  stream: string | null
  level: Level
  start: string
  end: string | null
  value: number | null
  limit: number | null
}

export interface Backtest {
  from: string
  to: string
  values: number
  took_ms: number
  matters: number
  days: { day: string; raised: number }[]
  fires: Firing[]
  /** More fired than are listed. */
  fires_total?: number
  streams: number
  lacking?: string[]
  /** Why nothing was looked at. */
  reason?: string
  unit?: string
  decimals?: number
  /** Streams whose curves can be looked at. */
  watched: { code: string; name: string; place: string }[]
  /** Those that came nearest without firing; of rules on single values. */
  nearest: Near[]
}

export interface Near {
  stream: string
  place: string
  value: number
  limit: number
  level: Level
  left: number
}

export interface Alternative {
  says: string
  says_en: string
  raised: number
  kept_real: number
  dropped_false: number
}

export interface Precision {
  rule: { id: string; title: string; title_en: string; code: string }
  sensor?: { code: string; name: string } | null
  raised: number
  real: number
  false: number
  maintenance: number
  calibration: number
  communication: number
  open: number
  precision: number | null
  alternatives?: Alternative[]
}
