/** What the server says of runs; the same on every page of forecasts. */
import type { Level } from '@/sense/levels'

/** What every answer about a run carries: whether somebody stands behind it. */
export interface Stamp {
  signed: boolean
  text: string
  text_en: string
  /** The address of the API that lists official bulletins of the same hazard. */
  official: string
}

/** What an answer about one run begins with, whatever product it lists. */
export interface About {
  run: string
  model: string
  hazard: string
  based_at: string
  valid_from: string
  valid_until: string
  lower_bound: boolean
  stamp: Stamp
  as_of: string
}

export interface Run {
  id: string
  version: number
  model: string
  engine: string
  title: string
  hazard: string
  hazard_label: string
  hazard_label_en: string
  region: string
  region_name: string
  storm: string
  based_at: string
  valid_from: string
  valid_until: string
  step_s: number
  how: 'hand' | 'schedule'
  asked_by_name: string
  asked_at: string
  state: 'queued' | 'running' | 'done' | 'failed' | 'stopped'
  state_label: string
  state_label_en: string
  tone: string
  /** It waits so long that most likely nobody computes. */
  waits: boolean
  /** Why it failed or was stopped, a sentence. */
  reason: string
  progress: number | null
  started_at: string | null
  ended_at: string | null
  level: Level | null
  level_label: string
  level_label_en: string
  /** Inputs were missing: it can only get worse than this. */
  lower_bound: boolean
  /** The newest moment of the input that reaches least far. */
  inputs_at: string | null
  inputs_missing: number
  signing: 'unsigned' | 'approved' | 'rejected' | 'withdrawn' | 'superseded'
  signing_label: string
  signing_label_en: string
  signed_by_name: string
  signed_at: string | null
  signing_note: string
  stamp: Stamp
  case: string
  verified_at: string | null
  verbs: string[]
}

/** For one model: the signed run that stands and the newest one computed. */
export interface Standing {
  model: string
  title: string
  hazard: string
  signed: Run | null
  newest: Run | null
}

export interface RunPage {
  items: Run[]
  total: number
  page: number
  size: number
  as_of: string
}
