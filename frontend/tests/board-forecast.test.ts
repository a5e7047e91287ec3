import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Forecast } from '@/warn/board/shapes'

const forecast = (more: Partial<Forecast>): Forecast => ({
  waiting: 0,
  last_at: null,
  silent: 0,
  next_at: null,
  channels: [],
  unreachable: 0,
  ...more,
})

describe('the forecast of the board', () => {
  let said: (more: Partial<Forecast>) => string
  // The workspace's clock is set when it is first read.
  beforeAll(async () => {
    vi.useFakeTimers({ now: Date.parse('2026-07-14T07:00:00Z') })
    vi.resetModules()
    const { forecastText } = await import('@/warn/board/forecast')
    said = (more) => forecastText(forecast(more))
  })
  afterAll(() => void vi.useRealTimers())

  it('says when everybody has been tried once, not that they answered', () => {
    const told = said({
      waiting: 9,
      last_at: '2026-07-14T07:20:00Z',
      silent: 9,
      next_at: '2026-07-14T07:03:00Z',
    })
    expect(told).toBe('预计 15:20 打完一遍')
  })

  it('says when the silent are called again where nothing waits now', () => {
    expect(said({ silent: 4, next_at: '2026-07-14T07:03:00Z' })).toBe('还有 4 个未应，15:03 再叫')
    expect(said({ silent: 4, next_at: '2026-07-14T17:03:00Z' })).toBe(
      '还有 4 个未应，07-15 01:03 再叫',
    )
  })

  it('says that the ladder is at its end, and only of nobody silent that no call is left', () => {
    expect(said({ silent: 4 })).toBe('还有 4 个未应，阶梯已走完')
    expect(said({})).toBe('没有要打的电话了')
  })
})
