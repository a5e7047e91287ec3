/** Collects every sentence the source gives to `t` or `msg`. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const SOURCE = join(__dirname, '..', 'src')

export function sources(folder = SOURCE): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.(ts|vue)$/.test(entry.name) ? [path] : []
  })
}

/** Literals after `t(` or `msg(`, wherever the formatter broke the line. */
export function sentencesOf(text: string): string[] {
  return [...text.matchAll(/(?<![\w.])(?:t|msg)\(\s*'((?:[^'\\]|\\.)*)'/g)].map(
    ([, sentence = '']) => sentence.replace(/\\'/g, "'"),
  )
}

export function allSentences(): Set<string> {
  return new Set(sources().flatMap((path) => sentencesOf(readFileSync(path, 'utf8'))))
}
