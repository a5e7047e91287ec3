/** Which messages come first: what waits for us, of these the worst, of these the newest. */
import { levelRank } from '@/sense/levels'
import type { Received } from '../shapes'

export type Part = 'waiting' | 'standing' | 'over'
export interface Section {
  part: Part
  items: Received[]
}

/** Where a message stands on the page: what we passed on stays while its calls are under way. */
export function partOf(one: Received, underWay: (alert: string | null) => boolean): Part {
  if (one.handling === 'waiting') return 'waiting'
  return one.state === 'standing' || underWay(one.alert) ? 'standing' : 'over'
}

export function worstFirst(items: Received[]): Received[] {
  return [...items].sort(
    (a, b) => levelRank(a.level) - levelRank(b.level) || b.received_at.localeCompare(a.received_at),
  )
}
export const newestFirst = (items: Received[]): Received[] =>
  [...items].sort((a, b) => b.received_at.localeCompare(a.received_at))

/** What waits and what stands by how bad it is, what is over by time; empty parts left out. */
export function sections(
  items: Received[],
  underWay: (alert: string | null) => boolean,
): Section[] {
  const held: Record<Part, Received[]> = { waiting: [], standing: [], over: [] }
  for (const one of items) held[partOf(one, underWay)].push(one)
  return (
    [
      { part: 'waiting', items: worstFirst(held.waiting) },
      { part: 'standing', items: worstFirst(held.standing) },
      { part: 'over', items: newestFirst(held.over) },
    ] satisfies Section[]
  ).filter((section) => section.items.length)
}

/** The server says who may do what with it now. */
export const may = (one: Received | null, verb: 'relay' | 'heed' | 'dismiss') =>
  one?.verbs.includes(verb) ?? false
