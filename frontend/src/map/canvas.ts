/** What a map can be told to do, with WebGL2 or without. */
import type { Tool } from './draw'
import type { Area } from './exposure'
import type { LonLat } from './geometry'
import type { LiveData, LiveLayer } from './live/shapes'
import type { Picked } from './picked'

export interface Overlay {
  layer: LiveLayer
  data: LiveData | null
}

export interface Canvas {
  choose: (tool: Tool) => void
  finish: () => void
  /** Puts a corner in the middle of the window: drawing without a mouse. */
  press: () => void
  /** The keyboard moves the map. */
  focus: () => void
  flyTo: (place: LonLat, zoom?: number) => void
  jumpTo: (center: LonLat, zoom: number) => void
  home: () => void
  mark: (place: LonLat | null) => void
  showArea: (area: Area | null) => void
  /** Draws a shape as what is asked about. */
  sketch: (shape: GeoJSON.Geometry | null) => void
  /** What of the shown layers lies in the window. */
  seen: () => Picked[]
  /** What is drawn, as an image's address. */
  picture: () => Promise<string>
  corners: () => [number, number, number, number] | null
}
