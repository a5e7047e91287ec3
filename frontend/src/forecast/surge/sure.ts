/** Which errors of the past speak for a peak: those of forecasts made as long before. */
import type { Lead } from '../verification/shapes'

const HOUR = 3_600_000

export function leadOf(leads: Lead[], base: string, peakAt: string | null): Lead | null {
  if (!peakAt) return null
  const hours = (Date.parse(peakAt) - Date.parse(base)) / HOUR
  return leads.find(({ from_h, until_h }) => from_h <= hours && hours < until_h) ?? null
}
