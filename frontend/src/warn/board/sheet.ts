/** The manual call sheet: which line is next, what one key says of it. */
import { msg } from '@/locale'
import type { SheetLine, SheetPage } from '../comms/shapes'

export interface Result {
  key: string
  /** As the server takes it. */
  result: 'connected' | 'no-answer' | 'busy' | 'off' | 'dead'
  reply: '' | 'received' | 'on-post' | 'need-help'
  label: string
  /** Over its box on paper. */
  box: string
  tone: 'good' | 'help' | 'plain' | 'bad'
}

/** One key each, so that the other hand holds the telephone. */
export const RESULTS: Result[] = [
  {
    key: '1',
    result: 'connected',
    reply: 'received',
    label: msg('接通 已收到'),
    box: msg('收到'),
    tone: 'good',
  },
  {
    key: '2',
    result: 'connected',
    reply: 'on-post',
    label: msg('接通 已到岗'),
    box: msg('到岗'),
    tone: 'good',
  },
  {
    key: '3',
    result: 'connected',
    reply: 'need-help',
    label: msg('接通 需支援'),
    box: msg('支援'),
    tone: 'help',
  },
  { key: '4', result: 'no-answer', reply: '', label: msg('未接'), box: msg('未接'), tone: 'plain' },
  { key: '5', result: 'busy', reply: '', label: msg('占线'), box: msg('占线'), tone: 'plain' },
  { key: '6', result: 'off', reply: '', label: msg('关机'), box: msg('关机'), tone: 'plain' },
  { key: '7', result: 'dead', reply: '', label: msg('空号'), box: msg('空号'), tone: 'bad' },
]

/** At the door nobody is engaged and no number is dead. */
export const resultsOf = (line: SheetLine): Result[] =>
  isKnock(line)
    ? RESULTS.filter(({ result }) => result === 'connected' || result === 'no-answer')
    : RESULTS

/** A line for whoever goes there, not for the telephone. */
export const isKnock = (line: SheetLine) => line.channel === 'knock'

/** Hidden from whoever may not see it whole: what is left of it would ring somebody else. */
export const isMasked = (number: string) => number.includes('*')

/** The number to dial: the first that still reaches somebody. */
export const numberOf = (line: SheetLine) =>
  line.phones.find(({ dead }) => !dead) ?? line.phones[0] ?? null

/** A post without the place it is named after, where the place stands beside it already. */
export const dutyOf = ({ post_title, region_name }: SheetLine) =>
  post_title.startsWith(region_name)
    ? post_title.slice(region_name.length) || post_title
    : post_title

/** Every text to say, once, in the order of the lines: each of them stands on paper. */
export const textsOf = (lines: SheetLine[]): string[] => [
  ...new Set(lines.map(({ spoken }) => spoken).filter(Boolean)),
]

/** How many lines wait that a page does not hold. */
export const missingOf = (page: SheetPage | null): number =>
  page ? Math.max(0, page.total - page.items.length) : 0

/** As many lines as the server gives at once. */
const MOST = 2000

/** Lines answered while we turn pages let others slip past: it is read again, so often at most. */
const READINGS = 3

type Ask = (page: number, size: number) => Promise<SheetPage>

/**
 * All lines that wait, page by page; `total` above their number says that some are missing.
 *
 * Where the list never stands still, the lines of all readings are put together: better a line
 * that was answered a moment ago than one that nobody calls.
 */
export async function wholeSheet(ask: Ask): Promise<SheetPage> {
  const found = new Map<string, SheetLine>()
  for (let n = 1; ; n += 1) {
    const { page, still } = await oneReading(ask)
    if (still) return page
    for (const line of page.items) found.set(line.message, line)
    if (n === READINGS) return { ...page, items: [...found.values()] }
  }
}

async function oneReading(ask: Ask): Promise<{ page: SheetPage; still: boolean }> {
  const found = new Map<string, SheetLine>()
  let first = -1
  for (let page = 1; ; page += 1) {
    const { items, total, as_of } = await ask(page, MOST)
    if (page === 1) first = total
    for (const line of items) found.set(line.message, line)
    if (items.length && found.size < total) continue
    const whole = { items: [...found.values()], total, as_of }
    return { page: whole, still: total === first && found.size === total }
  }
}
