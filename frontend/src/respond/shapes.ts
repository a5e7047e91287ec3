/** What the doors of responses answer. */
import type { Level } from '@/sense/levels'

export interface Reason {
  key: string
  stage: string
  trigger: string
  source: 'warning' | 'forecast' | 'figure'
  source_label: string
  source_label_en: string
  id: string
  title: string
  at: string | null
  value: number | null
  unit: string
  lower_bound: boolean
}
export interface Proposal {
  id: string
  plan: string
  plan_title: string
  key: string
  title: string
  stage: string
  stage_title: string
  level: Level
  region_name: string
  state: string
  state_label: string
  state_label_en: string
  reasons: Reason[]
  made_at: string
  changed_at: string
  closed_at: string | null
  closed_by_name: string
  note: string
  response: string | null
  may_decide: boolean
}
export interface Due {
  id: string
  alert: string
  title: string
  region_name: string
  response: number | null
  response_label: string
  response_label_en: string
  due_at: string
  late: boolean
  obligation: string
}
export interface StartableStage {
  key: string
  title: string
  level: Level
}
export interface Startable {
  plan: string
  code: string
  title: string
  version: number
  may_start: boolean
  responses: {
    key: string
    title: string
    title_en: string
    expects: string
    expects_label: string
    expects_label_en: string
    running: string
    stages: StartableStage[]
  }[]
}
export interface Proposals {
  items: Proposal[]
  past: Proposal[]
  due: Due[]
  unplanned: { id: string; title: string; hazard: string; level: Level; at: string | null }[]
  unknown: { name: string; label: string }[]
  plans: Startable[]
  as_of: string
}
export interface Decider {
  post: string
  title: string
  mine: boolean
  persons: {
    person: string
    name: string
    phones: { id: string; kind_label: string; kind_label_en: string; number: string }[]
  }[]
}
export interface Prospect {
  title: string
  steps: number
  debts: number
  nobody: number
  deciders: Decider[]
}
/** How the debts of a step, or of a response, stand. */
export interface Counts {
  total: number
  done: number
  owed: number
  late: number
  unsigned: number
  to_verify: number
  waiting: number
  nobody: number
  stand_in: number
  struck: number
  carried: number
}
export interface ResponseRow {
  id: string
  plan: string
  plan_title: string
  version: number
  key: string
  title: string
  stage: string
  stage_title: string
  level: Level
  worst: Level
  region: string
  region_name: string
  regions: string[]
  case: string
  expects_label: string
  expects_label_en: string
  expected_at: string | null
  started_at: string
  ended_at: string | null
  place: number
  turn: number
  counts?: Partial<Counts>
}
export interface Turn {
  number: number
  verb: string
  verb_label: string
  verb_label_en: string
  at: string
  by_name: string
  stage_was: string
  stage: string
  reason: string
  oral: boolean
  post_title: string
  person_name: string
  said_at: string | null
  signed_at: string | null
  may_sign: boolean
}
export interface ResponseFull extends ResponseRow {
  turns: Turn[]
  left: {
    total: number
    /** Of how many what was reported waits for whoever verifies it. */
    to_verify: number
    steps: { step: string; title: string; count: number; to_verify: number }[]
    orders: { order: string; title: string; count: number }[]
  }
  /** Which stage the situation asks for now; null: nothing does. */
  asks: { stage: string; title: string; place: number } | null
  may: { start: boolean; order: boolean }
  region_names: Record<string, string>
  as_of: string
}
export interface StageOffer {
  key: string
  title: string
  level: Level
  place: number
  here: boolean
  ends: boolean
  deciders: Decider[]
}
export interface BoardStep {
  id: string
  key: string
  title: string
  stage: string
  group: string
  at: string
  do: string
  /** Titles of the steps it waits for. */
  after: string[]
  verified: boolean
  same: string
  counts: Counts
}
export interface Board {
  stages: { key: string; title: string; level: Level }[]
  steps: BoardStep[]
  towns: ({ region: string; name: string } & Counts)[]
}
export interface Debt {
  id: string
  step_title: string
  region_name: string
  post: string | null
  holders: string[]
  obligation: string | null
  due_at: string | null
  stand_in: boolean
  standing: 'waiting' | 'owed' | 'late' | 'done' | 'carried' | 'struck' | 'nobody'
  standing_label: string
  standing_label_en: string
  signed_at: string | null
  done_at: string | null
  note: string
}
export interface Order {
  id: string
  title: string
  region_name: string
  response: string | null
  response_title: string
  due_at: string | null
  checked: boolean
  /** Who verifies it; "" where nobody is named. */
  verifier_title: string
  photo: boolean
  given_at: string
  given_by_name: string
  carried_at: string | null
  counts: { total: number; signed: number; reported: number; done: number; late: number }
  debts: {
    obligation: string
    post: string
    region_name: string
    state: string
    answered_at: string | null
    closed_at: string | null
  }[]
}
