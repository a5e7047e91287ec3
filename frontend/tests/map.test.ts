import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { describe, expect, it } from 'vitest'
import type { Meta } from '@/api/types'
import { boundsOf, circle, distance, polygon } from '@/map/geometry'
import { styleOf } from '@/map/style'
import { inkOf } from '@/map/symbols'
import { drawing, drawings } from '@/design/icons'
import { rareFaces, rareRanges } from '../build/rare-font'
import { meta } from './fixtures/rows.mjs'

describe('geometry on the map', () => {
  it('measures a known distance', () => {
    // A degree of latitude on the mean sphere: 6371008.8 m * pi / 180.
    expect(distance([121.6, 28], [121.6, 29])).toBeCloseTo(111_195, 0)
  })

  it('draws a circle whose corners all lie at its radius', () => {
    const ring = circle([121.6, 28.4], 1000).coordinates[0] as [number, number][]
    for (const corner of ring) expect(distance([121.6, 28.4], corner)).toBeCloseTo(1000, -1)
    expect(ring[0]?.[0]).toBeCloseTo(ring.at(-1)?.[0] ?? 0, 9)
  })

  it('closes a polygon and refuses two corners', () => {
    expect(
      polygon([
        [0, 0],
        [1, 0],
      ]),
    ).toBeNull()
    expect(
      polygon([
        [0, 0],
        [1, 0],
        [1, 1],
      ])?.coordinates[0],
    ).toHaveLength(4)
  })

  it('finds the bounds of nested coordinates', () => {
    expect(
      boundsOf([
        [
          [1, 2],
          [3, -4],
        ],
        [[0, 9]],
      ]),
    ).toEqual([0, -4, 3, 9])
    expect(boundsOf([])).toBeNull()
  })
})

describe('the style', () => {
  it('is valid, light and dark, and asks no host but ours', () => {
    for (const dark of [false, true]) {
      const style = styleOf(meta as unknown as Meta, dark, null)
      expect(validateStyleMin(style).map(({ message }) => message)).toEqual([])
      expect(style.glyphs).toBeUndefined()
      expect(style.sprite).toBeUndefined()
      const urls = JSON.stringify(style.sources).match(/https?:\/\/[^/"]+/g) ?? []
      expect(urls.every((url) => url === location.origin)).toBe(true)
    }
  })

  it('keeps the four warning colours for warnings', () => {
    const reserved = ['#c8102e', '#e8680c', '#f2c500', '#1f6fd6']
    const inks = Object.keys(drawings).map(inkOf)
    expect(inks.filter((ink) => reserved.includes(ink))).toEqual([])
  })
})

describe('drawings', () => {
  it('has one for every icon a register of the fixtures names, and a fallback', () => {
    expect(drawing('shelter')).not.toBe(drawing('thing'))
    expect(drawing('zone')).toBe(drawing('danger-zone'))
    expect(drawing('no such thing')).toBe(drawing('thing'))
  })
})

describe('the font for rare characters', () => {
  it('keeps only rare ranges', () => {
    expect(rareRanges('U+4e00-9fa5, U+3400-3402,U+20BB7')).toEqual(['U+3400-3402', 'U+20bb7'])
    expect(rareRanges('U+0-ff')).toEqual([])
  })

  it('drops slices without a rare character', () => {
    const face = (file: string, range: string) =>
      `@font-face{font-family:"X";src:local("X"),url("./${file}.woff2")format("woff2");unicode-range:${range};}`
    const css = rareFaces(face('aa', 'U+4E00') + face('bb', 'U+4E00,U+4DAE'))
    expect(css).not.toContain('aa.woff2')
    expect(css).toContain('unicode-range:U+4dae')
  })
})
