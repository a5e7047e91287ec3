/** Which run a page shows: of its hazard the signed one that stands, unless a newer one is asked for. */
import { computed, ref, watch, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
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

/**
 * `?model=` names the model, `?run=` one run, whatever became of it: so that what somebody sees can
 * be sent to somebody else.
 */
export function useChosen(hazard: string) {
  const route = useRoute()
  const router = useRouter()
  const list = useResource((signal) =>
    api.get<{ items: Standing[]; as_of: string }>('/forecasts/now', {}, signal),
  )
  const live = useLive(list, { every: 30_000, wanted: ({ event }) => event === 'forecast' })
  const named = computed(() => String(route.query.run ?? ''))
  const one = useResource((signal) => api.get<Run>(`/forecasts/${named.value}`, {}, signal))
  watch(
    named,
    (id) => {
      one.value.value = null
      if (id) void one.load()
    },
    { immediate: true },
  )
  const newer = ref(false)
  const items = computed(() =>
    (list.value.value?.items ?? []).filter((each) => each.hazard === hazard),
  )
  const standing = computed(() => {
    const by = (key: unknown) => items.value.find(({ model }) => model === key)
    return by(one.value.value?.model ?? route.query.model) ?? by(firstOf(items.value)) ?? null
  })
  const run = computed(() => {
    if (named.value) return one.value.value
    const found = standing.value
    return (newer.value ? found && fresher(found) : null) ?? found?.signed ?? found?.newest ?? null
  })
  const source = computed(() => (named.value ? one : list))
  const state = {
    loading: computed(() => source.value.loading.value && !source.value.value.value),
    error: computed(() => (source.value.value.value ? null : source.value.error.value)),
    load: () => source.value.load(),
  }
  const choose = (key: string) => {
    newer.value = false
    void router.replace({ query: { model: key } })
  }
  const turn = () => {
    newer.value = !newer.value
  }
  return { state, live, newer, named, items, standing, run, choose, turn }
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
