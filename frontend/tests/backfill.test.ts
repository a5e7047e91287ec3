/** Files of old observations: what their counts say. */
import { describe, expect, it } from 'vitest'
import { figures, type Backfill } from '@/sense/backfill/shapes'

describe('the counts of a file of old observations', () => {
  const run = { rows: 9, good: 6, accepted: 4, duplicates: 2, late: 3, outlived: 0, refused: 3 }
  const shown = (state: Backfill['state']) =>
    figures({ ...run, state } as Backfill).map(({ label, value }) => `${label} ${value}`)

  it('says which values are older than they are kept, only where there are some', () => {
    const old = figures({ ...run, outlived: 2, state: 'checked' } as Backfill)
    expect(old.find((one) => one.bad && one.value === 2)?.label).toBe('早于保留期限')
  })

  it('promises before it is accepted, and tells after', () => {
    expect(shown('checked')).toEqual(['共 9', '可以写入 6', '早于现有最新值 3', '不收 3'])
    expect(shown('done')).toEqual(['共 9', '写入 4', '已有 2', '早于现有最新值 3', '不收 3'])
  })
})
