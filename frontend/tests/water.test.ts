import { describe, expect, it } from 'vitest'
import { firstOf, fresher } from '@/forecast/chosen'
import { curveFrom } from '@/forecast/lines'
import type { Run, Standing } from '@/forecast/shapes'
import type { StationRow, VillageRow } from '@/forecast/places'
import { seaSays, villagesSay, windSays } from '@/forecast/runs/comes'
import { percent, shortly, within } from '@/forecast/words'
import { lookOf } from '@/sense/curve/option'
import { blend, colours, rowsFor } from '@/forecast/surge/frames'
import { marginOf } from '@/forecast/surge/margin'
import { leadOf } from '@/forecast/surge/sure'
import { summed, type LevelScore } from '@/forecast/verification/shapes'

const run = (more: Partial<Run>) =>
  ({
    id: 'r',
    signing: 'unsigned',
    based_at: '2026-08-09T06:00:00Z',
    valid_until: '2026-08-12T06:00:00Z',
    ...more,
  }) as Run
const standing = (model: string, signed: Run | null, newest: Run | null): Standing => ({
  model,
  title: model,
  hazard: 'storm-surge',
  signed,
  newest,
})

describe('the run a page shows', () => {
  it('is of the model that somebody signed, else of one that is not over', () => {
    const over = () => false
    const surge = standing('surge', null, run({}))
    const tide = standing('tide', run({ signing: 'approved' }), run({}))
    expect(firstOf([surge, tide], over)).toBe('tide')
    expect(firstOf([surge, standing('tide', null, null)], over)).toBe('surge')
    expect(firstOf([])).toBe('')
  })

  it('offers a newer run only when nobody signed that yet', () => {
    const old = run({ signing: 'approved' })
    const next = run({ id: 's', based_at: '2026-08-09T12:00:00Z' })
    expect(fresher(standing('tide', old, next))).toBe(next)
    expect(fresher(standing('tide', old, old))).toBeNull()
    expect(fresher(standing('tide', old, run({ ...next, signing: 'rejected' })))).toBeNull()
  })
})

describe('a peak against its levels', () => {
  const levels = [
    { kind: 'tide-yellow', label: '黄', label_en: 'yellow', value: 4.1 },
    { kind: 'tide-blue', label: '蓝', label_en: 'blue', value: 3.7 },
  ]

  it('is measured to the next level above it, or over the highest', () => {
    expect(marginOf({ peak: 3.8, levels })?.distance).toBeCloseTo(0.3)
    expect(marginOf({ peak: 4.5, levels })?.distance).toBeCloseTo(-0.4)
  })

  it('is not known without a peak or without levels', () => {
    expect(marginOf({ peak: null, levels })).toBeNull()
    expect(marginOf({ peak: 3.8, levels: [] })).toBeNull()
  })
})

describe('a field that is played', () => {
  const field = {
    wide: 2,
    high: 1,
    times: [0, 1000],
    greys: Uint8Array.from([100, 0, 200, 50]),
  }
  const table = Uint32Array.from({ length: 256 }, (_, grey) => grey)

  it('goes from frame to frame, and is unknown where either frame is', () => {
    const out = new Uint32Array(2)
    blend(field, 500, rowsFor(28, 29, 1), table, out)
    expect([...out]).toEqual([150, 0])
    blend(field, 5000, rowsFor(28, 29, 1), table, out)
    expect([...out]).toEqual([200, 0])
  })

  it('paints nothing where nothing is known', () => {
    const painted = colours([-2, 6])
    expect(painted[0]).toBe(0)
    expect(painted[255]).not.toBe(0)
  })

  it('lays rows even in degrees out for Mercator, north first', () => {
    const rows = rowsFor(0, 60, 100)
    expect(rows[0]).toBe(0)
    expect(rows[99]).toBe(99)
    // The middle of the picture lies north of the middle latitude.
    expect(rows[50]).toBeLessThan(50)
  })
})

describe('a series', () => {
  it('keeps what is not known as a gap and counts what is', () => {
    const curve = curveFrom(0, 600_000, [1, null, 2])
    expect(curve.line).toEqual([
      [0, 1],
      [600_000, null],
      [1_200_000, 2],
    ])
    expect(curve.n).toBe(2)
  })
})

