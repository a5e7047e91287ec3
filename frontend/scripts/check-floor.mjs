/**
 * Reads every built script as the browser floor would (ES2022 modules, no later syntax), and checks
 * that nothing built names an outside address it could fetch. Run after `npm run build`.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'acorn'
import { gzipSync } from 'node:zlib'

const DIST = new URL('../dist/', import.meta.url).pathname
const ASSETS = join(DIST, 'assets')
/** What the first page may cost on the wire, in kB, scripts and styles together, gzipped. */
const FIRST_LOAD = 320

const scripts = readdirSync(ASSETS).filter((name) => /\.m?js$/.test(name))
const wrong = []
for (const name of scripts) {
  const text = readFileSync(join(ASSETS, name), 'utf8')
  try {
    parse(text, { ecmaVersion: 2022, sourceType: 'module' })
  } catch (error) {
    wrong.push(`${name}: ${error.message}`)
  }
}
for (const name of readdirSync(ASSETS).filter((one) => one.endsWith('.css'))) {
  const text = readFileSync(join(ASSETS, name), 'utf8')
  if (/url\(["']?https?:/.test(text)) wrong.push(`${name}: asks another host`)
}
const page = readFileSync(join(DIST, 'index.html'), 'utf8')
const linked = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, path]) => path)
const weight = linked.reduce(
  (sum, path) => sum + gzipSync(readFileSync(join(DIST, path))).length / 1000,
  0,
)
if (weight > FIRST_LOAD) wrong.push(`first load ${weight.toFixed(0)} kB > ${FIRST_LOAD} kB`)
const whole = readdirSync(ASSETS).reduce((sum, name) => sum + statSync(join(ASSETS, name)).size, 0)
console.log(
  `${scripts.length} scripts are ES2022; first load ${weight.toFixed(0)} kB gzipped; ` +
    `all assets ${(whole / 1e6).toFixed(1)} MB`,
)
if (wrong.length) {
  console.error(wrong.join('\n'))
  process.exit(1)
}
