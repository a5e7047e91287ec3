/** Reviews as the API tells them. */
export interface ReviewRow {
  id: string
  title: string
  region: string
  region_name: string
  case: string
  state: 'open' | 'finished'
  state_label: string
  state_label_en: string
  response: string
  worst: number | null
  started_at: string
  ended_at: string
  opened_at: string
  due_at: string
  late: boolean
  finished_at: string | null
}

export interface Spell {
  what: string
  begun: string
  /** null: it never happened. */
  ended: string | null
  due: string | null
  minutes: number | null
  late: boolean
  region: string
  obligation: string
  who: string
}

/** How long one link of the chain took; null is not known, never quick. */
export interface Link {
  key: string
  label: string
  label_en: string
  count: number
  done: number
  missing: number
  limited: number
  late: number
  median_min: number | null
  p90_min: number | null
  longest_min: number | null
  worst: Spell[]
}

export interface StepTime {
  key: string
  title: string
  stage: string
  count: number
  done: number
  late: number
  missing: number
  given_min: number | null
  median_min: number | null
  longest_min: number | null
  struck: number
  nobody: number
}

export interface Lesson {
  id: string
  about: string
  about_label: string
  about_label_en: string
  found: string
  advice: string
  link: string
  step: string
  post_title: string
  due_on: string | null
  /** The plan is asked for a revision; which version cites it, once the review is finished. */
  revise: boolean
  revision: number | null
  noted_at: string
  noted_by_name: string
  obligation: string
  state: string
  closed_at: string | null
}

export interface Named {
  key: string
  label: string
  label_en: string
}

export interface Review extends ReviewRow {
  conclusion: string
  turn: number
  may_write: boolean
  plan: string
  plan_title: string
  version: number
  finished_by_name: string
  lessons: Lesson[]
  delays: { links: Link[]; steps: StepTime[] }
  about: Named[]
  links: Named[]
  steps: { key: string; title: string }[]
  as_of: string
}
