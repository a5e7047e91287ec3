import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SOURCE, sources, styles } from './sentences'

const css = readFileSync(join(SOURCE, 'design', 'tokens.css'), 'utf8')

function tokens(selector: string): Record<string, string> {
  const start = css.indexOf(`${selector} {`)
  const body = css.slice(start, css.indexOf('}', start))
  return Object.fromEntries(
    [...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  )
}

/** WCAG 2.2 relative luminance and contrast ratio. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

const light = tokens(':root')
const dark = { ...light, ...tokens('html.dark') }
const PAIRS: [string, string][] = [
  ...['ink', 'ink-2', 'ink-3', 'accent', 'plum'].flatMap((text): [string, string][] =>
    ['paper', 'surface', 'surface-2'].map((ground): [string, string] => [text, ground]),
  ),
  ['accent', 'accent-soft'],
  ['accent-ink', 'accent'],
  ['plum', 'plum-soft'],
  ['plum-ink', 'plum'],
  ['frame-ink', 'frame'],
  ['frame-ink-2', 'frame'],
  ['frame-ink-2', 'frame-2'],
  ['ink-2', 'surface-3'],
  ...['curve-2', 'curve-3', 'curve-4', 'curve-5', 'curve-6'].map((ink): [string, string] => [
    ink,
    'surface',
  ]),
]

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s palette', (_, palette) => {
  it.each(PAIRS)('reads %s on %s at 4.5 : 1 or better', (text, ground) => {
    expect(contrast(palette[text] as string, palette[ground] as string)).toBeGreaterThanOrEqual(4.5)
  })
})

/** Where the colours are kept, and where the level of an alarm, which is one of the four, is painted. */
const WARNINGS = ['design/tokens.css', 'sense/levels.css', 'sense/levels.ts']

describe('warning colours', () => {
  it('are painted nowhere but where warnings are', () => {
    const reserved = ['warn-red', 'warn-orange', 'warn-yellow', 'warn-blue'].map(
      (hue) => light[hue] as string,
    )
    const others = sources()
      .concat(styles())
      .filter((path) => !WARNINGS.some((name) => path.endsWith(name)))
    expect(others.length).toBeGreaterThan(60)
    const guilty = others.filter((path) => {
      const text = readFileSync(path, 'utf8').toLowerCase()
      return reserved.some((hex) => text.includes(hex)) || text.includes('--warn-')
    })
    expect(guilty).toEqual([])
  })
})
