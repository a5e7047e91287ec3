/** What the doors of packs and briefings answer. */
export interface Pack {
  id: string
  number: number
  why_label: string
  why_label_en: string
  stage_title: string
  state: 'making' | 'retrying' | 'failed' | 'made' | 'printed' | 'superseded' | 'destroyed'
  state_label: string
  state_label_en: string
  progress: number | null
  error: string
  asked_at: string
  asked_by_name: string
  made_at: string | null
  size: number | null
  sm3: string
  counts: Partial<
    Record<'papers' | 'villages' | 'guides' | 'people' | 'unknown' | 'posts' | 'vacant', number>
  >
  printed_at: string | null
  printed_by_name: string
  obligation: string | null
  post_title: string | null
  due_at: string | null
  late: boolean
}
export interface Packs {
  items: Pack[]
  may: { make: boolean; take: boolean }
  towns: { region: string; name: string }[]
  as_of: string
}
export interface Briefing {
  id: string
  title: string
  number: number
  year: number
  region: string
  region_name: string
  at: string
  made_at: string
  made_by_name: string
  sm3: string
  unknown: number
}
export interface Briefings {
  items: Briefing[]
  total: number
  page: number
  size: number
  may_make: boolean
  as_of: string
}
