/** Drawing by hand, an area or a way: corners by click, ended by a double click or Enter, left by Esc. */
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

export function useDraw(done: Drawn) {
  const tool = ref<Tool>('none')
  const corners = shallowRef<LonLat[]>([])
  let map: MapLibre | null = null
  let pointer: LonLat | null = null

  const show = (...shapes: (GeoJSON.Geometry | null)[]) =>
    map?.getSource<GeoJSONSource>('asked')?.setData(features(...shapes))

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
    if (!map) return
    map.getCanvas().style.cursor = tool.value === 'none' ? '' : 'crosshair'
    if (tool.value === 'none') map.doubleClickZoom.enable()
    else map.doubleClickZoom.disable()
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

  function onClick(event: MapMouseEvent): void {
    const place: LonLat = [event.lngLat.lng, event.lngLat.lat]
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

  function attach(to: MapLibre): void {
    map = to
    to.on('click', onClick)
    to.on('dblclick', finish)
    to.on('mousemove', (event) => {
      if (!corners.value.length) return
      pointer = [event.lngLat.lng, event.lngLat.lat]
      sketch()
    })
  }

  function undo(): void {
    corners.value = corners.value.slice(0, -1)
    sketch()
  }

  return { tool, corners, choose, finish, undo, attach, show }
}
