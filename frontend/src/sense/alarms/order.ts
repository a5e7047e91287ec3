/** Which alarms are shown, in which order, under which headings. */
import { isEnglish } from '@/locale'
import { levelRank, type Level } from '../levels'
import type { Alarm, AlarmState } from '../shapes'

export type Grouping = 'none' | 'site' | 'hazard'

export interface Narrow {
  levels: Set<number>
  states: Set<AlarmState>
  shelved: 'no' | 'only' | 'all'
  words: string
}

export interface Heading {
  heading: true
  key: string
  title: string
  count: number
  ids: string[]
  raised: number
  worst: Level
}
export type DeskRow = Alarm | Heading

export const isHeading = (row: DeskRow): row is Heading => 'heading' in row
export const rowKey = (row: DeskRow) => (isHeading(row) ? `#${row.key}` : row.id)

/** What is the matter: as the alarm said it, in English by the name of its rule. */
export const titleOf = (alarm: Alarm): string =>
  (isEnglish.value && alarm.rule?.title_en) || alarm.title

/** Of alarms over several streams the figure is a mere count, which their words tell better. */
export const hasValue = (alarm: Alarm): boolean =>
  alarm.value !== null && (alarm.stream !== null || alarm.limit !== null)

export const isShelved = (alarm: Alarm, now: number) =>
  alarm.shelved_until !== null && Date.parse(alarm.shelved_until) > now

/** Loud: it waits for somebody. */
export const isLoud = (alarm: Alarm, now: number) =>
  alarm.state === 'raised' && !isShelved(alarm, now)

const URGENCY: Record<AlarmState, number> = { raised: 0, acknowledged: 1, cleared: 2, closed: 3 }

function urgency(alarm: Alarm, now: number): number {
  return isShelved(alarm, now) ? 2.5 : URGENCY[alarm.state]
}

/** What waits first, of these the worst, of these the newest. */
export function byUrgency(alarms: Alarm[], now: number): Alarm[] {
  return [...alarms].sort(
    (a, b) =>
      urgency(a, now) - urgency(b, now) ||
      levelRank(a.level) - levelRank(b.level) ||
      b.raised_at.localeCompare(a.raised_at),
  )
}

export const byTime = (alarms: Alarm[]): Alarm[] =>
  [...alarms].sort((a, b) => b.raised_at.localeCompare(a.raised_at))

function matches(alarm: Alarm, narrow: Narrow, now: number): boolean {
  if (narrow.levels.size && !narrow.levels.has(alarm.level ?? 0)) return false
  if (narrow.states.size && !narrow.states.has(alarm.state)) return false
  if (narrow.shelved !== 'all' && isShelved(alarm, now) !== (narrow.shelved === 'only'))
    return false
  const words = narrow.words.trim().toLowerCase()
  if (!words) return true
  const text = `${alarm.place} ${alarm.title} ${alarm.region_name} ${alarm.stream?.code ?? ''}`
  return text.toLowerCase().includes(words)
}

export const narrowed = (alarms: Alarm[], narrow: Narrow, now: number) =>
  alarms.filter((alarm) => matches(alarm, narrow, now))

/** What an alarm is grouped by. */
export const groupOf = (alarm: Alarm, by: Exclude<Grouping, 'none'>): string =>
  by === 'hazard' ? alarm.hazard : (alarm.station?.id ?? alarm.gateway?.id ?? alarm.place)

/** Puts headings between; groups keep the order in which their first alarm came. */
export function grouped(alarms: Alarm[], by: Grouping, title: (alarm: Alarm) => string): DeskRow[] {
  if (by === 'none') return alarms
  const groups = new Map<string, Alarm[]>()
  for (const alarm of alarms) {
    const key = groupOf(alarm, by)
    const held = groups.get(key)
    if (held) held.push(alarm)
    else groups.set(key, [alarm])
  }
  return [...groups].flatMap(([key, held]) => {
    const worst = held.reduce<Level>(
      (found, { level }) => (levelRank(level) < levelRank(found) ? level : found),
      null,
    )
    const raised = held.filter(({ state }) => state === 'raised').length
    const first = held[0] as Alarm
    const heading: Heading = {
      heading: true,
      key,
      title: title(first),
      count: held.length,
      ids: held.map(({ id }) => id),
      raised,
      worst,
    }
    return [heading, ...held]
  })
}
