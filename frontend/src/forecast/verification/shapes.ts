/** How good forecasts were, place by place and quantity by quantity. */
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
  /** Of hits: hours between the forecast and the level, minutes it was foretold too late. */
  lead_h: number | null
  late_min: number | null
}

export interface PlaceScore {
  of: 'station' | 'basin' | 'storm'
  code: string
  name: string
  model: string
  quantity: string
  label: string
  label_en: string
  unit: string
  /** The error is a distance: it has no sign. */
  distance: boolean
  leads: Lead[]
  levels: LevelScore[]
}

export interface Verification {
  items: PlaceScore[]
  since: string
  until: string
  as_of: string
}

/** Hits, misses and false alarms of many levels together; null where nothing was reached. */
export function summed(levels: LevelScore[]) {
  const add = (key: 'hits' | 'misses' | 'false_alarms') =>
    levels.reduce((all, one) => all + one[key], 0)
  const [hits, misses, falseAlarms] = [add('hits'), add('misses'), add('false_alarms')]
  return {
    said: levels.length > 0,
    hits,
    misses,
    false_alarms: falseAlarms,
    detected: hits + misses ? hits / (hits + misses) : null,
  }
}
