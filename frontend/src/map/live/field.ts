/** A signed forecast on a grid, painted for any of its hours on a sheet the map shows. */
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
  STOPS,
  timesOf,
  type Field,
  type Stops,
} from '@/forecast/surge/frames'
import type { GridRow, Listed } from '@/forecast/places'
import type { Run, Standing } from '@/forecast/shapes'
import { msg } from '@/locale'

/** What can be painted: of which hazard's run, which product, in which colours and unit. */
export type FieldKind = 'surge' | 'wind' | 'rain'
interface Sort {
  title: string
  hazard: string
  unit: string
  stops: Stops
}
/** None of the four colours that belong to warnings. */
export const FIELDS: Record<FieldKind, Sort> = {
  surge: { title: msg('增水'), hazard: 'storm-surge', unit: 'm', stops: STOPS },
  wind: {
    title: msg('风速'),
    hazard: 'typhoon',
    unit: 'm/s',
    stops: [
      [0, [150, 150, 170, 0]],
      [8, [150, 150, 170, 40]],
      [10.8, [152, 140, 190, 130]],
      [17.2, [122, 100, 176, 185]],
      [24.5, [100, 60, 150, 215]],
      [32.7, [84, 28, 120, 232]],
      [41.5, [58, 10, 84, 240]],
      [51, [30, 4, 44, 245]],
    ],
  },
  rain: {
    title: msg('雨量'),
    hazard: 'typhoon',
    unit: 'mm/h',
    stops: [
      [0, [150, 170, 150, 0]],
      [0.5, [150, 170, 150, 30]],
      [2, [128, 168, 140, 120]],
      [8, [78, 138, 104, 185]],
      [16, [40, 106, 82, 215]],
      [30, [22, 72, 66, 232]],
      [60, [30, 40, 56, 242]],
      [100, [20, 14, 34, 250]],
    ],
  },
}
export const KINDS = Object.keys(FIELDS) as FieldKind[]

export interface FieldSheet {
  run: string
  sheet: HTMLCanvasElement
  corners: [[number, number], [number, number], [number, number], [number, number]]
  /** Counts paintings, so that a map knows to read the sheet again. */
  painted: number
}
interface Loaded {
  kind: FieldKind
  run: Run
  field: Field
  grid: GridRow
}

/** The run that is signed and still says something; unsigned ones never come onto this map. */
const signed = (items: Standing[], kind: FieldKind) =>
  items.find(({ hazard, signed: run }) => hazard === FIELDS[kind].hazard && run)?.signed ?? null

export function useFieldRun(kind: Ref<FieldKind | null>) {
  const loaded = useResource<Loaded | null>(async (signal) => {
    const { value: wanted } = kind
    if (!wanted) return null
    const { items } = await api.get<{ items: Standing[] }>('/forecasts/now', {}, signal)
    const run = signed(items, wanted)
    if (!run) return null
    const { items: grids } = await api.get<Listed<GridRow>>(
      `/forecasts/${run.id}/grids`,
      {},
      signal,
    )
    const grid = playable(grids.filter(({ quantity }) => quantity === wanted))
    if (!grid) return null
    const url = `/api/v1/forecasts/${run.id}/grids/${grid.name}`
    return { kind: wanted, run, grid, field: await readField(url, timesOf(grid)) }
  })
  /** While another is still on its way nothing is painted. */
  const found = computed(() => {
    const { value } = loaded.value
    return value && value.kind === kind.value ? value : null
  })
  watch(
    kind,
    (now) => {
      if (now && found.value?.kind !== now && mayDo('forecasts.view')) void loaded.load()
    },
    { immediate: true },
  )
  const hours = computed((): [number, number] | null => {
    const times = found.value?.field.times
    return times?.length ? [times[0] as number, times[times.length - 1] as number] : null
  })
  return { loaded, found, hours, run: computed(() => found.value?.run ?? null) }
}
export type FieldRun = ReturnType<typeof useFieldRun>

/** Paints the run at a moment; null outside its hours, or while it is not wanted. */
export function usePainted(one: FieldRun, wanted: Ref<boolean>, time: Ref<number>) {
  const sheet = document.createElement('canvas')
  const shown = shallowRef<FieldSheet | null>(null)
  let painted = 0
  const stop = watch(
    [one.found, wanted, time] as const,
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
      const table = colours(grid.span as [number, number], FIELDS[found.kind].stops)
      blend(field, at, rows, table, new Uint32Array(image.data.buffer))
      sheet.getContext('2d')?.putImageData(image, 0, 0)
      painted += 1
      shown.value = {
        run: `${found.run.id}/${found.kind}`,
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
