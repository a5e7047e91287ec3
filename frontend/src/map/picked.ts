import type { LonLat } from './geometry'
import type { LiveFacts } from './live/shapes'

/** A thing clicked on the map. */
export interface Picked {
  register: string | null
  id: string
  name: string
  /** Title of its layer in the language shown. */
  title: string
  icon: string
  at: LonLat
  /** Of a layer of what happens: all that is said of it. */
  live?: LiveFacts
  layer?: string
}
