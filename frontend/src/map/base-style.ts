/** The base map: own land, water, roads and names in greys, light and dark. */
import type { LayerSpecification, SourceSpecification } from 'maplibre-gl'
import { px } from './scale'

export const FONTS = [
  'system-ui',
  'PingFang SC',
  'Microsoft YaHei',
  'Noto Sans CJK SC',
  'Source Han Sans SC',
  'WenQuanYi Micro Hei',
  'Anlan Rare',
  'sans-serif',
]

export interface Shades {
  sea: string
  land: string
  water: string
  coast: string
  road: string
  /** Roads seen from afar, where white would vanish on the land. */
  roadFar: string
  roadCase: string
  text: string
  /** Names of nature and villages. */
  soft: string
  halo: string
  border: string
  scope: string
}

export const LIGHT: Shades = {
  sea: '#dbe4e8',
  land: '#f7f7f3',
  water: '#cbd8de',
  coast: '#a8b9c1',
  road: '#ffffff',
  roadFar: '#d2d7d6',
  roadCase: '#c9cfd2',
  text: '#26343d',
  soft: '#5a6a75',
  halo: '#ffffff',
  border: '#8b9aa4',
  scope: '#0a6a62',
}
export const DARK: Shades = {
  sea: '#0e171d',
  land: '#1b252c',
  water: '#13212a',
  coast: '#3b4e59',
  road: '#3a4a55',
  roadFar: '#33424c',
  roadCase: '#141d23',
  text: '#d5dfe5',
  soft: '#93a4b0',
  halo: '#10181e',
  border: '#566672',
  scope: '#6cc5bb',
}

export const BASE = ['base-land', 'base-water', 'base-roads', 'base-places'] as const
export const tile = (url: string) =>
  new URL(url, location.origin).href.replace(/%7B/g, '{').replace(/%7D/g, '}')
export const vector = (url: string, minzoom: number, maxzoom: number): SourceSpecification => ({
  type: 'vector',
  tiles: [tile(url)],
  minzoom,
  maxzoom,
})

const text = (shade: Shades, size: number | readonly unknown[]) => ({
  layout: {
    'text-font': FONTS,
    'text-field': ['coalesce', ['get', 'name'], ''],
    'text-size': size,
    'text-max-width': 8,
  },
  paint: { 'text-color': shade.text, 'text-halo-color': shade.halo, 'text-halo-width': 1.4 },
})

/** Width of a road by its class; unknown classes are lanes. */
const roadWidth = (wide: number) => [
  'interpolate',
  ['exponential', 1.5],
  ['zoom'],
  8,
  [
    '*',
    wide,
    [
      'match',
      ['get', 'class'],
      ['expressway'],
      0.9,
      ['national', 'provincial'],
      0.6,
      'county',
      0.35,
      0.12,
    ],
  ],
  15,
  [
    '*',
    wide,
    [
      'match',
      ['get', 'class'],
      ['expressway'],
      8,
      ['national', 'provincial'],
      6,
      'county',
      4.5,
      2.6,
    ],
  ],
]

const polygonal = ['==', ['geometry-type'], 'Polygon']
const pointed = ['==', ['geometry-type'], 'Point']
/** Levels of regions: 1 province, 2 city, 3 county, 4 township, 5 village, 6 grid cell. */
const COUNTY = 3

export function baseLayers(shade: Shades): LayerSpecification[] {
  const layers: unknown[] = [
    { id: 'sea', type: 'background', paint: { 'background-color': shade.sea } },
    {
      // Where no base map was loaded, the regions' own outlines are the land.
      id: 'region-land',
      type: 'fill',
      source: 'regions',
      'source-layer': 'regions',
      filter: ['all', polygonal, ['<=', ['get', 'level'], COUNTY]],
      paint: { 'fill-color': shade.land },
    },
    {
      id: 'land',
      type: 'fill',
      source: 'base-land',
      'source-layer': 'base-land',
      paint: { 'fill-color': shade.land },
    },
    {
      id: 'coast',
      type: 'line',
      source: 'base-land',
      'source-layer': 'base-land',
      paint: { 'line-color': shade.coast, 'line-width': 0.8 },
    },
    {
      id: 'water',
      type: 'fill',
      source: 'base-water',
      'source-layer': 'base-water',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': shade.water },
    },
    {
      id: 'river',
      type: 'line',
      source: 'base-water',
      'source-layer': 'base-water',
      filter: ['==', ['geometry-type'], 'LineString'],
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': shade.coast,
        'line-width': ['interpolate', ['linear'], ['zoom'], 8, 0.8, 14, 3.5],
      },
    },
    {
      id: 'road-case',
      type: 'line',
      source: 'base-roads',
      'source-layer': 'base-roads',
      minzoom: 10,
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': shade.roadCase, 'line-width': roadWidth(1.45) },
    },
    {
      id: 'road',
      type: 'line',
      source: 'base-roads',
      'source-layer': 'base-roads',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': ['interpolate', ['linear'], ['zoom'], 9.5, shade.roadFar, 12, shade.road],
        'line-width': roadWidth(1),
      },
    },
    {
      id: 'region-line',
      type: 'line',
      source: 'regions',
      'source-layer': 'regions',
      filter: ['!=', ['geometry-type'], 'Point'],
      paint: { 'line-color': shade.border, 'line-width': 0.9, 'line-dasharray': [4, 2] },
    },
  ]
  return layers as LayerSpecification[]
}

/** Names of some classes of places; MapLibre keeps the later layers' names where room is short. */
const places = (classes: string[]) => ({
  type: 'symbol',
  source: 'base-places',
  'source-layer': 'base-places',
  filter: ['match', ['get', 'class'], classes, true, false],
})

export function labelLayers(shade: Shades): LayerSpecification[] {
  const layers: unknown[] = [
    {
      id: 'river-name',
      type: 'symbol',
      source: 'base-water',
      'source-layer': 'base-water',
      minzoom: 10,
      filter: ['all', ['has', 'name'], ['==', ['geometry-type'], 'LineString']],
      ...text(shade, px(11)),
    },
    {
      id: 'region-name',
      type: 'symbol',
      source: 'regions',
      'source-layer': 'regions',
      filter: ['all', pointed, ['match', ['get', 'level'], [4, 5], true, false]],
      ...text({ ...shade, text: shade.soft }, [
        'interpolate',
        ['linear'],
        ['zoom'],
        9,
        ['match', ['get', 'level'], 4, px(12), px(10)],
        14,
        ['match', ['get', 'level'], 4, px(16), px(12.5)],
      ]),
    },
    {
      id: 'nature-name',
      ...places(['island', 'peak', 'bay', 'sea', 'reservoir', 'harbour']),
      ...text({ ...shade, text: shade.soft }, [
        'interpolate',
        ['linear'],
        ['zoom'],
        8,
        px(10.5),
        14,
        px(13),
      ]),
    },
    {
      id: 'village-name',
      minzoom: 11,
      ...places(['village']),
      ...text({ ...shade, text: shade.soft }, [
        'interpolate',
        ['linear'],
        ['zoom'],
        11,
        px(10.5),
        15,
        px(13),
      ]),
    },
    {
      id: 'seat-name',
      ...places(['county-seat', 'township-seat']),
      ...text(shade, [
        'interpolate',
        ['linear'],
        ['zoom'],
        8,
        ['match', ['get', 'class'], 'county-seat', px(14), px(11)],
        14,
        ['match', ['get', 'class'], 'county-seat', px(20), px(16)],
      ]),
    },
  ]
  return layers as LayerSpecification[]
}
