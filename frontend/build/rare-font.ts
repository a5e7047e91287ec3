/**
 * Serves `virtual:rare-font.css`: the slices of LXGW WenKai (SIL OFL 1.1) that draw characters
 * outside the everyday block, as the family "Anlan Rare".
 *
 * Names and place names carry characters such as 𠮷 䶮 㛃 𬭎 that a desktop font may lack. The
 * family stands last before the generic one, and every face keeps its `unicode-range`, so that a
 * browser fetches a slice (tens of kilobytes, from our own server) only when such a character is on
 * the page and no installed font draws it.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'

const ID = 'virtual:rare-font.css'
const PACKAGE = '@chinese-fonts/lxgwwenkai/dist/LXGWWenKai-Regular'

/** Extension A, the tail of the unified block, compatibility ideographs, planes 2 and 3. */
const RARE: ReadonlyArray<readonly [number, number]> = [
  [0x3400, 0x4dbf],
  [0x9fa6, 0x9fff],
  [0xf900, 0xfaff],
  [0x20000, 0x3ffff],
]

/** The parts of a CSS unicode-range that are rare, or an empty list. */
export function rareRanges(unicodeRange: string): string[] {
  const kept: string[] = []
  for (const part of unicodeRange.split(',')) {
    const [from = '', to = from] = part.trim().replace(/^U\+/i, '').split('-')
    for (const [low, high] of RARE) {
      const start = Math.max(parseInt(from, 16), low)
      const end = Math.min(parseInt(to, 16), high)
      if (start > end) continue
      const hex = (n: number) => n.toString(16)
      kept.push(start === end ? `U+${hex(start)}` : `U+${hex(start)}-${hex(end)}`)
    }
  }
  return kept
}

/** The package's stylesheet reduced to its rare slices. */
export function rareFaces(css: string): string {
  const faces: string[] = []
  for (const [, body = ''] of css.matchAll(/@font-face\s*\{([^}]*)\}/g)) {
    const file = /url\("\.\/([0-9a-f]+\.woff2)"\)/.exec(body)?.[1]
    const range = /unicode-range:([^;}]+)/.exec(body)?.[1]
    if (!file || !range) continue
    const kept = rareRanges(range)
    if (!kept.length) continue
    faces.push(
      `@font-face{font-family:"Anlan Rare";font-style:normal;font-weight:400;font-display:swap;` +
        `src:url("${PACKAGE}/${file}") format("woff2");unicode-range:${kept.join(',')}}`,
    )
  }
  return faces.join('\n')
}

export function rareFont(): Plugin {
  return {
    name: 'anlan-rare-font',
    resolveId: (id) => (id === ID ? ID : undefined),
    load(id) {
      if (id !== ID) return undefined
      const path = createRequire(import.meta.url).resolve(`${PACKAGE}/result.css`)
      return rareFaces(readFileSync(path, 'utf8'))
    },
  }
}
