import { describe, expect, it } from 'vitest'
import { nearest, project, unproject, type Sight } from '@/map/flat'
import { areaOf, distance, lengthOf, type LonLat } from '@/map/geometry'
import { fromDatum, toDatum } from '@/map/live/datum'
import { readView, writeView } from '@/map/live/view'
import type { Picked } from '@/map/picked'

describe('coordinates in other datums', () => {
  // The server's own engine (anlan/engines/geo/datum.py) gives these for the same place.
  const place: LonLat = [121.6, 28.4]
  const GCJ: LonLat = [121.6039785632, 28.396587147]
  const BD: LonLat = [121.6105206276, 28.4023398728]

  it('agrees with the server', () => {
    for (const [datum, wanted] of [
      ['gcj02', GCJ],
      ['bd09', BD],
    ] as const) {
      const [lon, lat] = toDatum(place, datum)
      expect(lon).toBeCloseTo(wanted[0], 8)
      expect(lat).toBeCloseTo(wanted[1], 8)
    }
    expect(toDatum(place, 'wgs84')).toEqual(place)
  })

  it('comes back to where it was', () => {
    for (const datum of ['wgs84', 'gcj02', 'bd09'] as const)
      expect(distance(place, fromDatum(toDatum(place, datum), datum))).toBeLessThan(0.01)
  })

  it('leaves what is abroad alone', () => {
    expect(toDatum([-0.1, 51.5], 'gcj02')).toEqual([-0.1, 51.5])
  })
})

describe('measures', () => {
  it('adds up a way', () => {
    const way: LonLat[] = [
      [121, 28],
      [121, 29],
      [121, 28],
    ]
    expect(lengthOf(way)).toBeCloseTo(2 * distance([121, 28], [121, 29]), 3)
    expect(lengthOf([[121, 28]])).toBe(0)
  })

  it('knows an area, whichever way round it is drawn', () => {
    const square: LonLat[] = [
      [121, 28],
      [121.01, 28],
      [121.01, 28.01],
      [121, 28.01],
    ]
    const sides = distance([121, 28.005], [121.01, 28.005]) * distance([121, 28], [121, 28.01])
    expect(areaOf(square) / sides).toBeCloseTo(1, 4)
    expect(areaOf([...square].reverse())).toBeCloseTo(areaOf(square), 3)
    expect(areaOf(square.slice(0, 2))).toBe(0)
  })
})

describe('the view in the address', () => {
  it('is read back as it was written', () => {
    const view = {
      center: [121.6, 28.4] as LonLat,
      zoom: 11.25,
      on: ['shelters', 'live-alarms'],
      base: null,
      datum: 'gcj02' as const,
      time: Date.UTC(2026, 7, 1, 3),
      than: null,
      grid: 'wind' as const,
    }
    expect(readView(writeView(view))).toEqual(view)
  })

  it('takes no nonsense', () => {
    const read = readView({ c: '999,0', z: 'x', t: 'soon', datum: 'moon', grid: 'snow' })
    expect([read.center, read.zoom, read.time, read.grid]).toEqual([null, null, null, null])
    expect(read.datum).toBe('wgs84')
    expect(readView({}).on).toBeNull()
    expect(readView({ on: '' }).on).toEqual([])
  })
})

describe('the plain canvas', () => {
  const sight: Sight = { center: [121.6, 28.4], zoom: 11, wide: 800, high: 600 }

  it('finds the place of a point and the point of a place', () => {
    expect(project(sight, sight.center)).toEqual([400, 300])
    const [lon, lat] = unproject(sight, 123, 456)
    const [left, top] = project(sight, [lon, lat])
    expect(left).toBeCloseTo(123, 6)
    expect(top).toBeCloseTo(456, 6)
  })

  it('presses what is near, the nearest first', () => {
    const at = (id: string, left: number) =>
      ({ id, layer: 'shelters', at: unproject(sight, left, 300) }) as unknown as Picked
    const found = nearest(sight, [at('far', 440), at('b', 408), at('a', 403)], 400, 300)
    expect(found.map(({ id }) => id)).toEqual(['a', 'b'])
  })
})
