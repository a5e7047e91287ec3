/** What the plain canvas draws of each layer, and what of it can be pressed. */
import type { Layer } from '@/api/types'
import { named } from '@/locale'
import type { Overlay } from './canvas'
import { bounds, paintShape, project, type Ink, type Sight } from './flat'
import type { LonLat } from './geometry'
import type { FieldSheet } from './live/field'
import { LIVE_ICONS, paintOf } from './live/live-style'
import type { Picked } from './picked'
import { inkOf, tintOf } from './symbols'

export function pickedRows(layer: Layer, rows: GeoJSON.Feature[]): Picked[] {
  return rows.flatMap(({ geometry, properties, id }) => {
    const at = geometry && bounds(geometry)
    if (!at) return []
    return {
      register: layer.register,
      layer: layer.key,
      id: String(id ?? ''),
      name: String(properties?.name ?? ''),
      title: named(layer),
      icon: layer.icon,
      at,
    }
  })
}

export function pickedLive({ layer, data }: Overlay): Picked[] {
  return (data?.features ?? []).flatMap(({ geometry, properties }) => {
    const at = bounds(geometry)
    if (!at) return []
    return {
      register: null,
      layer: layer.key,
      id: properties.id,
      name: properties.name,
      title: named(layer),
      icon: LIVE_ICONS[layer.key] ?? 'thing',
      at,
      live: properties,
    }
  })
}

const EDGE = 10

export function penOf(brush: CanvasRenderingContext2D, sight: Sight, dark: boolean) {
  const shapes = (found: GeoJSON.Feature[], ink: Ink) => {
    for (const { geometry } of found)
      if (geometry && geometry.type !== 'Point') paintShape(brush, sight, geometry, ink)
  }
  function areas({ icon }: Layer, found: GeoJSON.Feature[]): void {
    const ink = dark ? tintOf(icon) : inkOf(icon)
    shapes(found, { fill: `${ink}22`, stroke: ink, width: 1 })
  }
  function overlay({ layer, data }: Overlay): void {
    for (const { geometry, properties } of data?.features ?? []) {
      if (geometry.type === 'Point') continue
      const ink = paintOf(layer.key, properties.level)
      const fill = geometry.type.endsWith('Polygon') ? `${ink}22` : undefined
      paintShape(brush, sight, geometry, { fill, stroke: ink, width: 2 })
    }
  }
  function body({ layer, live, icon }: Picked, x: number, y: number): void {
    if (!live) {
      brush.fillStyle = dark ? tintOf(icon) : inkOf(icon)
      brush.arc(x, y, 3.5, 0, Math.PI * 2)
      return
    }
    brush.fillStyle = paintOf(layer ?? '', live.level, Boolean(live.old))
    if (layer !== 'live-alarms') {
      brush.arc(x, y, 7, 0, Math.PI * 2)
      return
    }
    for (const [right, down] of [
      [0, -9],
      [9, 0],
      [0, 9],
      [-9, 0],
    ] as const)
      // prettier-ignore
      brush.lineTo(x + right, y + down)
    brush.closePath()
  }
  function dot(one: Picked): void {
    if (one.layer === 'live-warnings') return
    const [x, y] = project(sight, one.at)
    if (x < -EDGE || y < -EDGE || x > sight.wide + EDGE || y > sight.high + EDGE) return
    brush.beginPath()
    body(one, x, y)
    brush.fill()
    brush.lineWidth = 1.2
    brush.strokeStyle = dark ? '#10181e' : '#ffffff'
    brush.stroke()
  }
  function ring(place: LonLat, ink: string): void {
    const [x, y] = project(sight, place)
    brush.strokeStyle = ink
    brush.lineWidth = 3
    brush.beginPath()
    brush.arc(x, y, 16, 0, Math.PI * 2)
    brush.stroke()
  }
  /** What is being drawn or asked about: its area, its line, its corners. */
  function sketch(shape: GeoJSON.Geometry, ink: string): void {
    if (shape.type !== 'MultiPoint') {
      const fill = shape.type.endsWith('Polygon') ? `${ink}22` : undefined
      paintShape(brush, sight, shape, { fill, stroke: ink, width: 2 })
      return
    }
    for (const corner of shape.coordinates) {
      const [x, y] = project(sight, corner as LonLat)
      brush.beginPath()
      brush.arc(x, y, 4, 0, Math.PI * 2)
      brush.fillStyle = ink
      brush.fill()
    }
  }
  /** A forecast on a grid; its sheet is even in Mercator, as this map is. */
  function sheet({ sheet: painted, corners }: FieldSheet): void {
    const [west, north] = project(sight, corners[0])
    const [east, south] = project(sight, corners[2])
    brush.globalAlpha = 0.7
    brush.drawImage(painted, west, north, east - west, south - north)
    brush.globalAlpha = 1
  }
  return { shapes, sheet, areas, overlay, dot, ring, sketch }
}
