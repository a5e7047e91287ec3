/** What the page shows and the address says: the two are kept the same. */
import { computed, onUnmounted, ref, shallowRef, watch } from 'vue'
import { onBeforeRouteLeave, useRoute, useRouter } from 'vue-router'
import { meta } from '@/api/meta'
import { workspaceNow } from '@/api/session'
import type { LonLat } from './geometry'
import { hiddenLayers, keepHidden } from './hidden'
import { useLiveLayers } from './live/live'
import { readView, writeView, type View } from './live/view'
import { thingsOf } from './style'

export function useMapPage() {
  const route = useRoute()
  const router = useRouter()
  const first = readView(route.query)
  const things = meta.value ? thingsOf(meta.value) : []
  const hidden = ref(hiddenLayers(meta.value?.layers ?? []))
  const raster = ref(first.base)
  const datum = ref(first.datum)
  const time = ref(first.time)
  const than = ref(first.than)
  const grid = ref(first.grid)
  const center = shallowRef<LonLat | null>(first.center)
  const zoom = ref<number | null>(first.zoom)
  /** Until the server has told its layers nobody knows which of them are hidden. */
  let known = false

  const shown = computed(
    () => new Set(live.items.value.map(({ key }) => key).filter((key) => !hidden.value.has(key))),
  )
  const past = (at: number | null) => (at !== null && at <= workspaceNow() ? at : null)
  const shownTime = computed(() => past(time.value))
  const thanTime = computed(() => past(than.value))
  const live = useLiveLayers(shown, shownTime)
  const every = () => [...things.map(({ key }) => key), ...live.items.value.map(({ key }) => key)]

  function take(view: View): void {
    raster.value = view.base
    datum.value = view.datum
    time.value = view.time
    than.value = view.than
    grid.value = view.grid
    const on = view.on
    if (on) hidden.value = new Set(every().filter((key) => !on.includes(key)))
  }
  watch(
    () => live.list.value.value,
    (list) => {
      if (!list || known) return
      known = true
      if (first.on) take(first)
      else {
        // What this browser never chose about is as the server proposes.
        const chosen = new Set(JSON.parse(localStorage.getItem(CHOSEN) ?? '[]') as string[])
        const next = new Set(hidden.value)
        for (const { key, visible } of list.items) if (!visible && !chosen.has(key)) next.add(key)
        hidden.value = next
      }
    },
  )
  watch(hidden, (next) => {
    keepHidden(next)
    if (known) localStorage.setItem(CHOSEN, JSON.stringify(live.items.value.map(({ key }) => key)))
  })

  const query = computed(() =>
    writeView({
      center: center.value,
      zoom: zoom.value,
      on: live.list.value.value ? every().filter((key) => !hidden.value.has(key)) : first.on,
      base: raster.value,
      datum: datum.value,
      time: time.value,
      than: than.value,
      grid: grid.value,
    }),
  )
  const isHere = (path: string) => path === '/map' || path === '/'
  let pause = 0
  let leaving = false
  watch(query, (next) => {
    clearTimeout(pause)
    pause = window.setTimeout(() => {
      if (!leaving && isHere(route.path)) void router.replace({ path: '/map', query: next })
    }, 400)
  })
  // While the next page is still being fetched, a new address would call the leaving off.
  onBeforeRouteLeave((to) => {
    leaving = !isHere(to.path)
  })
  onUnmounted(router.afterEach(() => (leaving = false)))

  return {
    first, hidden, raster, datum, time, than, grid, shownTime, thanTime, center, zoom, live, shown, query,
    take,
  } // prettier-ignore
}
const CHOSEN = 'anlan.layers.known'
