/** Incidents: told, taken in, graded, reported upward. Null is "not known", never zero. */
import type { Attachment, Choice } from '@/api/types'

export interface Grade {
  grade: number | null
  grade_label: string
  grade_label_en: string
  grade_note: string
  grades: { value: number; label: string; label_en: string }[]
  color: string | null
  /** What the known figures show at least; null: no rule fits the kind. */
  floor: {
    grade: number | null
    label: string
    label_en: string
    why: string
    why_en: string
    bound: boolean
    source: string
    confidence: string
  } | null
}

export interface IncidentRow extends Grade {
  id: string
  state: string
  state_label: string
  state_label_en: string
  tone: string
  title: string
  kind: string
  kind_label: string
  kind_label_en: string
  region: string | null
  region_name: string
  place: string
  lon: number | null
  lat: number | null
  happened_at: string | null
  received_at: string
  case: string
  /** When the next report is due; null: none is. */
  due_at: string | null
  late: boolean
  lost: Record<'deaths' | 'missing' | 'trapped', number | null>
}

export interface Figure {
  key: string
  label: string
  label_en: string
  unit: string
  unit_en: string
  value: number | null
}

export interface Clock {
  id: string
  what: string
  what_en: string
  report: string
  to: string
  to_label: string
  to_label_en: string
  way: string
  way_label: string
  way_label_en: string
  started_at: string
  due_at: string
  met_at: string | null
  closed_at: string | null
  /** "": nobody owes it, because the desk has no post. */
  obligation: string
  late: boolean
  source: string
  confidence: string
}

export interface Dispatch {
  to_label: string
  to_label_en: string
  unit: string
  way: string
  way_label: string
  way_label_en: string
  receiver: string
  at: string
  by_name: string
}

export interface ReportField {
  key: string
  label: string
  label_en: string
  part: string
  type: 'text' | 'longtext' | 'figure'
  /** Null: 待核. */
  value: string | number | null
  unit: string
  unit_en: string
  /** What the report that a correction puts right said; and whether this one says otherwise. */
  was: string | number | null
  changed: boolean
}

export interface Report {
  number: number
  kind: 'first' | 'more' | 'final' | 'correct'
  /** 更正: number of the report it puts right, and why; numbers of those that put this one right. */
  corrects: number | null
  reason: string
  corrected_by: number[]
  kind_label: string
  kind_label_en: string
  year: number
  serial: number
  drafted_at: string
  drafted_by_name: string
  fixed_at: string | null
  signed_at: string | null
  signed_by_name: string
  oral: string
  fields: ReportField[]
  dispatches: Dispatch[]
}

export interface Instruction {
  id: string
  leader: string
  text: string
  given_at: string
  obligation: string
  debtor?: string
  due_at?: string | null
  late?: boolean
  state_label: string
  state_label_en: string
  feedback: string
}

export interface Near {
  id: string
  title: string
  received_at: string
  region_name: string
  km: number | null
}

export interface Step {
  key: string
  label: string
  label_en: string
  at: string | null
  by_name: string
  whom: string
}

export interface Incident extends IncidentRow {
  what: string
  caller: { name: string | null; phone: string | null; masked: boolean }
  /** Told from a telephone's page by somebody who serves. */
  by_phone: boolean
  files: Attachment[]
  source: string
  office: string
  office_name: string
  closed_why: string
  into: { id: string; title: string } | null
  steps: Step[]
  figures: Figure[]
  near: Near[]
  joined: { id: string; title: string; received_at: string }[]
  clocks: Clock[]
  reports: Report[]
  instructions: Instruction[]
  verbs: string[]
}

export interface Kind {
  value: string
  label: string
  label_en: string
  initials: string
  words: string[]
  figures: string[]
}

/** The tables a telling is written with. */
export interface Form {
  kinds: Kind[]
  sources: Choice[]
  figures: (Omit<Figure, 'value'> & { asked: boolean })[]
  recipients: Choice[]
  ways: Choice[]
  reports: Choice[]
}
