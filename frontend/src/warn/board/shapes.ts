/** Shapes of the board of calls (叫应), as `GET /alerts/{id}/board` gives it. */
import type { Level } from '@/sense/levels'

/** Where a post stands, the one that asks for somebody first. */
export type Standing = 'vacant' | 'silent' | 'delivered' | 'answered' | 'reported'

/** `delivered`, `answered` and `reported` hold those further on; `standings` add up to `called`. */
export interface Counts {
  called: number
  delivered: number
  answered: number
  reported: number
  /** Everybody who has not answered, vacant posts among them. */
  silent: number
  vacant: number
  need_help: number
  on_behalf: number
  standings: Record<Standing, number>
  answer_rate: number | null
  in_time_rate: number | null
  mean_answer_s: number | null
}

export interface LevelCounts extends Counts {
  /** Level of regions: 3 county, 4 township, 5 village, 6 grid. */
  level: number
  label: string
  label_en: string
}

export interface PlaceCounts extends Counts {
  region: string
  name: string
}

export interface Holder {
  person: string
  name: string
  rank: string
}

export interface PostRow {
  obligation: string
  post: string
  title: string
  unit: string
  role: string
  role_label: string
  role_label_en: string
  region: string
  region_name: string
  holders: Holder[]
  standing: Standing
  state: string
  /** received, on-post, acted, need-help; "" while nothing was said. */
  said: string
  on_behalf: boolean
  vacant: boolean
  delivered: boolean
  /** Something was said by voice. */
  spoken: boolean
  rung: number
  rungs: number
  /** Whom the last rung turned to. */
  turned_to: string
  turned_to_en: string
  attempts: number
  next_due: string | null
  issued_at: string
  answer_due: string | null
  answered_at: string | null
  reported_at: string | null
  late: boolean
}

export interface ChannelForecast {
  channel: string
  label: string
  label_en: string
  waiting: number
  lines: number
  by_hand: boolean
  done_at: string
}

export interface Forecast {
  waiting: number
  last_at: string | null
  /** Who has not answered, whether or not anything waits for them. */
  silent: number
  /** When the next rung of any of their ladders is due; null where none goes on. */
  next_at: string | null
  channels: ChannelForecast[]
  /** Unanswered calls that nothing under way will reach. */
  unreachable: number
}

export interface Round {
  id: string
  label: string
  label_en: string
  number: number
  recall: boolean
  began_at: string
  done_at: string | null
  called: number
  /** Posts another alert in force has called about the same: called here once that is over. */
  spared: number
  recall_at: string | null
  ended_at: string | null
  ended_why: string
}

export interface Board {
  alert: {
    id: string
    root: string
    title: string
    kind: string
    hazard: string
    level: Level
    station: string
    state: string
    region: string
    regions: string[]
    case: string
    issued_at: string
    expires_at: string | null
  }
  rounds: Round[]
  /** A round is still being written: the counts are not whole yet. */
  filling: boolean
  presses: number
  counts: Counts
  by_level: LevelCounts[]
  by_place: PlaceCounts[]
  forecast: Forecast
  standings: { standing: Standing; label: string; label_en: string; tone: string }[]
  items: PostRow[]
  total: number
  page: number
  size: number
  as_of: string
}

/** Who may be calling from a number. */
export interface Caller {
  person: string
  name: string
  obligation: string
  post: string
  title: string
  region: string
  region_name?: string
  standing: Standing
  said: string
}
