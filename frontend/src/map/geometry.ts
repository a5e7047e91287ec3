/** Small geometry for drawing on the map; lengths in metres, degrees WGS-84. */
import type { Feature, FeatureCollection, Polygon } from 'geojson'

export type LonLat = [number, number]
const EARTH = 6371008.8
const rad = (degrees: number) => (degrees * Math.PI) / 180

export function distance([lon1, lat1]: LonLat, [lon2, lat2]: LonLat): number {
  const a =
    Math.sin(rad(lat2 - lat1) / 2) ** 2 +
    Math.cos(rad(lat1)) * Math.cos(rad(lat2)) * Math.sin(rad(lon2 - lon1) / 2) ** 2
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(a)))
}

/** A circle as a polygon of 72 corners, good enough to look at; the server is asked the true circle. */
export function circle([lon, lat]: LonLat, radius: number): Polygon {
  const ring: LonLat[] = []
  const high = (radius / EARTH) * (180 / Math.PI)
  const wide = high / Math.cos(rad(lat))
  for (let step = 0; step <= 72; step += 1) {
    const turn = (step / 72) * 2 * Math.PI
    ring.push([lon + wide * Math.cos(turn), lat + high * Math.sin(turn)])
  }
  return { type: 'Polygon', coordinates: [ring] }
}

/** Closes a line of corners into a polygon; fewer than three corners make none. */
export function polygon(corners: LonLat[]): Polygon | null {
  const first = corners[0]
  if (!first || corners.length < 3) return null
  return { type: 'Polygon', coordinates: [[...corners, first]] }
}

/** Length of a way in metres. */
export const lengthOf = (corners: LonLat[]) =>
  corners.slice(1).reduce((sum, to, n) => sum + distance(corners[n] as LonLat, to), 0)

/** Area in square metres of a ring given by its corners, on the sphere. */
export function areaOf(corners: LonLat[]): number {
  if (corners.length < 3) return 0
  let sum = 0
  corners.forEach(([lon, lat], n) => {
    const [next, high] = corners[(n + 1) % corners.length] as LonLat
    sum += rad(next - lon) * (2 + Math.sin(rad(lat)) + Math.sin(rad(high)))
  })
  return Math.abs((sum * EARTH * EARTH) / 2)
}

export function features(...shapes: (Feature['geometry'] | null)[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: shapes
      .filter((geometry): geometry is Feature['geometry'] => geometry !== null)
      .map((geometry) => ({ type: 'Feature', properties: {}, geometry })),
  }
}

/** West, south, east, north of any coordinates nested in arrays. */
export function boundsOf(nested: unknown): [number, number, number, number] | null {
  let box: [number, number, number, number] | null = null
  const walk = (part: unknown): void => {
    if (!Array.isArray(part)) return
    const [x, y] = part as unknown[]
    if (typeof x === 'number' && typeof y === 'number') {
      box = box
        ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)]
        : [x, y, x, y]
      return
    }
    part.forEach(walk)
  }
  walk(nested)
  return box
}
