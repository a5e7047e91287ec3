/** Reservoirs against their limits, and one let go on under releases. */
import type { About } from '../shapes'

export interface ReservoirRow {
  id: string
  code: string
  name: string
  region_name: string
  station: string | null
  stream: string | null
  level: number | null
  level_at: string | null
  /** The level is not of now. */
  old: boolean
  season: string | null
  season_label: string | null
  season_label_en: string | null
  /** The limit of the season; null between the seasons or where none is registered. */
  limit: number | null
  levels: Record<
    | 'dead_level'
    | 'normal_level'
    | 'meiyu_limit'
    | 'typhoon_limit'
    | 'design_level'
    | 'check_level'
    | 'crest',
    number | null
  >
  /** Level less the limit, or less the normal level between the seasons. */
  above: number | null
  /** 10^4 m³ to the limit. */
  room: number | null
  rain_room: number | null
  basin: string | null
  inflow_peak: number | null
  inflow_at: string | null
  hours_to_limit: number | null
  hours_to_crest: number | null
  /** How far ahead is looked, hours. */
  ahead_h: number | null
  /** What is missing for a look ahead; "" when nothing is. */
  why: string
  note: string
}

export interface Reservoirs {
  run: About | null
  items: ReservoirRow[]
  as_of: string
}

export interface Plan {
  release: number
  /** At the end of each hour. */
  level: (number | null)[]
  highest: number | null
  hours_to_limit: number | null
  hours_to_crest: number | null
  beyond: boolean
}

export interface Trial extends ReservoirRow {
  run: About | null
  trial: {
    start: string
    step_s: number
    inflow: (number | null)[]
    plans: Plan[]
    notes: string[]
  } | null
}
