/** Shapes of the warning side of `/api/v1`. Times are RFC 3339 strings; null is "not known". */
import type { Level } from '@/sense/levels'

export interface Place {
  code: string
  name: string
}

/** What an officer must know before trusting a message. */
export interface Remark {
  code: string
  value: string
  text: string
  text_en: string
}

/** How far the calls of an alert have come. */
export interface Calls {
  called: number
  answered: number
  silent: number
}

export type ReceivedState =
  'standing' | 'replaced' | 'cancelled' | 'withdrawn' | 'expired' | 'notice'
export type Handling = 'waiting' | 'relayed' | 'dismissed' | 'passed' | 'none'

export interface Received {
  id: string
  identifier: string
  sender: string
  station: string
  sent_at: string
  received_at: string
  way: string
  source: string
  form: string
  action: 'alert' | 'update' | 'cancel' | 'ack' | 'error'
  status: 'actual' | 'exercise' | 'system' | 'test' | 'draft'
  kind: string
  hazard: string
  hazard_label: string
  hazard_label_en: string
  event: string
  level: Level
  headline: string
  text: string
  instruction: string
  effective_at: string | null
  expires_at: string | null
  region: string
  region_name: string
  regions: Place[]
  place: string
  notes: Remark[]
  /** "": it came before anybody looked. */
  signature: '' | 'unsigned' | 'trusted' | 'stranger' | 'broken'
  signature_label: string
  signature_label_en: string
  /** It has none, though others of its sender were signed by one we trust. */
  signature_missing: boolean
  /** As the certificate says it; a stranger's proves no name. */
  signer: string
  state: ReceivedState
  state_label: string
  state_label_en: string
  handling: Handling
  handling_label: string
  handling_label_en: string
  handled_at: string | null
  handled_by_name: string
  handled_why: string
  ended_at: string | null
  root: string
  case: string
  /** Our alert that it was relayed as. */
  alert: string | null
  /** It changes or ends one that we passed on. */
  changes_ours: boolean
  verbs: string[]
}

export interface ReceivedPage {
  items: Received[]
  total: number
  counts: { waiting: number; by_level: Record<string, number>; refused: number }
  as_of: string
}

export interface Arrival {
  way: string
  source: string
  at: string
  by: string
  /** It says something else under the same identifier and time. */
  differs: boolean
}

export interface DoneStep {
  at: string
  deed: string
  deed_label: string
  deed_label_en: string
  by_name: string
  facts: Record<string, unknown>
}

export interface ReceivedDetail extends Received {
  area: GeoJSON.Geometry | null
  /** The drawing of its hazard: a path in a square of a hundred. */
  glyph: string
  chain: Received[]
  arrivals: Arrival[]
  /** SM3 of the bytes as they came. */
  digest: string
  size: number
  /** Files of certificates that hold none. */
  signers_wrong: string[]
  steps: DoneStep[]
}

export interface Finding {
  code: string
  severity: 'stop' | 'ask' | 'note'
  text: string
  text_en: string
  field: string
}

/** What one channel would carry. */
export interface Load {
  channel: string
  label: string
  label_en: string
  messages: number
  /** Short messages in all; null where that has no meaning. */
  segments: number | null
  minutes: number
  /** Minutes until they have to have answered; null: no deadline. */
  within: number | null
  /** null: nobody has entered a price. */
  yuan: number | null
  /** What most of them read; '' where people say it, or nothing is set up. */
  reads: string
  /** Whether it holds the alert word for word; null: nothing to read. */
  whole: boolean | null
}

/** What issuing would set going; null is not known, and `unknown` says why. */
export interface Impact {
  people: number | null
  households: number | null
  posts: number
  /** Posts that were called about the same already: they are not called again. */
  spared: number
  vacant: number
  loads: Load[]
  /** Minutes until the last of the first round has been tried. */
  minutes: number | null
  yuan: number | null
  unknown: string[]
}

/** What the warning asks for here, once it is out. */
export interface ResponseAhead {
  response: number | null
  response_label: string
  response_label_en: string
  measures: Measure[]
  minutes: number | null
  confidence: string
}

