/**
 * What moves, drawn over the map as SVG: the map itself rests while a storm is played. Given to the
 * map as a source it made every frame lay tiles and names anew.
 */
import type { Feature, FeatureCollection, Position } from 'geojson'
import type { MapLibre } from '@/map/engine'
import { px } from '@/map/scale'

const SVG = 'http://www.w3.org/2000/svg'

function shape(name: string, attributes: Record<string, string | number>): SVGElement {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value))
  return made
}

export interface Overlay {
  draw: (found: FeatureCollection) => void
}

/** Lays the sheet over a map; it follows when the map is moved. */
export function overlayOn(map: MapLibre, box: HTMLElement): Overlay {
  const sheet = document.createElementNS(SVG, 'svg')
  sheet.setAttribute('aria-hidden', 'true')
  sheet.style.cssText =
    'position:absolute;inset:0;width:100%;height:100%;pointer-events:none;overflow:hidden'
  box.append(sheet)
  let shown: FeatureCollection | null = null
  const draw = (found: FeatureCollection) => {
    shown = found
    sheet.replaceChildren(...found.features.map((one) => drawn(map, one)))
  }
  map.on('move', () => shown && draw(shown))
  return { draw }
}

function drawn(map: MapLibre, { geometry, properties }: Feature): SVGElement {
  if (geometry.type === 'Polygon') {
    const d = (geometry.coordinates[0] ?? []).map((corner) => place(map, corner).join(' '))
    return shape('path', {
      d: `M${d.join('L')}Z`,
      fill: 'var(--curve-2)',
      'fill-opacity': 0.12 + 0.1 * Number(properties?.force ?? 0),
      stroke: 'var(--curve-2)',
      'stroke-width': px(1.2),
    })
  }
  const [x, y] = place(map, geometry.type === 'Point' ? geometry.coordinates : [0, 0])
  return shape('circle', {
    cx: x,
    cy: y,
    r: px(8),
    fill: String(properties?.hue ?? 'var(--ink)'),
    stroke: 'var(--surface)',
    'stroke-width': px(2.5),
  })
}

function place(map: MapLibre, [lon = 0, lat = 0]: Position): [number, number] {
  const { x, y } = map.project([lon, lat])
  return [Math.round(x * 10) / 10, Math.round(y * 10) / 10]
}
