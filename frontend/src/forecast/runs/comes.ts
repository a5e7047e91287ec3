/** What comes, where and when: the worst of a run in a sentence or two, for somebody just woken. */
import { t } from '@/locale'
import { ago } from '@/locale/figures'
import { figure } from '@/sense/value'
import type { StationRow, VillageRow } from '../places'
import type { Run, Standing } from '../shapes'
import { marginOf } from '../surge/margin'
import { FORCES, known, percent, shortly } from '../words'
import type { RegionChance } from './shapes'

export const isOver = (run: Run, now: number) => Date.parse(run.valid_until) < now

/** What is signed is told; else what was computed last, unless its time is over. */
export const toldOf = ({ signed, newest }: Standing, now: number): Run | null =>
  signed ?? (newest && !isOver(newest, now) ? newest : null)

/** Where the products of a hazard are listed. */
export const TAILS: Record<string, 'stations' | 'villages' | 'regions'> = {
  'storm-surge': 'stations',
  'flash-flood': 'villages',
  typhoon: 'regions',
}

const earliest = (rows: VillageRow[]) =>
  rows
    .filter(({ first_at }) => first_at)
    .sort((a, b) => String(a.first_at).localeCompare(String(b.first_at)))[0]

/** The server lists the worst station first. */
export function seaSays(rows: StationRow[], now: number): string[] {
  const worst = rows.find(({ peak }) => peak !== null)
  if (!worst) return rows.length ? [t('各站都不知道最高多少')] : []
  const said = [
    t('{name}最高 {peak}，{time}（{span}）', {
      name: worst.name,
      peak: known(worst.peak, worst.unit, 2),
      time: shortly(worst.peak_at),
      span: ago(worst.peak_at, now),
    }),
  ]
  const margin = marginOf(worst)
  if (!margin) said.push(t('没有登记警戒潮位，不能判断等级'))
  else if (margin.distance > 0)
    said.push(t('距{level} {n} m', { level: margin.label, n: figure(margin.distance, 2) }))
  else said.push(t('超{level} {n} m', { level: margin.label, n: figure(-margin.distance, 2) }))
  const reached = rows.filter(({ level }) => level !== null).length
  if (reached > 1) said.push(t('{n} 个站达到警戒', { n: reached }))
  return said
}

/** Villages that would have to leave; those of which nothing is known are never left out. */
export function villagesSay(
  rows: VillageRow[],
  { total, unknown }: { total: number; unknown: number },
  now: number,
): string[] {
  const said: string[] = []
  const tell = (stage: VillageRow['stage'], sentence: (n: number) => string) => {
    const found = rows.filter((one) => one.stage === stage)
    if (found.length) said.push(sentence(found.length))
    const first = earliest(found)
    if (first)
      said.push(
        t('最早{name} {time}（{span}）', {
          name: first.name,
          time: shortly(first.first_at),
          span: ago(first.first_at, now),
        }),
      )
  }
  tell('move', (n) => t('{n} 个村会到立即转移', { n }))
  tell('prepare', (n) => t('{n} 个村会到准备转移', { n }))
  if (!said.length && !unknown) said.push(t('没有村会到准备转移'))
  if (!said.length && total > unknown)
    said.push(t('有雨量的 {n} 个村到不了准备转移', { n: total - unknown }))
  if (unknown) said.push(t('{n} 个村没有雨量，不知道', { n: unknown }))
  return said
}

/** The strongest wind that is as likely as not anywhere; else the chance of a gale. */
export function windSays(rows: RegionChance[]): string[] {
  const most = (key: string) =>
    [...rows].sort((a, b) => (b.chances[key] ?? -1) - (a.chances[key] ?? -1))[0]
  for (const { key, more } of [...FORCES].reverse()) {
    const one = most(key)
    const chance = one?.chances[key] ?? null
    if (one && chance !== null && (chance >= 0.5 || key === 'wind-8'))
      return [
        t('{name}{force}大风概率 {n}', { name: one.name, force: t(more), n: percent(chance) }),
        t('{n} 个乡镇过半', { n: rows.filter(({ chances }) => (chances[key] ?? 0) >= 0.5).length }),
      ]
  }
  return []
}
