/**
 * How the things of one declared layer are drawn: far away as small dots (a heap as a larger one),
 * near as their own symbols, with names nearer still. Areas and lines lie underneath.
 */
import type { FilterSpecification, LayerSpecification } from 'maplibre-gl'
import type { Layer } from '@/api/types'
import { FONTS, type Shades } from './base-style'
import { px } from './scale'
import { inkOf, symbolOf, tintOf } from './symbols'

/** From this zoom on things are symbols; below they would cover each other and the land. */
const NEAR = 11.5
/** Names of things; the server draws every single point from zoom 14. */
const NAMED = 14

const of = (type: string): FilterSpecification => ['==', ['geometry-type'], type]
const count = ['coalesce', ['get', 'count'], 1]
const heap = ['all', of('Point'), ['>', count, 1]]
const single = ['all', of('Point'), ['<=', count, 1]]

/** Radius by the square root of how many stand there: pairs of root and pixels. */
const radius = (...stops: number[]) => [
  'interpolate',
  ['linear'],
  ['sqrt', count],
  ...stops.map((stop, n) => (n % 2 ? px(stop) : stop)),
]

interface Drawn {
  layer: Layer
  place: { source: string; 'source-layer': string }
  visibility: 'visible' | 'none'
  shade: Shades
  tint: string
}

function areas({ layer, place, visibility, tint }: Drawn): unknown[] {
  const shared = { ...place, filter: of('Polygon'), layout: { visibility } }
  return [
    {
      id: `${layer.key}:fill`,
      type: 'fill',
      ...shared,
      paint: { 'fill-color': tint, 'fill-opacity': 0.14 },
    },
    {
      id: `${layer.key}:edge`,
      type: 'line',
      ...shared,
      paint: {
        'line-color': tint,
        'line-opacity': 0.75,
        'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.6, 14, 1.6],
      },
    },
  ]
}

function lines({ layer, place, visibility, tint }: Drawn): unknown[] {
  return [
    {
      id: `${layer.key}:line`,
      type: 'line',
      ...place,
      layout: { visibility },
      paint: { 'line-color': tint, 'line-width': 2 },
    },
  ]
}

function far({ layer, place, visibility, shade, tint }: Drawn): unknown[] {
  return [
    {
      id: `${layer.key}:dot`,
      type: 'circle',
      ...place,
      maxzoom: NEAR,
      filter: of('Point'),
      layout: { visibility },
      paint: {
        'circle-color': tint,
        'circle-opacity': 0.85,
        'circle-stroke-color': shade.halo,
        'circle-stroke-width': 0.8,
        'circle-radius': radius(1, 2.8, 3, 5, 10, 10, 40, 18),
      },
    },
  ]
}

function near({ layer, place, visibility, shade }: Drawn): unknown[] {
  return [
    {
      id: `${layer.key}:heap`,
      type: 'circle',
      ...place,
      minzoom: NEAR,
      filter: heap,
      layout: { visibility },
      paint: {
        'circle-color': inkOf(layer.icon),
        'circle-stroke-color': '#ffffff',
        'circle-stroke-width': 1.4,
        'circle-radius': radius(1, 9, 10, 15, 60, 26),
      },
    },
    {
      id: `${layer.key}:count`,
      type: 'symbol',
      ...place,
      minzoom: NEAR,
      filter: heap,
      layout: {
        visibility,
        'text-font': FONTS,
        'text-field': ['to-string', ['get', 'count']],
        'text-size': px(11),
        'text-allow-overlap': true,
      },
      paint: { 'text-color': '#ffffff' },
    },
    {
      id: `${layer.key}:symbol`,
      type: 'symbol',
      ...place,
      minzoom: NEAR,
      filter: single,
      layout: {
        visibility,
        'icon-image': symbolOf(layer.icon),
        'icon-size': [
          'interpolate',
          ['linear'],
          ['zoom'],
          NEAR,
          px(0.68),
          14,
          px(0.9),
          16,
          px(1.05),
        ],
        'icon-allow-overlap': true,
        'icon-padding': 0,
        'text-font': FONTS,
        'text-field': ['step', ['zoom'], '', NAMED, ['coalesce', ['get', 'name'], '']],
        'text-size': px(11.5),
        'text-offset': [0, 1.25],
        'text-anchor': 'top',
        'text-optional': true,
        'text-max-width': 9,
      },
      paint: { 'text-color': shade.text, 'text-halo-color': shade.halo, 'text-halo-width': 1.3 },
    },
  ]
}

export interface ThingLayers {
  /** Areas, lines and the dots of far away: under the names of places. */
  under: LayerSpecification[]
  /** Symbols: over them. */
  over: LayerSpecification[]
}

/** The style layers of one declared layer; their ids start with its key. */
export function thingLayers(layer: Layer, shade: Shades, dark: boolean): ThingLayers {
  const drawn: Drawn = {
    layer,
    place: { source: layer.key, 'source-layer': layer.key },
    visibility: layer.visible ? 'visible' : 'none',
    shade,
    tint: dark ? tintOf(layer.icon) : inkOf(layer.icon),
  }
  const shapes = layer.geometry === 'area' ? areas(drawn) : []
  const ways = layer.geometry === 'line' ? lines(drawn) : []
  return {
    under: [...shapes, ...ways, ...far(drawn)] as LayerSpecification[],
    over: near(drawn) as LayerSpecification[],
  }
}
