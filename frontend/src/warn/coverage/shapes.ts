/** Shapes of the coverage to the household (入户覆盖). */

export interface WayCount {
  way: string
  label: string
  label_en: string
  /** Counts as reached. */
  reliable: boolean
  households: number
}

export interface CoverageCounts {
  households: number
  /** By at least one way that counts. */
  reached: number
  /** Only by ways that do not count. */
  unreliable: number
  unreached: number
  /** Nobody has said how. */
  unknown: number
}

export interface CoveragePlace extends CoverageCounts {
  region: string
  name: string
}

export interface UnreachedHousehold {
  id: string
  region: string
  region_name: string
  address: string
  /** Its head, as far as the asker may know. */
  name: string
  helper_name: string
  reason: string
  reason_label: string
  reason_label_en: string
  special: string[]
}

export interface Coverage {
  region: string
  region_name: string
  counts: CoverageCounts
  ways: WayCount[]
  places: CoveragePlace[]
  households: UnreachedHousehold[]
  total: number
  unknown: string[]
  as_of: string
}
