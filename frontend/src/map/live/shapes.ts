/** What the server says of layers of what happens, and what is around a place. */
import type { Geometry } from 'geojson'
import type { Level } from '@/sense/levels'

export interface LiveLayer {
  key: string
  title: string
  title_en: string
  group: string
  group_title: string
  group_title_en: string
  icon: string
  geometry: 'point' | 'line' | 'area'
  page: string
  visible: boolean
}

export interface LayerList {
  items: LiveLayer[]
  counts: Record<string, { all: number; placed: number }>
  workspace: { kind: string; title: string }
  as_of: string
}

export interface LiveFacts {
  id: string
  name: string
  level: Level
  text: string
  text_en: string
  label: string
  label_en: string
  at: string | null
  page: string
  region_name?: string
  /** It stands at its region's seat; nobody knows where it is exactly. */
  rough?: boolean
  standing?: string
  role?: string
  count?: number
  late?: number
  old?: boolean
  until?: string | null
}

export interface LiveData {
  type: 'FeatureCollection'
  features: { type: 'Feature'; geometry: Geometry; properties: LiveFacts }[]
  key: string
  count: number
  unplaced: number
  as_of: string | null
  at: string
  why: string
  why_en: string
  note: string
  note_en: string
}

export interface Responsible {
  post: string
  title: string
  region: string
  region_name: string
  person: string | null
  name: string
  /** In clear too while people of the region are being called. */
  phone: { id: string; number: string; clear?: string } | null
  unmask: boolean
}

export interface Near {
  key: string
  title: string
  title_en: string
  icon: string
  count: number
  at_least: boolean
  nearest: { id: string; name: string; lon: number; lat: number; distance_m: number }[]
}

export interface Here {
  regions: { code: string; name: string; level: number }[]
  outside: boolean
  responsible: Responsible[]
  things: Near[]
  as_of: string
}

export interface SavedView {
  id: string
  name: string
  query: string
  shared: boolean
  mine: boolean
  by_name: string
  saved_at: string
}
