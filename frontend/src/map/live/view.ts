/**
 * What the address says of the view: centre, zoom, layers, base map, datum, times, forecast. A link shares it,
 * a name keeps it. `at=` and `region=` are not of it: they point at something to look at.
 */
import type { LocationQuery } from 'vue-router'
import type { LonLat } from '../geometry'
import type { Datum } from './datum'
import { KINDS, type FieldKind } from './field'

export interface View {
  center: LonLat | null
  zoom: number | null
  /** Keys of the layers that are shown; null: as this browser had them last. */
  on: string[] | null
  base: string | null
  datum: Datum
  /** The moment looked at, null: now; and another to compare with. */
  time: number | null
  than: number | null
  /** Which forecast on a grid is painted; null: the surge, while its layer is shown. */
  grid: FieldKind | null
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')
const moment = (value: unknown): number | null => {
  const read = Date.parse(text(value))
  return Number.isNaN(read) ? null : read
}

export function readView(query: LocationQuery): View {
  const [lon, lat] = text(query.c).split(',').map(Number)
  const placed =
    lon !== undefined && lat !== undefined && Math.abs(lon) <= 180 && Math.abs(lat) <= 85
  const zoom = Number(text(query.z))
  return {
    center: text(query.c) && placed ? [lon, lat] : null,
    zoom: text(query.z) && zoom >= 0 && zoom <= 20 ? zoom : null,
    on: typeof query.on === 'string' ? query.on.split(',').filter(Boolean) : null,
    base: text(query.base) || null,
    datum: (['gcj02', 'bd09'] as const).find((one) => one === query.datum) ?? 'wgs84',
    time: moment(query.t),
    than: moment(query.than),
    grid: KINDS.find((one) => one === query.grid) ?? null,
  }
}

export function writeView(view: View): Record<string, string> {
  const written: Record<string, string> = {}
  if (view.center) written.c = view.center.map((part) => part.toFixed(5)).join(',')
  if (view.zoom !== null) written.z = view.zoom.toFixed(2)
  if (view.on) written.on = view.on.join(',')
  if (view.base) written.base = view.base
  if (view.datum !== 'wgs84') written.datum = view.datum
  if (view.time !== null) written.t = new Date(view.time).toISOString()
  if (view.than !== null) written.than = new Date(view.than).toISOString()
  if (view.grid) written.grid = view.grid
  return written
}
