import { describe, expect, it } from 'vitest'
import { distance } from '@/map/geometry'
import { at, bearing, motion, nearest, reached, wayOf, windCircle } from '@/forecast/typhoon/path'
import type { Position } from '@/forecast/typhoon/shapes'

const HOUR = 3_600_000
const START = Date.parse('2026-08-13T00:00:00Z')
const NONE = [null, null, null, null]
const point = (
  hours: number,
  lon: number,
  lat: number,
  more: Partial<Position> = {},
): Position => ({
  time: new Date(START + hours * HOUR).toISOString(),
  lon,
  lat,
  wind: 40,
  pressure: 950,
  grade: 'TY',
  grade_label: '台风',
  grade_label_en: 'Typhoon',
  radii: [NONE, NONE, NONE],
  ...more,
})

describe("a storm's way", () => {
  it('goes straight from one position to the next', () => {
    const here = at(wayOf([point(0, 124, 26), point(6, 122, 28, { wind: 30 })]), START + 3 * HOUR)
    expect(here).toMatchObject({ lon: 123, lat: 27, wind: 35 })
  })

  it('is not known outside its moments nor in gaps longer than a day', () => {
    const way = wayOf([point(0, 124, 26), point(30, 122, 28)])
    expect(at(way, START - 1)).toBeNull()
    expect(at(way, START + 31 * HOUR)).toBeNull()
    expect(at(way, START + 15 * HOUR)).toBeNull()
    expect(at(way, START + 30 * HOUR)).toMatchObject({ lon: 122 })
  })

  it('leaves unknown what one of two positions does not tell', () => {
    const way = wayOf([point(0, 124, 26), point(6, 122, 28, { wind: null })])
    expect(at(way, START + HOUR)?.wind).toBeNull()
  })

  it('tells how fast and where to', () => {
    const way = wayOf([point(0, 124, 26), point(6, 124, 27)])
    const moved = motion(way, START + 6 * HOUR)
    expect(moved?.speed).toBeCloseTo(18.5, 0)
    expect(moved?.towards).toBeCloseTo(0, 3)
    expect(motion(way, START)).toBeNull()
  })
})

describe('wind circles', () => {
  it('reach in each quarter as far as it is told', () => {
    const circle = windCircle([122, 28], [300, 200, 100, 50])
    const ring = circle?.coordinates[0] ?? []
    const far = (turn: number) =>
      Math.max(
        ...ring
          .filter(
            ([lon, lat]) => Math.abs(bearing([122, 28], [lon as number, lat as number]) - turn) < 1,
          )
          .map(([lon, lat]) => distance([122, 28], [lon as number, lat as number]) / 1000),
      )
    expect(far(48)).toBeCloseTo(300, 0)
    expect(far(138)).toBeCloseTo(200, 0)
    expect(far(228)).toBeCloseTo(100, 0)
    expect(far(318)).toBeCloseTo(50, 0)
  })

  it('leave out a quarter that is not told, and are none when none is', () => {
    expect(windCircle([122, 28], [300, null, null, null])?.coordinates[0]?.length).toBe(20)
    expect(windCircle([122, 28], NONE)).toBeNull()
    expect(windCircle([122, 28], undefined)).toBeNull()
  })
})

describe('our place', () => {
  const wide = [[200, 200, 200, 200], NONE, NONE]
  const way = wayOf([point(0, 125, 28, { radii: wide }), point(24, 121, 28, { radii: wide })])

  it('is passed at the nearest moment from now on', () => {
    expect(nearest(way, [123, 28], START)?.km).toBeLessThan(2)
    expect(nearest(way, [123, 28], START)?.time).toBe(START + 12 * HOUR)
    expect(nearest(way, [123, 28], START + 18 * HOUR)?.km).toBeGreaterThan(90)
    expect(nearest(way, [123, 28], START + 25 * HOUR)).toBeNull()
  })

  it('comes into the wind before the centre does, and into no circle that is not told', () => {
    const hour = ((reached(way, [121, 28], 0, START) ?? NaN) - START) / HOUR
    expect(hour).toBeGreaterThan(10)
    expect(hour).toBeLessThan(13)
    expect(reached(way, [121, 28], 1, START)).toBeNull()
  })
})
