/** Shapes of losses as the server tells them. */

export interface Matter {
  id: string
  code: string
  title: string
  case: string
  region: string
  region_name: string
  hazard: string
  hazard_label: string
  hazard_label_en: string
  occurred_at: string
  opened_at: string
  steady_at: string | null
  closed_at: string | null
}

/** A matter on the list, with its county's newest report. */
export interface MatterRow extends Matter {
  number?: number
  phase?: string
  reported_at?: string
  sent_at?: string | null
}

export interface Named {
  code: string
  name: string
  name_en: string
}

/** One figure of the survey. */
export interface Field {
  key: string
  group: string
  name: string
  name_en: string
  unit: string
  unit_en: string
  whole: boolean
  /** The figure it is part of, and the one that counts it in all; '' for none. */
  of: string
  now_of: string
  note: string
  note_en: string
  confidence: string
}

export interface Survey {
  groups: Named[]
  phases: Named[]
  fields: Field[]
  source: string
}

export type Figures = Record<string, number>

export interface Owed {
  id: string
  kind: string
  title: string
  due: string | null
  closed_at: string | null
  lapsed_at: string | null
  state: string
}

export interface Threshold extends Named {
  level: number | null
  at_least: number
  unit: string
  unit_en: string
  confidence: string
  /** What the county's own figures come to; null is not known. */
  value: number | null
  reached: boolean
  is_lower_bound: boolean
  unknown: string[]
  unknown_en: string[]
}

/** One region below, with what it told last. */
export interface Part {
  region: string
  name: string
  /** 0 while it told nothing. */
  number: number
  phase: string
  figures: Figures
  reported_at: string | null
  as_of?: string
  unchanged: boolean
}

export interface Told {
  field: string
  value: number | null
  at_least: boolean
  /** Against the report before; null where either does not know it. */
  change: number | null
  /** What the regions below add up to, and how many of them did not tell. */
  below: number | null
  missing: number
}

export interface Overview extends Matter {
  place: string
  place_name: string
  as_of: string
  /** 0 where it is added up from below. */
  number: number
  phase: string
  figures_as_of: string | null
  reported_at: string | null
  sent_at: string | null
  receiver: string
  figures: Told[]
  thresholds: Threshold[]
  missing: string[]
  below: Part[]
  owed: Owed[]
  without_post: string[]
  listed: Figures
  verbs: string[]
}

export interface Finding {
  gravity: 'error' | 'doubt'
  field: string
  rule: string
  key: string
  sentence: string
}

export interface Sheet extends Matter {
  place: string
  place_name: string
  version: number
  figures: Figures
  notes: Record<string, string>
  remark: string
  as_of: string
  is_draft: boolean
  next_number: number
  next_phase: string
  last: Figures | null
  last_number: number
  last_at: string | null
  below: Record<string, { value: number | null; missing: number }>
  missing: string[]
  findings: Finding[]
  owed: Owed[]
}

export interface Report {
  id: string
  number: number
  phase: string
  figures: Figures
  notes: Record<string, string>
  remark: string
  unchanged: boolean
  as_of: string
  at_least: string[]
  missing: string[]
  reported_at: string
  reported_by: string
  receiver: string
  receipt: string
  sent_at: string | null
  sent_by: string
  changes: Record<string, [number | null, number | null]>
}

export interface History extends Matter {
  place: string
  place_name: string
  items: Report[]
  may_send: boolean
}
