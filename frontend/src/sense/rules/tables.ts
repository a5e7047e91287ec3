/** Code tables that hold limits of a quantity, as the server tells them. */
import { api } from '@/api/client'

export interface LimitCell {
  column: string
  /** In the unit of the quantity. */
  value: number
}

export interface LimitRow {
  code: string
  name: string
  name_en: string
  source: string
  confidence: string
  text: string
  text_en: string
  cells: LimitCell[]
}

export interface LimitTable {
  key: string
  title: string
  title_en: string
  source: string
  confidence: string
  /** Whose it is: the hazard's own, one of this quantity, or its unit merely fits. */
  near: 'hazard' | 'quantity' | 'unit'
  columns: { name: string; label: string; label_en: string }[]
  rows: LimitRow[]
}

/** A cell of a table with all that is needed to name it. */
export interface PickedCell {
  table: LimitTable
  row: LimitRow
  column: LimitTable['columns'][number] | undefined
  value: number
}

const asked = new Map<string, Promise<LimitTable[]>>()

/** Asks once a page; several limits of one rule share the answer. */
export function limitTables(quantity: string, hazard: string): Promise<LimitTable[]> {
  const key = `${quantity} ${hazard}`
  let told = asked.get(key)
  if (!told) {
    told = api
      .get<{ items: LimitTable[] }>('/sense/rules/tables', { quantity, hazard })
      .then(({ items }) => items)
    // What failed is asked again.
    told.catch(() => asked.delete(key))
    asked.set(key, told)
  }
  return told
}

export const pathOf = (table: LimitTable, row: LimitRow, column: string) =>
  `${table.key}/${row.code}/${column}`

export function cellAt(tables: LimitTable[], path: string): PickedCell | null {
  const [key, code, ...rest] = path.split('/')
  const table = tables.find((one) => one.key === key)
  const row = table?.rows.find((one) => one.code === code)
  const name = rest.join('/')
  const cell = row?.cells.find(({ column }) => column === name)
  if (!table || !row || !cell) return null
  return { table, row, column: table.columns.find((one) => one.name === name), value: cell.value }
}
