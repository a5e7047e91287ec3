/** What the doors of cases answer. */
import type { Level } from '@/sense/levels'
import type { Sums } from '@/evacuation/shapes'

export interface Mark {
  at: string
  kind: 'response' | 'alert' | 'incident' | 'evacuation'
  title: string
  title_en: string
}
export interface Case {
  id: string
  title: string
  hazard_label: string
  hazard_label_en: string
  region_name: string
  opened_at: string
  closed_at: string | null
  from: string
  to: string
  cases: number
  responses: { id: string; title: string }[]
  marks: Mark[]
  counts: Record<'timeline' | 'obligations' | 'calls' | 'decisions' | 'papers', number>
  may_export: boolean
  as_of: string
}
export interface Owed {
  total: number
  open: number
  answered: number
  late: number
  done: number
  withdrawn: number
}
export interface Desk {
  at: string
  responses: {
    id: string
    title: string
    stage_title: string
    level: Level
    started_at: string
    since: string
  }[]
  warnings: { id: string; title: string; level: Level; station: string; issued_at: string }[]
  forecasts: {
    id: string
    title: string
    level: Level
    signed_at: string | null
    lower_bound: boolean
  }[]
  owed: {
    sums: Partial<Owed>
    kinds: (Owed & { kind: string; label: string; label_en: string })[]
  }
  incidents: {
    count: number
    items: {
      id: string
      title: string
      kind_label: string
      grade: number | null
      region_name: string
      received_at: string
    }[]
  }
  alarms: {
    count: number
    levels: Record<string, number>
    items: { id: string; title: string; place: string; level: Level; raised_at: string }[]
  }
  moving: { batches: { id: string; title: string; ordered_at: string }[]; sums: Sums } | null
  just: { id: number; at: string; deed_label: string; deed_label_en: string; by_name: string }[]
}
