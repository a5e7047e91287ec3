/** What gauges say of the last hours. */
export interface GaugePlace {
  station: string
  code: string
  name: string
  lon: number | null
  lat: number | null
  region_name: string
  stream: string
}

export interface RainGauge extends GaugePlace {
  /** mm by hours back; null: no value came. */
  sums: Record<'1' | '3' | '6' | '24', number | null>
  /** Windows of which values are missing: what is told is a lower bound. */
  short: number[]
  newest_at: string | null
}

export interface Sudden extends GaugePlace {
  way: 'rise' | 'fall'
  /** Metres within the window. */
  change: number
  window_min: number
  at: string
  stage: number | null
  rain_3h: number | null
}

export interface GaugesTold {
  rain: RainGauge[]
  sudden: Sudden[]
  /** Stage gauges that told values, and those that did not. */
  watched: number
  blind: number
  back_h: number
  note: string
  as_of: string
}
