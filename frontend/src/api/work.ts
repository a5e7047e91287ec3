/** Shapes of the duty side: obligations, notices, people on duty, accounts, the journal. */
import type { Cell, Column } from './types'

export interface Verb {
  verb: string
  label: string
  label_en: string
  form: Column[]
}

export interface Obligation {
  id: string
  kind: string
  kind_label: string
  kind_label_en?: string
  title: string
  subject: { kind: string; id: string; label: string } | null
  state: string
  state_label: string
  state_label_en?: string
  debtor: { post: string | null; title: string; person: string | null; name: string } | null
  region: string
  region_name: string
  case: string | null
  issued_at: string
  answer_due: string | null
  done_due: string | null
  rung: number
  late: boolean
  paused: boolean
  verbs: Verb[]
}

export interface ObligationStep {
  at: string
  by_name?: string | null
  deed?: string
  label?: string
  label_en?: string
  text?: string | null
  values?: Record<string, Cell> | null
}

export interface ObligationDetail extends Obligation {
  steps?: ObligationStep[]
  history?: ObligationStep[]
  body?: string | null
}

export interface ObligationPage {
  items: Obligation[]
  total: number
  page?: number
  size?: number
  counts: { open: number; late: number; mine: number }
}

export interface Notice {
  id: string
  case: string
  title: string
  body: string
  issued_at: string
  by_name?: string
  total: number
  signed: number
  late: number
  answer_due?: string | null
}

export interface NoticeTarget {
  obligation: string
  post: string
  title: string
  name: string
  region_name: string
  state: string
  state_label: string
  state_label_en?: string
  signed_at: string | null
  late: boolean
}

export interface NoticeDetail extends Notice {
  targets: NoticeTarget[]
}

export interface DirectoryEntry {
  person: string
  name: string
  region_name: string
  posts: { id: string; title: string; unit: string; region_name: string; rank: number | null }[]
  phones: { kind: string; number: string; dead: boolean }[]
  short_number: string | null
  deputy: { person: string; name: string } | null
}

export interface DutyShift {
  id: string
  unit: string
  unit_name: string
  date: string
  shift: string
  lead_name?: string | null
  officer_name?: string | null
  deputy_name?: string | null
  [column: string]: Cell | undefined
}

export interface Exposure {
  regions: { code: string; name: string; share: number }[]
  households: number | null
  people: { registered: number | null; estimated: number | null; total: number | null }
  special: { group: string; label: string; label_en?: string; count: number }[]
  key_sites: { id: string; name: string; kind: string }[]
  danger_zones: { id: string; name: string; kind?: string }[]
  shelters: { id: string; name: string; capacity?: number | null }[]
  unknown: string[]
  as_of: string
}

export interface StuckItem {
  id: string
  kind?: string
  name?: string
  handler?: string
  case?: string | null
  tries?: number
  error?: string | null
  at?: string | null
  next_at?: string | null
  [key: string]: Cell | undefined
}

export interface Stuck {
  events: StuckItem[]
  jobs: StuckItem[]
  sends: StuckItem[]
}

export interface JournalEntry {
  seq: number
  at: string
  by?: string | null
  by_name?: string | null
  deed: string
  deed_label?: string
  deed_label_en?: string
  subject?: { kind: string; id: string; label?: string } | null
  region?: string | null
  case?: string | null
  hash?: string
}

export interface JournalHead {
  seq: number
  hash: string
  at?: string | null
  sealed?: { seq: number; at: string; by_name: string } | null
  verified?: { ok: boolean; at: string; broken_seq?: number | null } | null
  [key: string]: unknown
}

export interface Account {
  id: string
  username: string
  name: string
  region?: string | null
  region_name?: string | null
  locked?: boolean
  active?: boolean
  last_login?: string | null
  roles?: { role: string; title: string; title_en?: string; region_name: string }[]
}

export interface Grant {
  id: string
  user?: string
  username?: string
  name?: string
  role: string
  title?: string
  title_en?: string
  region: string
  region_name?: string
  until?: string | null
}

export interface Delegation {
  id: string
  from_name?: string
  to_name?: string
  role?: string
  title?: string
  region_name?: string
  since?: string | null
  until: string | null
  reason?: string
}

export interface Token {
  id: string
  name: string
  created_at?: string
  last_used_at?: string | null
  until?: string | null
  token?: string
}

export interface StreamEvent {
  seq: number
  event: string
  deed: string
  subject: { kind: string; id: string } | null
  region: string | null
  case: string | null
  at: string
}
