/**
 * Drawing by hand, an area or a way: corners by click, ended by a double click or Enter, left by Esc.
 *
 * What is drawn on is a board: MapLibre's, or a plain canvas.
 */
import type { GeoJSONSource, MapMouseEvent } from 'maplibre-gl'
import { ref, shallowRef } from 'vue'
import type { MapLibre } from './engine'
import { features, polygon, type LonLat } from './geometry'

export type Tool = 'none' | 'polygon' | 'point' | 'line'

export interface Drawn {
  polygon: (shape: GeoJSON.Polygon) => void
  point: (place: LonLat) => void
  line?: (corners: LonLat[]) => void
}

export interface Board {
  show: (shapes: GeoJSON.Geometry[]) => void
  /** A press is a corner from now on, or no more. */
  drawing: (on: boolean) => void
}

function boardOf(map: MapLibre): Board {
  return {
    show: (shapes) => void map.getSource<GeoJSONSource>('asked')?.setData(features(...shapes)),
    drawing: (on) => {
      map.getCanvas().style.cursor = on ? 'crosshair' : ''
      if (on) map.doubleClickZoom.disable()
      else map.doubleClickZoom.enable()
    },
  }
}

export function useDraw(done: Drawn) {
  const tool = ref<Tool>('none')
  const corners = shallowRef<LonLat[]>([])
  let board: Board | null = null
  let pointer: LonLat | null = null

  const show = (...shapes: (GeoJSON.Geometry | null)[]) =>
    board?.show(shapes.filter((shape) => shape !== null))

  function sketch(): void {
    const open = pointer ? [...corners.value, pointer] : corners.value
    const shape = tool.value === 'line' ? null : polygon(open)
    const line: GeoJSON.Geometry | null =
      !shape && open.length > 1 ? { type: 'LineString', coordinates: open } : null
    show(shape, line, { type: 'MultiPoint', coordinates: corners.value })
  }

  function choose(next: Tool): void {
    tool.value = tool.value === next ? 'none' : next
    corners.value = []
    pointer = null
    board?.drawing(tool.value !== 'none')
    if (tool.value !== 'none') show()
  }

  function finish(): void {
    if (tool.value === 'line') {
      const way = corners.value
      if (way.length < 2) return
      choose('none')
      show({ type: 'LineString', coordinates: way })
      done.line?.(way)
      return
    }
    const shape = polygon(corners.value)
    if (tool.value !== 'polygon' || !shape) return
    choose('none')
    show(shape)
    done.polygon(shape)
  }

  /** A corner, or the place asked about. */
  function press(place: LonLat): void {
    if (tool.value === 'point') {
      choose('none')
      done.point(place)
    } else if (tool.value !== 'none') {
      const last = corners.value.at(-1)
      // The second click of a double click falls on the same spot.
      if (last && last[0] === place[0] && last[1] === place[1]) return
      corners.value = [...corners.value, place]
      sketch()
    }
  }

  function hover(place: LonLat): void {
    if (!corners.value.length) return
    pointer = place
    sketch()
  }

  const use = (next: Board) => (board = next)

  function attach(map: MapLibre): void {
    use(boardOf(map))
    const placeOf = ({ lngLat }: MapMouseEvent): LonLat => [lngLat.lng, lngLat.lat]
    map.on('click', (event) => press(placeOf(event)))
    map.on('dblclick', finish)
    map.on('mousemove', (event) => hover(placeOf(event)))
  }

  function undo(): void {
    corners.value = corners.value.slice(0, -1)
    sketch()
  }

  return { tool, corners, choose, finish, undo, attach, use, press, hover, show }
}
