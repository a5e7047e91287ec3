/**
 * The map's style, built here from the server's description: own vector tiles, own fonts.
 *
 * No `glyphs`: MapLibre >= 5.11 then draws labels with the fonts of this machine, so no label needs
 * a font server. Land and water are greys, so that only what matters has colour.
 */
import type {
  FilterSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
} from 'maplibre-gl'
import type { Layer, Meta } from '@/api/types'
import {
  BASE,
  baseLayers,
  DARK,
  FONTS,
  labelLayers,
  LIGHT,
  tile,
  vector,
  type Shades,
} from './base-style'
import { inkOf, symbolOf } from './symbols'

/** The layers one declared layer of the map is drawn with; ids start with its key. */
export function thingLayers(layer: Layer, shade: Shades): LayerSpecification[] {
  const visibility = layer.visible ? 'visible' : 'none'
  const place = { source: layer.key, 'source-layer': layer.key }
  const ink = inkOf(layer.icon)
  const made: unknown[] = []
  if (layer.geometry === 'area') {
    const area: FilterSpecification = ['==', ['geometry-type'], 'Polygon']
    made.push(
      {
        id: `${layer.key}:fill`,
        type: 'fill',
        ...place,
        filter: area,
        layout: { visibility },
        paint: { 'fill-color': ink, 'fill-opacity': 0.16 },
      },
      {
        id: `${layer.key}:edge`,
        type: 'line',
        ...place,
        filter: area,
        layout: { visibility },
        paint: { 'line-color': ink, 'line-width': 1.4 },
      },
    )
  }
  if (layer.geometry === 'line') {
    made.push({
      id: `${layer.key}:line`,
      type: 'line',
      ...place,
      layout: { visibility },
      paint: { 'line-color': ink, 'line-width': 2 },
    })
  }
  const point: FilterSpecification = ['==', ['geometry-type'], 'Point']
  const heap: FilterSpecification = ['all', point, ['>', ['coalesce', ['get', 'count'], 1], 1]]
  const single: FilterSpecification = ['all', point, ['<=', ['coalesce', ['get', 'count'], 1], 1]]
  made.push(
    {
      id: `${layer.key}:heap`,
      type: 'circle',
      ...place,
      filter: heap,
      layout: { visibility },
      paint: {
        'circle-color': ink,
        'circle-opacity': 0.86,
        'circle-stroke-color': shade.halo,
        'circle-stroke-width': 1.5,
        'circle-radius': [
          'interpolate',
          ['linear'],
          ['sqrt', ['get', 'count']],
          1,
          9,
          10,
          15,
          60,
          26,
        ],
      },
    },
    {
      id: `${layer.key}:count`,
      type: 'symbol',
      ...place,
      filter: heap,
      layout: {
        visibility,
        'text-font': FONTS,
        'text-field': ['to-string', ['get', 'count']],
        'text-size': 11,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': '#ffffff' },
    },
    {
      id: `${layer.key}:symbol`,
      type: 'symbol',
      ...place,
      filter: single,
      layout: {
        visibility,
        'icon-image': symbolOf(layer.icon),
        'icon-size': ['interpolate', ['linear'], ['zoom'], 9, 0.55, 13, 0.85, 16, 1],
        'icon-allow-overlap': ['step', ['zoom'], false, 12, true],
        'icon-padding': 0,
        'text-font': FONTS,
        'text-field': [
          'step',
          ['zoom'],
          '',
          13,
          ['coalesce', ['get', 'name'], ['get', 'label'], ''],
        ],
        'text-size': 11.5,
        'text-offset': [0, 1.25],
        'text-anchor': 'top',
        'text-optional': true,
        'text-max-width': 9,
      },
      paint: { 'text-color': shade.text, 'text-halo-color': shade.halo, 'text-halo-width': 1.3 },
    },
  )
  return made as LayerSpecification[]
}

const EMPTY = { type: 'FeatureCollection', features: [] } as const

/** Own drawings on top: the area asked about, the place looked at. */
function overlayLayers(shade: Shades): LayerSpecification[] {
  const layers: unknown[] = [
    {
      id: 'asked-fill',
      type: 'fill',
      source: 'asked',
      paint: { 'fill-color': shade.scope, 'fill-opacity': 0.12 },
    },
    {
      id: 'asked-line',
      type: 'line',
      source: 'asked',
      paint: { 'line-color': shade.scope, 'line-width': 2, 'line-dasharray': [2, 1.5] },
    },
    {
      id: 'asked-dot',
      type: 'circle',
      source: 'asked',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 4, 'circle-color': shade.scope },
    },
    {
      id: 'here-ring',
      type: 'circle',
      source: 'here',
      paint: {
        'circle-radius': 18,
        'circle-color': 'rgba(0,0,0,0)',
        'circle-stroke-color': shade.scope,
        'circle-stroke-width': 3,
      },
    },
  ]
  return layers as LayerSpecification[]
}

/** Layers that are things one may click, without base map and regions. */
export const thingsOf = (meta: Meta): Layer[] =>
  meta.layers.filter(({ key }) => key !== 'regions' && !key.startsWith('base-'))

export function styleOf(meta: Meta, dark: boolean, raster: string | null): StyleSpecification {
  const shade = dark ? DARK : LIGHT
  const things = thingsOf(meta)
  const sources: Record<string, SourceSpecification> = {
    asked: { type: 'geojson', data: EMPTY as never },
    here: { type: 'geojson', data: EMPTY as never },
    regions: vector('/api/v1/tiles/regions/{z}/{x}/{y}.mvt', 0, 14),
  }
  for (const key of BASE) sources[key] = vector(`/api/v1/tiles/${key}/{z}/{x}/{y}.mvt`, 0, 14)
  for (const layer of things) {
    sources[layer.key] = vector(layer.url, layer.minzoom, Math.min(layer.maxzoom, 16))
  }
  const picture = meta.basemap.raster?.find(({ key }) => key === raster)
  const pictures: LayerSpecification[] = []
  if (picture) {
    sources.picture = {
      type: 'raster',
      tiles: [tile(picture.url)],
      tileSize: picture.tile_size ?? 256,
      maxzoom: picture.maxzoom ?? 18,
      attribution: picture.attribution,
    }
    pictures.push({
      id: 'picture',
      type: 'raster',
      source: 'picture',
      paint: { 'raster-opacity': dark ? 0.75 : 1 },
    })
  }
  const areasFirst = [...things].sort(
    (a, b) => Number(b.geometry === 'area') - Number(a.geometry === 'area'),
  )
  return {
    version: 8,
    sources,
    layers: [
      ...baseLayers(shade),
      ...pictures,
      ...labelLayers(shade),
      ...areasFirst.flatMap((layer) => thingLayers(layer, shade)),
      ...overlayLayers(shade),
    ],
  }
}
