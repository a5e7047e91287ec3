/** What was clicked: registers' things and what happens, or a heap to be looked into. */
import type { MapGeoJSONFeature, MapMouseEvent } from 'maplibre-gl'
import type { Layer } from '@/api/types'
import { named } from '@/locale'
import type { MapLibre } from './engine'
import type { LonLat } from './geometry'
import { LIVE_ICONS } from './live/live-style'
import type { LiveFacts, LiveLayer } from './live/shapes'
import type { Picked } from './picked'

const NEAR = 6
const MOST = 30

export interface Known {
  things: Layer[]
  live: LiveLayer[]
}

const placeOf = (feature: MapGeoJSONFeature, at: LonLat): LonLat =>
  feature.geometry.type === 'Point' ? (feature.geometry.coordinates as LonLat) : at

/** What a drawn feature is; undefined for the base map and our own drawings. */
export function pickedOf(
  feature: MapGeoJSONFeature,
  at: LonLat,
  { things, live }: Known,
): Picked | undefined {
  const { properties, source } = feature
  const thing = things.find(({ key }) => key === source)
  const happening = live.find(({ key }) => key === source)
  if (!thing && !happening) return undefined
  const shown = {
    id: String(properties.id ?? ''),
    name: String(properties.name ?? properties.label ?? ''),
    at: placeOf(feature, at),
    layer: source,
  }
  if (thing) return { ...shown, register: thing.register, title: named(thing), icon: thing.icon }
  return {
    ...shown,
    register: null,
    title: named(happening),
    icon: LIVE_ICONS[source] ?? 'thing',
    live: properties as unknown as LiveFacts,
  }
}

const once = (found: Picked[]): Picked[] => {
  const seen = new Set<string>()
  return found.filter(({ layer, id }) => {
    const key = `${layer}/${id}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

export function clicked(map: MapLibre, event: MapMouseEvent, known: Known): Picked[] | 'heap' {
  const { x, y } = event.point
  const at: LonLat = [event.lngLat.lng, event.lngLat.lat]
  const hits = map
    .queryRenderedFeatures([
      [x - NEAR, y - NEAR],
      [x + NEAR, y + NEAR],
    ])
    .filter((hit) => pickedOf(hit, at, known))
  const singles = hits.filter(({ properties }) => properties.id)
  const heap = hits.find(
    ({ properties, source }) => Number(properties.count ?? 1) > 1 && source !== 'live-owed',
  )
  if (!singles.length && heap?.geometry.type === 'Point') {
    map.easeTo({ center: heap.geometry.coordinates as LonLat, zoom: map.getZoom() + 2 })
    return 'heap'
  }
  const found = singles.flatMap((hit) => pickedOf(hit, at, known) ?? [])
  // Under a warning everything else would be hidden: what stands there comes first.
  found.sort((a, b) => Number(a.layer === 'live-warnings') - Number(b.layer === 'live-warnings'))
  return once(found).slice(0, MOST)
}

/** Everything of the shown layers in the window: the list beside the map is made of it. */
export function inView(map: MapLibre, known: Known): Picked[] {
  const middle = map.getCenter()
  const found = map
    .queryRenderedFeatures()
    .filter(({ properties }) => properties.id)
    .flatMap((hit) => pickedOf(hit, [middle.lng, middle.lat], known) ?? [])
  return once(found)
}
