/** Which layers this browser hides: what its user chose last, else what the server proposes. */
import type { Layer } from '@/api/types'

const KEY = 'anlan.layers.hidden'

export function hiddenLayers(layers: Layer[]): Set<string> {
  const proposed = layers.filter((layer) => !layer.visible).map(({ key }) => key)
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as unknown
    return new Set(Array.isArray(kept) ? kept.map(String) : proposed)
  } catch {
    return new Set(proposed)
  }
}

export function keepHidden(hidden: Set<string>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([...hidden]))
  } catch {
    // The choice then lasts for this page only.
  }
}
