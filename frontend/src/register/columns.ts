/** How a value of a column is written on screen; unknown is a dash, never a zero. */
import type { Cell, Choice, Column, Register, Row } from '@/api/types'
import { isEnglish, named, t } from '@/locale'
import { moment } from '@/locale/figures'

export const columnOf = (register: Register, name: string): Column | undefined =>
  register.columns.find((column) => column.name === name)

export const labelOf = (column: Column) => named(column, 'label')

export function unitOf(column: Column): string {
  return isEnglish.value ? named(column, 'unit') : (column.unit ?? '')
}

export function titleOf(column: Column): string {
  const unit = unitOf(column)
  return unit ? `${labelOf(column)} (${unit})` : labelOf(column)
}

export const choiceOf = (column: Column, value: Cell | undefined): Choice | undefined =>
  column.choices?.find((choice) => choice.value === String(value))

/** Facts written down from memory are flagged where an officer chooses by them. */
export const unsure = (choice: Choice | undefined) => choice?.confidence?.startsWith('M') ?? false

/** Years and places in a row are names: nobody parts their digits. */
const isAmount = (column: Column) => column.unit !== '年' && column.name !== 'number'

function amountText(value: Cell, column: Column): string {
  if (typeof value !== 'number' || !isAmount(column)) return String(value)
  return value.toLocaleString('en-US', { maximumFractionDigits: 20 })
}

export const numeric = (column: Column) => column.type === 'int' || column.type === 'float'

/** Columns that a form may set. Points are set by the point picker, not by two loose numbers. */
export const editable = (register: Register) =>
  register.columns.filter((column) => !column.readonly && !column.computed)

const known = (value: Cell | undefined): value is Exclude<Cell, null> =>
  value !== null && value !== undefined && value !== ''

function phonesText(value: Cell): string {
  if (!Array.isArray(value)) return String(value)
  return value
    .map((phone) =>
      phone && typeof phone === 'object' && !Array.isArray(phone)
        ? String(phone.number ?? '')
        : String(phone ?? ''),
    )
    .filter(Boolean)
    .join(', ')
}

const labelText = (column: Column, value: Cell) =>
  named(choiceOf(column, value), 'label') || String(value)

const WRITERS: Partial<Record<Column['type'], (value: Cell, column: Column, row: Row) => string>> =
  {
    bool: (value) => (value ? t('是') : t('否')),
    choice: (value, column) => labelText(column, value),
    choices: (value, column) =>
      (Array.isArray(value) ? value : [value]).map((one) => labelText(column, one)).join('、'),
    region: (value, column, row) =>
      String((column.name === 'region' ? row.region_name : row[`${column.name}_name`]) ?? value),
    ref: (value, column, row) => String(row[`${column.name}_label`] ?? value),
    datetime: (value) => moment(String(value)),
    phones: (value) => phonesText(value),
    geometry: () => t('已画在地图上'),
    int: amountText,
    float: amountText,
    json: (value) => JSON.stringify(value),
  }

export function textOf(column: Column, row: Row): string {
  const value = row[column.name]
  if (!known(value) || (Array.isArray(value) && !value.length)) return '—'
  const write = WRITERS[column.type]
  return write ? write(value, column, row) : String(value)
}

/** The row's own name: its label column, else its first natural key. */
export function nameOf(register: Register, row: Row): string {
  const label = columnOf(register, register.label ?? 'name')
  const own = label && known(row[label.name]) ? textOf(label, row) : ''
  if (own && label?.type === 'text') return own
  // A row named by a code alone (a phone's kind, a shift) is said together with what it belongs to.
  const [belongs] = register.key_columns
  const whose = belongs ? columnOf(register, belongs) : undefined
  const names = [whose && whose !== label ? textOf(whose, row) : '', own]
  return names.filter((name) => name && name !== '—').join(' · ') || row.id
}
