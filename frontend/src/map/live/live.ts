/** The layers of what happens: asked when shown, and again when something happens. */
import { computed, onScopeDispose, shallowReactive, watch, type Ref } from 'vue'
import { api } from '@/api/client'
import { holdStream, onStream } from '@/api/stream'
import { useResource, type Resource } from '@/design/resource'
import type { LayerList, LiveData } from './shapes'

const EVERY = 60_000
const TOLD = new Set(['alarm', 'alert', 'incident', 'obligation', 'forecast', 'response'])

export function useLiveLayers(shown: Ref<Set<string>>, time: Ref<number | null>) {
  const list = useResource((signal) => api.get<LayerList>('/map/layers', {}, signal))
  const data = shallowReactive(new Map<string, Resource<LiveData>>())
  const items = computed(() => list.value.value?.items ?? [])
  const of = (key: string): Resource<LiveData> => {
    let found = data.get(key)
    if (!found) {
      found = useResource((signal) =>
        api.get<LiveData>(
          `/map/layers/${key}.geojson`,
          time.value === null ? {} : { at: new Date(time.value).toISOString() },
          signal,
        ),
      )
      data.set(key, found)
    }
    return found
  }
  const wanted = computed(() => items.value.filter(({ key }) => shown.value.has(key)))
  const refresh = () => Promise.all(wanted.value.map(({ key }) => of(key).load()))

  watch(wanted, (next, before) => {
    const had = new Set((before ?? []).map(({ key }) => key))
    for (const { key } of next) if (!had.has(key)) void of(key).load()
  })
  let still = 0
  watch(time, () => {
    clearTimeout(still)
    still = window.setTimeout(() => void refresh(), 150)
  })
  let soon = 0
  const forget = onStream(({ event }) => {
    if (!TOLD.has(event) || soon || time.value !== null) return
    soon = window.setTimeout(() => {
      soon = 0
      void refresh()
    }, 1500)
  })
  const release = holdStream()
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible' && time.value === null) void refresh()
  }, EVERY)
  onScopeDispose(() => {
    clearInterval(timer)
    clearTimeout(soon)
    clearTimeout(still)
    forget()
    release()
  })
  void list.load()
  return { list, items, wanted, data, of, refresh }
}

export type LiveLayers = ReturnType<typeof useLiveLayers>
