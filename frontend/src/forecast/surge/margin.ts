/** How a forecast peak stands to the levels of its station. */
import { named } from '@/locale'
import type { StationRow } from '../places'

export interface Margin {
  label: string
  /** Still to go, in the unit; negative: over it by so much. */
  distance: number
}

/** To the next level above the peak; over the highest when it is passed; null: not known. */
export function marginOf({ peak, levels }: Pick<StationRow, 'peak' | 'levels'>): Margin | null {
  if (peak === null || !levels.length) return null
  const rising = [...levels].sort((a, b) => a.value - b.value)
  const next = rising.find(({ value }) => value > peak) ?? rising.at(-1)
  return next ? { label: named(next, 'label'), distance: next.value - peak } : null
}
