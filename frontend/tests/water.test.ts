import { describe, expect, it } from 'vitest'
import { firstOf, fresher } from '@/forecast/chosen'
import { curveFrom } from '@/forecast/lines'
import type { Run, Standing } from '@/forecast/shapes'
import { blend, colours, rowsFor } from '@/forecast/surge/frames'
import { marginOf } from '@/forecast/surge/margin'

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
