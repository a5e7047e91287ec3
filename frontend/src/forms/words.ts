/** How forms say figures, cells and times. */
import { listed, msg, t } from '@/locale'
import { moment } from '@/locale/figures'
import type { Column, Figure, Row, Schedule, Value } from './shapes'

export const typeOf = (column: Column) => column.type ?? 'number'
export const isFigure = (column: Column) => ['number', 'sum'].includes(typeOf(column))
export const asked = (columns: Column[]) => columns.filter((one) => typeOf(one) !== 'sum')

export const TYPES: { value: NonNullable<Column['type']>; label: string }[] = [
  { value: 'number', label: msg('数字') },
  { value: 'text', label: msg('文字') },
  { value: 'choice', label: msg('选择') },
  { value: 'bool', label: msg('是否') },
  { value: 'date', label: msg('日期') },
  { value: 'photo', label: msg('照片') },
  { value: 'sum', label: msg('几列相加') },
]

/** 转移人数（人） */
export const heading = (column: Column) =>
  column.unit ? `${column.label}（${column.unit}）` : column.label

/** A number with its thousands apart, as far as it is known: at least 12 is ≥12. */
export function figureWords(figure: Figure | undefined, column: Column): string {
  if (!figure || figure.value === null) return '—'
  const number = figure.value.toLocaleString('zh-CN')
  if (figure.complete) return number
  return column.signed ? t('{n}（不全）', { n: number }) : `≥${number}`
}

export function cellWords(value: Value | undefined): string {
  if (value === null || value === undefined || value === '') return '—'
  if (typeof value === 'boolean') return value ? t('是') : t('否')
  return typeof value === 'number' ? value.toLocaleString('zh-CN') : value
}

/** +8, −3; nothing where it is not known, or did not change. */
export function changeWords(change: number | null | undefined): string {
  if (!change) return ''
  return change > 0 ? `+${change.toLocaleString('zh-CN')}` : change.toLocaleString('zh-CN')
}

/** A sum while it is typed: what is not a number yet is not known. */
export function sumOf(column: Column, row: Row): Figure {
  const parts = (column.parts ?? []).map((key) => row[key])
  const known = parts.filter((one): one is number => typeof one === 'number')
  const sum = known.reduce((all, one) => all + one, 0)
  return {
    value: known.length ? Math.round(sum * 1e6) / 1e6 : null,
    complete: known.length === parts.length,
  }
}

/** 每 2 小时一轮，到 08-10 08:00 为止 */
export function scheduleWords(schedule: Schedule): string {
  const beat = schedule.every_hours
    ? t('每 {n} 小时一轮', { n: schedule.every_hours })
    : t('每天 {times}', { times: listed(schedule.at ?? []) })
  return schedule.until
    ? t('{beat}，到 {time} 为止', { beat, time: moment(schedule.until) })
    : t('{beat}，直到停止', { beat })
}

export function minutesWords(minutes: number): string {
  if (minutes % 60 || minutes < 60) return t('{n} 分钟', { n: minutes })
  return t('{n} 小时', { n: minutes / 60 })
}
