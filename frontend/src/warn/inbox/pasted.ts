/** What was recognised in a pasted text, what an officer has confirmed of it. */
import type { Place } from '../shapes'

export type Sureness = 'sure' | 'likely' | 'doubtful'

export interface FoundField {
  field: string
  start: number
  end: number
  confidence: Sureness
}

/** The values an officer confirms; null and "" are "not said". */
export interface Confirmed {
  station: string
  sent_at: string | null
  hazard: string
  level: number | null
  action: string
  expires_at: string | null
  regions: Place[]
}

export interface RecognisedItem extends Confirmed {
  text: string
  /** The characters of the pasted text that belong to it. */
  start: number
  end: number
  headline: string
  fields: FoundField[]
  /** What a warning must have and the text does not say. */
  missing: string[]
  /** Names of places that could be several, or none of ours. */
  doubtful_regions: string[]
}

export const saidOf = (item: RecognisedItem): Confirmed => ({
  station: item.station,
  sent_at: item.sent_at,
  hazard: item.hazard,
  level: item.level,
  action: item.action,
  expires_at: item.expires_at,
  regions: item.regions,
})

export interface Piece {
  text: string
  field: string
  confidence: Sureness | ''
}

/** Cuts the text at what was found; where two overlap the first one begun holds. */
export function pieces(text: string, fields: FoundField[]): Piece[] {
  const found: Piece[] = []
  let at = 0
  for (const one of [...fields].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (one.end <= one.start || one.start < at) continue
    if (one.start > at) found.push({ text: text.slice(at, one.start), field: '', confidence: '' })
    found.push({
      text: text.slice(one.start, one.end),
      field: one.field,
      confidence: one.confidence,
    })
    at = one.end
  }
  if (at < text.length) found.push({ text: text.slice(at), field: '', confidence: '' })
  return found
}

const WORST: Record<Sureness, number> = { doubtful: 0, likely: 1, sure: 2 }

/** How surely a field is known: by its least sure finding; missing is doubtful. */
export function surenessOf(item: RecognisedItem, field: string): Sureness | 'missing' {
  if (item.missing.includes(field)) return 'missing'
  if (field === 'region' && item.doubtful_regions.length) return 'doubtful'
  const found = item.fields.filter((one) => one.field === field)
  if (!found.length) return 'missing'
  return found.reduce<Sureness>(
    (worst, { confidence }) => (WORST[confidence] < WORST[worst] ? confidence : worst),
    'sure',
  )
}

/** Fields as the reader names them -> as a message holds them. */
export const FIELDS: { field: string; key: keyof Confirmed }[] = [
  { field: 'station', key: 'station' },
  { field: 'sent', key: 'sent_at' },
  { field: 'event', key: 'hazard' },
  { field: 'level', key: 'level' },
  { field: 'action', key: 'action' },
  { field: 'expires', key: 'expires_at' },
  { field: 'region', key: 'regions' },
]
/** What may stay unsaid. */
export const OPTIONAL = new Set(['expires', 'region', 'level'])

/** Fields that a person has to look at before the message is taken. */
export const unsure = (item: RecognisedItem): string[] =>
  FIELDS.map(({ field }) => field).filter((field) => {
    const sureness = surenessOf(item, field)
    return sureness !== 'sure' && !(sureness === 'missing' && OPTIONAL.has(field))
  })
