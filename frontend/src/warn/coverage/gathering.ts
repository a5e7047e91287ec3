/** Villages added up into the parts one goes into next. */
import { padded } from '../board/counting'
import type { CoverageCounts, CoveragePlace } from './shapes'

const SUMMED = ['households', 'reached', 'unreliable', 'unreached', 'unknown'] as const

/** Parts of a place, where most households are missed first. */
export function gathered(
  places: CoveragePlace[],
  digits: number,
  names: ReadonlyMap<string, string>,
): CoveragePlace[] {
  const parts = new Map<string, CoveragePlace>()
  for (const place of places) {
    const code = padded(place.region, digits)
    const held: CoveragePlace = parts.get(code) ?? {
      region: code,
      name: code === place.region ? place.name : (names.get(code) ?? place.name),
      households: 0,
      reached: 0,
      unreliable: 0,
      unreached: 0,
      unknown: 0,
    }
    for (const key of SUMMED) held[key] += place[key]
    parts.set(code, held)
  }
  return [...parts.values()].sort(
    (a, b) => missed(b) - missed(a) || a.region.localeCompare(b.region),
  )
}

const missed = ({ households, reached }: CoverageCounts) => households - reached
