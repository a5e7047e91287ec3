/** Coordinates as other maps write them. Inside everything is CGCS2000 (WGS-84). */
import { msg } from '@/locale'
import type { LonLat } from '../geometry'

export type Datum = 'wgs84' | 'gcj02' | 'bd09'
export const DATUMS: { key: Datum; label: string }[] = [
  { key: 'wgs84', label: msg('CGCS2000（WGS-84）') },
  { key: 'gcj02', label: msg('GCJ-02（高德、腾讯）') },
  { key: 'bd09', label: msg('BD-09（百度）') },
]

const A = 6378245.0
const E2 = 0.00669342162296594323
const { PI, sin, cos, sqrt, abs, atan2 } = Math
/** Outside this box GCJ-02 is WGS-84. */
const inside = ([lon, lat]: LonLat) =>
  lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271

const waves = (x: number) => ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3
function shift([lon, lat]: LonLat): LonLat {
  const x = lon - 105
  const y = lat - 35
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves(x)
  north += ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3
  north += ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3
  let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves(x)
  east += ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3
  east += ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3
  const turn = (lat / 180) * PI
  const part = 1 - E2 * sin(turn) ** 2
  return [
    (east * 180) / ((A / sqrt(part)) * cos(turn) * PI),
    (north * 180) / (((A * (1 - E2)) / (part * sqrt(part))) * PI),
  ]
}

function gcj02(place: LonLat): LonLat {
  if (!inside(place)) return place
  const [east, north] = shift(place)
  return [place[0] + east, place[1] + north]
}

function bd09(place: LonLat): LonLat {
  const [x, y] = gcj02(place)
  const far = sqrt(x * x + y * y) + 0.00002 * sin((y * PI * 3000) / 180)
  const turn = atan2(y, x) + 0.000003 * cos((x * PI * 3000) / 180)
  return [far * cos(turn) + 0.0065, far * sin(turn) + 0.006]
}

export function toDatum(place: LonLat, datum: Datum): LonLat {
  if (datum === 'gcj02') return gcj02(place)
  return datum === 'bd09' ? bd09(place) : place
}

/** Back to our own, by taking off the error until nothing is left of it. */
export function fromDatum(place: LonLat, datum: Datum): LonLat {
  let found = place
  for (let round = 0; round < 6; round += 1) {
    const [lon, lat] = toDatum(found, datum)
    found = [found[0] + place[0] - lon, found[1] + place[1] - lat]
  }
  return found
}
