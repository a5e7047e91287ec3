/** Shapes of messages, replies, channels and tests. */

export type MessageState =
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'answered'
  | 'failed'
  | 'unknown'
  | 'manual'
  | 'cancelled'
  | 'expired'

export interface Message {
  id: string
  purpose_kind: string
  purpose: string
  purpose_title: string
  channel: string
  channel_label: string
  channel_label_en: string
  carrier: string
  post: string
  post_title: string
  person_name: string
  phone_masked: string
  region: string
  region_name: string
  case: string
  rung: number
  state: MessageState
  state_label: string
  state_label_en: string
  tone: string
  reason: string
  reason_label: string
  reason_label_en: string
  tries: number
  queued_at: string
  due_at: string | null
  sent_at: string | null
  delivered_at: string | null
  ended_at: string | null
  /** The cause is mended, or may be: it can be sent again. */
  may_resend: boolean
}

export interface MessagePage {
  items: Message[]
  total: number
  counts: Partial<Record<MessageState, number>>
  as_of: string
}

export interface Attempt {
  number: number
  carrier: string
  phone_masked: string
  began_at: string
  ended_at: string | null
  outcome: string
  outcome_label: string
  outcome_label_en: string
  reason: string
  reason_label: string
  reason_label_en: string
  detail: string
  receipt_at: string | null
  receipt: string
  parts: number | null
  by_name: string
}

export interface MessageDetail extends Message {
  text: string
  attempts: Attempt[]
}

export interface SheetPhone {
  id: string
  number: string
  kind_label: string
  kind_label_en: string
  dead: boolean
}

/** A line of the manual call sheet: whom to ring, what to say. */
export interface SheetLine {
  message: string
  /** What the call is about. */
  purpose: string
  channel: string
  channel_label: string
  channel_label_en: string
  post: string
  post_title: string
  unit: string
  person: string
  person_name: string
  region: string
  region_name: string
  phones: SheetPhone[]
  spoken: string
  title: string
  rung: number
  tries: number
  last_reason: string
  last_reason_label: string
  last_reason_label_en: string
  queued_at: string
}

export interface SheetPage {
  items: SheetLine[]
  total: number
  as_of: string
}
