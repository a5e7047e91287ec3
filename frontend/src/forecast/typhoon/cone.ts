/** The run of a storm that is drawn with it: the likely ways, and where strong wind is likely. */
import type { FeatureCollection } from 'geojson'
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { api } from '@/api/client'
import { t } from '@/locale'
import type { Storm } from './shapes'

export function useCone(storm: Readonly<Ref<Storm | null>>) {
  /** The signed run, unless somebody looks at a newer one. */
  const newer = ref(false)
  const run = computed(() =>
    storm.value ? ((newer.value ? null : storm.value.signed) ?? storm.value.newest) : null,
  )
  const cone = shallowRef<FeatureCollection | null>(null)
  const areas = shallowRef<FeatureCollection | null>(null)
  const lost = ref('')
  const force = ref(10)
  watch(
    () => run.value?.id,
    async (id) => {
      cone.value = areas.value = null
      lost.value = ''
      if (!id) return
      try {
        const found = await Promise.all(
          ['track', 'wind-areas'].map((name) =>
            api.get<FeatureCollection>(`/forecasts/${id}/grids/${name}`),
          ),
        )
        if (run.value?.id !== id) return
        cone.value = found[0] ?? null
        areas.value = found[1] ?? null
      } catch {
        if (run.value?.id === id) lost.value = t('可能范围没有取到，图上只有路径。')
      }
    },
  )
  const chance = computed(() =>
    areas.value
      ? {
          ...areas.value,
          features: areas.value.features.filter(
            ({ properties }) => properties?.force === force.value,
          ),
        }
      : null,
  )
  return { run, newer, cone, chance, force, lost }
}
