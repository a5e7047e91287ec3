import { describe, expect, it } from 'vitest'
import type { Column, Register, Row } from '@/api/types'
import { textOf, unsure } from '@/register/columns'
import { askOf, nextSort, readQuery, shown, writeQuery } from '@/register/query'
import { changed, check, checkAll } from '@/register/validate'
import { shelters } from './fixtures/rows.mjs'

const register = shelters as unknown as Register
const column = (name: string) => register.columns.find((one) => one.name === name) as Column
const row = (values: Record<string, unknown>) => ({ id: 'x', version: 1, ...values }) as Row

describe('a list in the address', () => {
  const query = {
    q: '石塘',
    region: '339901101',
    page: '3',
    size: '100',
    sort: '-capacity',
    retired: '1',
    'f.status': 'ready,open',
    cols: 'name,status',
  }

  it('is read and written back unchanged', () => {
    expect(writeQuery(readQuery(query))).toEqual(query)
  })

  it('asks the server by column names', () => {
    const list = readQuery(query)
    expect(askOf(list)).toMatchObject({ status: 'ready,open', page: 3, size: 100, retired: 1 })
    expect(askOf(list, false)).not.toHaveProperty('page')
  })

  it('ignores nonsense', () => {
    expect(readQuery({ page: '-2', size: '7' })).toMatchObject({ page: 1, size: 50 })
    expect(shown(register, readQuery({ cols: 'name,nothing' }))).toEqual(['name'])
    expect(shown(register, readQuery({}))).toEqual(register.listed)
  })

  it('cycles a column through up, down and none', () => {
    expect(nextSort('', 'name')).toBe('name')
    expect(nextSort('name', 'name')).toBe('-name')
    expect(nextSort('-name', 'name')).toBe('')
  })
})

describe('a value on screen', () => {
  it('tells unknown from zero', () => {
    expect(textOf(column('capacity'), row({ capacity: null }))).toBe('—')
    expect(textOf(column('capacity'), row({ capacity: 0 }))).toBe('0')
  })

  it('parts the thousands of an amount, not of a year', () => {
    expect(textOf(column('capacity'), row({ capacity: 12800 }))).toBe('12,800')
    expect(textOf({ ...column('capacity'), type: 'float' }, row({ capacity: 1234.5678 }))).toBe(
      '1,234.5678',
    )
    expect(textOf({ ...column('capacity'), unit: '年' }, row({ capacity: 1987 }))).toBe('1987')
  })

  it('tells a code by its label and flags what was written from memory', () => {
    expect(textOf(column('status'), row({ status: 'open' }))).toBe('已启用')
    const [first, , third] = column('level').choices ?? []
    expect(unsure(first)).toBe(false)
    expect(unsure(third)).toBe(true)
  })

  it('tells a region by its name', () => {
    expect(textOf(column('region'), row({ region: '339901', region_name: '𠮷岙村' }))).toBe(
      '𠮷岙村',
    )
  })
})

describe('a form', () => {
  it('refuses missing, fractional, negative and too long values', () => {
    expect(check(column('name'), '  ')).toContain('名称')
    expect(check(column('capacity'), 1.5)).toBe('应填整数')
    expect(check(column('capacity'), -1)).toContain('0')
    expect(check(column('capacity'), 'many')).toBe('应填数字')
    expect(check(column('code'), '长'.repeat(33))).toContain('32')
    expect(check(column('code'), '𠮷'.repeat(32))).toBeNull()
    expect(check(column('status'), null)).toBeNull()
  })

  it('names every wrong field at once', () => {
    expect(Object.keys(checkAll(register.columns, {}))).toEqual([
      'code',
      'name',
      'region',
      'capacity',
    ])
  })

  it('sends only what was changed', () => {
    const before = { name: '甲', capacity: 3, status: null }
    const after = { name: '甲', capacity: null, status: 'open' }
    expect(changed(register.columns, before, after)).toEqual({ capacity: null, status: 'open' })
  })
})
