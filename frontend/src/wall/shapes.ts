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

/** The lines of one figure, put together by a column: they add up to the figure. */
export interface Panel<Row> {
  key: string
  figure: string
  why: string
  why_en: string
  at_least: boolean
  stale: boolean
  as_of: string | null
  source: string
  source_en: string
  rows: Row[]
  count: number
}

/** Null is not known; it is written as a dash and never as nought. */
type Known = number | null

export interface MovingRow {
  town_code: string
  town: string
  due: Known
  moved: Known
  waiting: Known
  unknown: Known
}

export interface CallRow {
  called: Known
  count: Known
  late: Known
}

export interface VesselRow {
  harbour: string
  out: Known
  lost: Known
  unknown: Known
  crew: Known
}

export interface GaugeRow {
  gauge: string
  station: string
  /** 河道水位, 潮位 or 水库. */
  kind: string
  region: string
  value: Known
  limit: Known
  limit2: Known
  limit3: Known
  limit4: Known
  margin: Known
  at: string | null
}

export interface SurgeRow {
  gauge: string
  station: string
  peak: Known
  peak_at: string | null
  grade: 1 | 2 | 3 | 4 | null
  limit: Known
  limit2: Known
  limit3: Known
  limit4: Known
  based_at: string
}

export interface Panels {
  moving: Panel<MovingRow>
  calls: Panel<CallRow & { town_code: string; town: string }>
  levels: Panel<CallRow & { level: string }>
  vessels: Panel<VesselRow>
  stations: Panel<GaugeRow>
  reservoirs: Panel<GaugeRow>
  surge: Panel<SurgeRow>
}

export interface Wall {
  region_name: string
  as_of: string
  workspace: { kind: string; title: string; title_en: string }
  working: boolean
  figures: Figure[]
  panels: Panels
  responses: { id: string; title: string; since: string }[]
  warnings: {
    id: string
    title: string
    level: 1 | 2 | 3 | 4 | null
    station: string
    sent_at: string
  }[]
  decisions: { kind: string; kind_en: string; title: string; since: string; due: string | null }[]
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
  /** All that are late; those told by name are late for longest. */
  late_count: number
  course: { at: string; title: string; title_en: string; region_name: string; times: number }[]
}
