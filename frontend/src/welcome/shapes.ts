/** What the first days read. */
import type { ImportError } from '@/api/types'

export interface Replay {
  storm: string
  title: string
  phase:
    | 'none'
    | 'making'
    | 'preparing'
    | 'opening'
    | 'playing'
    | 'halted'
    | 'failed'
    | 'done'
    | 'inside'
    | 'elsewhere'
    | 'unsupervised'
  begins: string | null
  ends: string | null
  at: string | null
  /** Asked for; 0 is as fast as can be. */
  asked: number | null
  /** What the last steps made of it. */
  speed: number | null
  /** For so many seconds its clock has stood. */
  still_s: number | null
  url: string
  by: string
  why: string
  may_start: boolean
  speeds: number[]
  spans: Record<string, { begins: string; ends: string }>
}

export interface Book {
  key: string
  title: string
  title_en: string
  icon: string
  rows: number
  may_import: boolean
}

export interface Step {
  key: string
  registers: Book[]
  counts: Record<string, number>
  gaps: Record<string, number>
  state: 'empty' | 'gaps' | 'whole'
  /** Channels: nothing leaves this workspace. */
  console?: boolean
}

export interface County {
  steps: Step[]
  young: boolean
  as_of: string
}

/** What a workbook of regions holds and would change. */
export interface RegionPreview {
  rows: number
  added: number
  changed: number
  unchanged: number
  reopened: number
  /** The edition it was compared with; told back when it is to be written. */
  seen: string
  errors: ImportError[]
  errors_total: number
  changes: {
    code: string
    name: string
    level: string
    new: boolean
    columns: { label: string; before: string | number | null; after: string | number | null }[]
  }[]
  changes_total: number
  orphans: { code: string; example: string; count: number }[]
}

export interface RegionsLoaded {
  added: number
  changed: number
  unchanged: number
  bad: number
  edition: string
}
