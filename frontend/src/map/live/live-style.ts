/**
 * How what happens is drawn: over the registers, larger, and by its level. The four colours mean
 * levels and nothing else; what has none is plum or the accent.
 */
import type { LayerSpecification, Map as MapLibre } from 'maplibre-gl'
import { drawing } from '@/design/icons'
import { levelInk, levelPaint, type Level } from '@/sense/levels'
import { language } from '@/locale'
import { FONTS, type Shades } from '../base-style'
import { px } from '../scale'
import type { LiveData } from './shapes'

const SIZE = 30
const RATIO = 2
const token = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

export const LIVE_ICONS: Record<string, string> = {
  'live-alarms': 'alarm',
  'live-incidents': 'incident',
  'live-surge': 'tide',
  'live-stations': 'stream',
  'live-typhoon': 'typhoon',
  'live-warnings': 'warning',
  'live-owed': 'owed',
}
export const LIVE_KEYS = Object.keys(LIVE_ICONS)
const PLAIN: Record<string, string> = {
  'live-alarms': '--plum',
  'live-incidents': '--ink',
  'live-surge': '--accent',
  'live-stations': '--accent',
}
const QUIET = new Set(['silent', 'none', 'maintenance', 'stale'])

const imageOf = (key: string, level: Level, quiet: boolean) =>
  `${key}:${level ?? 0}:${quiet ? 'q' : 'l'}`

/** Paint of a mark: its level's, else its layer's own; grey where it says nothing of now. */
export const paintOf = (key: string, level: Level, quiet = false) =>
  quiet ? token('--ink-3') : levelPaint(level, PLAIN[key] ?? '--plum')

function draw(key: string, level: Level, quiet: boolean): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIZE * RATIO
  const brush = canvas.getContext('2d') as CanvasRenderingContext2D
  brush.scale(RATIO, RATIO)
  brush.beginPath()
  if (key === 'live-alarms') {
    // The shape says it too: a diamond is an alarm, a square an incident.
    brush.moveTo(SIZE / 2, 1)
    brush.lineTo(SIZE - 1, SIZE / 2)
    brush.lineTo(SIZE / 2, SIZE - 1)
    brush.lineTo(1, SIZE / 2)
    brush.closePath()
  } else if (key === 'live-incidents') brush.roundRect(3, 3, SIZE - 6, SIZE - 6, 5)
  else brush.arc(SIZE / 2, SIZE / 2, SIZE / 2 - 3, 0, Math.PI * 2)
  brush.fillStyle = paintOf(key, level, quiet)
  brush.fill()
  brush.lineWidth = 2
  brush.strokeStyle = token('--surface')
  brush.stroke()
  brush.translate(SIZE / 2 - 7.5, SIZE / 2 - 7.5)
  brush.scale(15 / 24, 15 / 24)
  brush.lineWidth = 2.3
  brush.lineCap = brush.lineJoin = 'round'
  brush.strokeStyle = level ? levelInk(level) : token('--surface')
  brush.stroke(new Path2D(drawing(LIVE_ICONS[key] ?? 'thing')))
  return brush.getImageData(0, 0, canvas.width, canvas.height)
}

/** Features as the map's source takes them, words of the language shown. */
export function sourceOf(key: string, data: LiveData | null): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: (data?.features ?? []).map(({ geometry, properties }, order) => {
      const quiet = QUIET.has(properties.standing ?? '') || !!properties.old
      return {
        type: 'Feature',
        geometry,
        properties: {
          ...properties,
          order,
          words: language.value === 'en' ? properties.text_en : properties.text,
          image: imageOf(key, properties.level, quiet),
          paint: levelPaint(properties.level, PLAIN[key] ?? '--plum'),
          weight: (properties.level ?? 8) * 10 + (quiet ? 5 : 0),
        },
      }
    }),
  }
}

export function addLiveImages(map: MapLibre, key: string, data: LiveData | null): void {
  for (const { properties } of data?.features ?? []) {
    const quiet = QUIET.has(properties.standing ?? '') || !!properties.old
    const name = imageOf(key, properties.level, quiet)
    if (!map.hasImage(name))
      map.addImage(name, draw(key, properties.level, quiet), { pixelRatio: RATIO })
  }
}

const point = ['==', ['geometry-type'], 'Point']
const text = (shade: Shades) => ({
  'text-color': shade.text,
  'text-halo-color': shade.halo,
  'text-halo-width': 1.8,
})

