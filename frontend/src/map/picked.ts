import type { LonLat } from './geometry'

/** A thing clicked on the map. */
export interface Picked {
  register: string | null
  id: string
  name: string
  /** Title of its layer in the language shown. */
  title: string
  icon: string
  at: LonLat
}
