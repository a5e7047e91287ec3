/** A forecast's series as a curve draws them: what is not known is a gap. */
import type { Curve, Point } from '@/sense/curve/points'
import { named } from '@/locale'
import type { Drawn } from '@/sense/curve/option'
import type { SeriesRow } from './places'

export function curveFrom(start: number, stepMs: number, values: (number | null)[]): Curve {
  const line = values.map((value, n): Point => [start + n * stepMs, value])
  const n = values.filter((value) => value !== null).length
  return { line, band: [], doubts: [], every: stepMs / 1000, n }
}

const UNITS: Record<string, string> = { 'm3/s': 'm³/s' }
export const unitOf = (unit: string) => UNITS[unit] ?? unit

export const drawnOf = (one: SeriesRow, summed = false): Drawn => ({
  label: named(one, 'label'),
  unit: unitOf(one.unit),
  decimals: one.unit === 'm' ? 2 : 1,
  curve: curveFrom(Date.parse(one.start), one.step_s * 1000, one.values),
  summed,
  told: 'forecast',
})
