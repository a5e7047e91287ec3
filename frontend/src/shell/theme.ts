import { ref } from 'vue'

export type Theme = 'system' | 'light' | 'dark'
const KEY = 'anlan.theme'
const prefers = matchMedia('(prefers-color-scheme: dark)')

function stored(): Theme {
  try {
    const held = localStorage.getItem(KEY)
    return held === 'light' || held === 'dark' ? held : 'system'
  } catch {
    return 'system'
  }
}

export const theme = ref<Theme>(stored())
/** What is drawn now; the map's style follows it. */
export const dark = ref(false)

function paint(): void {
  dark.value = theme.value === 'dark' || (theme.value === 'system' && prefers.matches)
  document.documentElement.classList.toggle('dark', dark.value)
}

/** Draw light or dark until the page is left; what was chosen stays chosen. */
export function drawTheme(next: Theme): void {
  theme.value = next
  paint()
}

/** Draw again what was chosen. */
export function restoreTheme(): void {
  drawTheme(stored())
}

export function setTheme(next: Theme): void {
  theme.value = next
  try {
    if (next === 'system') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, next)
  } catch {
    // The choice then lasts for this page only.
  }
  paint()
}

prefers.addEventListener('change', paint)
// Paper is light. Maps keep what they have drawn: they could not draw anew in time.
addEventListener('beforeprint', () => document.documentElement.classList.remove('dark'))
addEventListener('afterprint', paint)
paint()
