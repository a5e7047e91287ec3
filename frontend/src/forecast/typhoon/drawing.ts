/** A storm as layers of the map. The warning colours stay with warnings: ways are told by hue and name. */
import type { Feature, FeatureCollection, Geometry } from 'geojson'
import type { LayerSpecification } from 'maplibre-gl'
import { FONTS, type Shades } from '@/map/base-style'
import type { LonLat } from '@/map/geometry'
import { px } from '@/map/scale'
import { t } from '@/locale'
import { at, wayOf, windCircle, type Here, type Way } from './path'
import type { Position, Storm } from './shapes'

const HUES = ['--accent', '--curve-2', '--curve-3', '--curve-4', '--curve-5', '--curve-6']
const token = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()
/** The token of an agency's hue, by its place in the list. */
export const hueOf = (place: number) => HUES[place % HUES.length] as string

const feature = (geometry: Geometry, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  geometry,
  properties,
})
const collection = (features: Feature[]): FeatureCollection => ({
  type: 'FeatureCollection',
  features,
})
const line = (points: Position[]): Geometry => ({
  type: 'LineString',
  coordinates: points.map(({ lon, lat }) => [lon, lat]),
})
const dot = ({ lon, lat }: { lon: number; lat: number }): Geometry => ({
  type: 'Point',
  coordinates: [lon, lat],
})

/** The two lines that China's forecasters watch; a storm west of one is a day, or two, away. */
const LINES: { hours: number; at: LonLat[] }[] = [
  { hours: 24, at: [[127, 34], [127, 22], [119, 18], [119, 11], [113, 4.5], [105, 0]] },
  { hours: 48, at: [[132, 34], [132, 15], [120, 0], [105, 0]] },
] // prettier-ignore

export const watchLines = (): FeatureCollection =>
  collection(
    LINES.map(({ hours, at: corners }) =>
      feature(
        { type: 'LineString', coordinates: corners },
        { name: t('{n} 小时警戒线', { n: hours }) },
      ),
    ),
  )

/** Meridians and parallels every five degrees: the sea has no other marks. */
export function graticule(): FeatureCollection {
  const found: Feature[] = []
  for (let lon = 100; lon <= 160; lon += 5)
    found.push(feature({ type: 'LineString', coordinates: [[lon, 0], [lon, 50]] }, { name: `${lon}°E` })) // prettier-ignore
  for (let lat = 0; lat <= 50; lat += 5)
    found.push(feature({ type: 'LineString', coordinates: [[100, lat], [160, lat]] }, { name: `${lat}°N` })) // prettier-ignore
  return collection(found)
}

/** Everything that stands still while time plays. */
export function standing(storm: Storm, shown: Set<string>): FeatureCollection {
  const found: Feature[] = []
  storm.forecasts.forEach((one, place) => {
    if (!shown.has(one.agency)) return
    const hue = token(hueOf(place))
    if (one.points.length > 1) found.push(feature(line(one.points), { kind: 'ahead', hue }))
    for (const position of one.points.slice(1))
      found.push(feature(dot(position), { kind: 'ahead-dot', hue }))
    const last = one.points[one.points.length - 1]
    if (last) found.push(feature(dot(last), { kind: 'name', hue, name: one.agency }))
    if (one.landfall) found.push(feature(dot(one.landfall), { kind: 'landfall', hue }))
  })
  const hue = token('--ink')
  if (storm.observed.length > 1)
    found.push(feature(line(storm.observed), { kind: 'observed', hue }))
  for (const position of storm.observed)
    found.push(feature(dot(position), { kind: 'observed-dot', hue, wind: position.wind ?? 0 }))
  return collection(found)
}

export interface Ahead {
  way: Way
  agency: string
  hue: string
}
export const waysOf = (storm: Storm, shown: Set<string>): Ahead[] =>
  storm.forecasts.flatMap(({ agency, points }, place) =>
    shown.has(agency) ? [{ way: wayOf(points), agency, hue: token(hueOf(place)) }] : [],
  )
export const seenOf = (storm: Storm): Ahead => ({
  way: wayOf(storm.observed),
  agency: '',
  hue: token('--ink'),
})

/** What is drawn anew for every frame: the centres, and the circles of wind where they are told. */
export function moving(observed: Ahead, ahead: Ahead[], time: number): FeatureCollection {
  const found: Feature[] = []
  const seen = at(observed.way, time)
  if (seen) put(found, seen, observed.hue)
  else {
    for (const { way, hue } of ahead) {
      const centre = at(way, time)
      if (centre) put(found, centre, hue)
    }
  }
  return collection(found)
}

