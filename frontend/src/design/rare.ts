/** Loads the font for rare characters after the first paint, and makes late slices show. */

const FAMILY = 'Anlan Rare'

let rounds = 0
let pause = 0

/**
 * Chromium (seen in 150) may keep the empty box of a text it had shaped before its slice arrived.
 * A feature that no font has, named anew each time, changes nothing but makes it shape every text
 * again past its cache. Slices come in bursts: once after the last is enough.
 */
function reshape(): void {
  clearTimeout(pause)
  pause = window.setTimeout(() => {
    rounds = (rounds + 1) % 1000
    const tag = `z${String(rounds).padStart(3, '0')}`
    document.body.style.fontFeatureSettings = `"${tag}" 1`
  }, 150)
}

/** Safari knows no idle time. */
const whenIdle: (then: () => void) => void =
  'requestIdleCallback' in window
    ? (then) => window.requestIdleCallback(then, { timeout: 2_000 })
    : (then) => setTimeout(then, 500)

export function followRareFont(): void {
  // Forty kilobytes of unicode ranges that the first paint does not need, nor anything before it.
  whenIdle(() => void import('virtual:rare-font.css'))
  document.fonts.addEventListener('loadingdone', (event) => {
    if (event.fontfaces.some(({ family }) => family.includes(FAMILY))) reshape()
  })
}
