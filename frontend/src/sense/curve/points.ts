/** Stored values as a curve draws them: gaps stay gaps, doubtful values stand beside the line. */
import type { Observations } from '../shapes'
import { BAD } from '../value'

export type Point = [time: number, value: number | null]

export interface Doubt {
  time: number
  value: number
  flags: number
}

export interface Curve {
  /** The line; a null breaks it. */
  line: Point[]
  /** Of buckets: lowest and highest in each. */
  band: { time: number; low: number; high: number }[]
  /** Values that no rule believes. */
  doubts: Doubt[]
  /** Seconds of a bucket; null: single values. */
  every: number | null
  /** How many values stand behind it. */
  n: number
}

/** A silence longer than this many intervals is drawn as a gap. */
const GAP = 2.5

function push(line: Point[], time: number, value: number, reach: number): void {
  const before = line.at(-1)
  if (before && reach > 0 && time - before[0] > reach) line.push([before[0] + 1, null])
  line.push([time, value])
}

function singles({ columns }: Observations, intervalS: number | null): Curve {
  const { time = [], value = [], flags = [] } = columns
  const curve: Curve = { line: [], band: [], doubts: [], every: null, n: time.length }
  const reach = (intervalS ?? 0) * 1000 * GAP
  for (let at = 0; at < time.length; at += 1) {
    const when = time[at]
    const measured = value[at]
    if (when === null || when === undefined || measured === null || measured === undefined) continue
    const bits = flags[at] ?? 0
    if (bits & BAD) curve.doubts.push({ time: when, value: measured, flags: bits })
    else push(curve.line, when, measured, reach)
  }
  return curve
}

type Column = (number | null)[]

function pushBucket(curve: Curve, columns: Observations['columns'], at: number, way: Way): void {
  const known = (column: Column | undefined) => column?.[at] ?? null
  const start = known(columns.time)
  const middle = known(columns.mean)
  const count = known(columns.n)
  if (start === null || middle === null || !count) return
  const when = start + way.wide / 2
  curve.n += count
  push(curve.line, when, way.summed ? middle * count : middle, way.wide * 1.5)
  curve.band.push({
    time: when,
    low: known(columns.min) ?? middle,
    high: known(columns.max) ?? middle,
  })
}

interface Way {
  /** Milliseconds of a bucket. */
  wide: number
  summed: boolean
}

function buckets({ columns, every }: Observations, summed: boolean): Curve {
  const curve: Curve = { line: [], band: [], doubts: [], every, n: 0 }
  const way = { wide: (every ?? 0) * 1000, summed }
  const many = columns.time?.length ?? 0
  for (let at = 0; at < many; at += 1) pushBucket(curve, columns, at, way)
  return curve
}

/** `summed`: a quantity that adds up (rain): a bucket is its sum. */
export const curveOf = (told: Observations, intervalS: number | null, summed: boolean): Curve =>
  told.every ? buckets(told, summed) : singles(told, intervalS)

/** How a rule looks at a stream: the total over a window, the change within it, or less another. */
export interface Lens {
  kind: 'sum' | 'rate' | 'less'
  /** Of what is taken away: values further apart in time are not compared. */
  windowMs: number
}

/** One curve less another: at each time the newest of the other that is not too far. */
export function less(curve: Curve, other: Curve, apartMs: number): Curve {
  const known = other.line.filter((point): point is [number, number] => point[1] !== null)
  const line: Point[] = []
  let at = -1
  for (const [time, value] of curve.line) {
    while ((known[at + 1]?.[0] ?? Infinity) <= time) at += 1
    const [when, taken] = known[at] ?? [-Infinity, 0]
    line.push([time, value === null || time - when > apartMs ? null : value - taken])
  }
  return { ...curve, line, band: [] }
}

/** The figure a rule judges at each time, from the values it is made of. */
export function through(curve: Curve, { kind, windowMs }: Lens): Curve {
  const line: Point[] = []
  const known = curve.line.filter((point): point is [number, number] => point[1] !== null)
  let first = 0
  let total = 0
  for (const [time, value] of known) {
    total += value
    while ((known[first]?.[0] ?? time) <= time - windowMs) {
      total -= known[first]?.[1] ?? 0
      first += 1
    }
    const oldest = known[first]?.[1] ?? value
    line.push([time, kind === 'sum' ? Math.max(total, 0) : value - oldest])
  }
  return { ...curve, line, band: [] }
}

export interface Extent {
  low: number
  high: number
}

/** The range a curve's axis shows; levels within reach belong to it, far ones do not flatten it. */
export function extentOf(curves: Curve[], levels: number[], least: number): Extent | null {
  let low = Infinity
  let high = -Infinity
  for (const { line, band } of curves) {
    for (const [, value] of line) {
      if (value === null) continue
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
    for (const one of band) {
      low = Math.min(low, one.low)
      high = Math.max(high, one.high)
    }
  }
  if (low > high) {
    if (!levels.length) return null
    low = Math.min(...levels)
    high = Math.max(...levels)
  }
  const reach = Math.max((high - low) * 3, least * 10)
  const [bottom, top] = [low, high]
  for (const level of levels) {
    if (level > top && level - top <= reach) high = Math.max(high, level)
    if (level < bottom && bottom - level <= reach) low = Math.min(low, level)
  }
  const air = Math.max((high - low) * 0.08, least)
  // The name of a level is written above its line.
  const above = high > top ? 2 : 1
  return { low: low - air, high: high + air * above }
}
