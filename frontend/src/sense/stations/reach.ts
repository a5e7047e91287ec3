/** How far a stream's value still is from its levels. */
import type { Stream, StreamLevel } from '../shapes'
import { isOld } from '../standing'
import { BAD } from '../value'

/** Limits of what falls in hours are held against sums, not against single values. */
const SUMMED = /-\d+h$/

/** Still to go, negative beyond; null: not known, or not held against single values. */
export function leftOf(stream: Stream, level: StreamLevel): number | null {
  const value = stream.last?.value
  if (value === null || value === undefined || SUMMED.test(level.kind)) return null
  if (isOld(stream) || (stream.last?.flags ?? 0) & BAD) return null
  return level.rising === false ? value - level.value : level.value - value
}

/** Beyond a level in force. */
export const isBeyond = (stream: Stream): boolean =>
  stream.levels.some((level) => {
    const left = level.in_force === false ? null : leftOf(stream, level)
    return left !== null && left <= 0
  })

/** What wants to be seen first: in alarm, beyond a level, then as the station lists them. */
export function byUrgency(streams: Stream[]): Stream[] {
  const rank = (one: Stream) =>
    one.standing === 'alarm'
      ? (one.level ?? 5)
      : isBeyond(one)
        ? 6
        : one.standing === 'normal'
          ? 8
          : 7
  return [...streams].sort((a, b) => rank(a) - rank(b))
}
