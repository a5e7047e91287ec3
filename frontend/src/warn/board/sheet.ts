/** The manual call sheet: which line is next, what one key says of it. */
import { msg } from '@/locale'
import type { SheetLine } from '../comms/shapes'

export interface Result {
  key: string
  /** As the server takes it. */
  result: 'connected' | 'no-answer' | 'busy' | 'off' | 'dead'
  reply: '' | 'received' | 'on-post' | 'need-help'
  label: string
  tone: 'good' | 'help' | 'plain' | 'bad'
}

/** One key each, so that the other hand holds the telephone. */
export const RESULTS: Result[] = [
  { key: '1', result: 'connected', reply: 'received', label: msg('接通 已收到'), tone: 'good' },
  { key: '2', result: 'connected', reply: 'on-post', label: msg('接通 已到岗'), tone: 'good' },
  { key: '3', result: 'connected', reply: 'need-help', label: msg('接通 需支援'), tone: 'help' },
  { key: '4', result: 'no-answer', reply: '', label: msg('未接'), tone: 'plain' },
  { key: '5', result: 'busy', reply: '', label: msg('占线'), tone: 'plain' },
  { key: '6', result: 'off', reply: '', label: msg('关机'), tone: 'plain' },
  { key: '7', result: 'dead', reply: '', label: msg('空号'), tone: 'bad' },
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
