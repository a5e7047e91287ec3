/** Adding up the places of a board: villages into townships; what a bar and a percentage show. */
import type { Counts, PlaceCounts, Standing } from './shapes'

export interface RegionCounts {
  code: string
  name: string
  counts: Counts
}

const STANDINGS: Standing[] = ['vacant', 'silent', 'delivered', 'answered', 'reported']
/** Digits that tell a township apart, and a village. */
export const TOWN = 9
export const VILLAGE = 12
/** As stored: a village code filled up with zeros. */
const WHOLE = 12

const NONE = (): Counts => ({
  called: 0,
  delivered: 0,
  answered: 0,
  reported: 0,
  silent: 0,
  vacant: 0,
  need_help: 0,
  on_behalf: 0,
  standings: { vacant: 0, silent: 0, delivered: 0, answered: 0, reported: 0 },
  answer_rate: null,
  in_time_rate: null,
  mean_answer_s: null,
})
const SUMMED = [
  'called',
  'delivered',
  'answered',
  'reported',
  'silent',
  'vacant',
  'need_help',
  'on_behalf',
] as const

/** Adds counts; rates and means of a sum are not the sum of theirs and stay unknown. */
export function summed(parts: Counts[]): Counts {
  const whole = NONE()
  for (const part of parts) {
    for (const key of SUMMED) whole[key] += part[key]
    for (const key of STANDINGS) whole.standings[key] += part.standings[key]
  }
  whole.answer_rate = whole.called ? whole.answered / whole.called : null
  return whole
}

export const padded = (code: string, digits: number) => code.slice(0, digits).padEnd(WHOLE, '0')
/** Whether a region is another or lies in it: codes are filled up with zeros from the right. */
export const inside = (code: string, whole: string) =>
  code.startsWith(whole.replace(/0+$/, '')) && code !== ''
/** A county ends in six zeros, a township in three, a village in none. */
export const isTown = (code: string) => code.length >= WHOLE && !/^\d{6}0{6}/.test(code)

/**
 * The parts of a board: of a county its townships, of a township its villages. A part holds its own
 * posts and those of everything in it; `names` fills in where a part has no posts of its own.
 */
export function partsOf(
  places: PlaceCounts[],
  digits: number,
  names: ReadonlyMap<string, string> = new Map(),
): RegionCounts[] {
  const groups = new Map<string, PlaceCounts[]>()
  for (const place of places) {
    // Posts above the parts (the county's own leaders) belong to none of them.
    if (padded(place.region, digits) === padded(place.region, digits - 3)) continue
    const code = padded(place.region, digits)
    const held = groups.get(code)
    if (held) held.push(place)
    else groups.set(code, [place])
  }
  return [...groups]
    .map(([code, held]) => ({
      code,
      name: held.find(({ region }) => region === code)?.name ?? names.get(code) ?? code,
      counts: summed(held),
    }))
    .sort((a, b) => a.code.localeCompare(b.code))
}

/** Where somebody is needed most first; those that are done keep the order of their codes. */
export const neediest = (regions: RegionCounts[]): RegionCounts[] =>
  [...regions].sort(
    (a, b) =>
      b.counts.need_help - a.counts.need_help ||
      b.counts.silent - a.counts.silent ||
      a.code.localeCompare(b.code),
  )

export const isDone = ({ called, answered }: Counts) => called > 0 && answered >= called

/** Share of the called that answered, in whole percent, never rounded up to 100. */
export const shareOf = ({ called, answered }: { called: number; answered: number }) =>
  called ? Math.floor((100 * answered) / called) : null

export const percent = (share: number | null) =>
  share === null ? '—' : `${Math.floor(share * 100)}%`
