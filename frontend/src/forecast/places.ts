/** What a run says of stations, villages and basins, with all that the pages of water show. */
import type { Level } from '@/sense/levels'
import type { StreamLevel } from '@/sense/shapes'
import type { About } from './shapes'

export type Listed<Row> = About & {
  items: Row[]
  why_empty: string
  total?: number
  unknown?: number
}

export interface StationRow {
  station: string
  code: string
  name: string
  lon: number | null
  lat: number | null
  region_name: string
  quantity: string
  unit: string
  peak: number | null
  peak_at: string | null
  level: Level
  level_at: string | null
  levels: (StreamLevel & { reached_at?: string | null })[]
  bias: number | null
  measured: number
  lower_bound: boolean
  why: string
}

/** Rain ahead within some hours, against the thresholds for them. */
export interface RainWindow {
  hours: number
  rain: number | null
  /** When the greatest sum ends. */
  at: string | number | null
  prepare: number
  move: number
  nearness: number | null
}

export interface VillageRow {
  region: string
  name: string
  zone: string
  zone_name: string
  nearness: number | null
  stage: 'none' | 'prepare' | 'move' | null
  stage_label: string | null
  stage_label_en: string | null
  level: Level
  first_at: string | null
  hours: number | null
  rain: number | null
  limit: number | null
  /** Every duration the zone has thresholds for; none where rain was not what was computed. */
  windows?: RainWindow[]
  ground: number | null
  /** 0: computed and stays dry; null: not computed. */
  depth: number | null
  arrives_at: string | null
  lower_bound: boolean
  why: string
}

/** A slope against the law of slides: it rates nothing. */
export interface SlopeRow {
  zone: string
  zone_name: string
  region: string
  region_name: string
  /** Whom it threatens; null: not registered. */
  people: number | null
  law: string
  /** Greatest rain ahead as a share of the law's. */
  share: number
  hours: number
  rain: number
  limit: number
  at: string
  first_at: string | null
  lower_bound: boolean
}

export type SlopesTold = Listed<SlopeRow> & {
  laws: { law: string; name: string; source: string; fitted: boolean }[]
}

export interface BasinRow {
  code: string
  name: string
  region_name: string | null
  area: number | null
  peak_flow: number | null
  peak_at: string | null
  peak_specific: number | null
  rain: number | null
}

export interface SeriesRow {
  quantity: string
  label: string
  label_en: string
  unit: string
  member: string
  start: string
  step_s: number
  values: (number | null)[]
}

export interface GridRow {
  name: string
  title: string
  quantity: string
  unit: string
  form: string
  box: [number, number, number, number] | null
  times: (number | string)[]
  span: [number, number] | null
}
