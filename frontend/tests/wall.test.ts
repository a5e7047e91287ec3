import { describe, expect, it } from 'vitest'
import { number, share, signed, sum } from '@/wall/numbers'

describe('figures of the wall', () => {
  it('write what is not known as a dash and never as nought', () => {
    expect(number(null)).toBe('—')
    expect(number(undefined, 2)).toBe('—')
    expect(signed(null)).toBe('—')
    expect(number(0)).toBe('0')
    expect(number(1234.5, 2)).toBe('1,234.50')
  })

  it('tell a change with its sign', () => {
    expect([signed(-0.31, 2), signed(0), signed(2)]).toEqual(['−0.31', '±0', '+2'])
  })

  it('add up what is known, and know nothing where nobody knows', () => {
    expect(sum([1, null, 2])).toBe(3)
    expect(sum([null, null])).toBeNull()
    expect(sum([])).toBeNull()
  })

  it('draw no share of what is not known', () => {
    expect([share(1, 4), share(9, 4), share(1, 0), share(null, 4)]).toEqual([0.25, 1, 0, 0])
  })
})
