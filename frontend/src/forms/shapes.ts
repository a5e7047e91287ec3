/** Forms: what they ask, their rounds, a round merged, one region's sheet. */

export type Value = number | string | boolean | null
export type Row = Record<string, Value>

export interface Prefill {
  register: string
  column?: string
}

export interface Column {
  key: string
  label: string
  type?: 'number' | 'text' | 'choice' | 'date' | 'bool' | 'photo' | 'sum'
  unit?: string
  help?: string
  required?: boolean
  choices?: string[]
  parts?: string[]
  prefill?: Prefill | null
  signed?: boolean
  totalled?: boolean
}

export interface Round {
  id: string
  number: number
  as_of: string
  opened_at: string
  due_at: string
  closed_at: string | null
  scheduled: boolean
  asked: number
  told: number
}

export interface FormRow {
  id: string
  title: string
  region: string
  region_name: string
  rows: 'region' | 'free'
  round: number
  next_at: string | null
  answer_minutes: number
  changed_at: string
  retired_at: string | null
  version: number
}

/** In a list: with its newest round, and the sheets of it that wait for whoever looks. */
export interface ListedForm extends FormRow {
  newest: (Round & { mine: { sheet: string; region_name: string }[] }) | null
}

export interface Schedule {
  every_hours?: number
  at?: string[]
  until?: string | null
}

export interface Form extends FormRow {
  note: string
  columns: Column[]
  role: string
  role_label: string
  asked: { code: string; name: string }[]
  sums_first: boolean
  schedule: Schedule | null
  made_at: string
  made_by_name: string
  scheduled_by_name: string
  rounds: Round[]
  verbs: string[]
  /** Regions asked that have no post to fill in. */
  without_post: number
}

/** A figure as far as it is known. */
export interface Figure {
  value: number | null
  complete: boolean
}

export interface Correction {
  revision: number
  value: Value
  at: string
  by_name: string
}

export interface Holder {
  person: string
  name: string
  rank: string
}

export interface MergedRow {
  sheet: string
  region: string
  region_name: string
  post: string | null
  unit: string | null
  holders: Holder[]
  state: 'waiting' | 'draft' | 'submitted' | 'returned'
  state_label: string
  state_label_en: string
  revision: number
  as_of: string
  submitted_at: string | null
  by_name: string
  copied_from: number | null
  correcting: boolean
  prefilled: Record<string, number>
  /** Null where nothing counts. */
  cells: Row[] | null
  figures: Record<string, Figure>
  row_sums: Record<string, Figure>[]
  differences: Record<string, number | null>
  corrected: Record<string, Correction[]>
  late: boolean
  seen_at: string | null
  rung: number
  due_at: string | null
}

export interface Total extends Figure {
  difference: number | null
  /** Over how many regions the difference is told. */
  compared: number
}

export interface Merged {
  id: string
  number: number
  form: string
  title: string
  rows_are: FormRow['rows']
  region: string
  region_name: string
  as_of: string
  opened_at: string
  due_at: string
  closed_at: string | null
  sums_first: boolean
  rounds: Round[]
  returns: boolean
  fills: boolean
  now: string
  columns: Column[]
  rows: MergedRow[]
  totals: Record<string, Total>
  asked: number
  came: number
}

export interface Sheet {
  id: string
  form: string
  title: string
  note: string
  rows: FormRow['rows']
  round: string
  number: number
  columns: Column[]
  region: string
  region_name: string
  post: string | null
  unit: string | null
  holders: Holder[]
  state: MergedRow['state']
  state_label: string
  state_label_en: string
  as_of: string
  round_as_of: string
  due_at: string
  closed_at: string | null
  obligation: string
  /** Rows to begin with: the draft, what was submitted, or what the registers hold. */
  begin: Row[]
  is_draft: boolean
  prefilled: Record<string, number>
  copied_from: number | null
  last_round: number | null
  last: Row[] | null
  reason: string
  version: number
  revision: number
  saved_at: string | null
  saved_by_name: string
  submitted_at: string | null
  submitted_by_name: string
  revisions: {
    number: number
    at: string
    by_name: string
    as_of: string
    on_behalf: boolean
    copied_from: number | null
    rows: Row[] | null
  }[]
  verbs: string[]
}

export interface Offers {
  roles: { code: string; name: string; name_en: string }[]
  registers: {
    key: string
    title: string
    title_en: string
    columns: { name: string; label: string }[]
  }[]
}
