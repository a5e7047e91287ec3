/** The signed surge forecast of the sea, painted for any of its hours on a sheet the map shows. */
import { computed, onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { api } from '@/api/client'
import { mayDo } from '@/api/meta'
import { useResource } from '@/design/resource'
import {
  blend,
  colours,
  playable,
  readField,
  rowsFor,
  timesOf,
  type Field,
} from '@/forecast/surge/frames'
import type { GridRow, Listed } from '@/forecast/places'
import type { Run, Standing } from '@/forecast/shapes'

export interface FieldSheet {
  run: string
  sheet: HTMLCanvasElement
  corners: [[number, number], [number, number], [number, number], [number, number]]
  /** Counts paintings, so that a map knows to read the sheet again. */
  painted: number
}
interface Loaded {
  run: Run
  field: Field
  grid: GridRow
}

/** The run that is signed and still says something; unsigned ones never come onto this map. */
const signed = (items: Standing[]) =>
  items.find(({ hazard, signed: run }) => hazard === 'storm-surge' && run)?.signed ?? null

export function useSurgeRun(wanted: Ref<boolean>) {
  const loaded = useResource<Loaded | null>(async (signal) => {
    const { items } = await api.get<{ items: Standing[] }>('/forecasts/now', {}, signal)
    const run = signed(items)
    if (!run) return null
    const { items: grids } = await api.get<Listed<GridRow>>(
      `/forecasts/${run.id}/grids`,
      {},
      signal,
    )
    const grid = playable(grids)
    if (!grid) return null
    const url = `/api/v1/forecasts/${run.id}/grids/${grid.name}`
    return { run, grid, field: await readField(url, timesOf(grid)) }
  })
  watch(
    wanted,
    (now) => {
      if (now && !loaded.value.value && mayDo('forecasts.view')) void loaded.load()
    },
    { immediate: true },
  )
  const hours = computed((): [number, number] | null => {
    const times = loaded.value.value?.field.times
    return times?.length ? [times[0] as number, times[times.length - 1] as number] : null
  })
  return { loaded, hours, run: computed(() => loaded.value.value?.run ?? null) }
}
export type SurgeRun = ReturnType<typeof useSurgeRun>

/** Paints the run at a moment; null outside its hours, or while it is not wanted. */
export function usePainted(surge: SurgeRun, wanted: Ref<boolean>, time: Ref<number>) {
  const sheet = document.createElement('canvas')
  const shown = shallowRef<FieldSheet | null>(null)
  let painted = 0
  const stop = watch(
    [surge.loaded.value, wanted, time] as const,
    ([found, now, at]) => {
      const times = found?.field.times ?? []
      const inside = at >= (times[0] ?? Infinity) && at <= (times[times.length - 1] ?? -Infinity)
      if (!found || !now || !inside || !found.grid.box || !found.grid.span) {
        shown.value = null
        return
      }
      const { field, grid } = found
      const [west, south, east, north] = found.grid.box
      sheet.width = field.wide
      sheet.height = field.high
      const image = new ImageData(field.wide, field.high)
      const rows = rowsFor(south, north, field.high)
      const table = colours(grid.span as [number, number])
      blend(field, at, rows, table, new Uint32Array(image.data.buffer))
      sheet.getContext('2d')?.putImageData(image, 0, 0)
      painted += 1
      shown.value = {
        run: found.run.id,
        sheet,
        corners: [
          [west, north],
          [east, north],
          [east, south],
          [west, south],
        ],
        painted,
      }
    },
    { immediate: true },
  )
  onScopeDispose(stop)
  return shown
}
