/** What a wall is told. */
export interface Part {
  key: string
  label: string
  label_en: string
  value: number | null
  unit: string
  unit_en: string
  tone: string
  level: 1 | 2 | 3 | 4 | null
}

export interface Figure {
  key: string
  label: string
  label_en: string
  value: number | null
  digits: number
  unit: string
  unit_en: string
  at_least: boolean
  source: string
  source_en: string
  as_of: string | null
  stale: boolean
  why: string
  why_en: string
  change: number | null
  since: string
  page: string
  export: string
  parts: Part[]
}

export interface Wall {
  region_name: string
  as_of: string
  workspace: { kind: string; title: string }
  working: boolean
  figures: Figure[]
  responses: { id: string; title: string; since: string }[]
  warnings: {
    id: string
    title: string
    level: 1 | 2 | 3 | 4 | null
    station: string
    sent_at: string
  }[]
  decisions: { kind: string; kind_en: string; title: string; since: string; due: string | null }[]
  calls: { code: string; name: string; called: number; silent: number; late: number }[]
  late: {
    id: string
    kind: string
    kind_en: string
    title: string
    region_name: string
    post: string
    name: string
    phone: string | null
  }[]
  course: { at: string; title: string; title_en: string; region_name: string }[]
}
