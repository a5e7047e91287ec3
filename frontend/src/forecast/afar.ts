/** Maps of the sea: they begin far outside of our own county. */
import type { LayerSpecification } from 'maplibre-gl'

/** From this zoom on the county is more than a patch. */
const NEAR = 8

/** The base map knows our own county only: from afar it is hidden, and the coast is drawn instead. */
export function fromAfar(layers: LayerSpecification[]): void {
  for (const layer of layers) {
    if ('source' in layer && String(layer.source).startsWith('base-'))
      layer.minzoom = Math.max(layer.minzoom ?? 0, NEAR)
  }
}
