/** A list's question, kept in the address so that it can be sent, bookmarked and gone back to. */
import type { LocationQuery, LocationQueryRaw } from 'vue-router'
import type { Query } from '@/api/client'
import type { Register } from '@/api/types'

export interface ListQuery {
  q: string
  region: string
  page: number
  size: number
  /** A column's name, with a minus in front for descending; empty is the server's own order. */
  sort: string
  retired: boolean
  filters: Record<string, string[]>
  /** Columns shown; empty is what the register lists. */
  columns: string[]
}

export const SIZES = [25, 50, 100, 200]
const FILTER = 'f.'

const one = (value: LocationQuery[string] | undefined): string =>
  (Array.isArray(value) ? value[0] : value) ?? ''
const parts = (text: string) => text.split(',').filter(Boolean)

export function readQuery(query: LocationQuery): ListQuery {
  const filters: Record<string, string[]> = {}
  for (const [name, value] of Object.entries(query)) {
    if (name.startsWith(FILTER)) filters[name.slice(FILTER.length)] = parts(one(value))
  }
  const size = Number(one(query.size))
  return {
    q: one(query.q),
    region: one(query.region),
    page: Math.max(1, Math.floor(Number(one(query.page))) || 1),
    size: SIZES.includes(size) ? size : 50,
    sort: one(query.sort),
    retired: one(query.retired) === '1',
    filters,
    columns: parts(one(query.cols)),
  }
}

export function writeQuery(list: ListQuery): LocationQueryRaw {
  const query: LocationQueryRaw = {}
  if (list.q) query.q = list.q
  if (list.region) query.region = list.region
  if (list.page > 1) query.page = String(list.page)
  if (list.size !== 50) query.size = String(list.size)
  if (list.sort) query.sort = list.sort
  if (list.retired) query.retired = '1'
  if (list.columns.length) query.cols = list.columns.join(',')
  for (const [name, values] of Object.entries(list.filters)) {
    if (values.length) query[FILTER + name] = values.join(',')
  }
  return query
}

/** What the server is asked; `paged` is off for an export, which takes everything. */
export function askOf(list: ListQuery, paged = true): Query {
  const ask: Query = {
    q: list.q,
    region: list.region,
    sort: list.sort,
    retired: list.retired ? 1 : undefined,
  }
  if (paged) Object.assign(ask, { page: list.page, size: list.size })
  for (const [name, values] of Object.entries(list.filters)) ask[name] = values.join(',')
  return ask
}

/** Cycles a column: ascending, descending, the server's own order. */
export function nextSort(current: string, column: string): string {
  if (current === column) return `-${column}`
  return current === `-${column}` ? '' : column
}

export const shown = (register: Register, list: ListQuery): string[] =>
  list.columns.length
    ? list.columns.filter((name) => register.columns.some((column) => column.name === name))
    : register.listed

export const narrowed = (list: ListQuery) =>
  Boolean(list.q || list.region || Object.values(list.filters).some((values) => values.length))