const NOTHING = ['format', '', {}]
const SAID = ['format', ['get', 'words'], {}, '\n', {}, ['get', 'name'], { 'font-scale': 0.86 }]
/** Where hundreds stand the worst are told in words, the others by their mark until one is near. */
const WORST = ['case', ['<=', ['coalesce', ['get', 'level'], 9], 1], SAID, NOTHING]
const NEAR = 2

function marks(source: string, shade: Shades, from: number, far: unknown = SAID): unknown[] {
  return [
    {
      id: `${source}:mark`,
      type: 'symbol',
      source,
      layout: {
        'symbol-sort-key': ['get', 'weight'],
        'icon-image': ['get', 'image'],
        'icon-size': ['interpolate', ['linear'], ['zoom'], 7, px(0.55), 11, px(0.8), 14, px(1.05)],
        'icon-allow-overlap': true,
        'icon-padding': 0,
        'text-field': ['step', ['zoom'], NOTHING, from, far, from + NEAR, SAID],
        'text-font': FONTS,
        'text-size': px(12),
        'text-variable-anchor': ['top', 'bottom', 'right', 'left'],
        'text-radial-offset': 1.1,
        'text-justify': 'auto',
        'text-max-width': 11,
        'text-optional': true,
      },
      paint: text(shade),
    },
  ]
}

function warningLayers(shade: Shades): unknown[] {
  const source = 'live-warnings'
  return [
    {
      id: `${source}:fill`,
      type: 'fill',
      source,
      paint: { 'fill-color': ['get', 'paint'], 'fill-opacity': 0.1 },
    },
    {
      id: `${source}:halo`,
      type: 'line',
      source,
      paint: { 'line-color': shade.halo, 'line-width': px(5), 'line-opacity': 0.8 },
    },
    {
      id: `${source}:edge`,
      type: 'line',
      source,
      paint: { 'line-color': ['get', 'paint'], 'line-width': px(2.6) },
    },
  ]
}

function typhoonLayers(shade: Shades): unknown[] {
  const source = 'live-typhoon'
  return [
    {
      id: `${source}:observed`,
      type: 'line',
      source,
      filter: ['==', ['get', 'role'], 'observed'],
      paint: { 'line-color': shade.text, 'line-width': px(2.4) },
    },
    {
      id: `${source}:ahead`,
      type: 'line',
      source,
      filter: ['==', ['get', 'role'], 'ahead'],
      paint: {
        'line-color': token('--curve-2'),
        'line-width': px(2),
        'line-dasharray': [2.5, 1.5],
      },
    },
    {
      id: `${source}:mark`,
      type: 'symbol',
      source,
      filter: point,
      layout: {
        'icon-image': ['get', 'image'],
        'icon-size': px(1.1),
        'icon-allow-overlap': true,
        'text-field': ['format', ['get', 'name'], {}, '\n', {}, ['get', 'words'], {}],
        'text-font': FONTS,
        'text-size': px(13),
        'text-anchor': 'top',
        'text-offset': [0, 1.2],
        'text-optional': true,
      },
      paint: text(shade),
    },
  ]
}

function owedLayers(shade: Shades): unknown[] {
  const source = 'live-owed'
  const late = ['>', ['get', 'late'], 0]
  return [
    {
      id: `${source}:disc`,
      type: 'circle',
      source,
      layout: { 'circle-sort-key': ['get', 'late'] },
      paint: {
        'circle-color': ['case', late, token('--plum'), token('--accent')],
        'circle-opacity': 0.85,
        'circle-stroke-color': shade.halo,
        'circle-stroke-width': 1.5,
        'circle-radius': [
          'interpolate',
          ['linear'],
          ['sqrt', ['get', 'count']],
          ...[1, px(7), 4, px(13), 12, px(22)],
        ],
      },
    },
    {
      id: `${source}:number`,
      type: 'symbol',
      source,
      layout: {
        'text-field': ['to-string', ['get', 'count']],
        'text-font': FONTS,
        'text-size': px(11),
        'text-allow-overlap': true,
      },
      paint: { 'text-color': token('--surface') },
    },
  ]
}

/** Areas lie under the names, everything else above all; alarms above everything. */
export const liveUnder = (shade: Shades) => warningLayers(shade) as LayerSpecification[]

export const liveOver = (shade: Shades) =>
  [
    ...typhoonLayers(shade),
    ...marks('live-stations', shade, 11),
    ...owedLayers(shade),
    ...marks('live-surge', shade, 8),
    ...marks('live-incidents', shade, 10),
    ...marks('live-alarms', shade, 10, WORST),
  ] as LayerSpecification[]