function put(found: Feature[], centre: Here, hue: string): void {
  const place: LonLat = [centre.lon, centre.lat]
  centre.radii.forEach((radii, force) => {
    const circle = windCircle(place, radii)
    if (circle) found.push(feature(circle, { kind: 'wind', force }))
  })
  found.push(feature(dot(centre), { kind: 'centre', hue }))
}

const kind = (name: string) => ['==', ['get', 'kind'], name]

/** Layers over the base map, from the widest area to the smallest mark. */
export function stormLayers(shade: Shades): LayerSpecification[] {
  const accent = token('--accent')
  const violet = token('--curve-2')
  const quiet = token('--ink-3')
  const layers: unknown[] = [
    {
      id: 'storm-graticule', type: 'line', source: 'graticule',
      paint: { 'line-color': shade.border, 'line-opacity': 0.28, 'line-width': px(0.6) },
    },
    {
      id: 'storm-graticule-name', type: 'symbol', source: 'graticule',
      layout: {
        'symbol-placement': 'line', 'symbol-spacing': 700, 'text-field': ['get', 'name'],
        'text-font': FONTS, 'text-size': px(10),
      },
      paint: { 'text-color': shade.soft, 'text-halo-color': shade.halo, 'text-halo-width': 1 },
    },
    {
      id: 'storm-coast', type: 'line', source: 'coast',
      paint: { 'line-color': shade.soft, 'line-width': px(1) },
    },
    {
      id: 'storm-watch', type: 'line', source: 'watch',
      paint: { 'line-color': quiet, 'line-width': px(1.2), 'line-dasharray': [4, 3] },
    },
    {
      id: 'storm-watch-name', type: 'symbol', source: 'watch',
      layout: {
        'symbol-placement': 'line', 'symbol-spacing': 420, 'text-field': ['get', 'name'],
        'text-font': FONTS, 'text-size': px(11), 'text-offset': [0, -0.9],
      },
      paint: { 'text-color': shade.text, 'text-halo-color': shade.halo, 'text-halo-width': 1.2 },
    },
    {
      id: 'storm-chance', type: 'fill', source: 'chance',
      paint: {
        'fill-color': violet,
        'fill-opacity': ['interpolate', ['linear'], ['get', 'chance'], 0.1, 0.07, 0.9, 0.16],
      },
    },
    {
      id: 'storm-cone', type: 'fill', source: 'cone', filter: kind('cone'),
      paint: { 'fill-color': accent, 'fill-opacity': 0.14 },
    },
    {
      id: 'storm-cone-edge', type: 'line', source: 'cone', filter: kind('cone'),
      paint: { 'line-color': accent, 'line-width': px(1.4), 'line-dasharray': [3, 2] },
    },
    {
      id: 'storm-ahead', type: 'line', source: 'storm', filter: kind('ahead'),
      paint: { 'line-color': ['get', 'hue'], 'line-width': px(2.2), 'line-dasharray': [2.5, 1.5] },
    },
    {
      id: 'storm-observed', type: 'line', source: 'storm', filter: kind('observed'),
      paint: { 'line-color': ['get', 'hue'], 'line-width': px(2.4) },
    },
    {
      id: 'storm-ahead-dot', type: 'circle', source: 'storm', filter: kind('ahead-dot'),
      paint: {
        'circle-radius': px(4), 'circle-color': shade.halo, 'circle-stroke-color': ['get', 'hue'],
        'circle-stroke-width': px(2),
      },
    },
    {
      id: 'storm-observed-dot', type: 'circle', source: 'storm', filter: kind('observed-dot'),
      paint: {
        // The stronger the wind, the larger the mark.
        'circle-radius': ['interpolate', ['linear'], ['get', 'wind'], 0, px(1.8), 20, px(2.5), 60, px(5.5)],
        'circle-color': ['get', 'hue'], 'circle-stroke-color': shade.halo, 'circle-stroke-width': 1,
      },
    },
    {
      id: 'storm-landfall', type: 'symbol', source: 'storm', filter: kind('landfall'),
      layout: {
        'text-field': '✕', 'text-size': px(17), 'text-font': FONTS, 'text-allow-overlap': true,
      },
      paint: { 'text-color': ['get', 'hue'], 'text-halo-color': shade.halo, 'text-halo-width': 2 },
    },
    {
      id: 'storm-ahead-name', type: 'symbol', source: 'storm', filter: kind('name'),
      layout: {
        'text-field': ['get', 'name'], 'text-size': px(12), 'text-font': FONTS,
        'text-offset': [0, -1.1], 'text-allow-overlap': true,
      },
      paint: { 'text-color': ['get', 'hue'], 'text-halo-color': shade.halo, 'text-halo-width': 1.6 },
    },
  ] // prettier-ignore
  return layers as LayerSpecification[]
}
