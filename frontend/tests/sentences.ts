/** Collects every sentence the source gives to `t` or `msg`. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const SOURCE = join(__dirname, '..', 'src')

function files(folder: string, wanted: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return files(path, wanted)
    return wanted.test(entry.name) ? [path] : []
  })
}

export const sources = () => files(SOURCE, /\.(ts|vue)$/)
export const styles = () => files(SOURCE, /\.css$/)

/** Literals after `t(` or `msg(`, wherever the formatter broke the line. */
export function sentencesOf(text: string): string[] {
  return [...text.matchAll(/(?<![\w.])(?:t|msg)\(\s*'((?:[^'\\]|\\.)*)'/g)].map(
    ([, sentence = '']) => sentence.replace(/\\'/g, "'"),
  )
}

export function allSentences(): Set<string> {
  return new Set(sources().flatMap((path) => sentencesOf(readFileSync(path, 'utf8'))))
}
