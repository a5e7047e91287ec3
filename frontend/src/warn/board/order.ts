/** Which posts are shown and in which order: who needs help, who climbed highest, who is missing. */
import type { Board, PostRow } from './shapes'

export type Pick = 'silent' | 'help' | 'vacant' | 'answered' | 'all'

export const isAnswered = (row: PostRow) => row.answered_at !== null
export const isSilent = (row: PostRow) => !isAnswered(row)
export const needsHelp = (row: PostRow) => row.said === 'need-help'

const PICKS: Record<Pick, (row: PostRow) => boolean> = {
  silent: isSilent,
  help: needsHelp,
  vacant: (row) => isSilent(row) && row.vacant,
  answered: isAnswered,
  all: () => true,
}

/** How many posts each choice holds, the unlisted ones too. */
export function pickCounts({ counts }: Board): Record<Pick, number> {
  return {
    silent: counts.silent,
    help: counts.need_help,
    vacant: counts.standings.vacant,
    answered: counts.answered,
    all: counts.called,
  }
}

function rank(row: PostRow): number {
  if (needsHelp(row)) return 0
  if (!isSilent(row)) return 3
  return row.vacant ? 2 : 1
}

/** Who needs help first; then the silent, the one that climbed highest first; the answered last. */
export function urgentFirst(rows: PostRow[]): PostRow[] {
  return [...rows].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      b.rung - a.rung ||
      a.region.localeCompare(b.region) ||
      a.post.localeCompare(b.post),
  )
}

const holders = (row: PostRow) => row.holders.map(({ name }) => name).join(' ')

export function picked(rows: PostRow[], pick: Pick, words: string): PostRow[] {
  const text = words.trim().toLowerCase()
  return urgentFirst(
    rows.filter(
      (row) =>
        PICKS[pick](row) &&
        (!text ||
          `${row.region_name} ${row.unit} ${row.title} ${holders(row)} ${row.role_label}`
            .toLowerCase()
            .includes(text)),
    ),
  )
}
