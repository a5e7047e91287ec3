/** First look at a form on the client; the server's validator has the last word. */
import type { Cell, Column } from '@/api/types'
import { t } from '@/locale'
import { labelOf, numeric } from './columns'

export type Values = Record<string, Cell>

const blank = (value: Cell | undefined) =>
  value === null ||
  value === undefined ||
  (typeof value === 'string' && !value.trim()) ||
  (Array.isArray(value) && !value.length)

function checkNumber(column: Column, value: Cell): string | null {
  const number = Number(value)
  if (Number.isNaN(number)) return t('应填数字')
  if (column.type === 'int' && !Number.isInteger(number)) return t('应填整数')
  if (column.min !== null && column.min !== undefined && number < column.min)
    return t('不能小于 {n}', { n: column.min })
  if (column.max !== null && column.max !== undefined && number > column.max)
    return t('不能大于 {n}', { n: column.max })
  return null
}

/** The sentence that is wrong with one value, or null. */
export function check(column: Column, value: Cell | undefined): string | null {
  if (blank(value)) return column.required ? t('请填写{label}', { label: labelOf(column) }) : null
  if (numeric(column)) return checkNumber(column, value as Cell)
  if (column.max_length && typeof value === 'string' && [...value].length > column.max_length)
    return t('最多 {n} 个字', { n: column.max_length })
  return null
}

export function checkAll(columns: Column[], values: Values): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const column of columns) {
    const wrong = check(column, values[column.name])
    if (wrong) errors[column.name] = wrong
  }
  return errors
}

const same = (a: Cell | undefined, b: Cell | undefined) =>
  JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** Only what was changed: a masked value nobody touched is never sent back. */
export function changed(columns: Column[], before: Values, after: Values): Values {
  const values: Values = {}
  for (const { name } of columns) {
    if (!same(before[name], after[name])) values[name] = after[name] ?? null
  }
  return values
}
