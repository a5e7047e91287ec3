/** Evacuations: batches, what they come to by place, who is on the roll, and the shelters. */

/** People, and how many entries there are besides of whom nobody knows how many they are. */
export interface Count {
  people: number
  unknown: number
}

export interface Sums {
  due: Count
  shelter: Count
  relatives: Count
  pending: Count
  refused: Count
  lost: Count
  strayed: Count
  home: Count
}

export interface BatchRow {
  id: string
  title: string
  region: string
  region_name: string
  hazards_label: string[]
  hazards_label_en: string[]
  state: 'building' | 'draft' | 'ordered' | 'lifted' | 'closed' | 'dropped'
  state_label: string
  state_label_en: string
  expected_at: string | null
  latest_at: string | null
  note: string
  created_at: string
  created_by_name: string
  ordered_at: string | null
  ordered_by_name: string
  /** When what is kept of people whom no register has was destroyed, or will be by itself. */
  erased_at: string | null
  erased_on: string | null
  sums: Sums
}

export interface Lead {
  post: string
  title: string
  name: string
  phone: string | null
}

export interface Village {
  region: string
  name: string
  township: string
  township_name: string
  sums: Sums
  /** People of special groups who have not left yet. */
  urgent: number
  lead: Lead | null
  expected_at: string | null
  latest_at: string | null
  rule: string | null
  rule_source: string
  rule_confidence: string
  late: boolean
  flooded: boolean
  lifted_at: string | null
  lifted_by_name: string
}

/** A state of the roll; `ticked`: people may say it, some with a reason. */
export interface TickState {
  code: string
  name: string
  name_en: string
  ticked: boolean
  reasons: { code: string; name: string; name_en: string }[]
}

export interface Batch extends BatchRow {
  villages: Village[]
  townships: { region: string; name: string; villages: number; sums: Sums }[]
  gaps: {
    without_lead: number
    without_time: number
    unplaced: ({ why: string; label: string; label_en: string } & Count)[]
  }
  verbs: string[]
  states: TickState[]
  whole: boolean
  at: string | null
  as_of: string
  placing?: { placed: number; people: number; unplaced: Record<string, number> }
}

export interface Entry {
  id: string
  name: string
  phone: string
  head: string
  address: string
  needs: string
  household: string | null
  household_code: string
  zone_name: string
  people: number | null
  origin: string
  special: boolean
  groups_label: string[]
  groups_label_en: string[]
  village_name: string
  lead: Lead | null
  stay_label: string | null
  stay_label_en: string | null
  shelter_name: string | null
  unplaced_label: string | null
  unplaced_label_en: string | null
  inside_name: string | null
  state: string
  state_label: string
  state_label_en: string
  color: string
  reason_label: string | null
  reason_label_en: string | null
  said_at: string | null
}

export interface Place {
  id: string
  name: string
  region_name: string
  capacity: number | null
  occupied: number | null
  kept: number
  room: number | null
  inside: number
  expected: number
  status: string
  status_label: string
  status_label_en: string
  in_zone: boolean
  flooded: boolean
}
