/** Stations on the map: a disc by what they are doing, the drawing of their kind, the last value. */
import type { Map as MapLibre } from 'maplibre-gl'
import { drawing } from '@/design/icons'
import { ago } from '@/locale/figures'
import { FONTS, type Shades } from '@/map/base-style'
import { px, SCALE } from '@/map/scale'
import { levelInk, type Level } from '../levels'
import type { Standing, StationMark } from '../shapes'
import { isOld, standingPaint } from '../standing'
import { measured } from '../value'

const SIZE = 30
const RATIO = 2
/** A wall draws everything larger and shows more land besides: it gets as near that much later. */
const LATER = Math.log2(SCALE)
/** Below this zoom stations are dots. */
const NEAR = 10 + LATER
/** Values are written from here on. */
const VALUED = 11 + LATER
const NAMED = 12.5 + LATER
const CLOSE = 13 + LATER

export const markOf = (kind: string, standing: Standing, level: Level) =>
  `mark:${kind}:${standing}:${level ?? 0}`

const token = (name: string) =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** Filled: it speaks. Hollow: it does not, and the ring says why not. */
const HOLLOW = new Set<Standing>(['silent', 'none', 'maintenance'])

function disc(brush: CanvasRenderingContext2D, standing: Standing, paint: string): string {
  const ink = standing === 'normal' ? token('--accent-ink') : token('--surface')
  brush.beginPath()
  if (standing === 'alarm') {
    // A diamond: the shape says it too.
    brush.moveTo(SIZE / 2, 1)
    brush.lineTo(SIZE - 1, SIZE / 2)
    brush.lineTo(SIZE / 2, SIZE - 1)
    brush.lineTo(1, SIZE / 2)
    brush.closePath()
  } else brush.arc(SIZE / 2, SIZE / 2, SIZE / 2 - 3, 0, Math.PI * 2)
  if (HOLLOW.has(standing)) {
    brush.fillStyle = token('--surface')
    brush.fill()
    brush.setLineDash(standing === 'none' ? [2.5, 2.5] : [])
    brush.lineWidth = 2.4
    brush.strokeStyle = paint
    brush.stroke()
    brush.setLineDash([])
    return paint
  }
  brush.fillStyle = paint
  brush.fill()
  brush.lineWidth = 1.6
  brush.strokeStyle = token('--surface')
  brush.stroke()
  return ink
}

function draw(kind: string, standing: Standing, level: Level): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = SIZE * RATIO
  const brush = canvas.getContext('2d') as CanvasRenderingContext2D
  brush.scale(RATIO, RATIO)
  const ink = disc(brush, standing, standingPaint(standing, level))
  const side = standing === 'alarm' ? 14 : 16
  brush.translate(SIZE / 2 - side / 2, SIZE / 2 - side / 2)
  brush.scale(side / 24, side / 24)
  brush.lineWidth = 2.2
  brush.lineCap = brush.lineJoin = 'round'
  brush.strokeStyle = standing === 'alarm' && level ? levelInk(level) : ink
  brush.stroke(new Path2D(drawing(kind) || drawing('station')))
  return brush.getImageData(0, 0, canvas.width, canvas.height)
}

/** Draws the marks that are needed; `afresh` after the palette changed. */
export function addMarks(map: MapLibre, stations: StationMark[], afresh: boolean): void {
  for (const { kind, standing, level } of stations) {
    const name = markOf(kind, standing, level)
    if (map.hasImage(name)) {
      if (!afresh) continue
      map.removeImage(name)
    }
    map.addImage(name, draw(kind, standing, level), { pixelRatio: RATIO })
  }
}

const WEIGHT: Record<Standing, number> = {
  alarm: 0,
  silent: 2,
  maintenance: 3,
  normal: 4,
  stale: 5,
  none: 6,
}

/** The last value; one that is not of now says how old it is. */
function wordsOf({ last }: StationMark, old: boolean): string {
  if (!last) return ''
  const text = measured(last.value, last.unit, last.decimals)
  return old && last.time ? `${text} · ${ago(last.time)}` : text
}

