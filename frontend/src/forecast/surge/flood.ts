/** What the sea covers on land: areas by depth, and lines of equal depth. */
import type { ExpressionSpecification } from 'maplibre-gl'
import type { FeatureCollection } from 'geojson'

export interface Flood {
  areas: FeatureCollection
  lines: FeatureCollection
  box: [number, number, number, number]
}

/** From so many metres on, in this colour; none of the four that belong to warnings. */
export const DEPTHS: [number, string][] = [
  [0.1, '#e9b8d3'],
  [0.5, '#cf6fa6'],
  [1.2, '#9a2f77'],
  [2, '#5a0f4d'],
]

/** The colour of an area by the depth it is drawn from. */
export const depthPaint = [
  'step',
  ['get', 'depth'],
  'rgb(0 0 0 / 0%)',
  ...DEPTHS.flat(),
] as unknown as ExpressionSpecification
