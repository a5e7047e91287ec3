/** Which run a page shows: of its hazard the signed one that stands, unless a newer one is asked for. */
import { computed, ref, watch, type Ref } from 'vue'
import { api } from '@/api/client'
import { workspaceNow } from '@/api/session'
import { useResource } from '@/design/resource'
import { useLive } from '@/sense/live'
import type { Run, Standing } from './shapes'

const ahead = (run: Run | null) => !!run && Date.parse(run.valid_until) > workspaceNow()

/** The model that says something of what is still to come; else one that ever said anything. */
export function firstOf(items: Standing[], over = (run: Run | null) => !ahead(run)): string {
  const good =
    items.find(({ signed }) => signed) ??
    items.find(({ newest }) => !over(newest)) ??
    items.find(({ newest }) => newest)
  return good?.model ?? items[0]?.model ?? ''
}

/** A newer run than the signed one that nobody signed yet. */
export const fresher = ({ signed, newest }: Standing): Run | null =>
  signed && newest && newest.signing === 'unsigned' && newest.based_at > signed.based_at
    ? newest
    : null

export function useChosen(hazard: string) {
  const list = useResource((signal) =>
    api.get<{ items: Standing[]; as_of: string }>('/forecasts/now', {}, signal),
  )
  const live = useLive(list, { every: 30_000, wanted: ({ event }) => event === 'forecast' })
  const model = ref('')
  const newer = ref(false)
  const items = computed(() =>
    (list.value.value?.items ?? []).filter((one) => one.hazard === hazard),
  )
  const standing = computed(
    () =>
      items.value.find((one) => one.model === model.value) ??
      items.value.find((one) => one.model === firstOf(items.value)) ??
      null,
  )
  const run = computed(() => {
    const one = standing.value
    if (!one) return null
    return (newer.value ? fresher(one) : null) ?? one.signed ?? one.newest
  })
  const choose = (key: string) => {
    model.value = key
    newer.value = false
  }
  const turn = () => {
    newer.value = !newer.value
  }
  return { list, live, newer, items, standing, run, choose, turn }
}

export type Chosen = ReturnType<typeof useChosen>

/** Asks again whenever another run is shown. */
export function onRun(run: Ref<Run | null>, act: (run: Run) => void): void {
  watch(
    () => [run.value?.id, run.value?.version],
    () => run.value && act(run.value),
    { immediate: true },
  )
}
