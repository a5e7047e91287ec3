/** Pull sources as the server tells them. */
import type { Cell, CellObject } from '@/api/types'

export type Condition = 'wrong' | 'failing' | 'stale' | 'waiting' | 'good' | 'off'

export interface Counts {
  requests: number
  records: number
  accepted: number
  duplicates: number
  rejected: number
  missing: number
  ignored: number
  backfilled: number
}

export interface Source {
  key: string
  title: string
  title_en: string
  region: string
  region_name: string
  unit: string
  person: string
  phone: string
  enabled: boolean
  condition: Condition
  condition_title: string
  condition_title_en: string
  reason: string
  problems: { where: string; reason: string; line: number | null }[]
  newest_at: string | null
  last_try_at: string | null
  last_good_at: string | null
  next_try_at: string | null
  failures: number
  every_s: number | null
  stale_after_s: number | null
  gap_s: number
  last: Counts
  total: Counts
}

export interface SourceDetail {
  source: Source
  text: string
  version: string
  fields: Fields | null
  notes: string[]
  absent: string[]
  gaps: [string, string][]
  tries: {
    at: string
    took_ms: number
    ok: boolean
    cause: string
    reason: string
    counts: Counts
  }[]
  refused: { at: string; field: string; reason: string; sample: string }[]
  may_edit: boolean
  may_enable: boolean
}

export interface Checked {
  reason: string
  asked: string
  status: number | null
  took_ms: number | null
  size: number | null
  records: number
  mapped: number
  missing: number
  ignored: number
  rows: {
    record: number
    stream: string
    time: string
    value: number
    unit: string
    registered: boolean | null
    /** Why it would not be stored: nobody knows the stream, or it lies outside the scope. */
    standing: '' | 'unknown' | 'outside'
  }[]
  rejected_count: number
  rejected: { record: number; field: string; reason: string; sample: string }[]
  more: boolean
  warnings: string[]
  text: string
}

/** The tables of a declaration, as its file nests them. */
export type Fields = CellObject

export function at(fields: Cell | undefined, path: string[]): Cell | undefined {
  let here: Cell | undefined = fields
  for (const step of path) {
    if (!here || typeof here !== 'object' || Array.isArray(here)) return undefined
    here = here[step]
  }
  return here
}

/** A copy with one place set; an emptied place is taken out, and tables left empty with it. */
export function put(fields: Fields, path: string[], value: Cell | undefined): Fields {
  const [step, ...rest] = path
  if (step === undefined) return fields
  const copy: Fields = { ...fields }
  if (!rest.length) {
    if (value === undefined || value === '' || value === null) delete copy[step]
    else copy[step] = value
    return copy
  }
  const inner = copy[step]
  const table = inner && typeof inner === 'object' && !Array.isArray(inner) ? inner : {}
  const next = put(table, rest, value)
  if (Object.keys(next).length) copy[step] = next
  else delete copy[step]
  return copy
}
