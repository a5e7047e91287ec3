/** How good forecasts were, station by station. */
export interface Lead {
  from_h: number
  until_h: number
  runs: number
  n: number
  bias: number
  mae: number
  rmse: number
}

export interface LevelScore {
  kind: string
  label: string
  label_en: string
  hits: number
  misses: number
  false_alarms: number
  quiet: number
  detected: number | null
  false_ratio: number | null
}

export interface StationScore {
  code: string
  name: string
  model: string
  leads: Lead[]
  levels: LevelScore[]
}

export interface Verification {
  items: StationScore[]
  since: string
  until: string
  as_of: string
}
