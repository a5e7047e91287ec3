/** A storm's way as numbers: where it is at a moment, how near it comes, when its wind arrives. */
import type { Polygon } from 'geojson'
import { distance, type LonLat } from '@/map/geometry'
import type { Position, Quadrants } from './shapes'

const HOUR = 3_600_000
/** Positions farther apart are not joined: nobody told what lies between. */
const GAP = 24 * HOUR
const EARTH_KM = 6371.0088

export interface Here {
  lon: number
  lat: number
  wind: number | null
  pressure: number | null
  radii: Quadrants[]
}

/** A way with its moments read once; playing asks for every frame. */
export interface Way {
  times: number[]
  points: Position[]
}
export const wayOf = (points: Position[]): Way => ({
  times: points.map(({ time }) => Date.parse(time)),
  points,
})

const between = (a: number | null, b: number | null, share: number) =>
  a === null || b === null ? null : a + (b - a) * share

/** Where the centre is, straight from one position to the next; null outside and in gaps. */
export function at(way: Way, time: number): Here | null {
  const { times, points } = way
  const last = times.length - 1
  if (last < 0 || time < (times[0] as number) || time > (times[last] as number)) return null
  let low = 0
  let high = last
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((times[middle] as number) <= time) low = middle
    else high = middle
  }
  const [from, to] = [points[low] as Position, points[high] as Position]
  const long = (times[high] as number) - (times[low] as number)
  if (long > GAP && time !== times[low] && time !== times[high]) return null
  const share = long ? (time - (times[low] as number)) / long : 0
  return {
    lon: from.lon + (to.lon - from.lon) * share,
    lat: from.lat + (to.lat - from.lat) * share,
    wind: between(from.wind, to.wind, share),
    pressure: between(from.pressure, to.pressure, share),
    radii: from.radii.map((row, force) =>
      row.map((one, side) => between(one, to.radii[force]?.[side] ?? null, share)),
    ),
  }
}

/** Which quadrant a bearing lies in: 0 north-east, 1 south-east, 2 south-west, 3 north-west. */
const quadrantOf = (bearing: number) => Math.floor((((bearing % 360) + 360) % 360) / 90)

/** Degrees clockwise from north, from one place to another. */
export function bearing([lon1, lat1]: LonLat, [lon2, lat2]: LonLat): number {
  const rad = Math.PI / 180
  const turn = (lon2 - lon1) * rad
  const y = Math.sin(turn) * Math.cos(lat2 * rad)
  const x =
    Math.cos(lat1 * rad) * Math.sin(lat2 * rad) -
    Math.sin(lat1 * rad) * Math.cos(lat2 * rad) * Math.cos(turn)
  return (((Math.atan2(y, x) / rad) % 360) + 360) % 360
}

function reach([lon, lat]: LonLat, turn: number, km: number): LonLat {
  const rad = Math.PI / 180
  const arc = km / EARTH_KM
  const [phi, theta] = [lat * rad, turn * rad]
  const up = Math.asin(
    Math.sin(phi) * Math.cos(arc) + Math.cos(phi) * Math.sin(arc) * Math.cos(theta),
  )
  const across = Math.atan2(
    Math.sin(theta) * Math.sin(arc) * Math.cos(phi),
    Math.cos(arc) - Math.sin(phi) * Math.sin(up),
  )
  return [lon + across / rad, up / rad]
}

/** A wind circle of four quarters, each as far as it is told; null when no quarter is. */
export function windCircle(centre: LonLat, radii: Quadrants | undefined): Polygon | null {
  if (!radii?.some((one) => one !== null && one > 0)) return null
  const ring: LonLat[] = []
  radii.forEach((km, quarter) => {
    if (km === null || km <= 0) {
      ring.push(centre)
      return
    }
    for (let step = 0; step <= 15; step += 1) {
      ring.push(reach(centre, quarter * 90 + step * 6, km))
    }
  })
  return { type: 'Polygon', coordinates: [[...ring, ring[0] as LonLat]] }
}

export interface Nearest {
  time: number
  km: number
  here: Here
}

/** When a way passes nearest to a place from a moment on, to ten minutes. */
export function nearest(way: Way, place: LonLat, since: number): Nearest | null {
  const begin = Math.max(since, way.times[0] ?? Infinity)
  const end = way.times[way.times.length - 1] ?? -Infinity
  let best: Nearest | null = null
  for (let time = begin; time <= end; time += HOUR / 6) {
    const here = at(way, time)
    if (!here) continue
    const km = distance([here.lon, here.lat], place) / 1000
    if (!best || km < best.km) best = { time, km, here }
  }
  return best
}

/** When a place comes into the circle of force 7 (0), 10 (1) or 12 (2); null if never or not told. */
export function reached(way: Way, place: LonLat, force: number, since: number): number | null {
  const end = way.times[way.times.length - 1] ?? -Infinity
  for (let time = Math.max(since, way.times[0] ?? Infinity); time <= end; time += HOUR / 6) {
    const here = at(way, time)
    if (!here) continue
    const centre: LonLat = [here.lon, here.lat]
    const radius = here.radii[force]?.[quadrantOf(bearing(centre, place))]
    if (radius && distance(centre, place) / 1000 <= radius) return time
  }
  return null
}

/** How the centre moves at a moment: km/h and degrees clockwise from north. */
export function motion(way: Way, time: number): { speed: number; towards: number } | null {
  const before = at(way, time - 3 * HOUR)
  const after = at(way, time)
  if (!before || !after) return null
  const from: LonLat = [before.lon, before.lat]
  const to: LonLat = [after.lon, after.lat]
  return { speed: distance(from, to) / 3000, towards: bearing(from, to) }
}
