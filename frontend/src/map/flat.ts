/** Small mathematics of the plain canvas: web Mercator with tiles of 512, as the map itself has. */
import type { Geometry } from 'geojson'
import { boundsOf, type LonLat } from './geometry'
import type { Picked } from './picked'

export interface Sight {
  center: LonLat
  zoom: number
  wide: number
  high: number
}
const TILE = 512
const REACH = 14
const x = (lon: number) => (lon + 180) / 360
const y = (lat: number) =>
  (1 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / Math.PI) / 2

export function project({ center, zoom, wide, high }: Sight, [lon, lat]: LonLat): LonLat {
  const scale = TILE * 2 ** zoom
  return [wide / 2 + (x(lon) - x(center[0])) * scale, high / 2 + (y(lat) - y(center[1])) * scale]
}

export function unproject({ center, zoom, wide, high }: Sight, left: number, top: number): LonLat {
  const scale = TILE * 2 ** zoom
  const east = x(center[0]) + (left - wide / 2) / scale
  const down = y(center[1]) + (top - high / 2) / scale
  return [east * 360 - 180, (Math.atan(Math.exp(Math.PI * (1 - 2 * down))) * 360) / Math.PI - 90]
}

/** The middle of a shape's box. */
export function bounds(shape: Geometry): LonLat | null {
  const box = 'coordinates' in shape ? boundsOf(shape.coordinates) : null
  return box && [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
}

export interface Ink {
  fill?: string | undefined
  stroke: string
  width: number
}

export function paintShape(
  brush: CanvasRenderingContext2D,
  sight: Sight,
  shape: Geometry,
  ink: Ink,
): void {
  brush.beginPath()
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return
    if (Array.isArray(part[0]) && typeof part[0][0] === 'number') {
      part.forEach((corner, n) => {
        const [left, top] = project(sight, corner as LonLat)
        if (n) brush.lineTo(left, top)
        else brush.moveTo(left, top)
      })
      return
    }
    part.forEach(walk)
  }
  if ('coordinates' in shape) walk(shape.coordinates)
  if (ink.fill) {
    brush.fillStyle = ink.fill
    brush.fill('evenodd')
  }
  brush.lineWidth = ink.width
  brush.strokeStyle = ink.stroke
  brush.stroke()
}

/** What is under a press, the nearest first. */
export function nearest(sight: Sight, among: Picked[], left: number, top: number): Picked[] {
  return among
    .filter(({ layer }) => layer !== 'live-warnings')
    .map((one) => {
      const [x1, y1] = project(sight, one.at)
      return { one, far: Math.hypot(x1 - left, y1 - top) }
    })
    .filter(({ far }) => far < REACH)
    .sort((a, b) => a.far - b.far)
    .slice(0, 30)
    .map(({ one }) => one)
}
