/** A storm as the server tells it: the way it came, and where each agency sees it go. */
import type { Run } from '../shapes'

/** North-east, south-east, south-west, north-west; null is not told. */
export type Quadrants = (number | null)[]

export interface Position {
  time: string
  lon: number
  lat: number
  /** m/s near the centre. */
  wind: number | null
  /** hPa at the centre. */
  pressure: number | null
  grade: string | null
  grade_label: string | null
  grade_label_en: string | null
  /** km of force 7, 10 and 12. */
  radii: Quadrants[]
}

export interface Landfall {
  time: string
  lon: number
  lat: number
}

export interface AgencyForecast {
  agency: string
  issued_at: string
  points: Position[]
  landfall: Landfall | null
  /** What is to be kept in mind of it; a sentence. */
  note: string
}

export interface Storm {
  storm: string
  name: string
  form: string
  sha256: string
  received_at: string
  newest_at: string
  observed: Position[]
  forecasts: AgencyForecast[]
  mended: string[]
  refused: { agency: string; issued_at: string; why: string }[]
  /** There is a map to say what is land; without one no landfall means nothing. */
  land_known: boolean
  /** Of which past errors the cone is drawn; `unchecked` says which nobody set against a source. */
  errors: { source: string; unchecked: string }
  /** The signed run that stands, and the newest one computed, of this storm. */
  signed: Run | null
  newest: Run | null
  as_of: string
}

export interface StormRow {
  storm: string
  name: string
  newest_at: string
  bulletins: number
}
