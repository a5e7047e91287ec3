/** A region's own outline; many regions have no stored boundary. */
import { api } from '@/api/client'
import { boundsOf } from './geometry'

/** Twelve zeros stand for the whole country. */
const COUNTRY = '000000000000'

export async function outlineOf(code: string): Promise<GeoJSON.Geometry | null> {
  if (!code || code === COUNTRY) return null
  try {
    const drawn = await api.get<GeoJSON.FeatureCollection>(`/regions/${code}/outline.geojson`)
    return drawn.features[0]?.geometry ?? null
  } catch {
    // Without an outline the map begins at the whole, which is no reason to trouble anybody.
    return null
  }
}

/** West, south, east, north of a geometry; null without one. */
export const boxOf = (shape: GeoJSON.Geometry | null) =>
  shape && 'coordinates' in shape ? boundsOf(shape.coordinates) : null
