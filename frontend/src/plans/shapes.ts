/** Plans: lists, versions, what one says and what was found wrong with it. */

export interface PlanRow {
  id: string
  code: string
  title: string
  region: string
  region_name: string
  /** Number of the newest version. */
  version: number
  /** Version in force; null: none yet. */
  active: number | null
  changed_at: string
  retired_at: string | null
  state: 'draft' | 'submitted' | 'returned' | 'approved'
  state_label: string
  state_label_en: string
}

export interface PlanVersion {
  number: number
  state: PlanRow['state']
  state_label: string
  state_label_en: string
  digest: string
  drafted_at: string
  drafted_by_name: string
  submitted_at: string | null
  decided_at: string | null
  decided_by_name: string
  note: string
  /** What asks for this version to say something else: lessons of reviews, in words. */
  cites: { kind: string; id: string; text: string; step: string }[]
}

export interface Plan extends PlanRow {
  versions: PlanVersion[]
  verbs: string[]
}

/** A step laid along the time since its stage began, in minutes; null where nothing says. */
export interface Laid {
  step: string
  begins: number | null
  ends: number | null
  due: number | null
}

export interface Stage {
  key: string
  title: string
  level: number | null
  started_by: string[]
  lead: string
  consult_every: string
  report_every: string
  ends: boolean
  triggers: { text: string; confidence: string }[]
  line: Laid[]
}

export interface Step {
  key: string
  title: string
  stages: string[]
  do: string
  who: string
  owing: number
  named: string[]
  vacant: number
  deadline: { within: string; before: string; expected: string; at: string }
  takes: string
  after: string[]
  register: string
  team: string
  template: string
  /** With what it is done; `have` is what is ready, null is not known. */
  needs: { item: string; label: string; unit: string; amount: number; have: number | null }[]
  verified: boolean
  /** Who verifies it; "" where nobody does. */
  verifier: string
  /** Lives hang on it. */
  vital: boolean
  answers: { label: string; unit: string; type: string }[]
  source: string
  confidence: string
  wrong: number
}

export interface Finding {
  gravity: 'error' | 'gap' | 'hint'
  kind: string
  where: string
  sentence: string
}

/** What one version says. */
export interface Opened {
  number: number
  title: string
  code: string
  basis: string[]
  note: string
  hazards: string[]
  groups: {
    key: string
    title: string
    duties: string[]
    members: { title: string; posts: string[] }[]
  }[]
  responses: { key: string; title: string; title_en: string; stages: Stage[] }[]
  steps: Step[]
  templates: { key: string; title: string; text: string }[]
  findings: Finding[]
}
