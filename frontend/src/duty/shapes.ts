/** The duty desk: its log, its handover, roll calls. Null is "not known". */
import type { Choice } from '@/api/types'

export interface Entry {
  id: string
  at: string
  kind: string
  kind_label: string
  kind_label_en: string
  source: string
  content: string
  disposal: string
  instruction: string
  result: string
  follows: { id: string; at: string; content: string } | null
  /** Something is still to be done about it. */
  open: boolean
  /** Written by the platform as it happened. */
  auto: boolean
  case: string
  /** Address of what it tells of; "" for none. */
  page: string
  by_name: string
  noted_at: string
}

export interface Log {
  region: string
  items: Entry[]
  more: boolean
  open: number
  as_of: string
  writes: boolean
  kinds: Choice[]
}

export interface Seat {
  seat: string
  label: string
  label_en: string
  person: string | null
  name: string
  /** Telephones not known to be dead. */
  numbers: number
}

export interface Desk {
  region: string
  region_name: string
  begins: string | null
  ends: string | null
  seats: Seat[]
  as_of: string
}

export interface Open {
  kind: string
  kind_label: string
  kind_label_en: string
  title: string
  page: string
  since: string
  due: string | null
}

export interface Handover {
  id: string
  items: Open[]
  note: string
  outgoing_name: string
  outgoing_at: string
  incoming_name: string
  incoming_at: string | null
}

export interface HandoverDesk {
  region: string
  as_of: string
  open: Open[]
  waiting: Handover | null
  last: Handover[]
  may_hand_over: boolean
  may_accept: boolean
}

export type Answered = 'in-time' | 'late' | 'silent' | 'waiting'

export interface RollRow {
  id: string
  region_name: string
  level: number
  level_label: string
  sample: number | null
  minutes: number
  by_name: string
  made_at: string
  planned_from: string | null
  planned_to: string | null
  called_at: string | null
  /** The schedule it belongs to; "" for one somebody called. */
  plan_title: string
  /** Why nobody was asked though the moment came. */
  trouble: string
  asked: number
  counts: Record<Answered, number>
  gaps: number
}

export interface RollCall extends RollRow {
  rooms: {
    obligation: string
    region: string
    region_name: string
    post: string
    holders: string[]
    state: Answered
    answered_at: string | null
    said: string
  }[]
  without: { region: string; region_name: string }[]
}
