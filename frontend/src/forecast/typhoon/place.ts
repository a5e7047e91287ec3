/** Our own place, for which a storm's nearness is told: the middle of the user's region. */
import { onMounted, shallowRef } from 'vue'
import { meta } from '@/api/meta'
import { user } from '@/api/session'
import type { LonLat } from '@/map/geometry'
import { boxOf, outlineOf } from '@/map/outline'

export function usePlace() {
  const place = shallowRef<LonLat | null>(null)
  onMounted(async () => {
    const code = user.value?.region || meta.value?.regions.root?.code || ''
    const box = boxOf(await outlineOf(code)) ?? meta.value?.basemap.bounds ?? null
    place.value = box
      ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
      : (meta.value?.basemap.center ?? null)
  })
  return place
}
