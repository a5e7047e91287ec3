/** One run with everything it rests on, and the models that may be run. */
import type { About, Run } from '../shapes'

export interface Input {
  name: string
  kind: string
  title: string
  state: 'used' | 'older' | 'missing'
  sha256?: string
  bytes?: number
  /** Milliseconds of the newest value in it. */
  newest: number | null
  /** What stands in for it, or what is to be kept in mind; a sentence. */
  said: string
}

export interface RunDetail extends Run {
  model_version: string
  seed: number
  settings: Record<string, number | string>
  given: string[]
  inputs: Input[]
  versions: Record<string, string>
  notes: string[]
  tries: number
  counts: { stations: number; villages: number; series: number; grids: number }
  outputs?: { name: string; sha256: string; bytes: number }[]
}

export interface Model {
  key: string
  title: string
  about: string
  source: string
  hazard: string
  enabled: boolean
  hours: number
  step_s: number
  every_s: number | null
  inputs: { name: string; kind: string; title: string; fallback: string; said: string }[]
}
export interface Models {
  items: Model[]
  wrong: { key: string; reason: string }[]
  as_of: string
}

export interface Grid {
  name: string
  title: string
  form: 'netcdf' | 'geotiff' | 'geojson' | 'png'
  bytes: number
  sha256: string
}

export interface RegionChance {
  region: string
  name: string
  chances: Record<string, number | null>
}
export type Products<Row> = About & { items: Row[]; why_empty: string }