/** What must be known before the button is pressed (发布前核验). */
export interface Check {
  findings: Finding[]
  /** null: nothing would be sent, or nobody may know. */
  impact: Impact | null
  regions?: Place[]
  stopped?: boolean
  /** Signatures asked. */
  persons?: number
  response?: ResponseAhead | null
  as_of?: string
}

export type AlertState =
  | 'draft'
  | 'review'
  | 'approved'
  | 'issued'
  | 'updated'
  | 'cancelled'
  | 'withdrawn'
  | 'expired'
  | 'ended'
  | 'dropped'

export interface Alert {
  id: string
  version: number
  identifier: string | null
  case: string
  root: string
  kind: string
  kind_label: string
  kind_label_en: string
  relayed: boolean
  received: string | null
  hazard: string
  hazard_label: string
  hazard_label_en: string
  level: Level
  action: string
  state: AlertState
  state_label: string
  state_label_en: string
  title: string
  text: string
  instruction: string
  station: string
  sent_at: string | null
  region: string
  region_name: string
  regions: Place[]
  place: string
  effective_at: string | null
  expires_at: string | null
  public: boolean
  alarm: string
  drafted_at: string
  drafted_by_name: string
  submitted_at: string | null
  submitted_by_name: string
  review_due: string | null
  approved_at: string | null
  approved_by_name: string
  issued_at: string | null
  issued_by_name: string
  standing_order: string | null
  ended_at: string | null
  ended_by_name: string
  ended_why: string
  verbs: string[]
}

export interface AlertPage {
  items: Alert[]
  total: number
  counts: {
    in_force: number
    draft: number
    review: number
    approved: number
    by_level: Record<string, number>
  }
  as_of: string
}

export interface Approval {
  verb: 'approve' | 'return' | 'oral' | 'alone'
  at: string
  by_name: string
  reason: string
  /** Oral approval: the post that approved. */
  post: string | null
  person: string | null
  /** The telephone it was said on, masked; '' where none was. */
  said_on: string
  said_at: string | null
  signed_at: string | null
  signed_by_name: string
}

export interface Measure {
  code: string
  label: string
  label_en: string
}

export interface ResponseDue {
  id: string
  alert: string
  title: string
  hazard: string
  level: Level
  region: string
  region_name: string
  case: string
  measures: Measure[]
  response: number | null
  response_label: string
  response_label_en: string
  due_at: string
  obligation: string
  answered_at: string | null
  answered_by_name: string
  answer: string
  started: number | null
  taken: Measure[]
  reason: string
  closed_at: string | null
  /** It is owed by the one who asks, or theirs to answer as an officer. */
  may_answer: boolean
  confidence: string
}

export interface AlertDetail extends Alert {
  parts: Record<string, string | boolean>
  area: GeoJSON.Geometry | null
  /** The drawing of its hazard: a path in a square of a hundred. */
  glyph: string
  /** Signatures asked, and the rule that asks for them. */
  persons: number
  may_act_alone: boolean
  rule: string
  rule_en: string
  chain: Alert[]
  approvals: Approval[]
  steps: DoneStep[]
  responses: ResponseDue[]
}

/** What an officer fills in; what is left empty comes from the tables. */
export interface Content {
  kind: string
  hazard: string
  level: number | null
  regions: string[]
  area: GeoJSON.Geometry | null
  place: string
  caution: string
  measures: string
  issuer: string
  effective_at: string | null
  expires_at: string | null
  title: string
  text: string
}

/** What is filled in, put into words and checked; nothing is kept. */
export interface Preview extends Check {
  title: string
  text: string
  /** The elements by code of the table of what a warning must say. */
  parts: Record<string, string | boolean>
  place: string
  regions: Place[]
  expires_at: string | null
}

export interface WarnKind {
  code: string
  label: string
  label_en: string
  /** May be written here. */
  own: boolean
  public: boolean
  authority: string
  authority_en: string
  levels: number[]
  /** Keys of hazards; empty is every hazard. */
  hazards: string[]
  source: string
  source_en: string
}
