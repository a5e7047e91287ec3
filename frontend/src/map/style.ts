/**
 * The map's style, built here from the server's description: own vector tiles, own fonts.
 *
 * No `glyphs`: MapLibre >= 5.11 then draws labels with the fonts of this machine, so no label needs
 * a font server. Land and water are greys, so that only what matters has colour.
 */
import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import type { Layer, Meta } from '@/api/types'
import { BASE, baseLayers, DARK, labelLayers, LIGHT, tile, vector, type Shades } from './base-style'
import { thingLayers } from './thing-style'

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

/** Layers of what happens: areas under the names, the rest above all things. */
export interface Extra {
  sources: Record<string, SourceSpecification>
  under: LayerSpecification[]
  over: LayerSpecification[]
}
const NOTHING: Extra = { sources: {}, under: [], over: [] }

export function styleOf(
  meta: Meta,
  dark: boolean,
  raster: string | null,
  extra = NOTHING,
): StyleSpecification {
  const shade = dark ? DARK : LIGHT
  const things = thingsOf(meta)
  const sources: Record<string, SourceSpecification> = {
    asked: { type: 'geojson', data: EMPTY as never },
    here: { type: 'geojson', data: EMPTY as never },
    regions: vector('/api/v1/tiles/regions/{z}/{x}/{y}.mvt', 0, 14),
    ...extra.sources,
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
  const drawn = areasFirst.map((layer) => thingLayers(layer, shade, dark))
  return {
    version: 8,
    sources,
    layers: [
      ...baseLayers(shade),
      ...pictures,
      ...drawn.flatMap(({ under }) => under),
      ...extra.under,
      ...labelLayers(shade),
      ...drawn.flatMap(({ over }) => over),
      ...extra.over,
      ...overlayLayers(shade),
    ],
  }
}
