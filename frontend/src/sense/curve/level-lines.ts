/** A stream's levels as lines of its curve. */
import { named } from '@/locale'
import type { Level } from '../levels'
import type { Stream } from '../shapes'
import type { LevelLine } from './option'

/** Kinds whose name says a colour. */
const COLOURED: [RegExp, Level][] = [
  [/red$/, 1],
  [/orange$/, 2],
  [/yellow$/, 3],
  [/blue$/, 4],
]

const levelOf = (kind: string): Level =>
  COLOURED.find(([pattern]) => pattern.test(kind))?.[1] ?? null

/** Rain limits of an hour or more do not lie on the axis of single values. */
const SUMMED = /-\d+h$/

export const levelLinesOf = (stream: Pick<Stream, 'levels'>): LevelLine[] =>
  stream.levels
    .filter(({ kind, in_force }) => in_force !== false && !SUMMED.test(kind))
    .map((one) => ({ label: named(one, 'label'), value: one.value, level: levelOf(one.kind) }))