/** For the map's source; the worst lie on top and keep their words. */
export function placed(stations: StationMark[]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: stations.flatMap((one) => {
      if (one.lon === null || one.lat === null) return []
      const old = isOld({ standing: one.standing, old: one.last?.old })
      return {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [one.lon, one.lat] },
        properties: {
          id: one.id,
          name: one.name,
          mark: markOf(one.kind, one.standing, one.level),
          colour: standingPaint(one.standing, one.level),
          weight: WEIGHT[one.standing] * 10 + (one.level ?? 5),
          loud: one.standing === 'alarm',
          old,
          words: wordsOf(one, old),
        },
      }
    }),
  }
}

const SMALL = { 'font-scale': 0.86 }
const QUIET = ['!', ['get', 'loud']]

export function stationLayers(shade: Shades): unknown[] {
  return [
    {
      id: 'stations-dot',
      type: 'circle',
      source: 'stations',
      maxzoom: NEAR,
      filter: QUIET,
      layout: { 'circle-sort-key': ['-', 0, ['get', 'weight']] },
      paint: {
        'circle-color': ['get', 'colour'],
        'circle-stroke-color': shade.halo,
        'circle-stroke-width': 1,
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 7, px(2.4), NEAR, px(4)],
      },
    },
    {
      id: 'stations-mark',
      type: 'symbol',
      source: 'stations',
      minzoom: NEAR,
      filter: QUIET,
      layout: {
        'symbol-sort-key': ['get', 'weight'],
        'symbol-z-order': 'source',
        'icon-image': ['get', 'mark'],
        'icon-size': ['interpolate', ['linear'], ['zoom'], NEAR, px(0.62), CLOSE, px(0.95)],
        'icon-allow-overlap': true,
        'icon-ignore-placement': false,
        'icon-padding': 0,
      },
    },
    {
      id: 'stations-words',
      type: 'symbol',
      source: 'stations',
      minzoom: VALUED,
      filter: QUIET,
      layout: {
        'symbol-sort-key': ['get', 'weight'],
        'text-font': FONTS,
        'text-field': [
          'step',
          ['zoom'],
          ['get', 'words'],
          NAMED,
          ['format', ['get', 'words'], { 'font-scale': 1 }, '\n', {}, ['get', 'name'], SMALL],
        ],
        'text-size': px(12),
        'text-offset': [0, 1.25],
        'text-anchor': 'top',
        'text-max-width': 12,
        'text-optional': true,
      },
      paint: {
        'text-color': ['case', ['get', 'old'], shade.soft, shade.text],
        'text-halo-color': shade.halo,
        'text-halo-width': 1.6,
      },
    },
    // What is in alarm is told from afar: the mark, the value and where it is.
    {
      id: 'stations-loud',
      type: 'symbol',
      source: 'stations',
      filter: ['get', 'loud'],
      layout: {
        'symbol-sort-key': ['get', 'weight'],
        'symbol-z-order': 'source',
        'icon-image': ['get', 'mark'],
        'icon-size': [
          'interpolate',
          ['linear'],
          ['zoom'],
          7,
          px(0.6),
          NEAR,
          px(0.85),
          CLOSE,
          px(1.15),
        ],
        'icon-allow-overlap': true,
        'icon-padding': 0,
        'text-field': ['format', ['get', 'words'], {}, '\n', {}, ['get', 'name'], SMALL],
        'text-font': FONTS,
        'text-size': px(13),
        // Several beside each other each find room for their words.
        'text-variable-anchor': ['top', 'bottom', 'right', 'left'],
        'text-radial-offset': 1.1,
        'text-justify': 'auto',
        'text-max-width': 12,
        'text-optional': true,
      },
      paint: {
        'text-color': shade.text,
        'text-halo-color': shade.halo,
        'text-halo-width': 1.8,
      },
    },
  ]
}
