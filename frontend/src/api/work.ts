/** Shapes of the duty side: obligations, notices, people on duty, accounts, the journal. */
import type { Attachment, Cell, Column } from './types'

export interface Verb {
  verb: string
  label: string
  label_en: string
  form: Column[]
}

export interface Holder {
  person?: string
  name?: string
  [key: string]: unknown
}

export interface Obligation {
  id: string
  kind: string
  kind_label: string
  kind_label_en: string
  title: string
  body: string
  subject: { kind: string; id: string; label?: string } | null
  state: string
  state_label: string
  state_label_en: string
  tone?: string
  debtor: { post: string; title: string; unit?: string; name?: string; holders?: Holder[] }
  region: string
  region_name: string
  case: string
  issued_at: string
  answer_due: string | null
  done_due: string | null
  answered_at: string | null
  climb_at: string | null
  rung: number
  late: boolean
  paused: boolean
  wish?: string
  wish_until?: string | null
  mine: boolean
  verbs: Verb[]
}

export interface ObligationStep {
  at: string
  verb: string
  label: string
  label_en: string
  by: string
  by_name: string
  on_behalf: boolean
  text: string
  answers: Record<string, Cell>
}

export interface ObligationRung {
  number: number
  at: string
  whom_label: string
  whom_label_en: string
  post: string | null
  unit: string | null
  holders: Holder[]
  channels: string[]
  /** Nobody holds the post that should have been called. */
  gap: boolean
}

export interface ObligationDetail extends Obligation {
  steps: ObligationStep[]
  rungs: ObligationRung[]
  files: Attachment[]
}

export interface ObligationPage {
  items: Obligation[]
  total: number
  page: number
  size: number
  counts: { open: number; late: number }
  as_of: string
}

export interface Notice {
  case: string
  title: string
  at: string
  due: string | null
  by_name: string
  total: number
  signed: number
  late: number
  withdrawn: number
}

export interface NoticeDetail {
  case: string
  title: string
  body: string
  at: string
  due: string | null
  counts: Record<string, number>
  items: Obligation[]
}

export interface DirectoryEntry {
  person: string
  name: string
  region_name: string
  posts: { id: string; title: string; unit: string; region_name: string; rank: number | null }[]
  phones: {
    kind: string
    kind_label?: string
    kind_label_en?: string
    number: string
    dead: boolean
  }[]
  short_number: string | null
  deputy: { person: string; name: string } | null
}

export interface Seat {
  person: string
  name: string
}

/** A watch; without an id it is a day that nobody has filled. */
export interface DutyShift {
  id: string | null
  unit: string
  unit_name: string
  region: string
  duty_phone: string
  date: string
  shift: string | null
  shift_label?: string
  begins?: string
  ends?: string
  gap: boolean
  note?: string
  lead: Seat | null
  officer: Seat | null
  deputy: Seat | null
}

export interface ExposedThing {
  id: string
  name: string
  kind_label?: string
  level_label?: string
  status_label?: string
  /** Places left in a shelter; null is not known. */
  room?: number | null
  people?: number | null
}

export interface Exposure {
  regions: { code: string; name: string; share: number; level?: string | number }[]
  households: number | null
  households_registered?: number | null
  people: { registered: number | null; estimated: number | null; total: number | null }
  special: { group: string; label: string; label_en: string; count: number }[]
  key_sites: ExposedThing[]
  danger_zones: ExposedThing[]
  shelters: ExposedThing[]
  unknown: string[]
  as_of: string
}

export interface StuckItem {
  id: string
  title: string
  title_en: string
  at: string
  tries: number
  error: string
  case: string
  by: string
  by_name: string
}

export interface Stuck {
  events: StuckItem[]
  jobs: StuckItem[]
  sends: StuckItem[]
  counts: Record<'events' | 'jobs' | 'sends', number>
}

export interface JournalEntry {
  id: number
  /** Null until the leader has chained it. */
  seq: number | null
  at: string
  deed: string
  deed_label: string
  deed_label_en: string
  by: string
  by_name: string
  subject: { kind: string; id: string }
  region: string
  region_name: string
  case: string
  changes: Record<string, [Cell, Cell]>
  facts: Record<string, Cell>
}

export interface JournalHead {
  seq: number
  chain: string
  at: string | null
  unchained: number
  /** The latest signed statement about the chain. */
  anchor: { seq: number; chain: string; at: string; by: string; public_key: string } | null
  /** The same, laid out for printing. */
  text: string
}

export interface Grant {
  id: string
  user: string
  role: string
  title: string
  title_en: string
  region: string
  region_name: string
  valid_from: string | null
  until: string | null
  at: string
}

export interface Account {
  id: string
  username: string
  name: string
  region: string
  region_name: string
  person: string
  is_active: boolean
  locked_until: string | null
  must_change_password: boolean
  totp: boolean
  created_at: string
  last_login: string | null
  roles: Grant[]
}

export interface RoleTitle {
  role: string
  title: string
  title_en: string
  administrator: boolean
  delegable: boolean
  may: string[]
}

export interface Delegation {
  id: string
  giver: string
  giver_name: string
  taker: string
  taker_name: string
  role: string
  title: string
  title_en: string
  region_name: string
  starts: string
  until: string
  reason: string
  revoked_at: string | null
  active: boolean
}

export interface Token {
  id: string
  name: string
  start: string
  created_at: string
  expires: string | null
  last_used: string | null
  revoked_at: string | null
  token?: string
}

/** A screen's key; `token` is told once, when it is made. */
export interface WallKey {
  id: string
  name: string
  region: string
  region_name: string
  /** An address or a net, as 10.33.1.20/32. */
  bound: string
  phones: boolean
  start: string
  created_at: string
  expires: string
  last_used: string | null
  last_from: string
  /** When it last came from elsewhere, and from where. */
  refused_at: string | null
  refused_from: string
  revoked_at: string | null
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