describe('what comes, in a sentence', () => {
  const NOW = Date.parse('2026-08-09T18:00:00Z')
  const station = (more: Partial<StationRow>) =>
    ({
      name: '鹭洲站',
      unit: 'm',
      peak: 4.5,
      peak_at: '2026-08-09T20:00:00Z',
      level: 3,
      levels: [{ kind: 'tide-yellow', label: '黄色警戒', label_en: 'yellow', value: 4.1 }],
      ...more,
    }) as StationRow
  const village = (more: Partial<VillageRow>) =>
    ({ name: '前坑村', stage: 'move', first_at: '2026-08-09T21:00:00Z', ...more }) as VillageRow

  it('names the station, its peak, when, and how far over its level', () => {
    expect(seaSays([station({}), station({ level: null })], NOW)).toEqual([
      '鹭洲站最高 4.50 m，08-10 04:00（2 小时 0 分后）',
      '超黄色警戒 0.40 m',
    ])
  })

  it('takes no unknown peak for a quiet sea', () => {
    expect(seaSays([station({ peak: null, level: null })], NOW)).toEqual(['各站都不知道最高多少'])
    expect(seaSays([], NOW)).toEqual([])
  })

  it('counts villages that must leave and tells the first, and never forgets the unknown', () => {
    const rows = [village({}), village({ name: '山口村', first_at: '2026-08-09T19:00:00Z' })]
    expect(villagesSay(rows, { total: 9, unknown: 3 }, NOW)).toEqual([
      '2 个村会到立即转移',
      '最早山口村 08-10 03:00（1 小时 0 分后）',
      '3 个村没有雨量，不知道',
    ])
    expect(villagesSay([], { total: 9, unknown: 0 }, NOW)).toEqual(['没有村会到准备转移'])
  })

  it('calls no village safe of which nothing is known', () => {
    const said = (unknown: number) => villagesSay([], { total: 9, unknown }, NOW)
    expect(said(2)).toEqual(['有雨量的 7 个村到不了准备转移', '2 个村没有雨量，不知道'])
    expect(said(9)).toEqual(['9 个村没有雨量，不知道'])
  })

  it('tells the strongest wind that is as likely as not', () => {
    const chances = { 'wind-8': 0.9, 'wind-10': 0.6, 'wind-12': null }
    expect(windSays([{ region: 'r', name: '枫汀镇', chances }])).toEqual([
      '枫汀镇十级以上大风概率 60 %',
      '1 个乡镇过半',
    ])
    expect(windSays([])).toEqual([])
  })
})

describe('figures of forecasts', () => {
  it('say what is not known instead of nought or of nothing', () => {
    expect(percent(null)).toBe('未知')
    expect(percent(0)).toBe('0 %')
    expect(shortly(null)).toBe('—')
    expect(shortly('2026-08-09T20:00:00Z')).toBe('08-10 04:00')
    expect(within(null, 72)).toBe('72 小时内不到')
    expect(within(0, 72)).toBe('已经到了')
  })
})

describe('lines on one sheet', () => {
  it('draw what was measured solid and what is forecast never', () => {
    expect(lookOf({ told: 'measured' }, 3)).toMatchObject({ ink: '--ink', dash: 'solid' })
    for (let place = 0; place < 4; place += 1)
      expect(lookOf({ told: 'forecast' }, place).dash).not.toBe('solid')
  })
})

describe('how far to trust a peak', () => {
  const leads = [
    { from_h: 0, until_h: 6, runs: 9, n: 90, bias: 0, mae: 0.08, rmse: 0.1 },
    { from_h: 6, until_h: 12, runs: 8, n: 80, bias: 0, mae: 0.15, rmse: 0.2 },
  ]
  const base = '2026-08-09T06:00:00Z'

  it('is told by forecasts made as long before', () => {
    expect(leadOf(leads, base, '2026-08-09T11:59:00Z')?.mae).toBe(0.08)
    expect(leadOf(leads, base, '2026-08-09T12:00:00Z')?.mae).toBe(0.15)
  })

  it('is not known where none was, or where the peak is not', () => {
    expect(leadOf(leads, base, '2026-08-10T12:00:00Z')).toBeNull()
    expect(leadOf(leads, base, null)).toBeNull()
    expect(leadOf([], base, '2026-08-09T12:00:00Z')).toBeNull()
  })

  it('adds hits and misses of all levels up, and has no share where nothing came', () => {
    const level = { hits: 2, misses: 1, false_alarms: 4 } as LevelScore
    expect(summed([level, level])).toMatchObject({ hits: 4, misses: 2, detected: 2 / 3 })
    expect(summed([]).detected).toBeNull()
  })
})
