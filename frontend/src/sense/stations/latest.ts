/** How the latest values are ordered, and how they leave as a sheet. */
import { named, t } from '@/locale'
import { moment } from '@/locale/figures'
import { standingName, isOld } from '../standing'
import type { LatestRow } from '../shapes'
import { figure, flagNames } from '../value'

export type Sorting = 'nearest' | 'time' | 'station'

/** 1 is at the level, more is beyond; what is old or has no level comes after all that has one. */
const nearness = (row: LatestRow): number =>
  isOld(row) || row.nearest === null
    ? -1
    : (row.nearest.share ?? (row.nearest.distance <= 0 ? 1 : 0))

export function ordered(rows: LatestRow[], by: Sorting): LatestRow[] {
  const copy = [...rows]
  if (by === 'time') return copy.sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))
  if (by === 'station')
    return copy.sort(
      (a, b) => a.station.name.localeCompare(b.station.name, 'zh') || a.code.localeCompare(b.code),
    )
  return copy.sort(
    (a, b) =>
      nearness(b) - nearness(a) ||
      Number(isOld(a)) - Number(isOld(b)) ||
      a.code.localeCompare(b.code),
  )
}

export const titleOf = (row: LatestRow): string => {
  const quantity = named(row, 'quantity_label')
  return row.name && row.name !== quantity ? `${row.name} · ${quantity}` : quantity
}

const quoted = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** With a byte order mark, so that Excel reads the Chinese; unknown stays empty. */
export function sheetOf(rows: LatestRow[]): Blob {
  const head = [
    t('编码'),
    t('测站'),
    t('监测项'),
    t('数值'),
    t('单位'),
    t('观测时间'),
    t('状态'),
    t('标记'),
    t('最近的特征值'),
    t('特征值数值'),
    t('还差'),
    t('权属单位'),
    t('辖区'),
  ]
  const lines = rows.map((row) => [
    row.code,
    row.station.name,
    titleOf(row),
    row.value === null ? '' : figure(row.value, row.decimals),
    row.unit,
    row.time ? moment(row.time) : '',
    t(standingName(row.standing)),
    flagNames(row.flags).join(' '),
    row.nearest ? named(row.nearest, 'label') : '',
    row.nearest ? figure(row.nearest.value, row.decimals) : '',
    row.nearest ? figure(row.nearest.distance, row.decimals) : '',
    row.owner,
    row.region_name,
  ])
  const text = [head, ...lines].map((line) => line.map(quoted).join(',')).join('\r\n')
  return new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' })
}
