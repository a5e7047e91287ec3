/** Fetches a curve: single values while there are few enough to draw, buckets beyond. */
import { api } from '@/api/client'
import type { Observations, Stream } from '../shapes'
import { curveOf, type Curve } from './points'

/** More points than pixels tell nobody more. */
const MOST = 3000
const STEPS = [60, 300, 600, 1800, 3600, 3 * 3600, 6 * 3600, 86_400]

export interface Period {
  from: number
  to: number
}

/** Seconds of a bucket for a period; null: single values. */
export function everyFor({ from, to }: Period, intervalS: number | null): number | null {
  const seconds = (to - from) / 1000
  const step = intervalS || 60
  if (seconds / step <= MOST) return null
  const least = seconds / 1200
  return STEPS.find((one) => one >= least && one >= step) ?? 86_400
}

export async function loadCurve(
  stream: Pick<Stream, 'code' | 'interval_s' | 'kind'>,
  period: Period,
  signal?: AbortSignal,
): Promise<Curve> {
  const every = everyFor(period, stream.interval_s)
  const told = await api.get<Observations>(
    `/sense/streams/${encodeURIComponent(stream.code)}/observations`,
    {
      from: new Date(period.from).toISOString(),
      to: new Date(period.to).toISOString(),
      every: every ?? undefined,
      columns: true,
    },
    signal,
  )
  return curveOf(told, stream.interval_s, stream.kind === 'sum')
}
